"""The transport protocol inside TLS: who answers, who does not and how, and what becomes of the key."""

from __future__ import annotations

import base64
import dataclasses
import json
import pickle
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from OpenSSL import SSL
from pydantic import TypeAdapter

from diag.model import (
    AfterHandshake,
    KeyTrial,
    KeyVerdict,
    Probe,
    Reply,
    Step,
    TlsAttempt,
    TransportHello,
    Unavailable,
    Version,
)
from tests import pki
from tests.diag.collect import peers
from tests.diag.collect.peers import ANSWER_6, ANSWER_7, ANSWER_9, HANDSHAKE_6, HANDSHAKE_7, NAME
from tests.patience import PATIENCE

TLS12, TLS13 = SSL.TLS1_2_VERSION, SSL.TLS1_3_VERSION
SECRET = "ui2lp2axTNmsyakw9tvNnw"
KEY = base64.b64encode(f"VuaCfGcBCdbkQm-e5aOx:{SECRET}".encode()).decode()
KEY_HEADER = b"_cross_cluster_access_credentials"
NOW = datetime.now(UTC)

# Written after the layouts of TransportHandshaker, InboundDecoder and ElasticsearchException: the answer of a node to the
# handshake with a good key, the first error frame that every key gets, and the second one for an expired key.
GOOD = bytes.fromhex(
    "4553000000e3000000000000000201008ea3a6000000020000abe3a704283031323334353637383961626364656630313233343536373839"
    "6162636465663031323334353637026e31176e6f646569642d3031323334353637383961626364656616657068656d2d3031323334353637"
    "3839616263646566096c6f63616c686f7374093132372e302e302e31047f000001093132372e302e302e3100002454000304646174610164"
    "01066d6173746572016d001572656d6f74655f636c75737465725f636c69656e74017200abe3a704e3a4e803a3a0ab038882aa04026e3109"
    "636c75737465722d62"
)
EXPIRED = bytes.fromhex(
    "455300000084000000000000000203008ea3a6000000020000010067013f5b6e315d5b3132372e302e302e313a393434335d5b636c757374"
    "65723a696e7465726e616c2f72656d6f74655f636c75737465722f68616e647368616b655d0100040112617069206b657920697320657870"
    "6972656400000000000c554e415554484f52495a454400000000"
)
NO_SUBJECT = bytes.fromhex(
    "45530000015d000000000000000203008ea3a6000000020000010067013f5b6e315d5b3132372e302e302e313a393434335d5b636c757374"
    "65723a696e7465726e616c2f72656d6f74655f636c75737465722f68616e647368616b655d010601fa0143726f737320636c757374657220"
    "7265717565737473207468726f75676820746865206465646963617465642072656d6f746520636c75737465722073657276657220706f72"
    "742072657175697265207472616e73706f727420686561646572205b5f63726f73735f636c75737465725f6163636573735f7375626a6563"
    "745f696e666f5d20627574206e6f6e6520666f756e642e20506c6561736520656e7375726520796f75206861766520636f6e666967757265"
    "642072656d6f746520636c75737465722063726564656e7469616c73206f6e2074686520636c7573746572206f726967696e6174696e6720"
    "74686520726571756573742e00000000000000"
)


def hello(probe: Probe) -> TransportHello:
    """The transport handshake, which there has to be."""
    assert isinstance(probe.transport, TransportHello), probe.transport
    return probe.transport


def after(probe: Probe) -> AfterHandshake:
    """What followed the TLS handshake."""
    assert isinstance(probe.tls, TlsAttempt)
    return probe.tls.after


async def spoken(then: Callable[[SSL.Connection], None], **fields: Any) -> Probe:
    """Probe a TLS server that goes on like this."""
    ca = pki.new_ca("transport")
    with peers.peer(peers.tls(peers.context(ca.leaf(NAME)), then)) as port:
        return await peers.look(port, anchors=peers.anchors(ca), transport=True, now=NOW, **fields)


@pytest.mark.parametrize(
    ("answers", "tried", "version", "number"),
    [
        ({HANDSHAKE_7: ANSWER_9}, (7170099,), 9185002, Version(9, 2, 0)),
        ({HANDSHAKE_7: ANSWER_7, HANDSHAKE_6: ANSWER_6}, (7170099,), 7172899, Version(7, 17, 28)),
        ({HANDSHAKE_6: ANSWER_6}, (7170099, 6080099), 6082399, Version(6, 8, 23)),
    ],
)
async def test_a_node_answers(
    answers: dict[bytes, bytes], tried: tuple[int, ...], version: int, number: Version
) -> None:
    """Releases from 6.8 on are known by their answer; one that hangs up on the newer handshake is asked by the older one."""
    probe = await spoken(peers.node(answers))
    said = hello(probe)
    assert (said.reply, said.tried, said.handshake_version) == (Reply.ANSWERED, tried, tried[-1])
    assert (said.transport_version, said.version, said.clear) == (version, number, False)
    assert after(probe) is AfterHandshake.ANSWERED


@pytest.mark.usefixtures("short_waits")
async def test_the_answer_may_come_in_pieces() -> None:
    """A frame that arrives byte by byte is a frame, also when a ping comes before it."""

    def drip(tls: SSL.Connection) -> None:
        tls.recv(65536)
        for byte in b"ES\xff\xff\xff\xff" + ANSWER_9:
            tls.sendall(bytes([byte]))
        peers.linger(tls)

    assert hello(await spoken(drip)).version == Version(9, 2, 0)


async def test_without_leave_no_frame_is_sent() -> None:
    """``probe.transport: false`` means that nothing is said inside TLS, and that nothing is claimed about it."""
    heard: list[bytes] = []
    ca = pki.new_ca("quiet")
    with peers.peer(peers.tls(peers.context(ca.leaf(NAME)), peers.node({}, heard=heard))) as port:
        probe = await peers.look(port, anchors=peers.anchors(ca), key=KEY, transport=False)
    assert heard in ([], [b""])
    assert isinstance(probe.transport, Unavailable)
    assert probe.transport.step is Step.TRANSPORT
    assert isinstance(probe.key, Unavailable)


def silent_until_a_line(tls: SSL.Connection) -> None:
    """The HTTP interface of a node before 9.x: it waits for the end of the first line."""
    said = b""
    while b"\n" not in said:
        said += tls.recv(65536)
    tls.sendall(b"HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n")


def answers_in_http(tls: SSL.Connection) -> None:
    """The HTTP interface of 9.2, which takes the first byte for the end of a request."""
    tls.recv(65536)
    tls.sendall(b"HTTP/1.0 400 Bad Request\r\n\r\n{}")


def closes_unless_http(tls: SSL.Connection) -> None:
    """A web server that hangs up on what is no HTTP."""
    if tls.recv(65536).startswith(b"GET / HTTP/1.1\r\n"):
        tls.sendall(b"HTTP/1.1 200 OK\r\n\r\n")


@pytest.mark.parametrize("manner", [silent_until_a_line, answers_in_http, closes_unless_http])
async def test_http_inside_tls_is_told(manner: Callable[[SSL.Connection], None]) -> None:
    """Whatever an HTTP interface does with a frame, in the end it is known for what it is."""
    probe = await spoken(manner, handshake_seconds=4.0)
    assert hello(probe).reply is Reply.HTTP
    assert bytes.fromhex(hello(probe).first_bytes).startswith(b"HTTP/")


@pytest.mark.usefixtures("short_waits")
async def test_a_silent_peer_is_silent_and_takes_no_longer_than_allowed() -> None:
    """A TLS server that never says anything is no node."""
    started = time.monotonic()
    probe = await spoken(peers.linger, handshake_seconds=3.0)
    assert hello(probe).reply is Reply.SILENT
    assert after(probe) is AfterHandshake.QUIET
    assert time.monotonic() - started < 120


async def test_an_interface_that_answers_no_handshake_says_what_it_is() -> None:
    """A node that refuses our version closes; to HTTP it still says that it is no HTTP port."""
    said = hello(await spoken(peers.node({})))
    assert (said.reply, said.tried) == (Reply.CLOSED, (7170099, 6080099))
    assert bytes.fromhex(said.first_bytes) == peers.NO_HTTP_PORT


@pytest.mark.parametrize(
    ("said", "reply"),
    [
        (b"220 mail.example ESMTP\r\n", Reply.OTHER),
        (b"ES\xff\xff\xff\xfe", Reply.OTHER),
        (b"ES\x7f\xff\xff\xff" + b"\0" * 100, Reply.OTHER),
        (b"ES\0\0\0\x04abcd", Reply.OTHER),
        (b"\0" * 4096, Reply.OTHER),
        (EXPIRED.replace(b"\0\0\0\0\0\0\0\x02\x03", b"\0\0\0\0\0\0\0\x01\x03"), Reply.REFUSED),
    ],
)
async def test_other_answers(said: bytes, reply: Reply) -> None:
    """What is no answer to a handshake is never taken for one."""

    def answer(tls: SSL.Connection) -> None:
        tls.recv(65536)
        tls.sendall(said)
        peers.linger(tls)

    assert hello(await spoken(answer)).reply is reply


@pytest.mark.usefixtures("short_waits", "long_listening")
async def test_a_late_refusal_of_our_certificate_is_heard() -> None:
    """A TLS 1.3 peer may take its time to judge a client certificate: only its answer to the handshake proves that it took it."""
    ca, stranger = pki.new_ca("node"), pki.new_ca("stranger")
    server = peers.context(ca.leaf(NAME), client_ca=ca, versions=(TLS13, TLS13))

    def late(sock: Any) -> None:
        connection = SSL.Connection(server, None)
        connection.set_accept_state()
        while True:
            connection.bio_write(sock.recv(65536))
            alert = b""
            try:
                connection.do_handshake()
            except SSL.WantReadError:
                pass
            except SSL.Error:
                time.sleep(0.5)
                alert = connection.bio_read(65536)
            sock.sendall(alert or connection.bio_read(65536))
            if alert:
                return

    with peers.peer(late) as port:
        probe = await peers.look(
            port,
            anchors=peers.anchors(ca),
            client_key=peers.client_key(stranger.leaf("us")),
            transport=True,
            handshake_seconds=PATIENCE,
        )
    assert isinstance(probe.tls, TlsAttempt)
    assert probe.tls.client_certificate_refused
    assert hello(probe).reply is Reply.ALERT


def with_key(*answers: bytes, close: bool, heard: list[bytes] | None = None) -> Callable[[SSL.Connection], None]:
    """A remote cluster server that answers the request with the key like this."""

    def then(tls: SSL.Connection) -> None:
        asked = tls.recv(65536)
        if heard is not None:
            heard.append(asked)
        for answer in answers:
            tls.sendall(answer)
            time.sleep(0.05)
        if not close:
            peers.linger(tls)

    return peers.node({HANDSHAKE_7: ANSWER_9}, then=then)


@pytest.mark.parametrize(
    ("answers", "close", "verdict"),
    [
        ((GOOD,), False, KeyVerdict.ACCEPTED),
        ((NO_SUBJECT, EXPIRED), True, KeyVerdict.EXPIRED),
        ((EXPIRED, NO_SUBJECT), True, KeyVerdict.EXPIRED),
        ((EXPIRED,), True, KeyVerdict.EXPIRED),
        ((NO_SUBJECT,), False, KeyVerdict.UNCLEAR),
        ((), True, KeyVerdict.UNCLEAR),
        ((b"garbage!",), True, KeyVerdict.UNCLEAR),
        ((ANSWER_9,), True, KeyVerdict.UNCLEAR),
    ],
)
async def test_what_became_of_the_key(answers: tuple[bytes, ...], close: bool, verdict: KeyVerdict) -> None:  # noqa: FBT001 -- a column of the table.
    """Only a real answer proves a good key; of two errors the one about the key counts, whichever comes first."""
    heard: list[bytes] = []
    probe = await spoken(with_key(*answers, close=close, heard=heard), key=KEY)
    assert isinstance(probe.key, KeyTrial), probe.key
    assert probe.key.verdict is verdict
    assert heard, (probe.key, probe.transport, probe.tls)
    assert KEY_HEADER in heard[0]
    assert f"ApiKey {KEY}".encode() in heard[0]


async def test_a_good_key_brings_what_the_node_says_of_itself() -> None:
    """The answer names cluster and node, and nothing of the key stays in the evidence."""
    probe = await spoken(with_key(GOOD, close=False), key=KEY)
    assert isinstance(probe.key, KeyTrial)
    assert (probe.key.cluster_name, probe.key.node_name, probe.key.version) == ("cluster-b", "n1", Version(9, 4, 2))
    text = json.dumps(TypeAdapter(Probe).dump_python(probe, mode="json")) + repr(probe)
    for secret in (KEY, SECRET, "VuaCfGcBCdbkQm-e5aOx"):
        assert secret not in text
        assert secret.encode() not in pickle.dumps(probe)


@pytest.mark.usefixtures("short_waits")
@pytest.mark.parametrize(
    ("fields", "leaf", "why"),
    [
        ({"anchors": ()}, {}, "trusted CA"),
        ({"server_name": "other.example"}, {}, "none of the names"),
        ({}, {"not_before": pki.days(-9), "not_after": pki.days(-1)}, "out of its dates"),
    ],
)
async def test_the_key_goes_to_nobody_who_is_not_the_remote(
    fields: dict[str, Any], leaf: dict[str, Any], why: str
) -> None:
    """A peer that would not be trusted by the local cluster never sees the key, on none of the connections."""
    ca = pki.new_ca("theirs")
    heard: list[bytes] = []
    identity = ca.issue(dataclasses.replace(pki.Spec(subject=NAME, dns=(NAME,)), **leaf))
    server = peers.tls(peers.context(identity), with_key(GOOD, close=False, heard=heard))
    with peers.peer(server) as port:
        given = {"anchors": peers.anchors(ca), "now": datetime.now(UTC), **fields}
        probe = await peers.look(port, key=KEY, transport=True, **given)
    assert not any(KEY_HEADER in said for said in heard)
    assert isinstance(probe.key, Unavailable)
    assert why in probe.key.detail
    assert hello(probe).reply is Reply.ANSWERED
