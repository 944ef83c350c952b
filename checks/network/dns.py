"""Names and the addresses behind them."""

from __future__ import annotations

import ipaddress
from typing import Final

from checks.causes import NO_CONNECTION, NOTHING_AFTER_DNS, NOTHING_AFTER_TCP
from checks.tables import docs
from diag.check import Applies, NotApplicable, Unknown, Yields, check
from diag.model import (
    Endpoint,
    Endpoints,
    Finding,
    Kind,
    Layer,
    Mode,
    Reason,
    Remote,
    Resolution,
    Severity,
    Unavailable,
    shorten,
)

_MOST_SHOWN = 20

# Addresses that are not reachable over the public internet, and where that is written.
_PRIVATE: Final = {
    ipaddress.ip_network(network): kind
    for network, kind in (
        ("127.0.0.0/8", "loopback"),  # RFC 1122 section 3.2.1.3
        ("::1/128", "loopback"),  # RFC 4291 section 2.5.3
        ("0.0.0.0/8", "unspecified"),  # RFC 1122 section 3.2.1.3
        ("::/128", "unspecified"),  # RFC 4291 section 2.5.2
        ("10.0.0.0/8", "private"),  # RFC 1918
        ("172.16.0.0/12", "private"),  # RFC 1918
        ("192.168.0.0/16", "private"),  # RFC 1918
        ("100.64.0.0/10", "carrier-shared"),  # RFC 6598
        ("fc00::/7", "private"),  # RFC 4193
        ("169.254.0.0/16", "link-local"),  # RFC 3927
        ("fe80::/10", "link-local"),  # RFC 4291 section 2.5.6
    )
}


@check(
    "network/dns-nxdomain",
    severity=Severity.CRITICAL,
    layer=Layer.DNS,
    essential=True,
    docs=(docs.TRB_UNREACH, docs.SETTINGS),
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

    Example: ``proxy_address: logs.exmaple:9443``, a slip of the pen.
    """
    # In sniff mode the other seeds are tried in turn, so one bad name among good ones breaks nothing yet.
    others = any(isinstance(other.resolution, Resolution) for other in endpoints.all)
    spared = others and remote.effective_mode is Mode.SNIFF
    match resolution:
        case Resolution(literal=True):
            yield NotApplicable(f"{shorten(endpoint.host)} is an IP address")
        case Unavailable(reason=Reason.NO_SUCH_NAME):
            yield Finding(
                summary=f"The name {shorten(endpoint.host)} does not resolve: no A and no AAAA record, asked from this machine.",
                remedy=f"Correct the host in {endpoint.setting}, or its DNS record; then look it up on a node of the local cluster.",
                severity=Severity.WARNING if spared else None,
                facts={"host": shorten(endpoint.host), "setting": endpoint.setting},
            )
        case Unavailable():
            yield Unknown(str(resolution))


@check(
    "network/dns-multiple-addresses",
    severity=Severity.INFO,
    layer=Layer.DNS,
    applies=Applies(modes=(Mode.PROXY,)),
    docs=(docs.MODES, docs.DNSTTL),
    tags=("dns",),
    source="elasticsearch#49067, elasticsearch#82366",
)
def dns_multiple_addresses(endpoint: Endpoint, resolution: Resolution) -> Yields:
    """The name of the proxy address has several IP addresses.

    Why it matters: Elasticsearch looks the name up for each new connection and takes the first address only; it does not try the
    others. While the first one fails, new connections fail too.

    How to fix: nothing, where the name server changes the order and drops an address that fails. Else use one balanced address, and
    keep the DNS cache of the JVM short.

    Example: ``logs.example`` with three A records, one for each node.
    """
    count = len(resolution.addresses)
    if resolution.literal:
        yield NotApplicable(f"{shorten(endpoint.host)} is an IP address")
    elif count > 1:
        yield Finding(
            summary=f"{shorten(endpoint.host)} has {count} addresses, and each new connection takes the first one only; one balanced address is the usual form.",
            remedy=f"If one of them can fail by itself, put one balanced address into {endpoint.setting}; keep networkaddress.cache.ttl of the JVM short.",
            facts={"host": shorten(endpoint.host), "observed": count, "resolved": resolution.addresses[:_MOST_SHOWN]},
        )


@check(
    "network/private-address",
    severity=Severity.ERROR,
    layer=Layer.DNS,
    applies=Applies(local_kinds=(Kind.HOSTED, Kind.SERVERLESS)),
    docs=(docs.RC, docs.STATICIP),
    tags=("dns", "routing"),
    source="RFC 1918, RFC 4193, RFC 6598; documentation: Elastic Cloud static IPs",
    explains=("network/tcp-refused", "network/tcp-timeout", "network/ip-es-io", *NO_CONNECTION),
    leaves_open=NOTHING_AFTER_TCP,
)
def private_address(endpoint: Endpoint, resolution: Resolution) -> Yields:
    """A local cluster in the cloud has no way to the private address of the remote.

    Why it matters: a hosted deployment or a serverless project connects over the public internet. It can't route to private,
    link-local or loopback addresses, and each attempt times out. A probe from a machine next to the remote does not show it.

    How to fix: give the remote a public address, and put that, or a name that leads to it everywhere, into the settings. Where your
    own name server answers differently from a public one, look the name up at a public one first.

    Example: ``proxy_address: 10.20.30.40:9443`` on a hosted deployment.
    """
    found = {text: kind for text in resolution.addresses if (kind := private_kind(text))}
    if not found:
        return
    kinds = " and ".join(dict.fromkeys(found.values()))
    subject = (
        shorten(endpoint.host) if resolution.literal else f"{shorten(endpoint.host)}, looked up from this machine,"
    )
    what = f"is a {kinds} address" if resolution.literal else f"has {kinds} addresses: {_count(found, resolution)}"
    check_first = (
        ""
        if resolution.literal
        else f"Look {shorten(endpoint.host)} up at a public name server; if it has no other address there, "
    )
    step = f"give the remote a public address and put it into {endpoint.setting}."
    yield Finding(
        summary=f"{subject} {what}; a local cluster in the cloud needs a public one.",
        remedy=check_first + (step if check_first else step[0].upper() + step[1:]),
        facts={
            "host": shorten(endpoint.host),
            "private": tuple(found)[:_MOST_SHOWN],
            "addresses_found": len(resolution.addresses),
        },
    )


def _count(found: dict[str, str], resolution: Resolution) -> str:
    shown = ", ".join(list(found)[:3]) + (", …" if len(found) > 3 else "")  # noqa: PLR2004 -- as many as a line holds.
    return f"{len(found)} of {len(resolution.addresses)}, {shown}"


def private_kind(text: str) -> str:
    """Say what kind of private address this is; empty for a public one."""
    try:
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return ""
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    address = mapped or address
    return next((kind for network, kind in _PRIVATE.items() if address in network), "")


CHECKS = (dns_nxdomain, dns_multiple_addresses, private_address)
