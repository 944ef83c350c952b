"""What a port says to transport frames in clear: asked once, where a connection closed without an answer to TLS."""

from __future__ import annotations

import asyncio
from typing import Final

from diag.gather.tcp import connect
from diag.gather.transport import NO_HTTP_PORT, ClearStream, Conversation
from diag.model import ClearReply, Reply, TransportHello, Unavailable
from diag.wire import HANDSHAKE_VERSIONS

_REPLIES: Final = {
    Reply.ANSWERED: ClearReply.ELASTICSEARCH,
    Reply.REFUSED: ClearReply.ELASTICSEARCH,
    Reply.HTTP: ClearReply.HTTP,
    Reply.CLOSED: ClearReply.CLOSED,
    Reply.RESET: ClearReply.CLOSED,
}


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


def _who(conversation: Conversation, hello: TransportHello | None) -> ClearReply:
    """Tell from what was said who speaks."""
    if conversation.pinged or conversation.first_bytes.startswith(NO_HTTP_PORT):
        return ClearReply.ELASTICSEARCH
    if hello is None:
        return ClearReply.OTHER if conversation.first_bytes else ClearReply.SILENT
    return _REPLIES.get(hello.reply, ClearReply.OTHER)
