"""The check runtime/connected-unreachable-here."""

from __future__ import annotations

from checks.shared.reported_errors import reaches, sockets
from checks.tables import docs
from diag.check import Applies, NotApplicable, Yields, check
from diag.model import (
    Endpoints,
    Finding,
    Remote,
    RemoteInfo,
    Severity,
)


@check(
    "runtime/connected-unreachable-here",
    severity=Severity.INFO,
    applies=Applies.settings(),
    docs=(docs.TROUBLESHOOT_NOT_REACHABLE,),
    tags=("connection", "reported", "vantage"),
    source="remote cluster info API, compared with a connection of diag",
)
def connected_unreachable_here(remote: Remote, info: RemoteInfo, endpoints: Endpoints) -> Yields:
    """The local cluster is connected, and from this machine no connection opens.

    Why it matters: names, ports and certificates are looked at from here. What the groups network and tls find is then about the
    way from this machine, not about that of the nodes.

    How to fix: run diag in the network of the nodes, or take its findings about the way with that in mind.

    Example: the security group of the remote admits the nodes of the local cluster, and not the machine that diag runs on.
    """
    if not info.connected:
        yield NotApplicable("the local cluster is not connected")
    elif reaches(endpoints, remote.security_model) is False:
        yield Finding(
            summary=f"The local cluster is connected ({sockets(info)}), and from this machine no connection opens; expected one.",
            remedy="Run diag where the nodes of the local cluster run.",
            facts={"observed": "no connection from here", "expected": "a connection"},
        )
