"""Frames of the transport protocol: cut out of a stream, taken apart, put together (TcpHeader, InboundDecoder, OutboundHandler)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field
from typing import Final

from diag.lazy_dataclass import dataclass
from diag.wire.compression import inflate
from diag.wire.faults import Malformed, NotTransport, TooLarge, Truncated
from diag.wire.primitives import Reader, text, vint

MARKER: Final = b"ES"
PING: Final = b"ES\xff\xff\xff\xff"
MAX_FRAME_LENGTH: Final = 1024 * 1024
_PREFIX: Final = 6  # The marker and the length.
_SHORTEST: Final = 13  # Request id, status and version: what follows the length in every layout.
# From 7.6.0 on a frame says how long its variable header is, and compresses only what follows that.
SIZED_HEADER: Final = 7060099
_FEATURES_FROM, _NO_FEATURES_FROM = 6030099, 8000099
_RESPONSE, _ERROR, _COMPRESSED, _HANDSHAKE = 1, 2, 4, 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """One message. ``version`` is the id in its header, which decides over its layout.

    ``headers`` are kept only where the caller asked for them, to play the server: a node echoes in its answers who authenticated, with the
    id, the owner and the roles of a key.
    """

    request_id: int
    version: int
    is_response: bool = False
    is_error: bool = False
    is_handshake: bool = False
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    action: str = ""
    body: bytes = field(default=b"", repr=False)


class FrameReader:
    """Cuts a stream into raw frames; pings come out as ``PING``. Never holds more than one frame that is not complete."""

    __slots__ = ("_buffer", "_limit")

    def __init__(self, limit: int = MAX_FRAME_LENGTH) -> None:
        self._buffer = bytearray()
        self._limit = limit

    def feed(self, data: bytes) -> tuple[bytes, ...]:
        """Take in bytes and give the frames that are complete now.

        Raises NotTransport, Malformed or TooLarge as soon as that is certain; the stream cannot be read on after that.
        """
        buffer = self._buffer
        buffer += data
        frames = []
        at = 0
        while (left := len(buffer) - at) > 0:
            if not MARKER.startswith(bytes(buffer[at : at + 2])):
                msg = f"a message begins with {bytes(buffer[at : at + 2]).hex()}, expected {MARKER.hex()}"
                raise NotTransport(msg)
            if left < _PREFIX:
                break
            end = at + _PREFIX + self._length(int.from_bytes(buffer[at + 2 : at + _PREFIX], "big", signed=True))
            if end > len(buffer):
                break
            frames.append(bytes(buffer[at:end]))
            at = end
        if at:
            del buffer[:at]
        return tuple(frames)

    def _length(self, announced: int) -> int:
        if announced == -1:
            return 0
        if announced > self._limit:
            msg = f"a message of {announced} bytes is announced, at most {self._limit} are taken in"
            raise TooLarge(msg)
        if announced < _SHORTEST:
            msg = f"a message of {announced} bytes is announced, expected at least {_SHORTEST}, or -1 for a ping"
            raise Malformed(msg)
        return announced


def decode_frame(raw: bytes, *, keep_headers: bool = False) -> Frame:
    """Take one raw frame apart. Raises WireError."""
    if raw[:2] != MARKER:
        msg = f"a message begins with {raw[:2].hex()}, expected {MARKER.hex()}"
        raise NotTransport(msg)
    reader = Reader(raw, 2)
    length = reader.int4()
    if length != len(raw) - _PREFIX:
        msg = f"a message of {length} bytes is announced, {len(raw) - _PREFIX} are there"
        raise Truncated(msg)
    request_id, status, version = reader.int8(), reader.byte(), reader.int4()
    end = len(raw)
    if version >= SIZED_HEADER:
        size = reader.int4()
        if not 0 <= size <= reader.left:
            msg = f"a header of {size} bytes is announced, {reader.left} bytes are left"
            raise Malformed(msg)
        end = reader.at + size
    elif status & _COMPRESSED:
        reader = Reader(inflate(raw[reader.at :]))
    headers = _headers(reader, keep=keep_headers)
    action = "" if status & _RESPONSE else _action(reader, version)
    if version >= SIZED_HEADER and reader.at != end:
        msg = f"the header ends at byte {reader.at}, announced was byte {end}"
        raise Malformed(msg)
    body = reader.take(reader.left)
    if status & _COMPRESSED and version >= SIZED_HEADER:
        body = inflate(body)
    return Frame(
        request_id=request_id,
        version=version,
        is_response=bool(status & _RESPONSE),
        is_error=bool(status & _ERROR),
        is_handshake=bool(status & _HANDSHAKE),
        headers=headers,
        action=action,
        body=body,
    )


def encode_frame(frame: Frame, *, features: Sequence[str] = ()) -> bytes:
    """Put a frame together as a node would; it is never compressed."""
    head = (
        vint(len(frame.headers)) + b"".join(text(name) + text(value) for name, value in frame.headers.items()) + b"\0"
    )
    if not frame.is_response:
        if _has_features(frame.version):
            head += vint(len(features)) + b"".join(map(text, features))
        head += text(frame.action)
    status = frame.is_response * _RESPONSE | frame.is_error * _ERROR | frame.is_handshake * _HANDSHAKE
    fixed = frame.request_id.to_bytes(8, "big", signed=True) + bytes([status]) + _int4(frame.version)
    if frame.version >= SIZED_HEADER:
        fixed += _int4(len(head))
    payload = fixed + head + frame.body
    return MARKER + _int4(len(payload)) + payload


def _headers(reader: Reader, *, keep: bool) -> Mapping[str, str]:
    values = {}
    for _ in range(reader.count()):
        name = reader.text()
        value = reader.text()
        if keep:
            values[name] = value
    reader.skip_lists()
    return values


def _action(reader: Reader, version: int) -> str:
    """Read what a request asks for, behind the features that some releases send."""
    if _has_features(version):
        for _ in range(reader.count()):
            reader.text()
    return reader.text()


def _has_features(version: int) -> bool:
    return _FEATURES_FROM <= version < _NO_FEATURES_FROM


def _int4(value: int) -> bytes:
    return value.to_bytes(4, "big", signed=True)
