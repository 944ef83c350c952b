"""A text to be read, and where it stands: a whole file, or a part of one such as the body of a call in a script."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from diag.documents.tree import Places
from diag.evidence.documents.kind import DocumentKind
from diag.evidence.documents.origin import Origin
from diag.evidence.documents.problems import DocumentProblem, ProblemKind


@dataclass(frozen=True)
class Source:
    """A text in a file. ``line`` and ``column`` are where it begins there."""

    file: str
    text: str
    line: int = 1
    column: int = 1

    @cached_property
    def places(self) -> Places:
        """The place of every character."""
        return Places(self.file, self.text, self.line, self.column)

    @property
    def whole(self) -> Origin:
        """The place of the whole text."""
        return self.places.origin(0, len(self.text.rstrip()))

    def part(self, start: int, end: int) -> Source:
        """A part of it, by offsets."""
        return Source(self.file, self.text[start:end], *self.places.at(start))


class RefusedError(Exception):
    """A text that cannot be read: what is wrong, and where."""

    def __init__(self, message: str, origin: Origin, kind: ProblemKind = ProblemKind.SYNTAX) -> None:
        super().__init__(message)
        self.origin, self.kind = origin, kind

    def problem(self, document: DocumentKind) -> DocumentProblem:
        """The same as evidence about a document."""
        return DocumentProblem(kind=self.kind, document=document, message=str(self), origin=self.origin)
