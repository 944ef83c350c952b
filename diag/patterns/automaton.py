"""Sets of texts as expressions, read character by character: what is left of an expression behind a character is an expression again.

So one machine matches texts, and compares sets of texts with each other, complements and intersections included. Each expression is kept
once, so that what is left soon repeats itself; what does not, because somebody made it so, ends at a bound.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import Enum, auto
from typing import Final, NamedTuple

LAST: Final = 0x10FFFF
ANY: Final = ((0, LAST),)
MAX_EXPRESSIONS: Final = 40_000
MAX_WORK: Final = 400_000  # Parts of expressions that were looked at; so many take about a second.

_TOO_LARGE: Final = "the patterns are too many or too long to compare"

Ranges = tuple[tuple[int, int], ...]  # Code points, first and last, in order and apart.


class NotJudgedError(ValueError):
    """What can't be decided about patterns, and why."""


class TooLargeError(NotJudgedError):
    """Patterns that can't be compared within reason."""


class Kind(Enum):
    """The forms of expressions."""

    NEVER = auto()
    EMPTY = auto()
    ALL = auto()
    CHARACTER = auto()
    THEN = auto()
    EITHER = auto()
    BOTH = auto()
    ALL_BUT = auto()
    REPEAT = auto()


class Form(NamedTuple):
    """One expression, made of others."""

    kind: Kind
    parts: tuple[int, ...] = ()
    ranges: Ranges = ()
    minimum: int = 0
    maximum: int | None = None


class Space:
    """Expressions, each named by a number."""

    NEVER, EMPTY, ALL = 0, 1, 2

    def __init__(self) -> None:
        self.work = 0
        self._numbers: dict[Form, int] = {}
        self._forms: list[Form] = []
        self._takes_empty: list[bool] = []
        self._left: dict[tuple[int, int], int] = {}
        self._borders: dict[int, frozenset[int]] = {}
        for kind in (Kind.NEVER, Kind.EMPTY, Kind.ALL):
            self._keep(Form(kind), empty=kind is not Kind.NEVER)

    @property
    def size(self) -> int:
        """How many expressions are kept."""
        return len(self._forms)

    def takes_empty(self, one: int) -> bool:
        """Tell whether the empty text is among those that an expression takes."""
        return self._takes_empty[one]

    def character(self, ranges: Ranges) -> int:
        """One character of some."""
        return self._keep(Form(Kind.CHARACTER, ranges=ranges), empty=False) if ranges else self.NEVER

    def text(self, text: str) -> int:
        """This text."""
        return self.sequence([self.character(((ord(one), ord(one)),)) for one in text])

    def sequence(self, parts: Iterable[int]) -> int:
        """One part after the other."""
        whole = self.EMPTY
        for part in reversed(list(parts)):
            whole = self._then(part, whole)
        return whole

    def either(self, branches: Iterable[int]) -> int:
        """What any branch takes."""
        kept = self._members(Kind.EITHER, branches) - {self.NEVER}
        if self.ALL in kept:
            return self.ALL
        if self.EMPTY in kept and any(self.takes_empty(one) for one in kept - {self.EMPTY}):
            kept -= {self.EMPTY}
        if len(kept) < 2:  # noqa: PLR2004 -- nothing to choose between.
            return next(iter(kept), self.NEVER)
        return self._keep(Form(Kind.EITHER, tuple(sorted(kept))), empty=any(map(self.takes_empty, kept)))

    def both(self, parts: Iterable[int]) -> int:
        """What all parts take."""
        kept = self._members(Kind.BOTH, parts) - {self.ALL}
        if self.NEVER in kept:
            return self.NEVER
        if len(kept) < 2:  # noqa: PLR2004 -- nothing to meet.
            return next(iter(kept), self.ALL)
        return self._keep(Form(Kind.BOTH, tuple(sorted(kept))), empty=all(map(self.takes_empty, kept)))

    def all_but(self, one: int) -> int:
        """Every text but those that an expression takes."""
        if one in {self.NEVER, self.ALL}:
            return self.ALL if one == self.NEVER else self.NEVER
        form = self._forms[one]
        if form.kind is Kind.ALL_BUT:
            return form.parts[0]
        return self._keep(Form(Kind.ALL_BUT, (one,)), empty=not self.takes_empty(one))

    def repeat(self, one: int, minimum: int = 0, maximum: int | None = None) -> int:
        """A part from ``minimum`` to ``maximum`` times; without ``maximum``, without a limit."""
        if maximum is not None and maximum < minimum:
            return self.NEVER
        if maximum == 0 or one == self.EMPTY:
            return self.EMPTY
        if one == self.NEVER:
            return self.NEVER if minimum else self.EMPTY
        if (minimum, maximum) == (1, 1) or one == self.ALL:
            return one
        if self.takes_empty(one):
            minimum = 0
        if self._forms[one].ranges == ANY and (minimum, maximum) == (0, None):
            return self.ALL
        return self._keep(Form(Kind.REPEAT, (one,), minimum=minimum, maximum=maximum), empty=not minimum)

    def left(self, one: int, code: int) -> int:
        """What is left of an expression behind a character. Raises TooLargeError."""
        known = self._left.get((one, code))
        if known is not None:
            return known
        form = self._forms[one]
        self._count(len(form.parts) + 1)
        found = self._left_of(form, one, code)
        self._left[one, code] = found
        return found

    def borders(self, one: int) -> frozenset[int]:
        """Where another character begins to make a difference to what is left."""
        known = self._borders.get(one)
        if known is None:
            known = self._borders[one] = frozenset(self._border_codes(one))
            self._count(len(known) + 1)
        return known

    def takes(self, one: int, text: str) -> bool:
        """Tell whether an expression takes the whole text. Raises TooLargeError."""
        self.work = 0
        for character in text:
            one = self.left(one, ord(character))
            if one in {self.NEVER, self.ALL}:
                break
        return self.takes_empty(one)

    def pairs(self, one: int, other: int) -> Iterator[tuple[int, int]]:
        """What is left of two expressions behind each text that the first one may begin with, once each. Raises TooLargeError."""
        self.work = 0
        todo, seen = [(one, other)], {(one, other)}
        while todo:
            first, second = todo.pop()
            yield first, second
            for code in sorted({0, *self.borders(first), *self.borders(second)} - {LAST + 1}):
                rest = self.left(first, code)
                if rest == self.NEVER:
                    continue
                after = (rest, self.left(second, code))
                if after not in seen:
                    seen.add(after)
                    todo.append(after)

    def _keep(self, form: Form, *, empty: bool) -> int:
        number = self._numbers.get(form)
        if number is None:
            if len(self._forms) > MAX_EXPRESSIONS:
                raise TooLargeError(_TOO_LARGE)
            number = self._numbers[form] = len(self._forms)
            self._forms.append(form)
            self._takes_empty.append(empty)
        return number

    def _then(self, part: int, rest: int) -> int:
        if self.NEVER in {part, rest}:
            return self.NEVER
        if self.EMPTY in {part, rest}:
            return rest if part == self.EMPTY else part
        if part == rest == self.ALL:
            return self.ALL
        return self._keep(Form(Kind.THEN, (part, rest)), empty=self.takes_empty(part) and self.takes_empty(rest))

    def _members(self, kind: Kind, parts: Iterable[int]) -> set[int]:
        found = set[int]()
        for part in parts:
            form = self._forms[part]
            found.update(form.parts if form.kind is kind else (part,))
        self._count(len(found))
        return found

    def _left_of(self, form: Form, one: int, code: int) -> int:  # noqa: PLR0911 -- one line for each form.
        match form.kind:
            case Kind.ALL:
                return self.ALL
            case Kind.CHARACTER:
                return self.EMPTY if any(first <= code <= last for first, last in form.ranges) else self.NEVER
            case Kind.THEN:
                return self._left_of_sequence(one, code)
            case Kind.REPEAT:
                maximum = None if form.maximum is None else form.maximum - 1
                return self._then(
                    self.left(form.parts[0], code), self.repeat(form.parts[0], max(form.minimum - 1, 0), maximum)
                )
            case Kind.ALL_BUT:
                return self.all_but(self.left(form.parts[0], code))
            case Kind.EITHER:
                return self.either(self.left(part, code) for part in form.parts)
            case Kind.BOTH:
                return self.both(self.left(part, code) for part in form.parts)
            case _:  # No character follows what takes none.
                return self.NEVER

    def _left_of_sequence(self, one: int, code: int) -> int:
        """Go along the sequence as long as its parts may take nothing, and back again; a loop, for a sequence may be long."""
        passed = list[tuple[int, int, int]]()
        found = self.NEVER
        while True:
            form = self._forms[one]
            if form.kind is not Kind.THEN or (one, code) in self._left:
                found = self.left(one, code)
                break
            part, rest = form.parts
            passed.append((one, part, rest))
            if not self.takes_empty(part):
                break
            one = rest
        for number, part, rest in reversed(passed):
            found = self.either([self._then(self.left(part, code), rest), found])
            self._left[number, code] = found
        return found

    def _border_codes(self, one: int) -> Iterator[int]:
        form = self._forms[one]
        while form.kind is Kind.THEN:
            part, rest = form.parts
            yield from self.borders(part)
            if not self.takes_empty(part):
                return
            form = self._forms[rest]
        yield from (code for first, last in form.ranges for code in (first, last + 1))
        for part in form.parts:
            yield from self.borders(part)

    def _count(self, parts: int) -> None:
        self.work += parts
        if self.work > MAX_WORK:
            raise TooLargeError(_TOO_LARGE)


def without(ranges: Iterable[tuple[int, int]]) -> Ranges:
    """All characters but those in some ranges."""
    found, at = list[tuple[int, int]](), 0
    for first, last in sorted(ranges):
        if first > at:
            found.append((at, first - 1))
        at = max(at, last + 1)
    return (*found, (at, LAST)) if at <= LAST else tuple(found)
