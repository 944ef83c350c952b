"""The check auth/anonymous-fallback."""

from __future__ import annotations

from collections.abc import Iterator

from checks.shared.applies import API_KEY_REMOTES
from checks.shared.causes import REQUESTS_REFUSED
from checks.shared.dialled_port import DialledPort, places
from checks.tables import docs
from diag.check import Unknown, Yields, check
from diag.model import (
    Endpoint,
    Finding,
    Interface,
    InterfaceTrial,
    KeyTrial,
    LocalCluster,
    Node,
    Nodes,
    OfRemote,
    Remote,
    Severity,
    TlsAttempt,
    TransportHello,
    Unavailable,
    as_fact,
    is_transport,
    listed,
)


@check(
    "auth/anonymous-fallback",
    severity=Severity.ERROR,
    applies=API_KEY_REMOTES,
    docs=(docs.TROUBLESHOOT_TRANSPORT_PORT,),
    tags=("api-key", "ports"),
    source="documentation: troubleshoot remote clusters (transport port with API key)",
    explains=("auth/not-cross-cluster-channel", *REQUESTS_REFUSED),
    leaves_open=("auth/*",),
)
def anonymous_fallback(  # noqa: PLR0913, PLR0917 -- each parameter is a piece of evidence, injected by its type.
    cluster: LocalCluster,
    remote: Remote,
    remote_nodes: OfRemote[Nodes],
    endpoint: Endpoint | Unavailable,
    tls: TlsAttempt | Unavailable,
    hello: TransportHello | Unavailable,
    key: KeyTrial | Unavailable,
    asked_for: InterfaceTrial | Unavailable,
) -> Yields:
    """The API key goes to the transport interface of a cluster with an anonymous user, whose error hides that the port is wrong.

    Why it matters: the transport interface does not look at the key. With an anonymous user it does not say so either: it says that this user
    may not do the handshake, and whoever reads that looks for privileges.

    How to fix: correct the port, as config/port-model-mismatch says. The anonymous user needs no privilege.

    Example: ``action [cluster:internal/remote_cluster/handshake] is unauthorized for user [_es_anonymous_user]``.
    """
    anonymous = [one for one in remote_nodes.all if one.anonymous]
    if not anonymous and not remote_nodes.failed:
        return
    for place in places(cluster, remote, endpoint, tls, hello, key=key, asked_for=asked_for, nodes=remote_nodes):
        wrong = place if isinstance(place, Unknown) else _elsewhere(place)
        if isinstance(wrong, Unknown):
            yield wrong
        elif wrong and isinstance(place, DialledPort):
            yield from _judged(place, anonymous, remote_nodes)


def _elsewhere(place: DialledPort) -> bool | Unknown:
    """Tell whether the key goes to another interface than the remote cluster server: by its trial, else by port and behaviour."""
    if place.interface is not None:
        return place.interface is Interface.TRANSPORT
    if is_transport(place.port) or (place.asked and place.port != place.expected):
        return True
    if not place.asked and (place.usual or place.completed or place.spoke_http):
        return False
    return Unknown(f"which interface of the remote cluster has port {place.port} is not known")


def _judged(place: DialledPort, anonymous: list[Node], remote_nodes: Nodes) -> Iterator[Finding | Unknown]:
    if not anonymous:
        yield Unknown(
            f"{remote_nodes.failed} nodes of the remote cluster did not say whether they have an anonymous user"
        )
        return
    roles = tuple(dict.fromkeys(role for one in anonymous for role in one.anonymous))
    shown = listed(roles)
    yield Finding(
        summary=f"Port {place.port} is not the remote cluster server, and {len(anonymous)} of {len(remote_nodes.all)} nodes there have an anonymous "
        f"user (roles: {shown}): the error names that user, and the port is what is wrong.",
        remedy=f"Leave the anonymous user as it is. {place.change_port().sentence}"
        if place.port != place.target
        else "Leave the anonymous user as it is, and compare transport.port and remote_cluster.port of the remote cluster with "
        f"{place.port}.",
        fix=place.change_port().fix,
        facts={**place.facts(), "roles": roles, "nodes": as_fact([one.name for one in anonymous])},
    )
