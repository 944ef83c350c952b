"""Bring the pieces of evidence that follow from their calls alone; the table of pieces says which those are. Pure."""

from __future__ import annotations

from diag.collect.isolate import own_failure
from diag.evidence.call import Answers, Call
from diag.evidence.catalogue import of
from diag.evidence.piece import Piece, Subject
from diag.model import Step


def calls_of(subject: Subject) -> tuple[Call, ...]:
    """The calls that are made in every round, each once."""
    return tuple(dict.fromkeys(call for piece in of(subject) if piece.read is not None for call in piece.calls))


def read_all(subject: Subject, answers: Answers) -> dict[type, object]:
    """Read each of these pieces: its noun, or why there is none."""
    return {piece.noun: _read(piece, answers) for piece in of(subject) if piece.read is not None}


def _read(piece: Piece, answers: Answers) -> object:
    try:
        return piece.of(answers)
    except Exception as error:  # noqa: BLE001 -- a defect of ours: it takes this piece away and no other.
        return own_failure(error, Step.API)
