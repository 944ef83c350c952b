"""The check config/remote-connect-disabled."""

from __future__ import annotations

from checks.shared.causes import NO_CONNECTION
from checks.tables import docs
from diag.check import Applies, Unknown, Yields, check
from diag.model import Finding, Nodes, OfLocal, Severity, as_fact, listed


@check(
    "config/remote-connect-disabled",
    severity=Severity.ERROR,
    severities=(Severity.WARNING,),
    applies=Applies.settings(),
    docs=(docs.NODE_ROLES, docs.REMOTE_CLUSTER_SETTINGS),
    tags=("nodes", "settings"),
    source="documentation: remote cluster settings of release 7, cluster.remote.connect; elasticsearch#53690",
    explains=("config/not-added", *NO_CONNECTION),
)
def remote_connect_disabled(local_nodes: OfLocal[Nodes]) -> Yields:
    """``cluster.remote.connect: false`` keeps nodes from connecting to remotes.

    Why it matters: such a node has no remote at all, whatever is registered: searches say ``no such remote cluster``. The setting is what
    became the role ``remote_cluster_client`` in 7.7; release 8 has it no more.

    How to fix: take the setting out of ``elasticsearch.yml`` and restart the node; where it shall not connect, say so in ``node.roles``.

    Example: a setting that was meant for the data nodes of release 6 went with the file to every node.
    """
    switched_off = [node.name for node in local_nodes.all if node.connect is False]
    if switched_off:
        some = len(switched_off) < len(local_nodes.all)
        yield Finding(
            summary=f"cluster.remote.connect is false on {listed(switched_off)}: {'they connect' if some else 'no node connects'} to no remote"
            f"{', and a search that is sent to them fails' if some else ''}.",
            remedy="Take cluster.remote.connect out of elasticsearch.yml of these nodes and restart them.",
            severity=Severity.WARNING if some else Severity.ERROR,
            facts={"observed": "false", "expected": "not set", "nodes": as_fact(switched_off)},
        )
    elif local_nodes.failed:
        yield Unknown(
            f"{local_nodes.failed} of {local_nodes.failed + len(local_nodes.all)} nodes did not say their settings"
        )
