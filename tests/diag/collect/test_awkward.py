"""Peers that are no TLS server, or a bad one: each is told apart, within its deadline, and delays nobody else."""

from __future__ import annotations

import asyncio
import os
import socket
import threading
from time import perf_counter
from typing import Any

import pytest

from diag.collect import RealNetwork
from diag.model import ClearReply, Probe, Reason, TlsAttempt, TlsResult, Unavailable
from diag.wire import HANDSHAKE_VERSIONS, PING, handshake_request
from tests import pki
from tests.diag.collect import peers
from tests.patience import PATIENCE

HANDSHAKE = handshake_request(HANDSHAKE_VERSIONS[0])

HTTP = b"HTTP/1.0 400 Bad Request\r\ncontent-type: text/plain\r\n\r\n"


def attempt(probe: Probe) -> TlsAttempt:
    """The attempt, where there was a connection."""
    assert isinstance(probe.tls, TlsAttempt), probe.tls
    return probe.tls


def reason(probe: Probe) -> Reason:
    """Why there is no chain."""
    assert isinstance(probe.chain, Unavailable)
    return probe.chain.reason


@pytest.mark.parametrize(
    "said",
    [HTTP, b"SSH-2.0-OpenSSH_9.6\r\n", b"This is not an HTTP port", PING, b"\x00", b"\x16", b"\xff" * 200],
    ids=["HTTP", "SSH", "ES text", "ES ping", "one byte", "like TLS", "junk"],
)
async def test_peers_that_speak_something_else(said: bytes) -> None:
    """The first bytes are kept, at most 64 of them, for whoever says what they are."""
    with peers.peer(peers.say(said)) as port:
        probe = await peers.look(port, handshake_seconds=0.5 if said == b"\x16" else PATIENCE)
    tls = attempt(probe)
    if said == b"\x16":
        assert tls.result is TlsResult.TIMED_OUT
        assert reason(probe) is Reason.TIMED_OUT
        return
    assert tls.result is TlsResult.NOT_TLS
    assert bytes.fromhex(tls.first_bytes) == said[:64]
    assert reason(probe) is Reason.NOT_TLS
    assert tls.clear_reply is ClearReply.NOT_TRIED
    assert not probe.sni_trials.trials


async def test_a_banner_in_pieces() -> None:
    """The beginning of a banner is kept whole, also when it comes byte by byte."""
    with peers.peer(peers.drip(b"220 mail.example ESMTP\r\n", 0)) as port:
        tls = attempt(await peers.look(port))
    assert tls.result is TlsResult.NOT_TLS
    assert bytes.fromhex(tls.first_bytes).startswith(b"220 mail.example")


async def test_silence() -> None:
    """A peer that says nothing is given up at the deadline of the handshake, and the text names it."""
    with peers.peer(peers.hold) as port:
        started = perf_counter()
        probe = await peers.look(port, handshake_seconds=0.3)
    assert 0.3 <= perf_counter() - started < 60
    assert attempt(probe).result is TlsResult.TIMED_OUT
    assert "0.3 s" in attempt(probe).detail
    assert reason(probe) is Reason.TIMED_OUT
    assert attempt(probe).clear_reply is ClearReply.NOT_TRIED


async def test_a_byte_a_moment() -> None:
    """A peer that drips bytes does not move the deadline."""
    with peers.peer(peers.drip(b"\x16\x03\x03\x40\x00" + b"\x02" * 500, 0.3)) as port:
        started = perf_counter()
        probe = await peers.look(port, handshake_seconds=0.4)
    assert perf_counter() - started < 60
    assert attempt(probe).result in {TlsResult.TIMED_OUT, TlsResult.FAILED}


@pytest.mark.parametrize(
    "data", [b"A" * 1000, b"\x16\x03\x03\x00\x04\x00\x00\x00\x00", b"\x15\x03\x03\x00\x02\x01\x5a"]
)
async def test_a_flood(data: bytes) -> None:
    """However much a peer sends, only a little is read."""
    with peers.peer(peers.flood(data)) as port:
        started = perf_counter()
        probe = await peers.look(port)
    assert perf_counter() - started < 60
    assert attempt(probe).result in {TlsResult.NOT_TLS, TlsResult.FAILED, TlsResult.ALERT}


async def test_a_flood_after_the_handshake(ca: pki.CA, good: pki.Issued) -> None:
    """Data without end after the handshake is data."""

    def pour(connection: object) -> None:
        while True:
            connection.sendall(b"x" * 16000)  # type: ignore[attr-defined]

    with peers.peer(peers.tls(peers.context(good), pour)) as port:
        assert attempt(await peers.look(port, anchors=peers.anchors(ca))).after == "data"


async def test_a_handshake_message_too_large() -> None:
    """A message that announces megabytes is given up, not collected."""
    record = b"\x16\x03\x03\x40\x00"
    with peers.peer(peers.say(record + b"\x02\xff\xff\xff" + b"\x00" * 16380)) as port:
        probe = await peers.look(port)
    assert attempt(probe).result is TlsResult.FAILED


@pytest.mark.parametrize(
    "data", [b"\x16\x03\x03\x00\x00", b"\x16\x03\x03\xff\xff" + b"\x00" * 70000, b"\x15\x03\x03\x00\x01\x02"]
)
async def test_garbage_in_records(data: bytes) -> None:
    """Records that are none end the handshake without an exception."""
    with peers.peer(peers.say(data, peers.reset)) as port:
        probe = await peers.look(port, handshake_seconds=0.5)
    assert attempt(probe).result in {TlsResult.FAILED, TlsResult.RESET, TlsResult.TIMED_OUT}


async def test_no_frame_is_sent_where_that_is_switched_off() -> None:
    """Without leave to use the transport protocol, a port that closes gets no second connection."""
    with peers.peer(lambda _: None) as port:
        probe = await peers.look(port, transport=False)
    assert (attempt(probe).result, attempt(probe).clear_reply) == (TlsResult.CLOSED, ClearReply.NOT_TRIED)


@pytest.mark.parametrize("length", [1, 5, 40, 300, 3000])
async def test_random_bytes(length: int) -> None:
    """Whatever comes, there is a result."""
    with peers.peer(peers.say(b"\x16\x03\x03" + os.urandom(length), lambda _: None)) as port:
        probe = await peers.look(port, handshake_seconds=0.5)
    assert attempt(probe).result is not TlsResult.COMPLETED


def _clear_node(answer: bytes) -> peers.Handle:
    """A port that closes on a ClientHello and answers a frame in clear."""

    def handle(sock: socket.socket) -> None:
        first = sock.recv(65536)
        if first.startswith(b"ES"):
            while len(first) < len(PING + HANDSHAKE):
                first += sock.recv(65536)
            assert first == PING + HANDSHAKE
            sock.sendall(answer)
            peers.hold(sock)

    return handle


@pytest.mark.parametrize(
    ("answer", "reply"),
    [
        (PING, ClearReply.ELASTICSEARCH),
        (b"This is not an HTTP port", ClearReply.ELASTICSEARCH),
        (HTTP, ClearReply.HTTP),
        (b"220 hello", ClearReply.OTHER),
        (b"E", ClearReply.OTHER),
        (b"", ClearReply.SILENT),
    ],
)
async def test_a_frame_in_clear(answer: bytes, reply: ClearReply) -> None:
    """A port that closes without a byte is asked once more, without TLS."""
    with peers.peer(_clear_node(answer)) as port:
        # Only who says nothing, or not enough, is waited for that long.
        probe = await peers.look(port, handshake_seconds=3.0 if len(answer) < 2 else PATIENCE, transport=True)
    assert (attempt(probe).result, attempt(probe).clear_reply) == (TlsResult.CLOSED, reply)
    assert reason(probe) is Reason.CLOSED
    assert bool(probe.sni_trials.trials) is (reply is not ClearReply.ELASTICSEARCH)


async def test_a_port_that_closes_whatever_comes() -> None:
    """An IP filter accepts and closes: closed both times, and so for other server names."""
    with peers.peer(peers.turn_away) as port:
        probe = await peers.look(port, transport=True)
    assert (attempt(probe).result, attempt(probe).clear_reply) == (TlsResult.CLOSED, ClearReply.CLOSED)
    assert len(probe.sni_trials.trials) == 2


async def test_a_port_that_resets() -> None:
    """A reset is a reset."""

    def handle(sock: socket.socket) -> None:
        sock.recv(65536)
        peers.reset(sock)

    with peers.peer(handle) as port:
        probe = await peers.look(port, transport=True)
    assert (attempt(probe).result, attempt(probe).clear_reply) == (TlsResult.RESET, ClearReply.CLOSED)
    assert reason(probe) is Reason.RESET


async def test_a_port_that_hangs_up_at_once() -> None:
    """Closing before anything is read shows as closed or reset, as it comes; never as anything better.

    A reset may even come before we know that the connection stands: then it is told of the connection.
    """
    with peers.peer(peers.reset) as port:
        first = await peers.look(port)
    with peers.peer(lambda _: None) as port:
        second = await peers.look(port)
    if isinstance(first.connection, Unavailable):
        assert first.connection.reason is Reason.RESET
    else:
        assert attempt(first).result is TlsResult.RESET
    assert attempt(second).result in {TlsResult.CLOSED, TlsResult.RESET}


async def test_a_tarpit_delays_nobody(ca: pki.CA, good: pki.Issued) -> None:
    """Of 64 peers one says nothing: all the others are done while it is still waited for, however busy the machine is."""
    with peers.peer(peers.tls(peers.context(good))) as port, peers.peer(peers.hold) as tarpit:
        async with RealNetwork() as network:
            fields: dict[str, Any] = {"anchors": peers.anchors(ca), "handshake_seconds": 600.0}
            silent = asyncio.ensure_future(network.probe(peers.dial(tarpit, **fields)))
            async with asyncio.timeout(PATIENCE):
                probes = await asyncio.gather(*(network.probe(peers.dial(port, **fields)) for _ in range(63)))
            assert not silent.done()
            silent.cancel()
            await asyncio.wait({silent})
    assert {attempt(probe).result for probe in probes} == {TlsResult.COMPLETED}


async def test_waiting_for_a_place_costs_nobody_his_deadline(good: pki.Issued) -> None:
    """With one place only, those that wait for a tarpit are looked at afterwards as if it were not there."""
    with peers.peer(peers.tls(peers.context(good))) as port, peers.peer(peers.hold) as tarpit:
        async with RealNetwork(connections=1) as network:
            dials = [peers.dial(tarpit, handshake_seconds=5.0), *(peers.dial(port, handshake_seconds=4.5),) * 3]
            probes = await asyncio.gather(*map(network.probe, dials))
    results = [attempt(probe).result for probe in probes]
    assert results == [TlsResult.TIMED_OUT, *[TlsResult.COMPLETED] * 3]


@pytest.mark.usefixtures("long_listening_where_asked")
async def test_records_of_connections_at_once_stay_apart(ca: pki.CA, good: pki.Issued) -> None:
    """One shared context, many connections: each keeps what it saw."""
    asking, open_to_all = peers.context(good, client_ca=ca), peers.context(good)
    with peers.peer(peers.tls(asking)) as first, peers.peer(peers.tls(open_to_all)) as second:
        async with RealNetwork() as network:
            probes = await asyncio.gather(
                *(
                    network.probe(peers.dial((first, second)[number % 2], handshake_seconds=PATIENCE))
                    for number in range(60)
                )
            )
    assert [attempt(probe).client_certificate_requested for probe in probes] == [True, False] * 30
    assert [attempt(probe).alert for probe in probes] == [116, -1] * 30


async def test_a_probe_that_is_cancelled_closes_its_connection() -> None:
    """Who stops waiting leaves no connection behind."""
    opened, closed = threading.Event(), threading.Event()

    def handle(sock: socket.socket) -> None:
        opened.set()
        peers.hold(sock)
        closed.set()

    with peers.peer(handle) as port:
        probing = asyncio.ensure_future(peers.look(port))
        assert await asyncio.to_thread(opened.wait, PATIENCE)
        probing.cancel()
        with pytest.raises(asyncio.CancelledError):
            await probing
        assert await asyncio.to_thread(closed.wait, PATIENCE)
