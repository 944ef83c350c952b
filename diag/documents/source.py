"""A text to be read, and where it stands: a whole file, or a part of one such as the body of a call in a script."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from functools import cached_property

from diag.documents.tree import Places
from diag.evidence.documents.kind import DocumentKind
from diag.evidence.documents.origin import Origin
from diag.evidence.documents.problems import DocumentProblem, ProblemKind
from diag.lazy_dataclass import dataclass


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a text, by offsets, for a text that is put together out of several.

    ``instead`` is what it stands for where that is not what is written (an escape); ``hole`` names what is filled in later and is not known.
    """

    start: int
    end: int
    instead: str | None = None
    hole: str = ""


@dataclass(frozen=True, slots=True)
class Hole:
    """Where a text has something that is filled in before Elasticsearch sees it, and is not known: ``name`` as it is written there."""

    start: int
    end: int
    name: str


@dataclass(frozen=True)
class Source:
    """A text in a file. ``line`` and ``column`` are where it begins there, ``holes`` what in it is filled in later."""

    file: str
    text: str
    line: int = 1
    column: int = 1
    holes: tuple[Hole, ...] = ()

    @cached_property
    def places(self) -> Places:
        """The place of every character."""
        return Places(self.file, self.text, self.line, self.column)

    @property
    def whole(self) -> Origin:
        """The place of the whole text."""
        return self.places.origin(0, len(self.text.rstrip()))

    def unset(self, start: int, end: int) -> tuple[str, ...]:
        """Name what is not known in a range."""
        first = bisect_right(self.holes, start, key=lambda one: one.end)
        behind = bisect_left(self.holes, end, key=lambda one: one.start)
        return tuple(dict.fromkeys(one.name for one in self.holes[first:behind]))

    def part(self, start: int, end: int) -> Source:
        """A part of it, by offsets."""
        return self.joined([Part(start, end)])

    def joined(self, parts: Iterable[Part]) -> Source:
        """Put a text together out of parts of this one: every character keeps the place that it has here."""
        return _Joined.of(self, tuple(parts))


@dataclass(frozen=True)
class _Joined(Source):
    """A text out of parts of another one, each with the offset at which it begins here."""

    outer: Source | None = None
    parts: tuple[tuple[int, Part], ...] = ()

    @classmethod
    def of(cls, outer: Source, parts: tuple[Part, ...]) -> Source:
        texts: list[str] = []
        placed: list[tuple[int, Part]] = []
        holes: list[Hole] = []
        at = 0
        for part in parts:
            text = outer.text[part.start : part.end] if part.instead is None else part.instead
            placed.append((at, part))
            if part.hole:
                holes.append(Hole(at, at + len(text), part.hole))
            elif part.instead is None:
                moved = at - part.start
                first = bisect_right(outer.holes, part.start, key=lambda one: one.end)
                inner = outer.holes[first : bisect_left(outer.holes, part.end, key=lambda one: one.start)]
                holes += [Hole(max(one.start + moved, at), one.end + moved, one.name) for one in inner]
            texts.append(text)
            at += len(text)
        line, column = outer.places.at(parts[0].start) if parts else (outer.line, outer.column)
        return cls(outer.file, "".join(texts), line, column, tuple(holes), outer, tuple(placed))

    @cached_property
    def places(self) -> Places:
        """The place of every character, by that of the part that it belongs to."""
        return Places(self.file, self.text, self.line, self.column) if self.outer is None else _JoinedPlaces(self)


class _JoinedPlaces(Places):
    def __init__(self, source: _Joined) -> None:
        super().__init__(source.file, source.text, source.line, source.column)
        self._outer = source.outer.places if source.outer else self
        self._parts = source.parts
        self._begins = [begin for begin, _ in source.parts]

    def at(self, offset: int) -> tuple[int, int]:
        """The line and column of a character, by its offset."""
        begin, part = self._part(offset)
        inside = offset - begin if part.instead is None else 0
        return self._outer.at(min(part.start + inside, part.end))

    def origin(self, start: int, end: int) -> Origin:
        """The range from one offset to another: to behind its last character, which may belong to another part than what follows."""
        if end <= start:
            return Origin(self.file, *self.at(start), *self.at(start))
        begin, part = self._part(end - 1)
        behind = part.start + end - begin if part.instead is None else part.end
        return Origin(self.file, *self.at(start), *self._outer.at(min(behind, part.end)))

    def _part(self, offset: int) -> tuple[int, Part]:
        if not self._parts:
            return 0, Part(0, 0)
        return self._parts[max(0, bisect_right(self._begins, offset) - 1)]


class RefusedError(Exception):
    """A text that cannot be read: what is wrong, where, and what to write there if there is one right answer."""

    def __init__(
        self, message: str, origin: Origin, kind: ProblemKind = ProblemKind.SYNTAX, replacement: str | None = None
    ) -> None:
        super().__init__(message)
        self.origin, self.kind, self.replacement = origin, kind, replacement

    def problem(self, document: DocumentKind) -> DocumentProblem:
        """The same as evidence about a document."""
        return DocumentProblem(
            kind=self.kind, document=document, message=str(self), origin=self.origin, replacement=self.replacement
        )
