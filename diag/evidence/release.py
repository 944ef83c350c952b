"""Which release something runs, as far as that is known: one, or any between two."""

from __future__ import annotations

from typing import Final

from diag.evidence.terms import Version
from diag.lazy_dataclass import dataclass

NO_END: Final = 999  # As a minor or patch number of the highest release that something may be: whatever comes.


@dataclass(frozen=True, slots=True)
class Release:
    """Every release from ``lowest`` to ``highest``; without a ``highest`` it may be any later patch release, or one of the next minor."""

    lowest: Version
    highest: Version | None

    @classmethod
    def of(cls, number: Version, highest: Version | None = None, *, exact: bool) -> Release:
        """Make it of what evidence holds: a release, and how far it may be from that where it is not exact."""
        return cls(number, number if exact else highest)

    @property
    def exact(self) -> bool:
        """Whether it is one release only."""
        return self.lowest == self.highest

    @property
    def possible(self) -> tuple[Version, ...]:
        """Releases that stand for all that it may be: the lowest, the first of each minor above it, the highest.

        Rules speak of minors or go by one limit, so that between two of these nothing changes.
        """
        lowest, highest = self.lowest, self.highest
        if highest is lowest:
            return (lowest,)
        if highest is None:
            following = lowest.minor + 1
            same = (Version(lowest.major, lowest.minor, NO_END), Version(lowest.major, following))
            return (lowest, *same, Version(lowest.major, following, NO_END), Version(lowest.major + 1, 0))
        first = lowest.minor + 1 if lowest.major == highest.major else 0
        minors = (Version(highest.major, minor) for minor in range(first, highest.minor + 1))
        return tuple(dict.fromkeys((lowest, *minors, highest)))

    def may_be(self, number: Version) -> bool | None:
        """Tell whether it may be a release; None where the highest that it may be is not known."""
        if self.highest is not None:
            return self.lowest <= number <= self.highest
        if not self.possible[0] <= number <= self.possible[-1]:
            return False
        return True if (number.major, number.minor) == (self.lowest.major, self.lowest.minor) else None

    def at_least(self, number: Version) -> bool | None:
        """Tell whether it is a release or a later one; None where that depends on which it is."""
        if self.lowest >= number:
            return True
        return False if self.highest is not None and self.highest < number else None

    def __str__(self) -> str:
        """Give the release, or from where to where it may be, for a sentence."""
        if self.exact:
            return str(self.lowest)
        if self.highest is None or NO_END in {self.highest.minor, self.highest.patch}:
            return f"{self.lowest} or later"
        return f"{self.lowest} to {self.highest}"
