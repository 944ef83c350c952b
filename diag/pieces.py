"""Read what an API answered: the pieces of evidence that follow from their calls alone, and the release of the cluster. Pure."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Final, TypeVar

from diag.evidence.call import Answers, Call
from diag.evidence.catalogue import of
from diag.evidence.elasticsearch import identity, nodes
from diag.evidence.piece import Subject
from diag.isolate import isolated
from diag.model import Reason, Unavailable, Version

T = TypeVar("T")
_NO_RELEASES: Final = frozenset({Reason.NOT_USABLE, Reason.NOT_ELASTICSEARCH})


def calls_of(subject: Subject) -> tuple[Call, ...]:
    """The calls that are made in every round, each once."""
    return tuple(dict.fromkeys(call for piece in of(subject) if piece.read is not None for call in piece.calls))


def read_all(subject: Subject, answers: Answers) -> dict[type, object]:
    """Read each of these pieces: its noun, or why there is none. A bug of diag takes one piece away and no other."""
    return {
        piece.noun: isolated(functools.partial(piece.of, answers)) for piece in of(subject) if piece.read is not None
    }


def read(answers: Answers, call: Call, reader: Callable[[object], T | Unavailable]) -> T | Unavailable:
    """Read one of the answers; what was not answered stays Unavailable."""
    answer = answers[call].value
    return answer if isinstance(answer, Unavailable) else reader(answer)


def release(answers: Answers) -> Version | Unavailable:
    """The release of a cluster: that of its lowest node, for one node alone may be the newest; else what ``GET /`` says."""
    root = read(answers, identity.CALL, identity.release_of)
    found = read(answers, nodes.CALL, nodes.read)
    if isinstance(found, Unavailable) and isinstance(root, Unavailable) and root.reason is Reason.NOT_REQUESTED:
        return found  # A distribution without GET / tells its release by its nodes alone.
    if isinstance(found, Unavailable) or (isinstance(root, Unavailable) and root.reason in _NO_RELEASES):
        return root  # What calls itself serverless, or is another product, has nodes whose release means nothing.
    return next(iter(found.versions), root)
