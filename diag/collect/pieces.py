"""Bring the pieces of evidence that follow from their calls alone; the table of pieces says which those are. Pure."""

from __future__ import annotations

import functools

from diag.collect.isolate import isolated
from diag.evidence.call import Answers, Call
from diag.evidence.catalogue import of
from diag.evidence.piece import Subject


def calls_of(subject: Subject) -> tuple[Call, ...]:
    """The calls that are made in every round, each once."""
    return tuple(dict.fromkeys(call for piece in of(subject) if piece.read is not None for call in piece.calls))


def read_all(subject: Subject, answers: Answers) -> dict[type, object]:
    """Read each of these pieces: its noun, or why there is none. A bug of diag takes one piece away and no other."""
    return {
        piece.noun: isolated(functools.partial(piece.of, answers)) for piece in of(subject) if piece.read is not None
    }
