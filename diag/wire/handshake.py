"""The transport handshake ``internal:tcp/handshake``: which releases understand each other (TransportHandshaker)."""

from __future__ import annotations

import functools
from typing import Final

from diag.lazy_dataclass import dataclass
from diag.wire.faults import Malformed
from diag.wire.frames import Frame, encode_frame
from diag.wire.primitives import Reader, octets, text, vint

HANDSHAKE: Final = "internal:tcp/handshake"
# Understood by 7.6 and later, and by 6.8 to 8.19: together they reach every release that has remote clusters of today's kind.
HANDSHAKE_VERSIONS: Final = (7170099, 6080099)
# Understood from 8.18 on; its answer names the release.
WITH_RELEASE: Final = 8800000
# Higher than any id: since 8.18 a node answers the lower one of its own and the one it is told.
ANY_VERSION: Final = 99_999_999
_RELEASE_KEPT: Final = 64


@dataclass(frozen=True, slots=True)
class Handshake:
    """The answer to a handshake: in which version it came, what the node says of itself, and its release where it tells that."""

    handshake_version: int
    transport_version: int
    release: str = ""


@dataclass(frozen=True, slots=True)
class HandshakeRequest:
    """A handshake as a server sees it; ``own`` is None where the client says nothing of itself, as before 6.7."""

    handshake_version: int
    request_id: int
    own: int | None
    release: str = ""


@functools.lru_cache(maxsize=16)
def handshake_request(
    handshake_version: int, *, own: int = ANY_VERSION, release: str = "diag", request_id: int = 1
) -> bytes:
    """Make the request of a client that says it is ``own``."""
    stated = vint(own) + (text(release) if handshake_version == WITH_RELEASE else b"")
    return encode_frame(
        Frame(
            request_id=request_id,
            version=handshake_version,
            is_handshake=True,
            action=HANDSHAKE,
            body=b"\0" + octets(stated),
        )
    )


def handshake_response(
    handshake_version: int, *, transport_version: int, release: str = "", request_id: int = 1
) -> bytes:
    """Make the answer of a node."""
    stated = vint(transport_version) + (text(release) if handshake_version == WITH_RELEASE else b"")
    return encode_frame(
        Frame(request_id=request_id, version=handshake_version, is_response=True, is_handshake=True, body=stated)
    )


def read_handshake_request(frame: Frame) -> HandshakeRequest:
    """Read a request. Raises WireError."""
    if frame.is_response or not frame.is_handshake or frame.action != HANDSHAKE:
        msg = f"a request for {frame.action[:80] or 'nothing'}, expected {HANDSHAKE}"
        raise Malformed(msg)
    reader = Reader(frame.body)
    if reader.text():
        reader.int8()
    if not reader.left:
        return HandshakeRequest(frame.version, frame.request_id, None)
    stated = Reader(reader.octets())
    own = stated.vint()
    release = stated.text()[:_RELEASE_KEPT] if frame.version == WITH_RELEASE else ""
    return HandshakeRequest(frame.version, frame.request_id, own, release)


def read_handshake_response(frame: Frame) -> Handshake:
    """Read an answer. Raises WireError, also for an error that a node answers."""
    if not frame.is_response or frame.is_error or not frame.is_handshake:
        what = "an error" if frame.is_error else "an answer to something else" if frame.is_response else "a request"
        msg = f"{what}, expected the answer to a transport handshake"
        raise Malformed(msg)
    reader = Reader(frame.body)
    transport_version = reader.vint()
    release = reader.text()[:_RELEASE_KEPT] if frame.version == WITH_RELEASE else ""
    if reader.left or transport_version <= 0:
        msg = f"the handshake says {transport_version} and {reader.left} bytes more, expected the id of a version alone"
        raise Malformed(msg)
    return Handshake(frame.version, transport_version, release)
