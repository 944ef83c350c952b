"""Where a remote of the remote cluster leads to: whether that is the local cluster, which makes the connection one in both directions."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from typing import Final

from diag.model import (
    FollowedRemotes,
    Kind,
    LocalCluster,
    Nodes,
    Registration,
    Registrations,
    Unavailable,
)

# Here the name of a host stands for one cluster, whatever the port: the provider gives each its own.
_OWN_NAMES: Final = frozenset({Kind.HOSTED, Kind.ECE, Kind.SERVERLESS})


def leading_here(
    remote_side: Registrations,
    cluster: LocalCluster,
    local_nodes: Nodes | Unavailable,
    follows: FollowedRemotes | Unavailable,
) -> dict[Registration, bool | None]:
    """The remotes of the remote cluster that are in force, and of each whether it leads here and is not there for its own followers."""
    used = () if isinstance(follows, Unavailable) else follows.aliases
    return {
        one: False if one.alias in used else leads_here(one, remote_side, cluster, local_nodes)
        for one in remote_side.all
        if one.enabled
    }


def leads_here(
    registration: Registration,
    registrations: Registrations,
    cluster: LocalCluster,
    local_nodes: Nodes | Unavailable,
) -> bool | None:
    """Tell whether a remote of the remote cluster leads to the local cluster.

    It does where one of its addresses is published by a node here, or where the name is that of the API here and the port one of
    the local cluster. The name alone is not enough where several clusters can stand behind one machine or balancer. None: it is not known.
    """
    places = {_plain(place) for place in registrations.places(registration)}
    published = frozenset[str]() if isinstance(local_nodes, Unavailable) else _published(local_nodes)
    common = places & published
    if not places:
        return False
    if common and not all(map(_is_loopback, map(_host, common))):
        return True
    if common:
        # A loopback address is another one on each machine: it is ours only where that remote cluster runs on ours.
        return True if _shares_machine(cluster) else None
    known = {_plain(host) for host in cluster.hosts if host and not _is_loopback(_plain(host))}
    if _plain(registration.value("server_name")) in known:
        return True
    named = {place for place in places if _host(place) in known}
    unresolved = {address for address in registration.addresses if not _is_known(_host(_plain(address)), registrations)}
    if named:
        own_port = bool(set(map(_port, named)) & set(map(_port, published)))
        return True if own_port or cluster.kind in _OWN_NAMES else None
    return False if published and not unresolved else None


def _published(local_nodes: Nodes) -> frozenset[str]:
    """What the nodes publish, as ``host:port``: ``10.0.0.1:9300``, or ``name/10.0.0.1:9300``, which names both."""
    return frozenset(
        _both(address for node in local_nodes.all for address in (node.transport_address, node.server_address))
    )


def _both(addresses: Iterable[str]) -> Iterable[str]:
    for address in addresses:
        name, _, place = address.rpartition("/")
        if place:
            yield _plain(place)
            yield from (f"{_plain(name)}:{_port(place)}",) if name else ()


def _is_known(host: str, registrations: Registrations) -> bool:
    """Whether the IP addresses of a host are known: it is one, or it was looked up."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return any(_plain(name) == host and ips for name, ips in registrations.resolved)
    return True


def _shares_machine(cluster: LocalCluster) -> bool:
    return any(
        address.host and _is_loopback(_plain(address.host)) for one in cluster.remotes for address in one.dialled
    )


def _plain(text: str) -> str:
    return text.strip().casefold().replace("[", "").replace("]", "").rstrip(".")


def _host(place: str) -> str:
    return place.rpartition(":")[0].rstrip(".")


def _port(place: str) -> str:
    return place.rpartition(":")[2]


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
