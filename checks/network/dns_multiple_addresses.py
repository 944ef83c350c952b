"""The check network/dns-multiple-addresses."""

from __future__ import annotations

from checks.network._dns import MAX_SHOWN
from checks.tables import docs
from diag.check import Applies, NotApplicable, Yields, check
from diag.model import (
    Endpoint,
    Finding,
    Layer,
    Mode,
    Resolution,
    Severity,
    shorten,
)


@check(
    "network/dns-multiple-addresses",
    severity=Severity.INFO,
    layer=Layer.DNS,
    applies=Applies(modes=(Mode.PROXY,)),
    docs=(docs.CONNECTION_MODES, docs.DNS_CACHE),
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
            facts={"host": shorten(endpoint.host), "observed": count, "resolved": resolution.addresses[:MAX_SHOWN]},
        )
