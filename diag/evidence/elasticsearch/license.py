"""The license of a cluster (``GET /_license``)."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from diag.evidence.call import Call
from diag.evidence.piece import Piece, Subject
from diag.evidence.reading import mapping, moment, text, unreadable
from diag.evidence.terms import Unavailable
from diag.lazy_dataclass import dataclass

CALL: Final = Call(path="/_license")


@dataclass(frozen=True, slots=True, kw_only=True)
class License:
    """``type`` is basic, trial, platinum, enterprise, …; ``status`` is active, expired or invalid."""

    type: str
    status: str
    expires: datetime | None = None

    @property
    def active(self) -> bool:
        """Whether it holds now."""
        return self.status == "active"


def read(answer: object) -> License | Unavailable:
    """Read type, status and end."""
    reported = mapping(mapping(answer).get("license"))
    kind, status = text(reported.get("type")), text(reported.get("status"))
    if not (kind and status):
        return unreadable(CALL)
    return License(type=kind, status=status, expires=moment(reported.get("expiry_date_in_millis")))


PIECE: Final = Piece(name="license", noun=License, subjects=(Subject.LOCAL, Subject.REMOTE), calls=(CALL,), read=read)
