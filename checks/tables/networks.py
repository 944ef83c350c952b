"""Networks whose addresses mean something in one place only, each with what it mostly is; the narrower ones first."""

from __future__ import annotations

import ipaddress
from typing import Final

Ip = ipaddress.IPv4Address | ipaddress.IPv6Address

# IANA's registries of special addresses (RFC 6890); the networks of containers are the defaults that these programs document.
_NETWORKS: Final = tuple(
    (ipaddress.ip_network(network), what)
    for network, what in (
        ("0.0.0.0/32", "no address of any machine"),
        ("::/128", "no address of any machine"),
        ("127.0.0.0/8", "loopback"),
        ("::1/128", "loopback"),
        ("169.254.0.0/16", "link-local"),
        ("fe80::/10", "link-local"),
        ("172.17.0.0/16", "Docker's default network"),
        ("192.168.65.0/24", "the network of Docker Desktop"),
        ("10.42.0.0/16", "the pod network of k3s and RKE"),
        ("10.244.0.0/16", "the pod network of kind and kubeadm with flannel"),
        ("10.88.0.0/16", "Podman's default network"),
        ("100.64.0.0/10", "shared address space: pods, carriers or an overlay network"),
        ("10.0.0.0/8", "a private network"),
        ("172.16.0.0/12", "a private network, often one of containers"),
        ("192.168.0.0/16", "a private network"),
        ("fc00::/7", "a private network (IPv6 unique local)"),
    )
)
_NEAR: Final = {4: 24, 6: 64}
_PLAIN: Final = "a private network"


def ip_of(host: str) -> Ip | None:
    """Read an IP address, with or without brackets and zone; None for anything else. IPv4 inside IPv6 counts as IPv4."""
    try:
        ip = ipaddress.ip_address(host.strip("[]").partition("%")[0])
    except ValueError:
        return None
    return ip.ipv4_mapped or ip if isinstance(ip, ipaddress.IPv6Address) else ip


def network_of(host: str) -> str:
    """Say which network with a meaning in one place only an address is of; empty for others, and for what is no address."""
    ip = ip_of(host)
    return "" if ip is None else next((what for network, what in _NETWORKS if ip in network), "")


def is_here_only(host: str) -> bool:
    """Tell an address that leads each machine to itself, or nowhere: loopback and the unspecified one."""
    ip = ip_of(host)
    return host.lower() in {"localhost", "localhost."} if ip is None else ip.is_loopback or ip.is_unspecified


def near(host: str, other: str) -> bool:
    """Tell whether two addresses are so close (/24, /64 in IPv6) that who reaches one mostly reaches the other."""
    one, two = ip_of(host), ip_of(other)
    if one is None or two is None or one.version != two.version:
        return False
    return two in ipaddress.ip_network((one, _NEAR[one.version]), strict=False)


def apart(host: str, others: frozenset[str]) -> bool:
    """Tell by the addresses alone that ``host`` is of another network than all the others, and can hardly be reached like them."""
    what = network_of(host)
    if not what or any(near(host, other) for other in others):
        return False
    remote_side = {network_of(other) for other in others}
    return what not in remote_side and (
        not what.startswith(_PLAIN) or not any(one and one != "loopback" for one in remote_side)
    )
