r"""Elasticsearch's pattern language for names (its Automatons class): ``*``, ``?``, ``\x``, and ``/regular expression/``.

A pattern matches the whole name, case-sensitively, and ``*`` runs over dots. Matching takes time in proportion to the lengths,
whatever the pattern: it comes from a file and the name from a peer.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from checks.shared.matching import Expression
from checks.shared.regexp import BrokenError, UnsupportedError, compile_expression
from checks.shared.syntax import why_broken

LONGEST_NAME = 1024  # The names of certificates are shorter; a longer one is not judged.


@dataclass(frozen=True, slots=True)
class Pattern:
    """One pattern, ready to match. ``problem`` says why Elasticsearch refuses it; ``unsupported`` why it can't be judged here."""

    text: str
    parts: tuple[str | None, ...] = ()
    expression: Expression | None = None
    problem: str = ""
    unsupported: str = ""

    def matches(self, name: str) -> bool | None:
        """Tell whether the whole name matches; None where that can't be told."""
        if self.problem:
            return False
        if self.unsupported or len(name) > LONGEST_NAME:
            return None
        return _matches(self.parts, name) if self.expression is None else self.expression.matches(name)


@lru_cache(maxsize=4096)
def parse(text: str) -> Pattern:
    """Read a pattern. Never raises."""
    if text.startswith("/"):
        if len(text) < 2 or not text.endswith("/"):  # noqa: PLR2004 -- both slashes.
            return Pattern(text, problem="it begins with / and does not end with /")
        if broken := why_broken(text[1:-1]):
            return Pattern(text, problem=f"it is no regular expression: {broken}")
        try:
            return Pattern(text, expression=compile_expression(text[1:-1]))
        except BrokenError as error:
            return Pattern(text, problem=f"it is no regular expression: {error}")
        except UnsupportedError as error:
            return Pattern(text, unsupported=str(error))
    return Pattern(text, parts=tuple(_parts(text)))


def admits(patterns: Iterable[str], names: Sequence[str]) -> bool | None:
    """Tell whether any pattern matches any name; None where a pattern that can't be judged leaves it open."""
    answers = {parse(pattern).matches(name) for pattern in patterns for name in names}
    if True in answers:
        return True
    return None if None in answers else False


STAR, ANY = "*", None  # In ``parts``: any text, any one character. A literal character has a ``=`` before it.


def _parts(text: str) -> Iterable[str | None]:
    """Split into literal characters and the two signs."""
    characters = iter(text)
    for character in characters:
        if character == "\\":
            yield "=" + next(characters, "\\")
        elif character == "*":
            yield STAR
        elif character == "?":
            yield ANY
        else:
            yield "=" + character


def _matches(parts: Sequence[str | None], name: str) -> bool:
    """Match greedily, going back to the latest star only: that one is always enough."""
    at = place = 0
    star = resume = -1
    while at < len(name):
        if place < len(parts) and parts[place] == STAR:
            star, resume, place = place, at, place + 1
        elif place < len(parts) and (parts[place] is ANY or parts[place] == "=" + name[at]):
            at, place = at + 1, place + 1
        elif star >= 0:
            resume += 1
            at, place = resume, star + 1
        else:
            return False
    return all(part == STAR for part in parts[place:])
