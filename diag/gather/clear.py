"""What a port says to a transport frame in clear: asked once, where a connection closed without an answer to TLS."""

from __future__ import annotations

import asyncio
from typing import Final

from diag.gather.tcp import connect
from diag.model import ClearReply, Unavailable

# A keep-alive ping, answered since Elasticsearch 6.6 without any handshake (TransportKeepAlive), and a handshake request
# of protocol version 7.17 (TransportHandshaker), answered by every release that has remote clusters.
PING: Final = b"ES\xff\xff\xff\xff"
HANDSHAKE: Final = bytes.fromhex(
    "455300000031000000000000000108006d68330000001a00000016696e7465726e616c3a7463702f68616e647368616b650004ffc1d72f"
)
# The transport interface says so in clear to whoever speaks HTTP to it; 6.x says "a HTTP".
_NO_HTTP_PORT: Final = b"This is not a"
_ENOUGH: Final = 16


async def ask_in_clear(ip: str, port: int, connect_seconds: float, answer_seconds: float) -> ClearReply:
    """Open one connection, send a ping and a handshake request without TLS, and tell what came back."""
    wire = await connect(ip, port, connect_seconds)
    if isinstance(wire, Unavailable):
        return ClearReply.NOT_TRIED
    said = bytearray()
    closed = False
    try:
        async with asyncio.timeout(answer_seconds):
            await wire.send(PING + HANDSHAKE)
            while len(said) < _ENOUGH and not closed and classify(said) in {ClearReply.SILENT, ClearReply.OTHER}:
                more = await wire.receive()
                said += more
                closed = not more
    except TimeoutError as error:
        closed = error.errno is not None
    except OSError:
        closed = True
    finally:
        wire.close()
    return ClearReply.CLOSED if closed and not said else classify(said)


def classify(said: bytes | bytearray) -> ClearReply:
    """Tell from the first bytes who speaks."""
    if not said:
        return ClearReply.SILENT
    if said.startswith((b"ES", _NO_HTTP_PORT)):
        return ClearReply.ELASTICSEARCH
    return ClearReply.HTTP if said.startswith(b"HTTP/") else ClearReply.OTHER
