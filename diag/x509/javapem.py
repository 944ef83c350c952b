"""Blocks of a file of certificates, as Java's CertificateFactory takes them out of it.

Java reads every block, whatever its label, and refuses the whole file where one is malformed or holds no certificate. The
reader was rewritten in Java 25; both are followed here, byte by byte, because they differ in what they let pass.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Iterator
from typing import Final

from diag.lazy_dataclass import dataclass

_SEQUENCE: Final = 0x30
_MAX_LENGTH_BYTES: Final = 4
_INDEFINITE: Final = 0x80
_MAX_DEPTH: Final = 64
_LINE_START: Final = re.compile(rb"[\r\n]-----")
_LINE_END: Final = re.compile(rb"[\r\n]")
_BASE64: Final = re.compile(rb"(?:[A-Za-z0-9+/]{4})*+(?:[A-Za-z0-9+/]{2}(?:==)?|[A-Za-z0-9+/]{3}=?)?")
_HEADER: Final = re.compile(rb"-----BEGIN .*-----", re.DOTALL)
_FOOTER: Final = re.compile(rb"-----END .*-----", re.DOTALL)
_SPACES: Final = b" \t\n\x0b\f\r"
NOT_BASE64: Final = "the text between its BEGIN and END lines is no base64"


@dataclass(frozen=True, slots=True)
class Block:
    """One block: its label (empty for DER), its bytes, and where the next one begins."""

    label: str
    der: bytes
    end: int


ReadBlock = Callable[[bytes, int], Block | None]


def blocks(data: bytes, read: ReadBlock) -> Iterator[Block]:
    """Give the blocks of a file one after the other. Raises ValueError where Java refuses the file."""
    at = 0
    while at < len(data):
        block = binary_block(data, at) if data[at] == _SEQUENCE else read(data, at)
        if block is None:
            return
        yield block
        at = block.end


def before_java_25(data: bytes, at: int) -> Block | None:
    """Read a block as Java up to 24 does: a header has to begin a line, and all up to the next line break belongs to it."""
    found = at if data.startswith(b"-----", at) else _LINE_START.search(data, at)
    if found is None:
        return None
    start = found if isinstance(found, int) else found.start() + 1
    line_end = _LINE_END.search(data, start + 5)
    if line_end is None:
        raise ValueError(_unfinished(data[start:]))
    header, at, ending, least = data[start : line_end.start()], line_end.end(), b"\n", 0
    if line_end[0] == b"\r":
        # A lone carriage return ends the lines then, and the byte behind it is part of the text whatever it is.
        ending, at, least = (b"\n", at + 1, 0) if data[at : at + 1] == b"\n" else (b"\r", at, 1)
    dash = data.find(b"-", at + least)
    if dash < 0:
        raise ValueError(_unfinished(data[start:]))
    end = re.compile(rb"[\r\n]" if ending == b"\r" else rb"\n").search(data, dash)
    stop, after = (end.start(), end.end()) if end else (len(data), len(data))
    footer = data[dash:stop].replace(b"\r", b"")
    label = _same_label(header.rstrip(_SPACES), footer.rstrip(_SPACES))
    return Block(label, _decoded(data[at:dash].translate(None, _SPACES)), after)


def since_java_25(data: bytes, at: int) -> Block | None:
    """Read a block as Java 25 does: a header may stand anywhere, and nothing but the end of the line may follow it.

    A file that ends inside a block ends before it: Java 25 takes that for the end of the data.
    """
    start = data.find(b"-----", at)
    if start < 0:
        return None
    dash, broken = data.find(b"-", start + 5), _LINE_END.search(data, start + 5)
    if broken is not None and (dash < 0 or broken.start() < dash):
        raise ValueError(_unfinished(data[start:]))
    if dash < 0:
        return None
    if data[dash : dash + 5] != b"-----":
        raise ValueError(_unfinished(data[start:]))
    header, at = data[start : dash + 5], dash + 5
    if not _HEADER.fullmatch(header):
        raise ValueError(_no_header(header))
    return _body_since_25(data, header, at)


def _body_since_25(data: bytes, header: bytes, at: int) -> Block | None:
    ending, first = -1, data[at : at + 1]
    if first == b"\r":
        ending = ord("\n") if data[at + 1 : at + 2] == b"\n" else ord("\r")
        at += ending == ord("\n")
    elif first == b"\n":
        ending = ord("\n")
    elif first != b" ":
        msg = "something stands behind a BEGIN line, on the same line"
        raise ValueError(msg)
    at += 1
    # The byte behind a lone carriage return is text, whatever it is.
    dash = data.find(b"-", at + (ending == ord("\r")))
    if dash < 0 or len(data) < dash + 5:
        return None
    last = data.find(b"-", dash + 5)
    if data[dash : dash + 5] != b"-----":
        raise ValueError(_unfinished(header))
    if last < 0 or len(data) < last + 5:
        return None
    if data[last : last + 5] != b"-----":
        raise ValueError(_unfinished(header))
    body, footer = data[at:dash], data[dash : last + 5]
    body = body[:1] + body[1:].translate(None, b" \t\r\n") if ending == ord("\r") else body.translate(None, b" \t\r\n")
    after = _end_of_footer(data, last + 5, ending)
    return Block(_same_label(header, footer), _decoded(body), after)


def _end_of_footer(data: bytes, at: int, ending: int) -> int:
    while at < len(data):
        byte = data[at]
        at += 1
        if byte in {ending, ord(" ")}:
            return at
        if byte != ord("\r"):
            if data.startswith(b"-----BEGIN", at - 1):
                raise ValueError(GLUED)
            if ending < 0:
                msg = "a blank stands behind a BEGIN line"
                raise ValueError(msg)
            msg = "something stands behind an END line, on the same line"
            raise ValueError(msg)
    return at


GLUED: Final = (
    "an END line and the next BEGIN line are one line: the files were put together without a line break between them"
)


def _same_label(header: bytes, footer: bytes) -> str:
    if not _HEADER.fullmatch(header):
        raise ValueError(_no_header(header))
    if b"-----BEGIN" in footer:
        raise ValueError(GLUED)
    label = header[11:-5]
    if not _FOOTER.fullmatch(footer) or footer[9:-5] != label:
        msg = "a BEGIN line in it has no END line of its own"
        raise ValueError(msg)
    return label.decode("latin-1")


def _no_header(header: bytes) -> str:
    if header.count(b"-----BEGIN") and header.count(b"-----END"):
        return "it is all on one line: BEGIN and END have to stand on lines of their own"
    return "a line in it begins with dashes and is no BEGIN line"


def _unfinished(text: bytes) -> str:
    if not text.startswith(b"-----BEGIN"):
        return "a line in it begins with dashes and is no BEGIN line"
    if b"-----END" in text.split(b"\n", 1)[0]:
        return "it is all on one line: BEGIN and END have to stand on lines of their own"
    return "a block in it has no END line"


def _decoded(text: bytes) -> bytes:
    """Decode as Java does: the padding may be left out, nothing else may stand there."""
    if not _BASE64.fullmatch(text):
        raise ValueError(NOT_BASE64)
    return base64.b64decode(text.rstrip(b"=") + b"=" * (-len(text.rstrip(b"=")) % 4))


def binary_block(data: bytes, at: int) -> Block:
    """Read one binary block: whatever begins with the character 0, which is the first byte of every certificate in DER."""
    end = _end_of_element(data, at)
    return Block("", data[at:end], end)


def _end_of_element(data: bytes, at: int) -> int:
    """Find the end of an element, also of one without a length of its own."""
    msg = "a line in it begins with the character 0, which Java takes for a binary certificate"
    depth, first = 0, True
    while first or depth:
        first = False
        if at + 1 >= len(data) or depth > _MAX_DEPTH:
            raise ValueError(msg)
        tag, size = data[at], data[at + 1]
        at += 2
        if depth and (tag, size) == (0, 0):
            depth -= 1
        elif size == _INDEFINITE and tag & 0x20:
            depth += 1
        else:
            count = size & 0x7F if size & _INDEFINITE else 0
            if count > _MAX_LENGTH_BYTES or size == _INDEFINITE:
                raise ValueError(msg)
            length = int.from_bytes(data[at : at + count], "big") if count else size
            at += count + length
            if at > len(data):
                raise ValueError(msg)
    return at
