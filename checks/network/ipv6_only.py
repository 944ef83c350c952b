"""The check network/ipv6-only."""

from __future__ import annotations

from checks.tables import docs
from diag.check import NotApplicable, Yields, check
from diag.model import (
    Endpoint,
    Finding,
    Layer,
    Nodes,
    OfLocal,
    Resolution,
    Severity,
    shorten,
)


@check(
    "network/ipv6-only",
    severity=Severity.WARNING,
    layer=Layer.DNS,
    docs=(docs.NETWORK_SETTINGS,),
    tags=("dns", "ipv6"),
    source="documentation: networking settings; the families of the nodes follow from their publish addresses",
)
def ipv6_only(endpoint: Endpoint, resolution: Resolution, local_nodes: OfLocal[Nodes]) -> Yields:
    """The remote has addresses of one family only, and the nodes of the local cluster publish those of the other.

    Why it matters: a node without IPv6 can't reach an address of IPv6, nor the other way round.

    How to fix: publish the record of the other family too, or give the nodes that family.

    Example: ``logs.example`` has an AAAA record alone, and the nodes have 10.0.0.0/24.
    """
    remote_side = {":" in text for text in resolution.addresses}
    local_side = {
        address.startswith("[") for node in local_nodes.all if (address := node.transport_address.rpartition("/")[2])
    }
    if not local_side:
        yield NotApplicable("the addresses of the local nodes are not known")
    elif len(remote_side) == 1 and len(local_side) == 1 and remote_side != local_side:
        family, other = ("IPv6", "IPv4") if True in remote_side else ("IPv4", "IPv6")
        yield Finding(
            summary=f"{shorten(endpoint.host, 120)} has {family} addresses only, and all nodes of the local cluster publish {other}.",
            remedy=f"Publish an {'A' if family == 'IPv6' else 'AAAA'} record too, or see that the nodes have {family}.",
            facts={"observed": family, "expected": other},
        )
