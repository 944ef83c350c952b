"""TLS peers: the whole chain however bad, who asks for client certificates, and what comes after the handshake."""

from __future__ import annotations

import socket
import ssl
import time
from pathlib import Path

import pytest
from OpenSSL import SSL

from diag.collect import RealNetwork
from diag.collect.address import NONSENSE_NAME
from diag.model import AfterHandshake, Chain, Probe, TlsAttempt, TlsResult, Unavailable
from tests import pki
from tests.diag.collect import peers
from tests.patience import PATIENCE

TLS10, TLS11, TLS12, TLS13 = SSL.TLS1_VERSION, SSL.TLS1_1_VERSION, SSL.TLS1_2_VERSION, SSL.TLS1_3_VERSION
BOTH = pytest.mark.parametrize("version", [TLS12, TLS13], ids=["TLS 1.2", "TLS 1.3"])


def attempt(probe: Probe) -> TlsAttempt:
    """The attempt, where there was a connection."""
    assert isinstance(probe.tls, TlsAttempt), probe.tls
    return probe.tls


def chain(probe: Probe) -> Chain:
    """The chain, where one was presented."""
    assert isinstance(probe.chain, Chain), probe.chain
    return probe.chain


@pytest.mark.parametrize(
    ("version", "name"), [(TLS10, "TLSv1"), (TLS11, "TLSv1.1"), (TLS12, "TLSv1.2"), (TLS13, "TLSv1.3")]
)
async def test_every_version_is_diagnosed(ca: pki.CA, good: pki.Issued, version: int, name: str) -> None:
    """Old versions complete too, because what cannot be looked at cannot be explained."""
    server = peers.context(good, versions=(version, version))
    with peers.peer(peers.tls(server)) as port:
        probe = await peers.look(port, anchors=peers.anchors(ca))
    tls = attempt(probe)
    assert (tls.result, tls.protocol, tls.after, tls.alert) == (TlsResult.COMPLETED, name, AfterHandshake.QUIET, -1)
    assert tls.cipher
    assert tls.server_name == peers.NAME
    assert 0 < tls.seconds < PATIENCE
    assert peers.subjects(chain(probe).certificates) == ["logs.example", "Remote Intermediate"]
    assert chain(probe).trusted
    assert not probe.sni_trials.trials


async def test_the_standard_library_as_peer(tmp_path: Path, ca: pki.CA, good: pki.Issued) -> None:
    """Another TLS stack on the other side sees and shows the same."""
    certificate, key = good.write(tmp_path, "node")
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(certificate, key)
    names: list[str | None] = []
    server.sni_callback = lambda _socket, name, _context: names.append(name)

    def handle(sock: socket.socket) -> None:
        with server.wrap_socket(sock, server_side=True) as wrapped:
            while wrapped.recv(1000):
                pass

    with peers.peer(handle) as port:
        probe = await peers.look(port, anchors=peers.anchors(ca))
        without = await peers.look(port, anchors=peers.anchors(ca), server_name="")
    assert attempt(probe).after is AfterHandshake.QUIET
    assert chain(probe).trusted
    assert attempt(without).server_name == ""
    assert names == [peers.NAME, None]


@pytest.mark.parametrize("server_name", ["192.0.2.7", "::1", "", "ü" * 70, "a" * 300])
async def test_names_that_cannot_be_sent(good: pki.Issued, server_name: str) -> None:
    """IP addresses and texts that fit into no ClientHello are not sent, and stop nothing."""
    with peers.peer(peers.tls(peers.context(good))) as port:
        probe = await peers.look(port, server_name=server_name)
    assert attempt(probe).result is TlsResult.COMPLETED
    assert attempt(probe).server_name == ""


@BOTH
async def test_no_client_certificate_is_asked_for(ca: pki.CA, good: pki.Issued, version: int) -> None:
    """A peer that asks for none is told from one that asks: only the name of a state of OpenSSL shows it."""
    with peers.peer(peers.tls(peers.context(good, versions=(version, version)))) as port:
        tls = attempt(await peers.look(port, client_key=peers.client_key(pki.leaf(ca, "node1"))))
    assert not tls.client_certificate_requested
    assert not tls.client_certificate_sent
    assert tls.acceptable_cas == ()


@BOTH
@pytest.mark.usefixtures("long_listening")
async def test_a_client_certificate_is_required_and_none_given(ca: pki.CA, good: pki.Issued, version: int) -> None:
    """In TLS 1.3 the handshake completes and the refusal comes after it; both versions end in an alert."""
    server = peers.context(good, client_ca=ca, versions=(version, version))
    with peers.peer(peers.tls(server)) as port:
        probe = await peers.look(port, anchors=peers.anchors(ca))
    tls = attempt(probe)
    assert tls.client_certificate_requested
    assert not tls.client_certificate_sent
    assert tls.client_certificate_refused
    assert tls.acceptable_cas == (peers.named(ca.certificate),)
    assert chain(probe).trusted
    assert not probe.sni_trials.trials
    if version == TLS13:
        assert (tls.result, tls.after, tls.alert) == (TlsResult.COMPLETED, AfterHandshake.ALERT, 116)
    else:
        assert (tls.result, tls.after, tls.alert) == (TlsResult.ALERT, AfterHandshake.NOT_REACHED, 40)


@BOTH
@pytest.mark.usefixtures("long_listening")
async def test_a_client_certificate_of_an_unknown_ca(ca: pki.CA, good: pki.Issued, version: int) -> None:
    """The peer refuses a certificate of a CA that it does not know."""
    server = peers.context(good, client_ca=ca, versions=(version, version))
    stranger = pki.leaf(pki.new_ca("Other CA"), "node1")
    with peers.peer(peers.tls(server)) as port:
        tls = attempt(await peers.look(port, client_key=peers.client_key(stranger)))
    assert tls.client_certificate_sent
    assert tls.client_certificate_refused
    assert tls.alert == 48
    assert (tls.after is AfterHandshake.ALERT) is (version == TLS13)


@BOTH
@pytest.mark.parametrize("key_type", ["ec", "rsa", "ed25519"])
async def test_a_client_certificate_that_is_taken(ca: pki.CA, good: pki.Issued, version: int, key_type: str) -> None:
    """The right certificate, with its intermediate, is presented from memory and taken."""
    seen: list[str] = []

    def note(connection: SSL.Connection) -> None:
        leaf = connection.get_peer_certificate(as_cryptography=True)
        assert leaf is not None
        issuers = connection.get_peer_cert_chain(as_cryptography=True) or []  # On this side without the leaf.
        seen.extend(peers.named(certificate) for certificate in (leaf, *issuers))
        peers.linger(connection)

    server = peers.context(good, client_ca=ca, versions=(version, version))
    own = ca.intermediate("Local Intermediate").issue(pki.Spec(subject="node1", dns=("node1",), key_type=key_type))
    with peers.peer(peers.tls(server, note)) as port:
        tls = attempt(await peers.look(port, client_key=peers.client_key(own)))
    assert (tls.result, tls.after, tls.alert) == (TlsResult.COMPLETED, AfterHandshake.QUIET, -1)
    assert tls.client_certificate_sent
    assert not tls.client_certificate_refused
    assert seen == ["CN=node1", "CN=Local Intermediate"]


async def test_a_key_that_cannot_be_used_stops_nothing(ca: pki.CA, good: pki.Issued) -> None:
    """A client key that does not fit its certificate is not presented; the peer is looked at all the same."""
    own, other = pki.leaf(ca, "node1"), pki.leaf(ca, "node2")
    with peers.peer(peers.tls(peers.context(good, client_ca=ca))) as port:
        probe = await peers.look(port, client_key=type(peers.client_key(own))(own.pem, other.key_pem))
        broken = await peers.look(port, client_key=type(peers.client_key(own))(b"no PEM", b"no key"))
    for tls in (attempt(probe), attempt(broken)):
        assert tls.client_certificate_requested
        assert not tls.client_certificate_sent


@BOTH
@pytest.mark.usefixtures("long_listening_where_asked")
async def test_a_late_refusal_is_waited_for(ca: pki.CA, good: pki.Issued, version: int) -> None:
    """A peer that asked for a certificate gets time: a node checks it and closes a little later."""

    def close_later(connection: SSL.Connection) -> None:
        time.sleep(0.2)
        connection.shutdown()

    server = peers.context(good, client_ca=ca, versions=(version, version))
    with peers.peer(peers.tls(server, close_later)) as port:
        tls = attempt(await peers.look(port, client_key=peers.client_key(pki.leaf(ca, "node1"))))
    assert tls.after is AfterHandshake.CLOSED


@pytest.mark.usefixtures("long_listening")
async def test_a_slow_refusal_without_tickets(ca: pki.CA, good: pki.Issued) -> None:
    """A TLS 1.3 peer that asked and sent no session tickets has not decided yet: it gets more time."""
    server = peers.context(good, client_ca=ca, versions=(TLS13, TLS13))

    def slow(sock: socket.socket) -> None:
        connection = SSL.Connection(server)
        connection.set_accept_state()
        while True:
            connection.bio_write(sock.recv(65536))
            try:
                connection.do_handshake()
            except SSL.WantReadError:
                sock.sendall(connection.bio_read(65536))
            except SSL.Error:
                time.sleep(0.6)
                sock.sendall(connection.bio_read(65536))
                return

    with peers.peer(slow) as port:
        tls = attempt(await peers.look(port))
    assert (tls.after, tls.alert) == (AfterHandshake.ALERT, 116)


@BOTH
async def test_nothing_comes_after_the_handshake(good: pki.Issued, version: int) -> None:
    """A peer that stays and is silent is quiet."""
    with peers.peer(peers.tls(peers.context(good, versions=(version, version)))) as port:
        tls = attempt(await peers.look(port))
    assert (tls.result, tls.after) == (TlsResult.COMPLETED, AfterHandshake.QUIET)


@BOTH
@pytest.mark.usefixtures("long_listening")
async def test_what_comes_after_the_handshake(good: pki.Issued, version: int) -> None:
    """Data, a polite close, a close without a word and a reset are told apart."""

    def rudely(connection: SSL.Connection) -> None:
        connection.sock_shutdown(socket.SHUT_WR)

    def reset(connection: SSL.Connection) -> None:
        peers.reset(connection._socket)

    expected = {
        AfterHandshake.DATA: lambda connection: connection.sendall(b"hello"),
        AfterHandshake.RESET: reset,
    }
    server = peers.context(good, versions=(version, version))
    for after, then in [
        *expected.items(),
        (AfterHandshake.CLOSED, SSL.Connection.shutdown),
        (AfterHandshake.CLOSED, rudely),
    ]:
        with peers.peer(peers.tls(server, then)) as port:
            tls = attempt(await peers.look(port))
        assert (tls.result, tls.after) == (TlsResult.COMPLETED, after)


@pytest.mark.parametrize(
    "fields",
    [
        {"not_before": pki.days(-20), "not_after": pki.days(-10)},
        {"not_before": pki.days(10)},
        {"dns": ("other.example",)},
        {"dns": (), "subject": "node1"},
        {"key_type": "rsa", "key_bits": 1024},
    ],
    ids=["expired", "not yet", "other name", "no name", "RSA 1024"],
)
async def test_bad_leaves_are_visible(ca: pki.CA, fields: dict[str, object]) -> None:
    """A bad certificate does not end the conversation: it is what we came for."""
    leaf = pki.leaf(ca, **fields)  # type: ignore[arg-type]
    with peers.peer(peers.tls(peers.context(leaf))) as port:
        probe = await peers.look(port, anchors=peers.anchors(ca))
    shown = chain(probe).leaf
    assert attempt(probe).result is TlsResult.COMPLETED
    assert shown.fingerprint == leaf.certificate.fingerprint(leaf.certificate.signature_hash_algorithm).hex()  # type: ignore[arg-type]
    assert shown.key_bits == (1024 if "key_bits" in fields else 256)
    assert bool(probe.sni_trials.trials) is ("dns" in fields)


async def test_an_unknown_issuer(ca: pki.CA) -> None:
    """A chain that leads to nothing we trust is shown whole, and not trusted."""
    other = pki.new_ca("Other CA").intermediate("Other Intermediate").leaf(peers.NAME)
    with peers.peer(peers.tls(peers.context(other))) as port:
        probe = await peers.look(port, anchors=peers.anchors(ca))
    assert len(chain(probe).certificates) == 2
    assert not chain(probe).trusted


async def test_a_chain_of_forty(ca: pki.CA) -> None:
    """A chain of any length that TLS carries is shown whole."""
    authority = ca
    for number in range(40):
        authority = authority.intermediate(f"Intermediate {number}")
    with peers.peer(peers.tls(peers.context(authority.leaf(peers.NAME)))) as port:
        probe = await peers.look(port, anchors=peers.anchors(ca))
    assert len(chain(probe).certificates) == 41


@BOTH
async def test_the_chain_of_a_failed_handshake(ca: pki.CA, good: pki.Issued, version: int) -> None:
    """The certificates are evidence although the peer then closes without finishing the handshake."""
    server = peers.context(good, versions=(version, version))

    def half(sock: socket.socket) -> None:
        connection = SSL.Connection(server)
        connection.set_accept_state()
        connection.bio_write(sock.recv(65536))
        with pytest.raises(SSL.WantReadError):
            connection.do_handshake()
        flight = connection.bio_read(65536)
        sock.sendall(flight if version == TLS12 else flight[:-1])
        if version == TLS12:
            sock.recv(65536)

    with peers.peer(half) as port:
        probe = await peers.look(port, anchors=peers.anchors(ca))
    assert attempt(probe).result is TlsResult.CLOSED
    assert attempt(probe).clear_reply == "not_tried"
    assert peers.subjects(chain(probe).certificates) == ["logs.example", "Remote Intermediate"]


async def test_no_version_in_common() -> None:
    """A peer that takes none of our versions says so with alert 70, and other server names are tried."""
    refusal = b"\x15\x03\x01\x00\x02\x02\x46"
    with peers.peer(peers.say(refusal)) as port:
        probe = await peers.look(port)
    tls = attempt(probe)
    assert (tls.result, tls.alert) == (TlsResult.ALERT, 70)
    assert isinstance(probe.chain, Unavailable)
    assert probe.chain.reason == "alert"
    assert [trial.server_name for trial in probe.sni_trials.trials] == ["", NONSENSE_NAME]
    assert all(isinstance(trial.leaf, Unavailable) for trial in probe.sni_trials.trials)


async def test_warnings_of_the_peer_are_no_failure(good: pki.Issued) -> None:
    """An unrecognized_name warning before the ServerHello does not end a TLS 1.2 handshake, but is noted."""
    server = peers.context(good, versions=(TLS12, TLS12))

    def warn(sock: socket.socket) -> None:
        sock.sendall(b"\x15\x03\x03\x00\x02\x01\x70")
        peers.tls(server)(sock)

    with peers.peer(warn) as port:
        tls = attempt(await peers.look(port))
    assert (tls.result, tls.alert, tls.after) == (TlsResult.COMPLETED, 112, AfterHandshake.QUIET)


async def test_another_certificate_for_another_name(ca: pki.CA) -> None:
    """Behind a proxy the name decides: when the certificate fits no name we want, two others are tried."""
    default = peers.context(pki.leaf(ca, "default.example"))
    server = peers.context(pki.leaf(ca, "wrong.example"))
    server.set_tlsext_servername_callback(
        lambda connection: connection.set_context(default) if connection.get_servername() != b"logs.example" else None
    )
    with peers.peer(peers.tls(server)) as port:
        probe = await peers.look(port, anchors=peers.anchors(ca))
        unnamed = await peers.look(port, anchors=peers.anchors(ca), server_name="", host="logs.example")
    assert chain(probe).leaf.common_name == "wrong.example"
    assert {t.server_name: t.leaf.common_name for t in probe.sni_trials.trials} == {  # type: ignore[union-attr]
        "": "default.example",
        NONSENSE_NAME: "default.example",
    }
    assert [t.server_name for t in unnamed.sni_trials.trials] == [NONSENSE_NAME]


async def test_one_connection_for_a_healthy_peer(ca: pki.CA, good: pki.Issued) -> None:
    """A good peer sees exactly one connection."""
    count = 0

    def counted(connection: SSL.Connection) -> None:
        nonlocal count
        count += 1
        peers.linger(connection)

    with peers.peer(peers.tls(peers.context(good), counted)) as port:
        await peers.look(port, anchors=peers.anchors(ca))
        async with RealNetwork() as network:
            await network.probe(peers.dial(port, anchors=peers.anchors(ca)))
    assert count == 2


def test_a_client_key_is_not_printed(good: pki.Issued) -> None:
    """Neither the key nor a dial that carries it shows it."""
    key = peers.client_key(good)
    secret = good.key_pem.decode().splitlines()[1]
    assert secret not in repr(key)
    assert secret not in repr(peers.dial(1, client_key=key))
