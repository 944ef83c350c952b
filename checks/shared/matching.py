"""Matching by sets of positions: from each set of places in a name, the places where a part of an expression can end.

A set is a number with a bit for each place, so that a name is gone through once for each part and nothing is tried again and again.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Final

MOST_STEPS: Final = 60_000


_NUMBER: Final = re.compile(r"[0-9]+")


Ends = Callable[["Match", int], int]


class TooLongError(Exception):
    """Matching would take more steps than it is worth."""


@dataclass(slots=True)
class Match:
    """One name, and how many steps may still be made. A set of positions in it is a number with a bit for each."""

    text: str
    steps: int = MOST_STEPS
    places: dict[int, int] = field(default_factory=dict)

    @property
    def everywhere(self) -> int:
        """All places, the one behind the last character too."""
        return (1 << (len(self.text) + 1)) - 1

    def step(self) -> None:
        """Count a step; raises where there were too many."""
        self.steps -= 1
        if self.steps < 0:
            raise TooLongError

    def taken(self, characters: Characters) -> int:
        """The positions of the characters that are taken; worked out once for each class."""
        if id(characters) not in self.places:
            self.places[id(characters)] = sum(1 << at for at, one in enumerate(self.text) if one in characters)
        return self.places[id(characters)]

    def each(self, starts: int) -> Iterator[int]:
        """The positions of a set, one by one, each as a set."""
        while starts:
            self.step()
            lowest = starts & -starts
            yield lowest
            starts ^= lowest


@dataclass(frozen=True, slots=True)
class Characters:
    """Which characters one step takes: those in ``ranges``, or all others. Code points, first and last."""

    ranges: tuple[tuple[int, int], ...]
    others: bool = False

    def __contains__(self, character: str) -> bool:
        code = ord(character)
        return any(first <= code <= last for first, last in self.ranges) is not self.others


ANY: Final = Characters((), others=True)


@dataclass(frozen=True, slots=True)
class Expression:
    """A compiled expression: from a set of positions in a name, where what it takes can end."""

    ends: Ends

    def matches(self, text: str) -> bool | None:
        """Tell whether the whole text matches; None where that would take too long."""
        try:
            return bool(self.ends(Match(text), 1) >> len(text) & 1)
        except TooLongError:
            return None


def nothing(_: Match, starts: int) -> int:
    """The empty text."""
    return starts


def never(_match: Match, _starts: int) -> int:
    """The sign ``#``: no text at all, not even the empty one."""
    return 0


def one(characters: Characters) -> Ends:
    """One character of a class."""
    return lambda match, starts: (starts & match.taken(characters)) << 1


def exactly(character: str) -> Ends:
    """This character."""
    return one(Characters(((ord(character), ord(character)),)))


def sequence(parts: list[Ends]) -> Ends:
    """One part after the other."""

    def ends(match: Match, starts: int) -> int:
        for part in parts:
            starts = part(match, starts)
        return starts

    return ends


def either(branches: list[Ends]) -> Ends:
    """What any branch takes."""

    def ends(match: Match, starts: int) -> int:
        found = 0
        for branch in branches:
            found |= branch(match, starts)
        return found

    return ends


def both(parts: list[Ends]) -> Ends:
    """What all take, from each position by itself."""

    def ends(match: Match, starts: int) -> int:
        found = 0
        for start in match.each(starts):
            common = match.everywhere
            for part in parts:
                common &= part(match, start)
            found |= common
        return found

    return ends


def all_but(inner: Ends) -> Ends:
    """Any text but those that are taken, from each position by itself."""

    def ends(match: Match, starts: int) -> int:
        found = 0
        for start in match.each(starts):
            found |= match.everywhere & ~(start - 1) & ~inner(match, start)
        return found

    return ends


def repeat(inner: Ends, least: int, most: int | None) -> Ends:
    """A part so many times; without ``most``, as often as one likes."""

    def ends(match: Match, starts: int) -> int:
        for _ in range(least):
            starts = inner(match, starts)
        found = fresh = starts
        count = least
        while fresh and (most is None or count < most):
            match.step()
            # With a bound, each round starts from all of the one before; without one, only from what is new.
            fresh = inner(match, fresh) if most is not None else inner(match, fresh) & ~found
            found |= fresh
            count += 1
        return found

    return never if most is not None and most < least else ends


def interval(low: str, high: str) -> Ends:
    """The numbers of ``<low-high>``; where both are written with as many digits, all are, else zeros may stand before them."""
    digits = len(low) if len(low) == len(high) else 0
    first, last = sorted((int(low), int(high)))

    def ends(match: Match, starts: int) -> int:
        found = 0
        for start in match.each(starts):
            at = start.bit_length() - 1
            run = _NUMBER.match(match.text, at)
            for end in range(at + 1, run.end() + 1 if run else 0):
                match.step()
                if (not digits or end - at == digits) and first <= int(match.text[at:end]) <= last:
                    found |= 1 << end
        return found

    return ends
