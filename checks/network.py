"""Names, addresses and TCP connections."""

from __future__ import annotations

from checks.tables import docs
from diag.check import NotApplicable, Unknown, Yields, check
from diag.model import Endpoint, Finding, Layer, Reason, Resolution, Severity, Unavailable


@check(
    "network/dns-nxdomain",
    severity=Severity.CRITICAL,
    layer=Layer.DNS,
    essential=True,
    docs=(docs.TRB_UNREACH, docs.SETTINGS),
    tags=("dns",),
    source="Elasticsearch RemoteConnectionStrategy: unknown host; elasticsearch#28858",
)
def dns_nxdomain(endpoint: Endpoint, resolution: Resolution | Unavailable) -> Yields:
    """The host name of the remote does not resolve.

    Why it matters: nodes of the local cluster look the name up at each connection attempt. Without an address there is
    nothing to connect to, and Elasticsearch says ``unknown host``.

    How to fix: correct the name in the setting, or the DNS record. The name has to resolve on the nodes of the local
    cluster: where they use another resolver than this machine, look it up there too.

    Example: ``proxy_address: logs.exmaple:9443``, a slip of the pen.
    """
    match resolution:
        case Resolution(literal=True):
            yield NotApplicable(f"{endpoint.host} is an IP address")
        case Unavailable(reason=Reason.NO_SUCH_NAME):
            yield Finding(
                summary=f"The name {endpoint.host} does not resolve: no A and no AAAA record, asked from this machine.",
                remedy=f"Correct the host in {endpoint.setting}, or its DNS record; then look it up on a node of the local cluster.",
                facts={"host": endpoint.host, "setting": endpoint.setting},
            )
        case Unavailable():
            yield Unknown(str(resolution))


CHECKS = (dns_nxdomain,)
