"""What a port says to other beginnings than TLS: a frame in clear, HTTP, a PROXY header; asked where one closed without an answer to TLS."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from typing import Final

from diag.collect.target import ProbeTarget
from diag.collect.tcp import connect
from diag.collect.tls_client import TlsStream
from diag.collect.tls_handshake import HandshakeRequest
from diag.collect.transport_exchange import MAX_FIRST_BYTES, NO_HTTP_PORT, ClearStream, Conversation, reply_of
from diag.model import ClearReply, Reply, TlsAttempt, TlsResult, TransportHello, Unavailable
from diag.wire import HANDSHAKE_VERSIONS

_NEVER_A_BYTE: Final = {TlsResult.CLOSED, TlsResult.RESET}
_REPORTED: Final = (b"HTTP/", b"ES", b"SSH-")  # What needs no further question.
_MAX_WAIT: Final = 3.0
_MAX_WAIT_FOR_HTTP: Final = 1.0
_HTTP_QUESTION: Final = b"GET / HTTP/1.1\r\nHost: %s\r\nUser-Agent: diag\r\nConnection: close\r\n\r\n"
# The first line of the PROXY protocol, version 1, of a proxy that does not tell whom it speaks for: so nobody is impersonated.
_PROXY_HEADER: Final = b"PROXY UNKNOWN\r\n"
_REPLIES: Final = {
    Reply.ANSWERED: ClearReply.ELASTICSEARCH,
    Reply.REFUSED: ClearReply.ELASTICSEARCH,
    Reply.HTTP: ClearReply.HTTP,
    Reply.CLOSED: ClearReply.CLOSED,
    Reply.RESET: ClearReply.CLOSED,
}


def http_question(dial: ProbeTarget) -> bytes:
    """The request for ``/`` that anything which speaks HTTP answers."""
    name = dial.endpoint.server_name or dial.endpoint.host
    return _HTTP_QUESTION % name.encode("ascii", "replace")


class PlaintextProbe:
    """Questions that do not begin with TLS, each on a connection of its own. ``place`` bounds how many there are, ``left`` how long they take."""

    def __init__(
        self,
        dial: ProbeTarget,
        place: AbstractAsyncContextManager[None],
        question: bytes,
        left: Callable[[float], float],
    ) -> None:
        self._dial = dial
        self._place = place
        self._question = question
        self._left = left
        self._http: bool | None = None

    async def without_tls(self, attempt: TlsAttempt, received: int) -> tuple[TlsAttempt, TransportHello | None]:
        """Find out what a port is that closed without a byte, answered with something else than TLS, or waits for the end of a line."""
        dial, hello = self._dial, None
        where = (dial.ip, dial.endpoint.port)
        if attempt.result in _NEVER_A_BYTE and not received:
            async with self._place:
                wait = self._left(min(dial.handshake_seconds, _MAX_WAIT))
                reply, hello = await ask_in_clear(*where, dial.connect_seconds, wait)
            attempt = replace(attempt, clear_reply=reply)
        known = attempt.clear_reply in {ClearReply.ELASTICSEARCH, ClearReply.HTTP}
        tls = received and attempt.result is not TlsResult.NOT_TLS
        if known or tls or bytes.fromhex(attempt.first_bytes).startswith(_REPORTED):
            return attempt, hello
        if self._http is None and attempt.result is not TlsResult.TIMED_OUT:
            await self.ask_http()
        if self._http:
            return replace(attempt, clear_reply=ClearReply.HTTP), hello
        if attempt.clear_reply is ClearReply.CLOSED:
            attempt = replace(attempt, expects_proxy_header=await self._answers_after_a_header())
        return attempt, hello

    async def _answers_after_a_header(self) -> bool:
        """Tell whether TLS is answered behind a header of the PROXY protocol: a balancer may expect one from its clients."""
        dial = self._dial
        async with self._place:
            wire = await connect(dial.ip, dial.endpoint.port, dial.connect_seconds)
            if isinstance(wire, Unavailable):
                return False
            try:
                wire.try_to_send(_PROXY_HEADER)
                wait = self._left(min(dial.handshake_seconds, _MAX_WAIT))
                stream = TlsStream(wire, HandshakeRequest(server_name=dial.endpoint.server_name, seconds=wait))
                # An alert alone proves nothing: what speaks TLS may answer the header itself with one.
                return await stream.handshake() is TlsResult.COMPLETED or bool(stream.certificates())
            finally:
                wire.close()

    async def ask_http(self) -> None:
        """Ask once whether HTTP is spoken in clear: for a peer that is slow to answer, this runs at the same time as the TLS handshake."""
        dial = self._dial
        async with self._place:
            wait = self._left(min(dial.handshake_seconds, _MAX_WAIT_FOR_HTTP))
            self._http = await speaks_http_in_clear(
                dial.ip, dial.endpoint.port, self._question, dial.connect_seconds, wait
            )


async def ask_in_clear(
    ip: str, port: int, connect_seconds: float, answer_seconds: float
) -> tuple[ClearReply, TransportHello | None]:
    """Open one connection, send a ping and a handshake without TLS, and tell who answers and what to the handshake."""
    wire = await connect(ip, port, connect_seconds)
    if isinstance(wire, Unavailable):
        return ClearReply.NOT_TRIED, None
    conversation = Conversation(ClearStream(wire))
    hello = None
    try:
        async with asyncio.timeout(answer_seconds):
            # A node since 6.6 answers a ping whatever it thinks of the version of the handshake (TransportKeepAlive).
            await conversation.ping()
            hello = await conversation.greet(HANDSHAKE_VERSIONS[0], clear=True)
    except TimeoutError:
        pass
    finally:
        wire.close()
    return _who(conversation, hello), hello


async def speaks_http_in_clear(ip: str, port: int, question: bytes, connect_seconds: float, seconds: float) -> bool:
    """Ask for ``/`` without TLS on a connection of its own: some servers wait for the end of a line, and tell nothing before it."""
    wire = await connect(ip, port, connect_seconds)
    if isinstance(wire, Unavailable):
        return False
    stream, stated = ClearStream(wire), bytearray()
    try:
        async with asyncio.timeout(seconds):
            await stream.send(question)
            while len(stated) < MAX_FIRST_BYTES and isinstance(data := await stream.receive(), bytes):
                stated += data
    except TimeoutError:
        pass
    finally:
        wire.close()
    return reply_of(bytes(stated)) is Reply.HTTP


def _who(conversation: Conversation, hello: TransportHello | None) -> ClearReply:
    """Recognize the peer by what it sent."""
    if conversation.pinged or conversation.first_bytes.startswith(NO_HTTP_PORT):
        return ClearReply.ELASTICSEARCH
    if hello is None:
        return ClearReply.OTHER if conversation.first_bytes else ClearReply.SILENT
    return _REPLIES.get(hello.reply, ClearReply.OTHER)
