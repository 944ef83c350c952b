"""What ``GET _remote/info`` said, pasted into a file: whether the local cluster was connected to each of its remotes."""

from __future__ import annotations

from typing import Final

from diag.evidence.documents.absent import NO_DOCUMENT
from diag.evidence.documents.origin import Origin
from diag.evidence.elasticsearch.connections import RemoteInfo
from diag.evidence.piece import Piece, Subject
from diag.lazy_dataclass import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionAnswer:
    """What an answer says of one remote, and where."""

    alias: str
    info: RemoteInfo
    origin: Origin


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionAnswers:
    """Every remote of every answer that was given."""

    all: tuple[ConnectionAnswer, ...] = ()

    def of(self, alias: str) -> RemoteInfo | None:
        """What the latest answer says of a remote."""
        return next((one.info for one in reversed(self.all) if one.alias == alias), None)


PIECE: Final = Piece(
    name="connection_answers", noun=ConnectionAnswers, subjects=(Subject.SURROUNDINGS,), absent=NO_DOCUMENT
)
