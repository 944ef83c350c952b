"""The time of a round, for answers that change on a day."""

from __future__ import annotations

from datetime import datetime, timedelta

from diag.evidence.reads import note_fleeting, note_moment
from diag.lazy_dataclass import dataclass


@dataclass(frozen=True, slots=True)
class Now:
    """When a round was.

    What is asked of it by ``has_come`` or ``has_passed`` holds until that moment, and the answer of a check with it; what a check makes of
    ``at`` holds for this round alone.
    """

    _at: datetime

    @property
    def at(self) -> datetime:
        """The time itself."""
        note_fleeting()
        return self._at

    def has_come(self, moment: datetime, *, days: float = 0.0) -> bool:
        """Whether it is the moment, or as many ``days`` after it (negative: before it), or later."""
        try:
            due = moment + timedelta(days=days)
        except OverflowError:  # Before the first or after the last year that there is.
            return days < 0
        come = due <= self._at
        note_moment(due, come=come)
        return come

    def has_passed(self, moment: datetime, *, days: float = 0.0) -> bool:
        """Whether it is later than the moment, or than as many ``days`` after it (negative: before it)."""
        try:
            due = moment + timedelta(days=days)
        except OverflowError:
            return days < 0
        passed = due < self._at
        note_moment(due, come=passed)
        return passed
