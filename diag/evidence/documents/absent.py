"""What stands in the place of every document that nobody handed over."""

from __future__ import annotations

from typing import Final

from diag.evidence.terms import Reason, Step, Unavailable

NO_DOCUMENT: Final = Unavailable(
    step=Step.CONFIGURATION,
    reason=Reason.NOT_REQUESTED,
    detail="no such document was given; diag lint FILE… reads it",
)
