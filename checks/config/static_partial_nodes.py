"""The check config/static-partial-nodes."""

from __future__ import annotations

from checks.shared.files_of_nodes import having
from checks.shared.fixes import on_local, register
from checks.tables import docs
from diag.check import Applies, NotApplicable, Yields, check
from diag.model import (
    Finding,
    Nodes,
    OfLocal,
    Registration,
    Remote,
    Severity,
    as_fact,
    listed,
)


@check(
    "config/static-partial-nodes",
    severity=Severity.WARNING,
    applies=Applies.settings(),
    docs=(docs.API_KEY_MODEL, docs.SELF_MANAGED),
    tags=("settings", "nodes"),
    source="documentation: add remote clusters, static configuration applies to one node",
)
def static_partial_nodes(remote: Remote, registration: Registration, local_nodes: OfLocal[Nodes]) -> Yields:
    """The remote stands in elasticsearch.yml of some nodes, and not of all.

    Why it matters: a search works or fails by the node that it is sent to.

    How to fix: register the remote in the cluster's settings, which hold for all nodes.

    Example: a node was added with a file of an older state.
    """
    clients = local_nodes.clients
    in_file = [node for node in having(local_nodes, remote.alias) if node.connects]
    there = set(map(id, in_file))
    lacking = [node for node in clients if id(node) not in there]
    if not in_file:
        yield NotApplicable("it stands in no elasticsearch.yml")
    elif lacking and not (registration.persistent or registration.transient):
        yield Finding(
            summary=f"In elasticsearch.yml of {len(in_file)} of {len(clients)} nodes; it is missing on {listed([one.name for one in lacking])}.",
            remedy="Register it for the whole cluster.",
            fix=on_local(register(remote)),
            facts={
                "observed": len(in_file),
                "expected": len(clients),
                "missing": as_fact([one.name for one in lacking]),
            },
        )
