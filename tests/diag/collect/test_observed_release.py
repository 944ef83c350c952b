"""The release of a remote cluster: what is seen goes before what is declared."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from diag.collect.observed_release import narrowed, observed_version, version_on_the_wire, with_observed_model
from diag.model import (
    Connection,
    Endpoint,
    EndpointEvidence,
    Endpoints,
    KeyTrial,
    KeyVerdict,
    Probe,
    Reason,
    Remote,
    RemoteVersion,
    Reply,
    Resolution,
    ResolvedCluster,
    SecurityModel,
    Step,
    TlsAttempt,
    TlsResult,
    TransportHello,
    Unavailable,
    Version,
)
from diag.wire import release_of

NOTHING = Unavailable(step=Step.TLS, reason=Reason.NOT_TRIED)


def seen(*ids: int) -> Endpoints:
    """What nodes with these ids of a transport version answer."""
    probes = tuple(
        Probe(
            ip="127.0.0.1",
            port=9300 + n,
            connection=Connection(ip="127.0.0.1"),
            tls=NOTHING,
            chain=NOTHING,
            transport=hello(i),
        )
        for n, i in enumerate(ids)
    )
    endpoint = Endpoint(setting="proxy_address", host="127.0.0.1", port=9300)
    found = EndpointEvidence(endpoint=endpoint, resolution=Resolution(addresses=("127.0.0.1",)), probes=probes)
    return Endpoints(all=(found,))


def hello(transport_version: int) -> TransportHello:
    """The answer of a node, read as the gathering of evidence reads it."""
    release = release_of(transport_version)
    assert release is not None
    return TransportHello(reply=Reply.ANSWERED, version=release.lowest, exact=release.exact, highest=release.highest)


def declared(text: str, source: str = "declared") -> RemoteVersion:
    """A release that somebody told."""
    return RemoteVersion(number=Version.parse(text), source=source)


@pytest.mark.parametrize(
    ("ids", "told", "nodes", "expected"),
    [
        ((8702003,), declared("9.3.0"), (), "8.15.2 to 8.15.5"),  # A stale declaration is contradicted.
        ((8702003,), declared("8.15.4"), (), "8.15.4"),  # The exact number inside of the range says more.
        ((8702003,), declared("8.15.7"), (), "8.15.2 to 8.15.5"),
        ((8702003,), declared("8.15.1", "api"), (Version(8, 15, 1), Version(8, 15, 3)), "8.15.1"),  # In an upgrade.
        ((8702003,), declared("9.1.0", "api"), (Version(9, 1, 0),), "8.15.2 to 8.15.5"),  # An API of another cluster.
        ((8512001,), Unavailable(step=Step.API, reason=Reason.REFUSED), (), "8.11.0 to 8.11.4"),
        ((), declared("9.3.0"), (), "9.3.0"),
    ],
)
def test_observed_beats_declared(
    ids: tuple[int, ...], told: RemoteVersion | Unavailable, nodes: tuple[Version, ...], expected: str
) -> None:
    """The wire wins wherever it contradicts."""
    assert str(observed_version(seen(*ids), told, nodes)) == expected


def target(port: int, **fields: Any) -> tuple[Remote, Endpoints]:
    """An address of the command line, and a TLS server there."""
    tls = TlsAttempt(result=TlsResult.COMPLETED, **fields)
    probe = Probe(
        ip="127.0.0.1", port=port, connection=Connection(ip="127.0.0.1"), tls=tls, chain=NOTHING, transport=NOTHING
    )
    endpoint = Endpoint(setting="proxy_address", host="127.0.0.1", port=port)
    found = EndpointEvidence(endpoint=endpoint, resolution=Resolution(addresses=("127.0.0.1",)), probes=(probe,))
    remote = Remote(alias="probe", mode="proxy", proxy_address=f"127.0.0.1:{port}", registered=False)
    return remote, Endpoints(all=(found,))


@pytest.mark.parametrize(
    ("port", "asks", "model", "guessed"),
    [
        (9443, False, SecurityModel.API_KEY, True),  # The table of ports.
        (9300, False, SecurityModel.CERTIFICATE, True),  # The same: a transport interface may be told to ask for none.
        (9400, False, SecurityModel.CERTIFICATE, True),
        (443, False, SecurityModel.CERTIFICATE, True),  # Most likely an HTTPS server.
        (
            30443,
            False,
            SecurityModel.API_KEY,
            True,
        ),  # A transport interface asks for a certificate unless it was told not to.
        (30443, True, SecurityModel.CERTIFICATE, False),  # What asks shows what it is.
    ],
)
def test_the_model_of_an_address_is_shown_or_guessed(
    port: int,
    asks: bool,  # noqa: FBT001 -- a case.
    model: SecurityModel,
    guessed: bool,  # noqa: FBT001 -- a case.
) -> None:
    """Without the transport protocol only the handshake and the number of the port speak."""
    found = with_observed_model(*target(port, client_certificate_requested=asks))
    assert (found.security_model, found.model_guessed) == (model, guessed)


def test_of_several_nodes_the_lowest_counts() -> None:
    """And it is no higher than the highest release that any of them may be."""
    found = version_on_the_wire(seen(8702003, 8512001))
    assert str(found) == "8.11.0 to 8.11.4"


def test_a_node_that_took_the_key_says_its_release() -> None:
    """The handshake of the transport protocol leaves a range; what comes after the key was accepted does not."""
    endpoints = seen(8702003)
    (found,) = endpoints.all
    key = KeyTrial(verdict=KeyVerdict.ACCEPTED, version=Version(8, 15, 4))
    probes = (dataclasses.replace(found.probes[0], key=key),)
    told = version_on_the_wire(Endpoints(all=(dataclasses.replace(found, probes=probes),)))
    assert told is not None
    assert (str(told), told.exact) == ("8.15.4", True)


RANGE = RemoteVersion(number=Version(8, 15, 2), source="wire", exact=False, highest=Version(8, 15, 5))


@pytest.mark.parametrize(
    ("known", "named", "expected"),
    [
        (RANGE, "8.15.4", "8.15.4"),
        (RANGE, "9.1.0", "8.15.2 to 8.15.5"),  # What answers here is not what the local cluster is connected to.
        (declared("8.12.0"), "8.15.4", "8.15.4"),  # Observed beats declared.
        (declared("8.15.3", "api"), "8.15.4", "8.15.3"),  # Of several nodes the API knows the lowest.
        (NOTHING, "8.15.4", "8.15.4"),
        (RANGE, "", "8.15.2 to 8.15.5"),
        (RANGE, "latest", "8.15.2 to 8.15.5"),
    ],
)
def test_the_local_cluster_names_the_release(known: RemoteVersion | Unavailable, named: str, expected: str) -> None:
    """What the wire leaves open, its own answer about the remote tells."""
    assert str(narrowed(known, ResolvedCluster(connected=True, version=named))) == expected
    assert narrowed(known, NOTHING) is known
