"""Patterns with ``*`` for any text and ``?`` for any character; a backslash takes the next character as it is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from diag.patterns.automaton import ANY, Ranges, Space

_STAR, _ONE = "*", "?"  # Among parts; a character that stands for itself has a ``=`` before it.


def matches(pattern: str, name: str) -> bool:
    """Tell whether a name fits a pattern; what is a text between stars is found at once."""
    if "?" in pattern or "\\" in pattern:
        return _matches(tuple(_parts(pattern)), name)
    return _fits(pattern.split("*"), name)


def read_wildcards(space: Space, pattern: str, characters: Ranges = ANY) -> int:
    """Read a pattern as an expression, in which both signs stand for some characters only."""
    some = space.character(characters)
    known = {_STAR: space.repeat(some), _ONE: some}
    return space.sequence([known[part] if part in known else space.text(part[1:]) for part in _parts(pattern)])


def _parts(pattern: str) -> Iterator[str]:
    characters = iter(pattern)
    for character in characters:
        if character == "\\":
            yield "=" + next(characters, "\\")
        else:
            yield character if character in {_STAR, _ONE} else "=" + character


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


def _matches(parts: Sequence[str], name: str) -> bool:
    """Match greedily, going back to the latest star only: that one is always enough."""
    at = place = 0
    star = resume = -1
    while at < len(name):
        part = parts[place] if place < len(parts) else ""
        if part == _STAR:
            star, resume, place = place, at, place + 1
        elif part == _ONE or part == "=" + name[at]:
            at, place = at + 1, place + 1
        elif star >= 0:
            resume += 1
            at, place = resume, star + 1
        else:
            return False
    return all(part == _STAR for part in parts[place:])
