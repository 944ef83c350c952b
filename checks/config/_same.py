"""Which cluster is behind a remote: not the local cluster itself, and the one whose API is asked."""

from __future__ import annotations

from diag.model import (
    Nodes,
)


def places(nodes: Nodes) -> frozenset[str]:
    reported = (address for node in nodes.all for address in (node.transport_address, node.server_address))
    return frozenset(place_of(address) for address in reported if address)


def place_of(address: str) -> str:
    return address.rpartition("/")[2]
