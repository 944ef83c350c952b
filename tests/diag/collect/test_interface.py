"""Which interface of a node it is, told without a key; and peers that answer what nobody asked, or never stop."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable
from time import perf_counter

import pytest
from OpenSSL import SSL

from diag.model import ClearReply, Interface, InterfaceTrial, KeyTrial, Probe, Reply, TransportHello, Unavailable
from diag.wire import (
    ACTION_NOT_FOUND,
    ELASTICSEARCH,
    PING,
    REMOTE_TRANSPORT,
    SECURITY,
    RemoteError,
    decode_frame,
    error_response,
    judge_interface,
)
from tests import pki
from tests.diag.collect import peers

KEY = "VuaCfGcBCdbkQm-e5aOx"
VERSION = 9185002


def refusal(text: str, es_id: int = SECURITY) -> bytes:
    """The error frame of a node, as it was seen: the outermost error names the node and the action."""
    outermost = RemoteError(
        ELASTICSEARCH, REMOTE_TRANSPORT, "", "[n1][127.0.0.1:9443][cluster:internal/remote_cluster/handshake]"
    )
    return error_response((outermost, RemoteError(ELASTICSEARCH, es_id, "", text)), VERSION)


SERVER = refusal(
    "Cross cluster requests through the dedicated remote cluster server port require transport header "
    "[_cross_cluster_access_credentials] but none found. Please ensure you have configured remote cluster credentials"
)


async def met(then: Callable[[SSL.Connection], None], answer: bytes = peers.ANSWER_9, **fields: object) -> Probe:
    """Look at a node that answers the handshake and goes on like this."""
    identity = pki.new_ca("theirs").leaf(peers.NAME)
    server = peers.tls(peers.context(identity), peers.node({peers.HANDSHAKE_7: answer}, then=then))
    with peers.peer(server) as port:
        return await peers.look(port, transport=True, **fields)


def answering(*frames: bytes) -> Callable[[SSL.Connection], None]:
    """Answer the request after the handshake with these frames."""

    def then(tls: SSL.Connection) -> None:
        tls.recv(65536)
        for frame in frames:
            tls.sendall(frame)
        peers.linger(tls)

    return then


@pytest.mark.parametrize(
    ("frames", "interface"),
    [
        ((SERVER,), Interface.REMOTE_CLUSTER_SERVER),
        ((refusal("failed to extract credentials from headers"),), Interface.REMOTE_CLUSTER_SERVER),
        (
            (refusal("current license is non-compliant for [advanced-remote-cluster-security]"),),
            Interface.REMOTE_CLUSTER_SERVER,
        ),
        ((refusal("missing authentication credentials for action [x]"), SERVER), Interface.TRANSPORT),
        ((refusal("missing authentication token for action [x]"),), Interface.TRANSPORT),
        ((refusal("No handler for action [x]", ACTION_NOT_FOUND),), Interface.TRANSPORT),
        ((refusal("action [x] is unauthorized for user [_anonymous]"),), Interface.TRANSPORT),
        ((refusal("something else"),) * 8, Interface.UNCLEAR),
        ((b"garbage!",), Interface.UNCLEAR),
    ],
)
async def test_the_words_of_a_refusal_tell_the_interface(frames: tuple[bytes, ...], interface: Interface) -> None:
    """A request without a key is refused by each interface in words of its own (real nodes, 6.8 to 9.2)."""
    probe = await met(answering(*frames))
    assert isinstance(probe.interface, InterfaceTrial), probe.interface
    assert probe.interface.interface is interface
    assert bool(probe.interface.detail) is (interface is Interface.UNCLEAR)


async def test_no_request_without_a_key_where_no_node_answered() -> None:
    """Nothing more is sent to a peer that did not answer the handshake."""
    heard: list[bytes] = []
    identity = pki.new_ca("theirs").leaf(peers.NAME)
    server = peers.tls(peers.context(identity), peers.node({}, heard=heard))
    with peers.peer(server) as port:
        probe = await peers.look(port, transport=True)
    assert isinstance(probe.interface, Unavailable)
    assert not any(b"remote_cluster/handshake" in said for said in heard)


def test_both_frames_of_a_server() -> None:
    """Of the two error frames of the remote cluster server either is enough, in any order."""
    frames = [decode_frame(raw) for raw in (refusal("something else"), SERVER)]
    assert judge_interface(frames) is judge_interface(frames[::-1]) is Interface.REMOTE_CLUSTER_SERVER


def renumbered(raw: bytes, request: int) -> bytes:
    """The same frame for another request."""
    return raw[:6] + request.to_bytes(8, "big") + raw[14:]


async def test_an_answer_to_another_request_is_none() -> None:
    """A handshake is answered under its own number, or not at all."""
    probe = await met(peers.linger, answer=renumbered(peers.ANSWER_9, 77), handshake_seconds=4.0)
    assert isinstance(probe.transport, TransportHello)
    assert probe.transport.reply is Reply.SILENT
    assert "request that was not made" in probe.transport.detail


async def test_a_stray_answer_does_not_hide_the_right_one() -> None:
    """What was not asked for is passed over."""
    probe = await met(answering(SERVER), answer=renumbered(peers.ANSWER_9, 77) + PING + peers.ANSWER_9)
    assert isinstance(probe.transport, TransportHello)
    assert probe.transport.reply is Reply.ANSWERED


async def test_a_refusal_of_another_request_tells_nothing() -> None:
    """Neither a key nor an interface is judged by it."""
    probe = await met(answering(renumbered(SERVER, 5)))
    assert isinstance(probe.interface, InterfaceTrial)
    assert probe.interface.interface is Interface.UNCLEAR


def endless(frame: bytes, pause: float) -> Callable[[SSL.Connection], None]:
    """Send the same for ever."""

    def then(tls: SSL.Connection) -> None:
        tls.recv(65536)
        while True:
            tls.sendall(frame)
            time.sleep(pause)

    return then


@pytest.mark.parametrize(
    ("frame", "pause"), [(refusal("again"), 0.1), (PING * 500, 0.0), (renumbered(SERVER, 9), 0.01)]
)
async def test_endless_answers_end_with_the_time_for_the_look(frame: bytes, pause: float) -> None:
    """Whatever a peer goes on to say after the key was sent, one deadline holds."""
    ca = pki.new_ca("theirs")
    server = peers.tls(
        peers.context(ca.leaf(peers.NAME)), peers.node({peers.HANDSHAKE_7: peers.ANSWER_9}, then=endless(frame, pause))
    )
    with peers.peer(server) as port:
        started = perf_counter()
        probe = await peers.look(port, transport=True, key=KEY, anchors=peers.anchors(ca), handshake_seconds=4.0)
    assert perf_counter() - started < 120
    assert isinstance(probe.key, KeyTrial), probe.key


async def test_a_ping_flood_in_clear_ends() -> None:
    """A flood leaves no gap in which a clock could be looked at, unless one is made."""

    def flood(sock: socket.socket) -> None:
        if sock.recv(65536)[:1] != b"\x16":
            while True:
                sock.sendall(PING * 2000)

    with peers.peer(flood) as port:
        started = perf_counter()
        probe = await peers.look(port, transport=True, handshake_seconds=4.0)
    assert perf_counter() - started < 120
    assert not isinstance(probe.tls, Unavailable)


async def test_an_http_server_that_waits_for_a_line() -> None:
    """Such a server says nothing to a ClientHello; asked in HTTP on the side, it tells what it is."""

    def serve(sock: socket.socket) -> None:
        said = b""
        while b"\n\r\n" not in said and b"\r\n\r\n" not in said:
            if not (data := sock.recv(65536)):
                return
            said = (said + data) if data[:1] != b"\x16" and said[:1] != b"\x16" else b"\x16"
        sock.sendall(b"HTTP/1.0 404 Not Found\r\n\r\n")

    with peers.peer(serve) as port:
        probe = await peers.look(port, transport=True, handshake_seconds=4.0)
    assert not isinstance(probe.tls, Unavailable)
    assert probe.tls.clear_reply is ClearReply.HTTP


async def test_a_page_without_a_status_line() -> None:
    """Some servers answer what is no request as HTTP 0.9 had it."""
    with peers.peer(peers.say(b"<!DOCTYPE HTML>\n<html></html>")) as port:
        probe = await peers.look(port, transport=True)
    assert not isinstance(probe.tls, Unavailable)
    assert bytes.fromhex(probe.tls.first_bytes).startswith(b"<!DOCTYPE")
    assert probe.tls.clear_reply is ClearReply.HTTP
