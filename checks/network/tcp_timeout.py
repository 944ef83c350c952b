"""The check network/tcp-timeout."""

from __future__ import annotations

from checks.network._tcp import SILENT, judge
from checks.shared.causes import NO_CONNECTION, NOTHING_AFTER_TCP
from checks.tables import docs
from diag.check import Yields, check
from diag.model import (
    Endpoints,
    Remote,
    Severity,
)


@check(
    "network/tcp-timeout",
    severity=Severity.CRITICAL,
    severities=(Severity.INFO, Severity.WARNING, Severity.ERROR),
    essential=True,
    docs=(docs.TROUBLESHOOT_NOT_REACHABLE,),
    tags=("tcp",),
    source="errno ETIMEDOUT, EHOSTUNREACH, ENETUNREACH; documentation: troubleshoot remote clusters; elasticsearch#114020",
    explains=("network/dns-changed", *NO_CONNECTION),
    leaves_open=NOTHING_AFTER_TCP,
)
def tcp_timeout(remote: Remote, endpoints: Endpoints) -> Yields:
    """No connection to the remote opens, and nobody says no.

    Why it matters: a firewall drops the packets, a route is missing, or the address is not in use. Elasticsearch waits 30 seconds for each
    attempt. Critical where no address is left. In sniff mode the other seeds are tried; in proxy mode each new connection
    takes the first address of the name and no other. IPv6 that fails next to working IPv4 counts less.

    How to fix: open the way from each node of the local cluster to the address and port. The attempt was made from this machine:
    try it from a node of the local cluster too.

    Example: a security group that admits 9300 and not 9443.
    """
    yield from judge(remote, endpoints, SILENT, "network/tcp-refused")
