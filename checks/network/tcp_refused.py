"""The check network/tcp-refused."""

from __future__ import annotations

from checks.network._tcp import REFUSED, judge
from checks.shared.causes import NO_CONNECTION, NOTHING_AFTER_TCP
from checks.tables import docs
from diag.check import Yields, check
from diag.model import (
    Endpoints,
    Nodes,
    OfRemote,
    Remote,
    Severity,
    Unavailable,
)


@check(
    "network/tcp-refused",
    severity=Severity.CRITICAL,
    severities=(Severity.WARNING, Severity.ERROR),
    essential=True,
    docs=(docs.TROUBLESHOOT_NOT_REACHABLE, docs.TROUBLESHOOT_ENABLE_SERVER),
    tags=("tcp",),
    source="errno ECONNREFUSED, ECONNRESET; documentation: troubleshoot remote clusters",
    explains=("network/dns-changed", *NO_CONNECTION),
    leaves_open=NOTHING_AFTER_TCP,
)
def tcp_refused(remote: Remote, endpoints: Endpoints, remote_nodes: OfRemote[Nodes] | Unavailable) -> Yields:
    """The remote refuses connections.

    Why it matters: the machine answers, and nothing listens on the port: the node is down, it listens elsewhere, or the remote cluster
    server is not enabled. Critical where no address is left. In sniff mode the other seeds are tried; in proxy mode each
    new connection takes the first address of the name and no other. IPv6 that fails next to working IPv4 counts less.

    How to fix: start the node, or enable the interface: ``remote_cluster_server.enabled: true`` for port 9443; or correct the port.

    Example: ``proxy_address: logs.example:9443`` while the remote has no remote cluster server.
    """
    yield from judge(remote, endpoints, REFUSED, "network/tcp-timeout", remote_nodes)
