"""Answers of which nobody can tell to which remote they belong: what is said of them, and what of them is judged all the same."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from diag.documents.answers.answer import PastedAnswer
from diag.evidence.documents.kind import DocumentKind
from diag.evidence.documents.problems import DocumentProblem, DocumentProblems, ProblemKind
from diag.evidence.documents.security_bodies import KeyBodies
from diag.evidence.holders import Surroundings
from diag.model import Unavailable, listed


def with_unplaced(
    around: Surroundings, unplaced: Iterable[PastedAnswer], aliases: Collection[str], with_keys: Iterable[PastedAnswer]
) -> Surroundings:
    """Add that answers are judged with no remote, and the keys that are judged each by itself, as the bodies that would make them."""
    around = _having(around, DocumentProblems(all=tuple(_unplaced(one, aliases) for one in unplaced)))
    return _having(around, KeyBodies(all=tuple(key for one in with_keys for key in one.keys)))


def _having(around: Surroundings, further: Any) -> Surroundings:  # noqa: ANN401 -- any collection with ``all``.
    """The same with more of one kind of evidence."""
    known = around[type(further)]
    if not further.all:
        return around
    joined_ = further.all if isinstance(known, Unavailable) else (*known.all, *further.all)
    return around.having({type(further): type(further)(all=joined_)})


def _unplaced(answer: PastedAnswer, aliases: Collection[str]) -> DocumentProblem:
    """An answer of a remote cluster that is judged with no remote, for which of them it is does not show."""
    why = f"the documents register {listed(sorted(aliases))}" if aliases else "no document registers a remote"
    return DocumentProblem(
        kind=ProblemKind.UNPLACED,
        document=DocumentKind.API_ANSWER,
        message=f"what {answer.name} answered at a remote cluster, and {why}",
        origin=answer.origin,
    )
