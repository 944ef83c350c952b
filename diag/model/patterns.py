"""Patterns of index names: ``*`` stands for any text, every other character for itself (``?`` for one, in privileges only).

Whether one set of patterns covers another is told exactly: both are read as automata, over the characters that they name and one
that stands for all others.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

_OTHER: Final = "\0"  # Every character that no pattern names; it can't stand in the name of an index.
_MOST_STEPS: Final = 20_000
_MOST_WORK: Final = 500_000  # Moves of one place of one pattern; so many take about a second.


class TooLargeError(ValueError):
    """Patterns that can't be compared within reason."""


def matches(pattern: str, name: str) -> bool:
    """Tell whether a name fits a pattern, in time that grows with their lengths alone."""
    if "?" not in pattern:
        return _fits(pattern.split("*"), name)
    return _ends(pattern, _run(pattern, name))


def _fits(parts: list[str], name: str) -> bool:
    """Find the parts between the stars one after the other: the first and the last at the ends, the others as early as can be."""
    if len(parts) == 1:
        return parts[0] == name
    first, *middle, last = parts
    if not name.startswith(first) or not name.endswith(last) or len(name) < len(first) + len(last):
        return False
    at, end = len(first), len(name) - len(last)
    for part in middle:
        found = name.find(part, at, end)
        if found < 0:
            return False
        at = found + len(part)
    return True


def covers(patterns: Iterable[str], wanted: str) -> bool:
    """Tell whether every name that fits ``wanted`` fits one of the patterns. Raises TooLargeError."""
    granted = tuple(patterns)
    for place, states in _walk(wanted, granted):
        if _ends(wanted, {place}) and not _any_ends(granted, states):
            return False
    return True


def overlaps(patterns: Iterable[str], wanted: str) -> bool:
    """Tell whether some name fits both ``wanted`` and one of the patterns. Raises TooLargeError."""
    granted = tuple(patterns)
    return any(_ends(wanted, {place}) and _any_ends(granted, states) for place, states in _walk(wanted, granted))


States = frozenset[tuple[int, int]]  # Which pattern, and how far it is read.


def _walk(wanted: str, granted: tuple[str, ...]) -> Iterator[tuple[int, States]]:
    """Every place in ``wanted`` that some text leads to, with where that text leads to in the patterns."""
    first: States = frozenset((number, place) for number, one in enumerate(granted) for place in _rest(one, {0}))
    todo = [(place, first) for place in _rest(wanted, {0})]
    seen = set(todo)
    work = 0
    while todo:
        place, states = todo.pop()
        yield place, states
        letters = _letters(wanted, place, granted, states)
        work += len(letters) * (len(states) + 1)
        for letter in letters:
            targets = _step(wanted, {place}, letter)
            moved = _step_all(granted, states, letter) if targets else frozenset[tuple[int, int]]()
            for target in targets:
                if (target, moved) not in seen:
                    seen.add((target, moved))
                    todo.append((target, moved))
        if len(seen) > _MOST_STEPS or work > _MOST_WORK:
            msg = "the patterns are too many or too long to compare"
            raise TooLargeError(msg)


def _letters(wanted: str, place: int, granted: tuple[str, ...], states: States) -> set[str]:
    """The characters that make a difference here; all others lead to where the one that stands for them leads to."""
    named = {granted[number][at] for number, at in states if at < len(granted[number])}
    return {*named, *wanted[place : place + 1], _OTHER} - {"*", "?"}


def _step_all(granted: tuple[str, ...], states: States, letter: str) -> States:
    return frozenset((number, target) for number, place in states for target in _step(granted[number], {place}, letter))


def _any_ends(granted: tuple[str, ...], states: States) -> bool:
    return any(place == len(granted[number]) for number, place in states)


def _ends(pattern: str, places: set[int]) -> bool:
    return len(pattern) in places


def _run(pattern: str, text: str) -> set[int]:
    places = _rest(pattern, {0})
    for letter in text:
        places = _step(pattern, places, letter)
    return places


def _step(pattern: str, places: set[int], letter: str) -> set[int]:
    """Where one more character leads to."""
    found = set[int]()
    for place in places:
        if place < len(pattern):
            if pattern[place] == "*":
                found.add(place)
            elif pattern[place] in {"?", letter}:
                found.add(place + 1)
    return _rest(pattern, found)


def _rest(pattern: str, places: set[int]) -> set[int]:
    """Add where a ``*`` leads to that stands for nothing."""
    found = set(places)
    for place in places:
        at = place
        while at < len(pattern) and pattern[at] == "*":
            at += 1
            found.add(at)
    return found
