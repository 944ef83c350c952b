"""The health of a cluster (``GET /_cluster/health``)."""

from __future__ import annotations

from typing import Final

from diag.evidence.call import Call
from diag.evidence.piece import Piece, Subject
from diag.evidence.reading import mapping, text, unreadable
from diag.evidence.terms import Unavailable
from diag.lazy_dataclass import dataclass

CALL: Final = Call(path="/_cluster/health?filter_path=status")


@dataclass(frozen=True, slots=True, kw_only=True)
class ClusterHealth:
    """Green, yellow or red."""

    status: str


def read(answer: object) -> ClusterHealth | Unavailable:
    """Read the colour."""
    status = text(mapping(answer).get("status"))
    return ClusterHealth(status=status) if status in {"green", "yellow", "red"} else unreadable(CALL)


PIECE: Final = Piece(name="health", noun=ClusterHealth, subjects=(Subject.REMOTE,), calls=(CALL,), read=read)
