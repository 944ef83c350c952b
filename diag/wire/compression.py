"""Compressed bodies: releases of 6.x with ``transport.tcp.compress`` answer in DEFLATE whether they were asked to or not."""

from __future__ import annotations

import zlib
from typing import Final

from diag.wire.faults import Malformed, TooLarge

_DEFLATE, _LZ4 = b"DFL\0", b"LZ4\0"
_RAW: Final = -15
MAX_BODY_BYTES: Final = 1024 * 1024


def inflate(body: bytes, limit: int = MAX_BODY_BYTES) -> bytes:
    """Give the plain bytes of a compressed body. Raises Malformed, or TooLarge where they are more than ``limit``."""
    if body[:4] == _LZ4:
        msg = "a body is compressed with LZ4, which is only sent to those who compress themselves"
        raise Malformed(msg)
    if body[:4] != _DEFLATE:
        msg = f"a compressed body begins with {body[:4].hex()}, expected {_DEFLATE.hex()}"
        raise Malformed(msg)
    stream = zlib.decompressobj(_RAW)
    try:
        plain = stream.decompress(body[4:], limit + 1)
    except zlib.error:
        msg = "a compressed body cannot be unpacked"
        raise Malformed(msg) from None
    if len(plain) > limit:
        msg = f"a compressed body unpacks to more than {limit} bytes"
        raise TooLarge(msg)
    if not stream.eof:
        msg = "a compressed body ends before its end mark"
        raise Malformed(msg)
    return plain
