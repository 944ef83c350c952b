"""What became of each address that the nodes of a sniffed remote publish: reached, lost, somebody else's, or not known."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from typing import Final

from checks.shared.peer import answered, is_node, speaks_http
from checks.tables.networks import apart, is_here_only, near, network_of
from diag.model import (
    ClearReply,
    EndpointEvidence,
    Endpoints,
    KeyTrial,
    Probe,
    Published,
    PublishedEndpoints,
    Reason,
    Resolution,
    TlsAttempt,
    TlsResult,
    TransportHello,
    Unavailable,
    clusters_behind,
    dataclass,
    shorten,
)


class State(StrEnum):
    """What became of one published address."""

    REACHED = "reached"
    LOST = "lost"
    OTHERS = "others"  # Something answers there, and not the node that publishes it.
    UNKNOWN = "unknown"


_WHY: Final = {
    Reason.REFUSED: "refuses the connection",
    Reason.RESET: "resets the connection",
    Reason.TIMED_OUT: "gives no answer",
    Reason.UNREACHABLE: "has no route to it",
}


_NO_TLS: Final = {
    TlsResult.NOT_TLS: "answers, but not in TLS",
    TlsResult.CLOSED: "closes the connection before TLS",
    TlsResult.RESET: "resets the connection before TLS",
    TlsResult.TIMED_OUT: "takes the connection and says nothing",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Hop:
    """One published address, what became of it, and why. ``refused``: a connection was refused there."""

    published: Published
    state: State
    why: str = ""
    refused: bool = False

    @property
    def bad(self) -> bool:
        """Whether no connection to the node can come about there."""
        return self.state in {State.LOST, State.OTHERS}

    def __str__(self) -> str:
        """Name it with its node, its network, and what became of it."""
        about = [shorten(name, 40) for name in self.published.nodes[:1] if name]
        about += [what] if (what := network_of(self.published.host)) else []
        shown = shorten(self.published.address, 80) + (f" ({', '.join(about)})" if about else "")
        return f"{shown} {self.why}" if self.why else shown


def seed_ips(endpoints: Endpoints) -> frozenset[str]:
    """The IP addresses behind the seeds."""
    return frozenset(
        ip for one in endpoints.all if isinstance(one.resolution, Resolution) for ip in one.resolution.addresses
    )


def by_second_hop(published: PublishedEndpoints, endpoints: Endpoints) -> Iterator[Hop]:
    """Judge each address by what it showed."""
    clusters, seeds = clusters_behind(endpoints.probes), seed_ips(endpoints)
    for one in published.all:
        yield _is_loopback_for_local(one.told, seeds) or _showed(one.told, one.evidence, clusters)


def by_address(published: tuple[Published, ...], endpoints: Endpoints, *, connected: bool | None) -> Iterator[Hop]:
    """Judge each address by what it is, where none was dialled."""
    seeds = seed_ips(endpoints)
    places = {f"{probe.ip}:{probe.port}" for probe in endpoints.probes if not isinstance(probe.connection, Unavailable)}
    for one in published:
        remote_side = network_of(one.host) and not any(near(one.host, seed) for seed in seeds)
        if f"{one.host}:{one.port}" in places:
            yield Hop(published=one, state=State.REACHED)
        elif (home := _is_loopback_for_local(one, seeds)) is not None:
            yield home
        elif apart(one.host, seeds) or (remote_side and connected is False):
            yield Hop(published=one, state=State.LOST, why="is of another network than the seeds")
        else:
            yield Hop(published=one, state=State.UNKNOWN, why="was not dialled")


def _is_loopback_for_local(published: Published, seeds: frozenset[str]) -> Hop | None:
    """Loopback leads whoever dials it to himself; with a seed on loopback that is where the remote is."""
    if not is_here_only(published.host) or (seeds and all(map(is_here_only, seeds))):
        return None
    return Hop(published=published, state=State.LOST, why="leads the local cluster to itself")


def _showed(published: Published, found: EndpointEvidence, clusters: frozenset[str]) -> Hop:
    if isinstance(found.resolution, Unavailable):
        gone = found.resolution.reason is Reason.NO_SUCH_NAME
        return Hop(
            published=published, state=State.LOST if gone else State.UNKNOWN, why="does not resolve" if gone else ""
        )
    hops = [_probed(published, probe, clusters) for probe in found.probes]
    order = list(State)
    return min(hops, key=lambda hop: order.index(hop.state), default=Hop(published=published, state=State.UNKNOWN))


def _probed(published: Published, probe: Probe, clusters: frozenset[str]) -> Hop:
    if isinstance(probe.connection, Unavailable):
        reason = probe.connection.reason
        why = _WHY.get(reason)
        refused = reason is Reason.REFUSED
        return Hop(published=published, state=State.LOST if why else State.UNKNOWN, why=why or "", refused=refused)
    other = _other_peer(published, probe, clusters)
    if other:
        return Hop(published=published, state=State.OTHERS, why=other)
    silent = isinstance(probe.tls, Unavailable) or (
        isinstance(probe.chain, Unavailable) and not answered(probe.transport)
    )
    return Hop(published=published, state=State.UNKNOWN if silent else State.REACHED)


def _other_peer(published: Published, probe: Probe, clusters: frozenset[str]) -> str:
    """Say who answers that is not the node; empty where it may be the node. Certificates are judged elsewhere."""
    tls = probe.tls if isinstance(probe.tls, TlsAttempt) else None
    if speaks_http(probe.transport):
        return "answers in HTTP"
    if tls is not None and tls.result in _NO_TLS and not _in_clear(probe):
        return _NO_TLS[tls.result]
    if isinstance(probe.transport, TransportHello) and not is_node(probe.transport):
        # Who asks for a client certificate may hang up because a good one is missing; tls/client-cert-rejected is about that.
        asked = tls is None or tls.client_certificate_requested
        return "" if asked else "is no node: the transport handshake got no answer"
    return _other_node(published, probe.key, clusters)


def _other_node(published: Published, key: KeyTrial | Unavailable, clusters: frozenset[str]) -> str:
    """Say which other node took the key there: Elasticsearch refuses one that it did not expect."""
    if isinstance(key, Unavailable):
        return ""
    if clusters and key.cluster_name and key.cluster_name not in clusters:
        return f"leads to the cluster {shorten(key.cluster_name, 60)}"
    if key.node_name and any(published.nodes) and key.node_name not in published.nodes:
        return f"leads to the node {shorten(key.node_name, 60)}"
    return ""


def _in_clear(probe: Probe) -> bool:
    """A node without TLS answers in clear, as its seeds do."""
    return isinstance(probe.tls, TlsAttempt) and (
        probe.tls.clear_reply is ClearReply.ELASTICSEARCH or answered(probe.transport)
    )
