"""Text that somebody else wrote: made safe to show, cut, listed, masked, compared. Its one home, for gathering, checks and formats."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase
from typing import Final

MASK: Final = "***"
MAX_CHARACTERS: Final = 2000  # A peer chooses how long its texts are; no sentence of a check comes near this.
MAX_LENGTH: Final = 200  # Of one text in a sentence.
MAX_LISTED: Final = 5  # So many of a list are named in a sentence.
MAX_FACTS: Final = 20  # So many of a list stand in a fact.
_MAX_ITEM: Final = 100
_LIKENESS: Final = 0.6  # Below that, two words of a configuration look alike to difflib only.
# In a word of two or three letters one slip changes half of it.
_SHORT_WORD: Final = 3
_LIKENESS_OF_SHORT_WORDS: Final = 0.5
_SCHEME: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")


def visible(text: str) -> str:
    r"""Write out what is no plain character: control characters, escape sequences, text direction, odd spaces.

    The result is one line of printable text: an escape sequence reads ``\x1b[31m`` and colours nothing.
    """
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() else _written_out(char) for char in text)


def shorten(text: str, limit: int = MAX_LENGTH) -> str:
    """Cut what somebody else wrote to a length that a line of a report can hold."""
    return text if len(text) <= limit else text[: limit - 1] + "…"


def clip(text: str, limit: int = MAX_CHARACTERS) -> str:
    """Cut a text that is too long for anybody to read, and say how much was left out."""
    if len(text) <= limit:
        return text
    return f"{text[:limit]}… ({len(text) - limit} more characters)"


def shown(text: str, limit: int = MAX_CHARACTERS) -> str:
    """Give a text as an output may hold it: cut, and written out."""
    return visible(clip(text, limit))


def listed(texts: Sequence[str], limit: int = MAX_LISTED) -> str:
    """List texts in a sentence: the first few, each cut, and how many more there are."""
    few = ", ".join(shorten(text, _MAX_ITEM) for text in texts[:limit])
    return few if len(texts) <= limit else f"{few} and {len(texts) - limit} more"


def as_fact(texts: Sequence[str]) -> tuple[str, ...]:
    """Give texts as the value of a fact: bounded in number and length."""
    return tuple(shorten(text) for text in texts[:MAX_FACTS])


def mask_userinfo(address: str) -> str:
    """Mask a user name and password inside an address: ``user:pw@host:1`` becomes ``***@host:1``."""
    before, at, host = address.rpartition("@")
    if not at:
        return address
    scheme = _SCHEME.match(before)
    return f"{scheme[0] if scheme else ''}{MASK}@{host}"


def nearest(word: str, known: Iterable[str], limit: int = 1) -> tuple[str, ...]:
    """Find the known words that were probably meant, the best one first."""
    from difflib import get_close_matches  # noqa: PLC0415 -- rarely needed, and the help is quick without it.

    by_folded = {_folded(name): name for name in known}
    likeness = _LIKENESS if len(word) > _SHORT_WORD else _LIKENESS_OF_SHORT_WORDS
    return tuple(by_folded[one] for one in get_close_matches(_folded(word), by_folded, n=limit, cutoff=likeness))


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Ask for the words that were probably meant; empty where none is near."""
    near = nearest(word, known, 3)
    return f"did you mean {' or '.join(visible(shorten(one, _MAX_ITEM)) for one in near)}?" if near else ""


def fits(name: str, glob: str) -> bool:
    """Whether a glob takes a name; a name as it is takes itself, though it has brackets, as addresses of IPv6 do."""
    return name == glob or fnmatchcase(name, glob)


def _folded(name: str) -> str:
    return name[:MAX_LENGTH].lower().replace("-", "_")


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
