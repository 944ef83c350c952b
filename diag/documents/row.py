"""What a kind of document is to diag: how it is recognised and read. One row for each kind, in ``diag/documents/kinds.py``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import field

from diag.documents.candidate import Candidate
from diag.evidence.documents.kind import DocumentKind
from diag.evidence.documents.problems import DocumentProblems
from diag.evidence.piece import Side
from diag.lazy_dataclass import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What is declared about documents from outside: whose they are, the environment that fills variables in, and passwords to try.

    ``passwords`` are tried on key stores and encrypted keys; none of them ever shows.
    """

    side: Side | None = None
    environment: Mapping[str, str] = field(default_factory=dict)
    passwords: tuple[str, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class KindRow:
    """One kind.

    ``recognise`` says by what a text was recognised ("it holds cluster.remote"), empty where it is none of this kind. ``read`` gives the
    nouns of the evidence, each a collection with ``all``: those of several documents are put together by joining them. ``of_bytes``: it is
    recognised and read by its bytes, also where they are no text in UTF-8. ``depth`` is 0 for a kind that holds no other documents, 1 for
    one that holds such, 2 for one that holds either: what stands inside of a document is looked for among the kinds of less depth.
    """

    kind: DocumentKind
    recognise: Callable[[Candidate], str]
    read: Callable[[Candidate, Reading], tuple[object, ...]]
    of_bytes: bool = False
    depth: int = 0


@dataclass(frozen=True, slots=True)
class Recognised:
    """The kind of a text, and by what it was recognised."""

    row: KindRow
    why: str


def problems_of(candidate: Candidate, kind: DocumentKind) -> tuple[object, ...]:
    """What is wrong with the syntax of a document, as evidence; nothing where nothing is."""
    found = tuple(one.problem(kind) for one in candidate.refusals)
    return (DocumentProblems(all=found),) if found else ()
