r"""Lucene's regular expressions, as far as all releases read them alike: read into expressions of a space.

Read is all of that language but ``\`` before a letter, which newer releases take for a class of characters or refuse, and named
automata (``<name>``). A sign that stands where a character is wanted is that character: ``*``, ``]`` or ``|`` at the beginning.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from diag.lazy_dataclass import dataclass
from diag.patterns.automaton import ANY, NotJudgedError, Ranges, Space, without

__all__ = ["BrokenError", "UnsupportedError", "read_expression"]

MAX_NODES: Final = 1000
MAX_REPEATS: Final = 100
MAX_DEPTH: Final = 40
MAX_SIGNS: Final = 4
_SIGNS: Final = frozenset("*+?{")
_INTERVAL: Final = re.compile(r"([0-9]{1,9})-([0-9]{1,9})")
_ONLY_HERE: Final = frozenset('~&<>#*+?{}]|)@"')
_ONLY_HERE_IN_CLASS: Final = frozenset('[]&"^-')
_QUANTITY: Final = re.compile(r"\{([0-9]+)(?:(,)([0-9]*))?\}")


class UnsupportedError(NotJudgedError):
    """An expression that can't be judged here."""


class BrokenError(ValueError):
    """An expression that Elasticsearch refuses."""


def read_expression(space: Space, text: str, *, strict: bool = False) -> int:
    """Read the text between the slashes. Raises UnsupportedError for what can't be judged, BrokenError for what is refused.

    With ``strict``, what other regular expressions read otherwise is not judged either: a sign that stands for itself, and what only Lucene has.
    """
    if not text and not strict:
        return space.EMPTY
    reader = _Reader(space, text, strict)
    whole = reader.union()
    if reader.rest():
        msg = "there is a ) without a ( before it"
        raise BrokenError(msg)
    return whole


@dataclass(slots=True)
class _Reader:
    """Reads the expression from left to right."""

    space: Space
    text: str
    strict: bool
    at: int = 0
    depth: int = 0
    nodes: int = 0
    nevers: int = 0

    def rest(self) -> str:
        return self.text[self.at :]

    def peek(self) -> str:
        return self.text[self.at : self.at + 1]

    def next(self) -> str:
        character = self.peek()
        if not character:
            msg = "the regular expression ends too early"
            raise BrokenError(msg)
        self.at += 1
        return character

    def union(self) -> int:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            msg = "the expression is nested too deeply"
            raise UnsupportedError(msg)
        branches = [self.intersection()]
        while self.peek() == "|":
            self.at += 1
            branches.append(self.intersection())
        self.depth -= 1
        return self.space.either(branches)

    def intersection(self) -> int:
        parts = [self.sequence()]
        while self.peek() == "&" and not self.strict:
            self.at += 1
            parts.append(self.sequence())
        return self.space.both(parts)

    def sequence(self) -> int:
        items = [self.repeated()]
        while self.peek() not in {"", "|", ")", "&"}:
            items.append(self.repeated())
        return self.space.sequence(items)

    def repeated(self) -> int:
        nevers, nodes = self.nevers, self.nodes
        item = self.complement()
        for _ in range(MAX_SIGNS):
            if self.peek() not in _SIGNS or not self.peek():
                return item
            if self.nevers > nevers:
                msg = "what takes nothing is repeated, of which Lucene makes less than the empty text"
                raise UnsupportedError(msg)
            minimum, maximum = self.quantity()
            self.nevers += maximum is not None and maximum < minimum
            self.nodes += (self.nodes - nodes) * max(minimum, maximum or 0)
            if self.nodes > MAX_NODES:
                msg = "the expression is too large"
                raise UnsupportedError(msg)
            item = self.space.repeat(item, minimum, maximum)
        if self.peek() in _SIGNS and self.peek():
            msg = "too many repetition signs in a row"
            raise UnsupportedError(msg)
        return item

    def quantity(self) -> tuple[int, int | None]:
        simple: dict[str, tuple[int, int | None]] = {"*": (0, None), "+": (1, None), "?": (0, 1)}
        if self.peek() in simple:
            return simple[self.next()]
        found = _QUANTITY.match(self.text, self.at)
        if found is None:
            msg = "a number has to follow {, and a } that"
            raise BrokenError(msg)
        self.at = found.end()
        minimum = _count(found[1])
        return minimum, (_count(found[3]) if found[3] else None) if found[2] else minimum

    def complement(self) -> int:
        """A ``~`` before a part takes all that the part does not."""
        if self.peek() != "~" or self.strict:
            return self.single()
        self.at += 1
        self.depth += 1
        if self.depth > MAX_DEPTH:
            msg = "the expression is nested too deeply"
            raise UnsupportedError(msg)
        inner = self.complement()
        self.depth -= 1
        return self.space.all_but(inner)

    def single(self) -> int:  # noqa: PLR0911 -- one line for each kind of character.
        self.nodes += 1
        if self.nodes > MAX_NODES:
            msg = "the expression is too large"
            raise UnsupportedError(msg)
        character = self.next()
        self.same_elsewhere(character, _ONLY_HERE)
        match character:
            case ".":
                return self.space.character(ANY)
            case "@":
                return self.space.ALL
            case "#":
                self.nevers += 1
                return self.space.NEVER
            case "[":
                return self.space.character(self.characters())
            case "(":
                return self.group()
            case '"':
                return self.space.text(self.up_to('"'))
            case "<":
                return self.numbers()
            case "\\":
                return self.space.text(self.escaped())
            case _:
                return self.space.text(character)

    def same_elsewhere(self, character: str, only_here: frozenset[str]) -> None:
        if self.strict and character in only_here:
            msg = f"{character} at this place means other things in other regular expressions"
            raise UnsupportedError(msg)

    def group(self) -> int:
        if self.peek() == ")":
            self.at += 1
            return self.space.EMPTY
        inner = self.union()
        if self.peek() != ")":
            msg = "there is a ( without a ) after it"
            raise BrokenError(msg)
        self.at += 1
        return inner

    def up_to(self, end: str) -> str:
        text, closed, _ = self.rest().partition(end)
        if not closed:
            msg = f"there is a sign without a {end} after it"
            raise BrokenError(msg)
        self.at += len(text) + 1
        self.nodes += len(text)
        return text

    def numbers(self) -> int:
        found = _INTERVAL.fullmatch(self.up_to(">"))
        if found is None:
            msg = "what stands between < and > is no interval of numbers"
            raise UnsupportedError(msg)
        return self.space.either(_interval(self.space, found[1], found[2]))

    def escaped(self) -> str:
        character = self.next()
        if character.isalpha() or (self.strict and character.isalnum()):
            msg = f"\\{character} means different things in different releases"
            raise UnsupportedError(msg)
        return character

    def characters(self) -> Ranges:
        others = self.peek() == "^"
        self.at += others
        ranges = list[tuple[int, int]]()
        while self.peek() != "]" or not ranges:
            escaped = self.peek() == "\\"
            first = last = self.class_member()
            if self.peek() == "-":
                if escaped or self.text[self.at + 1 : self.at + 2] == "]":
                    msg = "a - after a backslash, or at the end of a class of characters, is not judged here"
                    raise UnsupportedError(msg)
                self.at += 1
                last = self.class_member()
            if last < first:
                msg = f"the range {first}-{last} runs backwards"
                raise BrokenError(msg)
            ranges.append((ord(first), ord(last)))
        self.at += 1
        return without(ranges) if others else without(without(ranges))

    def class_member(self) -> str:
        character = self.next()
        self.same_elsewhere(character, _ONLY_HERE_IN_CLASS)
        return self.escaped() if character == "\\" else character


def _count(digits: str) -> int:
    number = int(digits[:9])
    if number > MAX_REPEATS:
        msg = f"a part is repeated more than {MAX_REPEATS} times"
        raise UnsupportedError(msg)
    return number


def _interval(space: Space, low: str, high: str) -> Iterator[int]:
    """The numbers of ``<low-high>``; where both are written with as many digits, all are, else zeros may stand before them."""
    numbers = _Numbers(space)
    if len(low) == len(high):
        yield numbers.between(*sorted((low, high)))
        return
    first, last = sorted((int(low), int(high)))
    zeros = space.repeat(space.text("0"))
    for digits in range(len(str(first)), len(str(last)) + 1):
        minimum, maximum = max(first, 10 ** (digits - 1) if digits > 1 else 0), min(last, 10**digits - 1)
        yield space.sequence([zeros, numbers.between(str(minimum), str(maximum))])


class _Numbers:
    """Expressions for the numbers between two with as many digits; each pair of ends is worked out once."""

    def __init__(self, space: Space) -> None:
        self._space = space
        self._known = {("", ""): space.EMPTY}

    def between(self, low: str, high: str) -> int:
        """The numbers by their first digit, and by what may follow it."""
        if (low, high) not in self._known:
            first, last = int(low[0]), int(high[0])
            self._known[low, high] = self._space.either([self._from(low, high, d) for d in range(first, last + 1)])
        return self._known[low, high]

    def _from(self, low: str, high: str, digit: int) -> int:
        rest = len(low) - 1
        minimum = low[1:] if str(digit) == low[0] else "0" * rest
        maximum = high[1:] if str(digit) == high[0] else "9" * rest
        return self._space.sequence([self._space.text(str(digit)), self.between(minimum, maximum)])
