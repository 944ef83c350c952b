"""The check network/partial-client-nodes."""

from __future__ import annotations

from checks.tables import docs
from diag.check import Applies, Yields, check
from diag.model import ConnectedPerNode, Finding, Severity, as_fact, listed


@check(
    "network/partial-client-nodes",
    severity=Severity.WARNING,
    applies=Applies.settings(),
    docs=(docs.TROUBLESHOOT_NOT_REACHABLE, docs.API_REMOTE_INFO),
    tags=("connection", "nodes"),
    source="documentation: remote cluster info API: each node has connections of its own",
)
def partial_client_nodes(views: ConnectedPerNode) -> Yields:
    """Some nodes of the local cluster are connected to the remote, and some are not.

    Why it matters: a search works or fails by the node that it is sent to.

    How to fix: compare routes, name service, keystores and certificate files of the nodes that fail with those of the others.

    Example: the key was added to the keystore of two of three nodes.
    """
    failing = [url for url, connected in views.all if not connected]
    if failing and len(failing) < len(views.all):
        shown = listed(failing)
        yield Finding(
            summary=f"{len(failing)} of {len(views.all)} addresses of the local cluster are not connected to the remote: {shown}.",
            remedy="Compare keystore, certificate files, routes and name service of those nodes with the others.",
            facts={"observed": as_fact(failing), "expected": "connected on all"},
        )
