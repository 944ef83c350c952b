r"""Elasticsearch's pattern language for names (its Automatons class): ``*``, ``?``, ``\x``, and ``/regular expression/``.

A pattern matches the whole name, case-sensitively, and ``*`` runs over dots. It may come from a hostile file, and the name from a
hostile peer: matching ends at a bound.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache

from diag.lazy_dataclass import dataclass
from diag.patterns.automaton import MAX_EXPRESSIONS, Space, TooLargeError
from diag.patterns.lucene import BrokenError, UnsupportedError, read_expression
from diag.patterns.syntax import why_broken
from diag.patterns.wildcard import matches, read_wildcards

MAX_NAME = 1024  # The names of certificates are shorter; a longer one is not judged.


class Expression:
    """A regular expression, the text between the slashes, ready to match: what it learned from one name serves the next.

    Raises UnsupportedError for what can't be judged, BrokenError for what is refused. With ``strict``, what other regular expressions read otherwise
    is not judged either.
    """

    def __init__(self, text: str, *, strict: bool = False) -> None:
        self._text, self._strict = text, strict
        self._read()

    def matches(self, name: str) -> bool | None:
        """Tell whether the whole name matches; None where that would take too long."""
        if self._space.size > MAX_EXPRESSIONS // 2:  # Full of what was left of earlier names.
            self._read()
        try:
            return self._space.takes(self._root, name)
        except TooLargeError:
            return None

    def _read(self) -> None:
        self._space = Space()
        self._root = read_expression(self._space, self._text, strict=self._strict)


@dataclass(frozen=True, slots=True)
class Pattern:
    """One pattern, ready to match. ``problem`` says why Elasticsearch refuses it; ``unsupported`` why it can't be judged here."""

    text: str
    expression: Expression | None = None
    problem: str = ""
    unsupported: str = ""

    def matches(self, name: str) -> bool | None:
        """Return whether the whole name matches; None where that can't be decided."""
        if self.problem:
            return False
        if self.unsupported or len(name) > MAX_NAME:
            return None
        return matches(self.text, name) if self.expression is None else self.expression.matches(name)

    def read(self, space: Space) -> int:
        """Read the pattern as an expression of a space, to be compared there. One that can't be judged takes nothing."""
        if self.problem or self.unsupported:
            return space.NEVER
        return read_wildcards(space, self.text) if self.expression is None else read_expression(space, self.text[1:-1])


@lru_cache(maxsize=4096)
def parse(text: str) -> Pattern:
    """Read a pattern. Never raises."""
    if not text.startswith("/"):
        return Pattern(text)
    if len(text) < 2 or not text.endswith("/"):  # noqa: PLR2004 -- both slashes.
        return Pattern(text, problem="it begins with / and does not end with /")
    if broken := why_broken(text[1:-1]):
        return Pattern(text, problem=f"it is no regular expression: {broken}")
    try:
        return Pattern(text, expression=Expression(text[1:-1]))
    except BrokenError as error:
        return Pattern(text, problem=f"it is no regular expression: {error}")
    except (UnsupportedError, TooLargeError) as error:
        return Pattern(text, unsupported=str(error))


def admits(patterns: Iterable[str], names: Sequence[str]) -> bool | None:
    """Tell whether any pattern matches any name; None where a pattern that can't be judged leaves it open."""
    answers = {parse(pattern).matches(name) for pattern in patterns for name in names}
    if True in answers:
        return True
    return None if None in answers else False
