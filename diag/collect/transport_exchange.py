"""A conversation in the transport protocol on an open connection: the handshake, and the trial of an API key."""

from __future__ import annotations

import asyncio
import functools
from collections import deque
from collections.abc import Mapping
from time import perf_counter
from typing import Final, Protocol

from diag.collect.tcp import Wire
from diag.model import AfterHandshake, Interface, InterfaceTrial, KeyTrial, KeyVerdict, Reply, TransportHello
from diag.wire import (
    PING,
    REMOTE_CLUSTER_HANDSHAKE,
    Frame,
    FrameReader,
    KeyJudgement,
    WireError,
    credentials_headers,
    decode_frame,
    handshake_request,
    is_final,
    judge_interface,
    judge_key,
    node_request,
    node_version_for,
    read_handshake_response,
    release_of,
)

MAX_FIRST_BYTES: Final = 64
_MAX_NAME_LENGTH: Final = 200
_GREETING, _REQUEST = 1, 2
# Pings, requests, and answers to what nobody asked: a node sends none of them to a client, so a peer that goes on with it is none.
_MAX_UNEXPECTED: Final = 1000
_MAX_ANSWERS: Final = 8
_ENDINGS: Final = {
    AfterHandshake.CLOSED: Reply.CLOSED,
    AfterHandshake.RESET: Reply.RESET,
    AfterHandshake.ALERT: Reply.ALERT,
    AfterHandshake.DATA: Reply.OTHER,
}
# What an interface of Elasticsearch for nodes says in clear to whoever speaks HTTP to it; 6.x says "a HTTP".
NO_HTTP_PORT: Final = b"This is not a"
_HTTP: Final = b"HTTP/"
# Some HTTP servers answer what is no request of HTTP 1 with a page alone, as HTTP 0.9 had it.
_PAGES: Final = (b"<!doctype html", b"<html", b"<?xml")


class Stream(Protocol):
    """An open connection, with or without TLS."""

    async def send(self, data: bytes) -> None:
        """Say something; a peer that is gone shows at the next read."""

    async def receive(self) -> bytes | AfterHandshake:
        """Wait for what the peer says, or tell how it ended the conversation."""


class ClearStream:
    """A connection without TLS."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    async def send(self, data: bytes) -> None:
        """Say something."""
        try:
            await self._wire.send(data)
        except OSError:
            return

    async def receive(self) -> bytes | AfterHandshake:
        """Wait for what the peer says, or tell how it ended the conversation."""
        try:
            return await self._wire.receive() or AfterHandshake.CLOSED
        except OSError:
            return AfterHandshake.RESET


class Conversation:
    """The transport protocol on one connection."""

    def __init__(self, stream: Stream) -> None:
        self._stream = stream
        self._reader = FrameReader()
        self._frames: deque[bytes] = deque()
        self._stated = bytearray()
        self._unexpected = 0
        self._wrong_id = False
        self._greeted = 0.0
        self._tried: tuple[int, ...] = ()
        self._clear = False
        self.pinged = False

    @property
    def first_bytes(self) -> bytes:
        """The beginning of what the peer sent."""
        return bytes(self._stated)

    async def ping(self) -> None:
        """Send a ping; ``pinged`` tells later whether one came back."""
        await self._stream.send(PING)

    async def greet(self, handshake_version: int, *, clear: bool = False) -> TransportHello:
        """Send a handshake and wait for the answer; whoever calls sets the deadline."""
        self._greeted, self._tried, self._clear = perf_counter(), (handshake_version,), clear
        await self._stream.send(handshake_request(handshake_version, request_id=_GREETING))
        return await self.hello()

    async def hello(self) -> TransportHello:
        """Wait for the answer to the handshake that was sent; may be called again by whom the deadline of ``greet`` was not the last."""
        frame = await self._next(_GREETING)
        seconds = perf_counter() - self._greeted
        if isinstance(frame, Reply):
            return self._no_hello(frame, seconds)
        return _hello(frame, self._tried, clear=self._clear, seconds=seconds)

    def silence(self, seconds: float) -> TransportHello:
        """What there is to say of a peer that did not answer the handshake within ``seconds``."""
        return self._no_hello(Reply.SILENT, seconds)

    def _no_hello(self, reply: Reply, seconds: float) -> TransportHello:
        return TransportHello(
            reply=reply,
            tried=self._tried,
            clear=self._clear,
            first_bytes=self.first_bytes.hex(),
            detail=self.unexpected,
            seconds=seconds,
        )

    async def try_key(self, key: str, transport_version: int, quiet: float, seconds: float) -> KeyTrial:
        """Do with the key what a local cluster does first.

        A refused key is answered by two error frames, of which only the last one tells why, and then the peer closes: so after an
        error it is waited for ``quiet`` seconds more. A good key is answered at once. None of it takes longer than ``seconds``,
        whatever the peer goes on to say.
        """
        started = perf_counter()
        version = node_version_for(transport_version)
        headers: Mapping[str, str] = credentials_headers(key, version)
        answers = list[Frame]()
        ended: Reply | None = None
        end = asyncio.get_running_loop().time() + seconds
        try:
            async with asyncio.timeout_at(end) as deadline:
                await self._stream.send(node_request(REMOTE_CLUSTER_HANDSHAKE, version, headers, request_id=_REQUEST))
                while ended is None and not is_final(answers):
                    frame = await self._next(_REQUEST)
                    if isinstance(frame, Reply):
                        ended = frame
                    elif len(answers) < _MAX_ANSWERS:
                        answers.append(frame)
                        deadline.reschedule(min(end, asyncio.get_running_loop().time() + quiet))
        except TimeoutError:
            ended = ended or Reply.SILENT
        return _trial(judge_key(answers), ended if not answers else None, perf_counter() - started)

    async def ask_interface(self, transport_version: int, seconds: float) -> InterfaceTrial:
        """Ask what a local cluster asks first, without a key: which interface refuses it shows in the words."""
        answers = list[Frame]()
        ended, found = Reply.SILENT, Interface.UNCLEAR
        try:
            async with asyncio.timeout(seconds):
                version = node_version_for(transport_version)
                await self._stream.send(_request_without_key(version))
                while found is Interface.UNCLEAR and len(answers) < _MAX_ANSWERS:
                    frame = await self._next(_REQUEST)
                    if isinstance(frame, Reply):
                        ended = frame
                        break
                    answers.append(frame)
                    found = judge_interface(answers)
        except TimeoutError:
            pass
        detail = ""
        if found is Interface.UNCLEAR:
            what = "its answer speaks for neither interface" if answers else f"it gave no answer: {ended}"
            detail = f"a request without a key was sent, and {what}"
        return InterfaceTrial(interface=found, detail=detail)

    @property
    def unexpected(self) -> str:
        """What there is to say of a peer that answered what nobody asked; empty where none did."""
        return "it answered with the id of a request that was not made" if self._wrong_id else ""

    async def _next(self, request: int) -> Frame | Reply:
        """The next answer to this request, or how the conversation ended."""
        try:
            while self._unexpected < _MAX_UNEXPECTED:
                while self._frames:
                    frame = self._taken(self._frames.popleft())
                    if frame is not None and frame.is_response and frame.request_id == request:
                        return frame
                    self._unexpected += 1
                    self._wrong_id = self._wrong_id or frame is not None
                data = await self._stream.receive()
                if isinstance(data, AfterHandshake):
                    return self._unframed() or _ENDINGS[data]
                self._stated += data[: MAX_FIRST_BYTES - len(self._stated)]
                self._frames.extend(self._reader.feed(data))
        except WireError:
            return self._unframed() or Reply.OTHER
        return Reply.OTHER

    def _taken(self, raw: bytes) -> Frame | None:
        """Take a raw frame apart; a ping is noted down, and is none. Raises WireError."""
        if raw == PING:
            self.pinged = True
            return None
        return decode_frame(raw)

    def _unframed(self) -> Reply | None:
        """What a peer is that sent something before it ended the conversation, and no frame."""
        if not self._stated or self._stated.startswith(b"ES"):
            return None
        return reply_of(bytes(self._stated))


def reply_of(stated: bytes) -> Reply:
    """Tell from the first bytes what speaks that is no node."""
    return Reply.HTTP if stated.startswith(_HTTP) or stated.lstrip().lower().startswith(_PAGES) else Reply.OTHER


@functools.lru_cache(maxsize=16)
def _request_without_key(version: int) -> bytes:
    return node_request(REMOTE_CLUSTER_HANDSHAKE, version, request_id=_REQUEST)


def _hello(frame: Frame, tried: tuple[int, ...], *, clear: bool, seconds: float) -> TransportHello:
    try:
        answer = read_handshake_response(frame)
    except WireError as error:
        reply = Reply.REFUSED if frame.is_error else Reply.OTHER
        return TransportHello(reply=reply, tried=tried, clear=clear, detail=str(error), seconds=seconds)
    release = release_of(answer.transport_version)
    return TransportHello(
        reply=Reply.ANSWERED,
        tried=tried,
        handshake_version=answer.handshake_version,
        transport_version=answer.transport_version,
        version=release.lowest if release else None,
        exact=release.exact if release else False,
        highest=release.highest if release else None,
        clear=clear,
        seconds=seconds,
    )


def _trial(judged: KeyJudgement, ended: Reply | None, seconds: float) -> KeyTrial:
    if ended is not None:
        detail = f"the peer gave no answer to the request with the key: {ended}"
        return KeyTrial(verdict=KeyVerdict.UNCLEAR, detail=detail, seconds=seconds)
    node = judged.node
    return KeyTrial(
        verdict=judged.verdict,
        unlicensed=judged.unlicensed,
        detail=judged.detail,
        cluster_name=node.cluster_name[:_MAX_NAME_LENGTH] if node else "",
        node_name=node.node_name[:_MAX_NAME_LENGTH] if node else "",
        version=node.version if node else None,
        publish_address=node.address[:_MAX_NAME_LENGTH] if node else "",
        server_name=node.server_name[:_MAX_NAME_LENGTH] if node else "",
        seconds=seconds,
    )
