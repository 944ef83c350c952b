"""Names and the addresses behind them."""

from __future__ import annotations

import ipaddress
from typing import Final

MAX_SHOWN = 20
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


def private_kind(text: str) -> str:
    """Say what kind of private address this is; empty for a public one."""
    try:
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return ""
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    address = mapped or address
    return next((kind for network, kind in _PRIVATE.items() if address in network), "")
