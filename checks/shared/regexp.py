r"""Lucene's regular expressions, as far as all releases read them alike: matched by sets of positions, never by trying back.

Read is all of that language but ``\`` before a letter, which newer releases take for a class of characters or refuse, and named
automata (``<name>``). A sign that stands where a character is wanted is that character: ``*``, ``]`` or ``|`` at the beginning.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from checks.shared.matching import (
    ANY,
    Characters,
    Ends,
    Expression,
    all_but,
    both,
    either,
    exactly,
    interval,
    never,
    nothing,
    one,
    repeat,
    sequence,
)

__all__ = ["BrokenError", "Expression", "UnsupportedError", "compile_expression"]


MOST_NODES: Final = 1000


MOST_REPEATS: Final = 100


DEEPEST: Final = 40


MOST_SIGNS: Final = 4


_SIGNS: Final = frozenset("*+?{")


_INTERVAL: Final = re.compile(r"([0-9]{1,9})-([0-9]{1,9})")


_ONLY_HERE: Final = frozenset('~&<>#*+?{}]|)@"')


_ONLY_HERE_IN_CLASS: Final = frozenset('[]&"^-')


_QUANTITY: Final = re.compile(r"\{([0-9]+)(?:(,)([0-9]*))?\}")


class UnsupportedError(ValueError):
    """An expression that can't be judged here."""


class BrokenError(ValueError):
    """An expression that Elasticsearch refuses."""


def compile_expression(text: str, *, strict: bool = False) -> Expression:
    """Compile the text between the slashes. Raises UnsupportedError for what can't be judged, BrokenError for what is refused.

    With ``strict``, what other dialects read otherwise is not judged either: a sign that stands for itself, and what only Lucene has.
    """
    if not text and not strict:
        return Expression(nothing)
    reader = _Reader(text, strict)
    ends = reader.union()
    if reader.rest():
        msg = "there is a ) without a ( before it"
        raise BrokenError(msg)
    return Expression(ends)


@dataclass(slots=True)
class _Reader:
    """Reads the expression from left to right."""

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

    def union(self) -> Ends:
        self.depth += 1
        if self.depth > DEEPEST:
            msg = "the expression is nested too deeply"
            raise UnsupportedError(msg)
        branches = [self.intersection()]
        while self.peek() == "|":
            self.at += 1
            branches.append(self.intersection())
        self.depth -= 1
        return either(branches) if len(branches) > 1 else branches[0]

    def intersection(self) -> Ends:
        parts = [self.sequence()]
        while self.peek() == "&" and not self.strict:
            self.at += 1
            parts.append(self.sequence())
        return both(parts) if len(parts) > 1 else parts[0]

    def sequence(self) -> Ends:
        items = [self.repeated()]
        while self.peek() not in {"", "|", ")", "&"}:
            items.append(self.repeated())
        return sequence(items) if len(items) > 1 else items[0]

    def repeated(self) -> Ends:
        nevers, nodes = self.nevers, self.nodes
        item = self.complement()
        for _ in range(MOST_SIGNS):
            if self.peek() not in _SIGNS or not self.peek():
                return item
            if self.nevers > nevers:
                msg = "what takes nothing is repeated, of which Lucene makes less than the empty text"
                raise UnsupportedError(msg)
            least, most = self.quantity()
            self.nevers += most is not None and most < least
            self.nodes += (self.nodes - nodes) * max(least, most or 0)
            if self.nodes > MOST_NODES:
                msg = "the expression is too large"
                raise UnsupportedError(msg)
            item = repeat(item, least, most)
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
        least = _count(found[1])
        return least, (_count(found[3]) if found[3] else None) if found[2] else least

    def complement(self) -> Ends:
        """A ``~`` before a part takes all that the part does not."""
        if self.peek() != "~" or self.strict:
            return self.single()
        self.at += 1
        self.depth += 1
        if self.depth > DEEPEST:
            msg = "the expression is nested too deeply"
            raise UnsupportedError(msg)
        inner = self.complement()
        self.depth -= 1
        return all_but(inner)

    def single(self) -> Ends:  # noqa: PLR0911 -- one line for each kind of character.
        self.nodes += 1
        if self.nodes > MOST_NODES:
            msg = "the expression is too large"
            raise UnsupportedError(msg)
        character = self.next()
        self.same_elsewhere(character, _ONLY_HERE)
        match character:
            case ".":
                return one(ANY)
            case "@":
                return repeat(one(ANY), 0, None)
            case "#":
                self.nevers += 1
                return never
            case "[":
                return one(self.characters())
            case "(":
                return self.group()
            case '"':
                return sequence([exactly(one) for one in self.up_to('"')])
            case "<":
                return self.numbers()
            case "\\":
                return exactly(self.escaped())
            case _:
                return exactly(character)

    def same_elsewhere(self, character: str, only_here: frozenset[str]) -> None:
        if self.strict and character in only_here:
            msg = f"{character} at this place means other things in other dialects"
            raise UnsupportedError(msg)

    def group(self) -> Ends:
        if self.peek() == ")":
            self.at += 1
            return nothing
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

    def numbers(self) -> Ends:
        found = _INTERVAL.fullmatch(self.up_to(">"))
        if found is None:
            msg = "what stands between < and > is no interval of numbers"
            raise UnsupportedError(msg)
        return interval(found[1], found[2])

    def escaped(self) -> str:
        character = self.next()
        if character.isalpha() or (self.strict and character.isalnum()):
            msg = f"\\{character} means different things in different releases"
            raise UnsupportedError(msg)
        return character

    def characters(self) -> Characters:
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
        return Characters(tuple(ranges), others)

    def class_member(self) -> str:
        character = self.next()
        self.same_elsewhere(character, _ONLY_HERE_IN_CLASS)
        return self.escaped() if character == "\\" else character


def _count(digits: str) -> int:
    number = int(digits[:9])
    if number > MOST_REPEATS:
        msg = f"a part is repeated more than {MOST_REPEATS} times"
        raise UnsupportedError(msg)
    return number
