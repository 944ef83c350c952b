"""What a document is refused for before anybody looks at what it says: its syntax, its encoding, the form of its values."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from diag.evidence.documents.absent import NO_DOCUMENT
from diag.evidence.documents.kind import DocumentKind
from diag.evidence.documents.origin import Origin
from diag.evidence.piece import Piece, Subject
from diag.lazy_dataclass import dataclass


class ProblemKind(StrEnum):
    """What is wrong, by which checks tell it apart."""

    SYNTAX = "syntax"
    SAME_KEY_TWICE = "same key twice"
    UNSET_VARIABLE = "unset variable"
    NOT_READ = "not read"  # It stands elsewhere, or a program makes it.
    NO_DOCUMENT = "no document"  # The configuration names it, and it is not there or is none.
    UNPLACED = "unplaced"  # Nobody can tell which cluster it is about.


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentProblem:
    """One thing for which a document, or a part of it, cannot be read. ``message`` says what stands there and what is expected.

    ``replacement`` is what to write there, where there is one right answer.
    """

    kind: ProblemKind
    document: DocumentKind
    message: str
    origin: Origin
    replacement: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentProblems:
    """The problems of every document that was given."""

    all: tuple[DocumentProblem, ...] = ()


PIECE: Final = Piece(
    name="document_problems", noun=DocumentProblems, subjects=(Subject.SURROUNDINGS,), absent=NO_DOCUMENT
)
