"""The check network/dns-nxdomain."""

from __future__ import annotations

from checks.shared.causes import NO_CONNECTION, NOTHING_AFTER_DNS
from checks.tables import docs
from diag.check import NotApplicable, Unknown, Yields, check
from diag.model import (
    Endpoint,
    Endpoints,
    Finding,
    Layer,
    Mode,
    Reason,
    Remote,
    Resolution,
    Severity,
    Unavailable,
    shorten,
)


@check(
    "network/dns-nxdomain",
    severity=Severity.CRITICAL,
    severities=(Severity.WARNING,),
    layer=Layer.DNS,
    essential=True,
    docs=(docs.TROUBLESHOOT_NOT_REACHABLE, docs.REMOTE_CLUSTER_SETTINGS),
    tags=("dns",),
    source="Elasticsearch RemoteConnectionStrategy: unknown host; elasticsearch#28858",
    explains=("network/dns-changed", *NO_CONNECTION),
    leaves_open=NOTHING_AFTER_DNS,
)
def dns_nxdomain(
    remote: Remote, endpoint: Endpoint, resolution: Resolution | Unavailable, endpoints: Endpoints
) -> Yields:
    """The host name of the remote does not resolve.

    Why it matters: nodes of the local cluster look the name up at each connection attempt. Without an address there is
    nothing to connect to, and Elasticsearch says ``unknown host``.

    How to fix: correct the name in the setting, or the DNS record. The name has to resolve on the nodes of the local
    cluster: where they use another resolver than this machine, look it up there too.

    Example: ``proxy_address: logs.exmaple:9443``, a typo.
    """
    # In sniff mode the other seeds are tried in turn, so one bad name among good ones breaks nothing yet.
    others = any(isinstance(other.resolution, Resolution) for other in endpoints.all)
    another_resolves = others and remote.effective_mode is Mode.SNIFF
    match resolution:
        case Resolution(literal=True):
            yield NotApplicable(f"{shorten(endpoint.host)} is an IP address")
        case Unavailable(reason=Reason.NO_SUCH_NAME):
            yield Finding(
                summary=f"The name {shorten(endpoint.host)} does not resolve: no A and no AAAA record, asked from this machine.",
                remedy=f"Correct the host in {endpoint.setting}, or its DNS record; then look it up on a node of the local cluster.",
                severity=Severity.WARNING if another_resolves else None,
                facts={"host": shorten(endpoint.host), "setting": endpoint.setting},
            )
        case Unavailable():
            yield Unknown(str(resolution), piece=resolution)
