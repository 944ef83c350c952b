r"""Whether patterns of index names cover another, or have a name in common with it: decided exactly, for every name that an index can have."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from diag.patterns.automaton import NotJudgedError, Space, without
from diag.patterns.pattern import Pattern, parse
from diag.patterns.wildcard import read_wildcards

# What no index, alias or data stream may have in its name. A regular expression that leaves these out still covers every name.
_IN_NAMES: Final = without((ord(one), ord(one)) for one in '\0\\/*?"<>| ,#')


def covers(patterns: Iterable[str], wanted: str) -> bool:
    """Tell whether every name that fits ``wanted``, which has wildcards only, fits one of the patterns. Raises NotJudgedError."""
    judged = [parse(one) for one in patterns]
    answer = all(not names or taken for names, taken in _walk(judged, wanted))
    return _sure(judged, answer=answer)


def overlaps(patterns: Iterable[str], wanted: str) -> bool:
    """Tell whether some name fits both ``wanted``, which has wildcards only, and one of the patterns. Raises NotJudgedError."""
    judged = [parse(one) for one in patterns]
    answer = any(names and taken for names, taken in _walk(judged, wanted))
    return _sure(judged, answer=answer)


def _walk(granted: list[Pattern], wanted: str) -> Iterator[tuple[bool, bool]]:
    """For each kind of text: whether it is meant, and whether it is granted."""
    space = Space()
    meant = read_wildcards(space, wanted, _IN_NAMES)
    given = space.either([one.read(space) for one in granted])
    return ((space.takes_empty(one), space.takes_empty(other)) for one, other in space.pairs(meant, given))


def _sure(granted: list[Pattern], *, answer: bool) -> bool:
    """What is granted by patterns that are judged stays so, whatever the others grant."""
    unsupported = next((one for one in granted if one.unsupported), None)
    if unsupported is not None and not answer:
        msg = f"the pattern {unsupported.text[:80]}: {unsupported.unsupported}"
        raise NotJudgedError(msg)
    return answer
