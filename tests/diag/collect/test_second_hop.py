"""The second hop of mode sniff: which addresses are looked at, and how."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import pytest

from diag.collect.second_hop import second_hop
from diag.model import (
    Connection,
    Endpoint,
    EndpointEvidence,
    Endpoints,
    Identity,
    KeyTrial,
    KeyVerdict,
    Node,
    Nodes,
    Probe,
    PublishedEndpoints,
    Reason,
    Remote,
    RemoteApi,
    Resolution,
    SecurityModel,
    Step,
    Unavailable,
)

NOW = datetime(2026, 1, 15, tzinfo=UTC)
NONE = Unavailable(step=Step.CONNECT, reason=Reason.REFUSED, detail="refused")
SEED = Endpoint(setting="seeds[0]", host="logs.example", port=9443, server_name="logs.example", names=("logs.example",))
SNIFF = Remote(
    alias="logs", declared_model=SecurityModel.API_KEY, mode="sniff", seeds=("logs.example:9443",), has_credential=True
)


def probe(ip: str = "10.0.0.1", key: KeyTrial | Unavailable = NONE) -> Probe:
    """What an address showed at which a connection opens."""
    return Probe(ip=ip, port=9443, connection=Connection(ip=ip), tls=NONE, chain=NONE, key=key)


def seeds(*probes: Probe) -> Endpoints:
    """One seed with these IP addresses."""
    found = Resolution(addresses=tuple(one.ip for one in probes))
    return Endpoints(all=(EndpointEvidence(endpoint=SEED, resolution=found, probes=probes),))


def accepted(address: str, **more: str) -> KeyTrial:
    """A node took the key, and said who it is."""
    return KeyTrial(verdict=KeyVerdict.ACCEPTED, cluster_name="logs", node_name="n1", publish_address=address, **more)  # type: ignore[arg-type]  # All of them are texts.


def api(*addresses: str, name: str = "logs", roles: tuple[str, ...] = ("data",)) -> RemoteApi:
    """What the API of the remote tells of its nodes."""
    nodes = tuple(Node(name=f"n{i}", roles=roles, server_address=one) for i, one in enumerate(addresses, 1))
    return RemoteApi(identity=Identity(name=name, uuid="u"), nodes=Nodes(all=nodes))


class FakeProbe:
    """Notes what was looked at."""

    def __init__(self) -> None:
        self.seen: list[tuple[Endpoint, Resolution | None]] = []

    async def __call__(self, endpoint: Endpoint, known: Resolution | None) -> EndpointEvidence:
        """Look at one address."""
        self.seen.append((endpoint, known))
        return EndpointEvidence(endpoint=endpoint, resolution=known or NONE)


def hop(
    endpoints: Endpoints, told: RemoteApi, remote: Remote = SNIFF
) -> tuple[PublishedEndpoints | Unavailable, FakeProbe]:
    """Make the second hop."""
    fake = FakeProbe()
    return asyncio.run(second_hop(remote, endpoints, told, fake)), fake


def test_the_ip_address_is_dialled_and_the_name_compared() -> None:
    """As Elasticsearch does: it connects to the bytes that the node sent, and checks the text beside them."""
    found, fake = hop(seeds(probe(key=accepted("node1.example/10.9.0.1:9443"))), RemoteApi())
    assert isinstance(found, PublishedEndpoints)
    ((endpoint, known),) = fake.seen
    assert endpoint.published
    assert (endpoint.host, endpoint.port, endpoint.names) == ("node1.example", 9443, ("node1.example",))
    assert known is not None
    assert known.addresses == ("10.9.0.1",)
    assert found.all[0].told.seeds == ("10.0.0.1:9443",)


def test_the_attribute_of_the_node_is_the_name_that_is_sent() -> None:
    """``node.attr.server_name``; what is published stays the second name."""
    _, fake = hop(seeds(probe(key=accepted("10.9.0.1:9443", server_name="inner.example"))), RemoteApi())
    endpoint, _ = fake.seen[0]
    assert (endpoint.server_name, endpoint.names) == ("inner.example", ("inner.example", "10.9.0.1"))


def test_both_tellers_make_one_address() -> None:
    """The name is kept, whoever tells it."""
    found, fake = hop(seeds(probe(key=accepted("10.9.0.1:9443"))), api("es-1.example/10.9.0.1:9443", "10.9.0.2:9443"))
    assert isinstance(found, PublishedEndpoints)
    assert [one.told.address for one in found.all] == ["es-1.example/10.9.0.1:9443", "10.9.0.2:9443"]
    assert [one.told.by_api for one in found.all] == [True, True]
    assert len(fake.seen) == 2


def test_a_seed_that_publishes_its_own_address_is_not_dialled_again() -> None:
    """By IP address no server name is sent; the look at the seed serves where it was the same."""
    by_ip = Endpoint(setting="seeds[0]", host="10.0.0.1", port=9443, names=("10.0.0.1",))
    known = probe(key=accepted("10.0.0.1:9443"))
    endpoints = Endpoints(
        all=(EndpointEvidence(endpoint=by_ip, resolution=Resolution(addresses=("10.0.0.1",)), probes=(known,)),)
    )
    found, fake = hop(endpoints, RemoteApi())
    assert isinstance(found, PublishedEndpoints)
    assert fake.seen == []
    assert found.all[0].evidence.probes == (known,)


def test_dedicated_masters_and_nodes_without_the_interface_are_left_out() -> None:
    """A sniffing cluster does not connect to them."""
    found, _ = hop(seeds(probe()), api("10.9.0.1:9443", roles=("master", "remote_cluster_client")))
    assert isinstance(found, Unavailable)
    found, _ = hop(seeds(probe()), api("", "10.9.0.2:9443", roles=("master", "data_hot")))
    assert isinstance(found, PublishedEndpoints)
    assert [one.told.place for one in found.all] == ["10.9.0.2:9443"]


def test_the_api_of_another_cluster_tells_nothing() -> None:
    """Where the node behind the seed names another cluster, the url of the remote is another one's."""
    found, _ = hop(seeds(probe(key=accepted("10.9.0.1:9443"))), api("10.7.0.1:9443", name="another"))
    assert isinstance(found, PublishedEndpoints)
    assert [one.told.place for one in found.all] == ["10.9.0.1:9443"]


def test_it_is_bounded() -> None:
    """A remote of many nodes is not dialled at each."""
    found, fake = hop(seeds(probe()), api(*(f"10.9.{i}.1:9443" for i in range(100))))
    assert isinstance(found, PublishedEndpoints)
    assert (len(fake.seen), found.left_out) == (16, 84)


def test_what_a_peer_makes_up_is_no_address() -> None:
    """Odd texts are left out, and nobody fails over them."""
    for odd in ("", ":", "x", "[::1]", "10.0.0.1:0", "10.0.0.1:99999999999", "a/b/:"):
        found, fake = hop(seeds(probe(key=accepted(odd))), api(odd))
        assert isinstance(found, Unavailable), odd
        assert fake.seen == []


@pytest.mark.parametrize(
    ("remote", "endpoints", "reason"),
    [
        (Remote(alias="logs", mode="proxy", proxy_address="logs.example:9443"), seeds(probe()), Reason.NOT_REQUESTED),
        (Remote(alias="logs", seeds=("a:1",), proxy="logs.example:9400"), seeds(probe()), Reason.NOT_REQUESTED),
        (SNIFF, NONE, Reason.REFUSED),
        (SNIFF, seeds(probe()), Reason.NOT_DECLARED),
        (
            SNIFF,
            seeds(Probe(ip="10.0.0.1", port=9443, connection=NONE, tls=NONE, chain=NONE)),
            Reason.REFUSED,
        ),
    ],
)
def test_where_there_is_no_second_hop_it_says_why(
    remote: Remote, endpoints: Endpoints | Unavailable, reason: Reason
) -> None:
    """Mode proxy, ``proxy``, no connection, nothing told."""
    found, _ = hop(endpoints, RemoteApi(), remote)  # type: ignore[arg-type]  # Also what could not be had.
    assert isinstance(found, Unavailable)
    assert found.reason is reason
