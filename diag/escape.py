"""Text of a peer, made safe to show. Every output goes through here before it adds what its own medium needs."""

from __future__ import annotations

import unicodedata

MOST_CHARACTERS = 2000  # A peer chooses how long its texts are; no sentence of a check comes near this.


def visible(text: str) -> str:
    r"""Write out what is no plain character: control characters, escape sequences, text direction, odd spaces.

    The result is one line of printable text: an escape sequence reads ``\x1b[31m`` and colours nothing.
    """
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() else _written_out(char) for char in text)


def shorten(text: str, most: int = MOST_CHARACTERS) -> str:
    """Cut a text that is too long for anybody to read, and say how much was left out."""
    if len(text) <= most:
        return text
    return f"{text[:most]}… ({len(text) - most} more characters)"


def shown(text: str, most: int = MOST_CHARACTERS) -> str:
    """Both: cut and written out."""
    return visible(shorten(text, most))


def width(text: str) -> int:
    """The number of terminal columns that printable text takes: East Asian wide characters two, combining ones none."""
    if text.isascii():
        return len(text)
    return sum(_columns(char) for char in text)


def _columns(char: str) -> int:
    if unicodedata.combining(char):
        return 0
    return 2 if unicodedata.east_asian_width(char) in {"W", "F"} else 1


def _written_out(char: str) -> str:
    match ord(char):
        case 0x0A:
            return "\\n"
        case 0x0D:
            return "\\r"
        case 0x09:
            return "\\t"
        case point if point <= 0xFF:  # noqa: PLR2004 -- the end of Latin-1, the last that two digits write.
            return f"\\x{point:02x}"
        case point if point <= 0xFFFF:  # noqa: PLR2004 -- the end of the basic plane, the last that four digits write.
            return f"\\u{point:04x}"
        case point:
            return f"\\U{point:08x}"
