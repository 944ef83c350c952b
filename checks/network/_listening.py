"""What the API of the remote cluster tells of where its nodes listen, for the remedy of a refused connection."""

from __future__ import annotations

from checks.shared.dialled_port import change_port
from checks.shared.listening import is_loopback
from checks.tables.networks import ip_of
from diag.model import Endpoint, Kind, Node, Remote, RemoteNodes, SecurityModel, Unavailable, listed


def reported_remedy(remote: Remote, endpoint: Endpoint, ip: str, remote_nodes: RemoteNodes | Unavailable) -> str:
    """Say what to do by what the nodes tell of the interface that this remote needs; empty where they tell nothing of it."""
    if (
        isinstance(remote_nodes, Unavailable)
        or not remote_nodes.all
        or remote.kind not in {Kind.SELF_MANAGED, Kind.ECK}
    ):
        return ""
    by_key = remote.security_model is SecurityModel.API_KEY
    name, interface = ("remote_cluster", "remote cluster server") if by_key else ("transport", "transport interface")
    listening = [node for node in remote_nodes.all if _published(node, by_key=by_key)]
    if not listening:
        return (
            ""
            if not by_key
            else "Set remote_cluster_server.enabled: true on each node of the remote: by its API none has it."
        )
    shown = listed([f"{node.name} {_published(node, by_key=by_key)}" for node in listening])
    states = f"By its API the {interface} of the remote listens at {shown}"
    bound = [
        place for node in listening for place in (_bound(node, by_key=by_key) or (_published(node, by_key=by_key),))
    ]
    ports = {int(port) for place in bound if (port := place.rpartition(":")[2]).isdigit()}
    if all(is_loopback(_host(place)) for place in bound) and not is_loopback(ip):
        return f"{states}, on loopback: set {name}.host on each node to an address that the local cluster reaches, and restart it."
    if ports and endpoint.port not in ports:
        fix = change_port(remote, endpoint.port, min(ports))
        return f"{states}, not on port {endpoint.port}: {fix} Or, where a balancer maps ports, start what should listen on {endpoint.port}."
    known = {ip_of(_host(place)) for place in (*bound, *(_published(node, by_key=by_key) for node in listening))}
    if ip_of(ip) not in known:
        return f"{states}, and {ip} is none of these: correct {endpoint.setting}, or look at the balancer that has this address: its backends."
    return f"{states}, so the port is right: look for a firewall that rejects, and whether that node runs."


def _published(node: Node, *, by_key: bool) -> str:
    return node.server_address if by_key else node.transport_address


def _bound(node: Node, *, by_key: bool) -> tuple[str, ...]:
    return node.server_bound if by_key else node.transport_bound


def _host(place: str) -> str:
    return place.rpartition(":")[0].rpartition("/")[2].strip("[]")
