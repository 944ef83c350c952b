"""The check config/client-role-partial-ccr."""

from __future__ import annotations

from checks.shared.fixes import CLIENT_ROLE, on_local_nodes
from checks.tables import docs
from diag.check import NotApplicable, Unknown, Yields, check, missing
from diag.model import (
    Finding,
    Node,
    Nodes,
    OfLocal,
    Remote,
    Replication,
    Severity,
    Unavailable,
    as_fact,
    listed,
)


@check(
    "config/client-role-partial-ccr",
    severity=Severity.ERROR,
    explains=("ccr/active-without-task", "ccr/follower-red", "ccr/autofollow-silent", "ccr/follower-lag"),
    docs=(docs.CCR_PREREQUISITES, docs.NODE_ROLES),
    tags=("nodes", "roles", "replication"),
    source="documentation: cross-cluster replication, prerequisites; ShardFollowTasksExecutor (a task goes to a data node with the role); "
    "elasticsearch#59375, elasticsearch#72001",
)
def client_role_partial_ccr(
    remote: Remote, local_nodes: OfLocal[Nodes], replication: Replication | Unavailable
) -> Yields:
    """Indices are followed, and the nodes that have to do it may not connect to remotes.

    Why it matters: the task of a follower, and its first copy, need a data node with ``remote_cluster_client``; without one nothing is
    replicated. Following, resuming and auto-follow are done by the elected master, so that each node that may become master needs the role too;
    without it they stop with the next election.

    How to fix: add ``remote_cluster_client`` to ``node.roles`` of the master-eligible nodes and of at least one data node, and restart them.
    A voting-only node is never elected and needs no role for this.

    Example: ``node.roles: [master, remote_cluster_client]`` and ``node.roles: [data]``.
    """
    reported = None if isinstance(replication, Unavailable) else replication
    if not remote.use.replicate and (reported is None or remote.alias not in reported.aliases):
        why = "nothing is replicated from this remote, and no use.replicate is declared for it"
        if isinstance(replication, Unavailable) and not replication.not_configured:
            yield missing(replication)
        else:
            yield NotApplicable(why)
        return
    data = [node for node in local_nodes.all if any(role.startswith("data") for role in node.roles)]
    if not any(node.connects for node in data):
        if local_nodes.failed:
            yield Unknown(
                f"{local_nodes.failed} nodes did not say their roles, and no data node among the others has remote_cluster_client"
            )
        else:
            yield _no_data_node(data)
    masters = [node for node in local_nodes.all if "master" in node.roles and "voting_only" not in node.roles]
    if lacking := [node.name for node in masters if not node.connects]:
        yield Finding(
            summary=f"{len(lacking)} of {len(masters)} nodes that may become master lack the role remote_cluster_client ({listed(lacking)}): while "
            "one of them is elected, nothing new is followed, automatically or by hand, and nothing is resumed.",
            remedy="Add remote_cluster_client to node.roles of these nodes and restart them.",
            fix=on_local_nodes(yml=[CLIENT_ROLE], when=f"on {listed(lacking)}"),
            facts={"observed": as_fact(lacking), "expected": "remote_cluster_client on each master-eligible node"},
        )


def _no_data_node(data: list[Node]) -> Finding:
    return Finding(
        summary=f"None of {len(data)} data nodes has the role remote_cluster_client: nothing is replicated, for followers need a node with both.",
        remedy="Add remote_cluster_client to node.roles of the data nodes that hold followers, at least one, and restart them.",
        fix=on_local_nodes(yml=[CLIENT_ROLE], when="the data nodes that hold followers"),
        facts={
            "observed": 0,
            "expected": "at least 1 node with data and remote_cluster_client",
            "data_nodes": as_fact([one.name for one in data]),
        },
    )
