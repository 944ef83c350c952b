"""Blocks of addresses, as rules of networks name them."""

from __future__ import annotations

import ipaddress

_V4 = 4


def is_everybody(block: str) -> bool:
    """Whether a block holds every address; all of IPv6 alone lets nobody in who comes by IPv4, and what is no block nobody."""
    try:
        network = ipaddress.ip_network(block, strict=False)
    except ValueError:
        return False
    return network.version == _V4 and network.prefixlen == 0
