"""The clock of a node, compared with that of this machine."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

from diag.evidence.call import Answer, Call
from diag.evidence.piece import Piece, Subject
from diag.evidence.reading import mapping, moment, unreadable
from diag.evidence.terms import Unavailable
from diag.lazy_dataclass import dataclass

# Elasticsearch sends no Date header; a node that stamps its statistics tells the time as well.
CALL: Final = Call(path="/_nodes/_local/stats/os?filter_path=nodes.*.timestamp")


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """How far the clock of the node that was asked is ahead of this machine's, in seconds."""

    ahead: float


def read(answer: Answer) -> Clock | Unavailable:
    """Compare the time of the node with that of this machine: it took its own somewhere in the course of the call, so half of that is uncertain."""
    for node in mapping(mapping(answer.value).get("nodes")).values():
        at = moment(mapping(node).get("timestamp"))
        if at is not None:
            now = answer.at or datetime.now(UTC)
            return Clock(ahead=(at - now).total_seconds() + answer.seconds / 2)
    return unreadable(CALL)


PIECE: Final = Piece(name="clock", noun=Clock, subjects=(Subject.LOCAL,), calls=(CALL,), read=read, timed=True)
