"""What the API of the remote cluster reports about where its nodes listen, for the remedy of a refused connection."""

from __future__ import annotations

from checks.shared.dialled_port import change_port
from checks.shared.fixes import Remedy, enable_server, on_remote_nodes, yml
from checks.shared.listening import is_loopback
from checks.tables.networks import ip_of
from diag.model import Endpoint, Kind, Node, Nodes, Remote, SecurityModel, Unavailable, as_port, listed


def reported_remedy(remote: Remote, endpoint: Endpoint, ip: str, remote_nodes: Nodes | Unavailable) -> Remedy | None:
    """Say what to do by what the nodes report about the interface that this remote needs; empty where they report nothing."""
    if (
        isinstance(remote_nodes, Unavailable)
        or not remote_nodes.all
        or remote.kind not in {Kind.SELF_MANAGED, Kind.ECK}
    ):
        return None
    by_key = remote.security_model is SecurityModel.API_KEY
    name, interface = ("remote_cluster", "remote cluster server") if by_key else ("transport", "transport interface")
    listening = [node for node in remote_nodes.all if _published(node, by_key=by_key)]
    if not listening:
        how = enable_server(remote)
        return Remedy(f"{how.sentence} By its API none has it.", how.fix) if by_key else None
    shown = listed([f"{node.name} {_published(node, by_key=by_key)}" for node in listening])
    states = f"By its API the {interface} of the remote listens at {shown}"
    bound = [
        place for node in listening for place in (_bound(node, by_key=by_key) or (_published(node, by_key=by_key),))
    ]
    ports = {port for place in bound if (port := as_port(place.rpartition(":")[2])) is not None}
    known = {ip_of(_host(place)) for place in (*bound, *(_published(node, by_key=by_key) for node in listening))}
    if all(is_loopback(_host(place)) for place in bound) and not is_loopback(ip):
        reach = on_remote_nodes(yml=[yml(f"{name}.host", "_site_")])
        return Remedy(
            f"{states}, on loopback: let each node listen where the local cluster reaches it, and restart it.", reach
        )
    if ports and endpoint.port not in ports:
        how = change_port(remote, endpoint.port, min(ports))
        mapped = f"Or, where a balancer maps ports, start what should listen on {endpoint.port}."
        return Remedy(
            f"{states}, not on port {endpoint.port}: {how.sentence[0].lower()}{how.sentence[1:]} {mapped}", how.fix
        )
    if ip_of(ip) not in known:
        return Remedy(
            f"{states}, and {ip} is none of these: correct {endpoint.setting}, or look at the balancer that has this address: its backends."
        )
    return Remedy(f"{states}, so the port is right: look for a firewall that rejects, and whether that node runs.")


def _published(node: Node, *, by_key: bool) -> str:
    return node.server_address if by_key else node.transport_address


def _bound(node: Node, *, by_key: bool) -> tuple[str, ...]:
    return node.server_bound if by_key else node.transport_bound


def _host(place: str) -> str:
    return place.rpartition(":")[0].rpartition("/")[2].strip("[]")
