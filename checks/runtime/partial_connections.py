"""The check runtime/partial-connections."""

from __future__ import annotations

from checks.tables import docs
from diag.check import Applies, NotApplicable, Yields, check
from diag.model import (
    Finding,
    Nodes,
    OfRemote,
    RemoteInfo,
    Severity,
    Unavailable,
)


@check(
    "runtime/partial-connections",
    severity=Severity.INFO,
    applies=Applies.settings(),
    docs=(docs.API_REMOTE_INFO, docs.CONNECTION_MODES),
    tags=("connection",),
    source="documentation: remote cluster info API; ProxyConnectionStrategy, SniffConnectionStrategy",
)
def partial_connections(info: RemoteInfo, remote_nodes: OfRemote[Nodes] | Unavailable) -> Yields:
    """Fewer connections to the remote stand than there should be.

    Why it matters: the rest carries all the load, and what keeps the others from opening may soon keep all. Right after the remote
    was registered, and with fewer remote nodes than connections wanted, it is harmless.

    How to fix: if it lasts, look at the checks of group network: one of several addresses or nodes may be out of reach.

    Example: 9 of 18 sockets: one of two addresses behind the name refuses.
    """
    wanted = info.wanted
    if info.mode == "sniff":
        if isinstance(remote_nodes, Unavailable):
            yield NotApplicable(f"how many nodes there are to connect to is not known: {remote_nodes}")
            return
        wanted = min(wanted, len(remote_nodes.all))
    if not info.connected:
        yield NotApplicable("the local cluster is not connected; runtime/not-connected is about that")
    elif info.open < wanted:
        yield Finding(
            summary=f"{info.open} of {wanted} connections are open on the node that was asked; expected all of them.",
            remedy="Look again in a minute; if it lasts, see what the checks of group network say of each address.",
            facts={"observed": info.open, "expected": wanted},
        )
