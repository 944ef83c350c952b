"""Who makes no rounds for a while, because each of them ended the process that ran it: out of memory, or by a fault in a native library.

The first death says little, for a process runs many rounds at a time. Whoever runs rounds makes the next one of each of them apart from the
others, so that those after it say who it was.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Final, Generic, TypeVar

from diag.lazy_dataclass import dataclass

DEATHS: Final = 3  # In a row, after which no round is made for a while.
FIRST_PAUSE: Final = 60.0  # Seconds until it is tried again; each time twice as long,
MAX_PAUSE: Final = 3600.0  # but never longer than this.

Key = TypeVar("Key")


@dataclass(slots=True)
class _Deaths:
    """The deaths in a row, what the last one was, and when a round may be made again: by the steady clock, and in words."""

    number: int = 0
    how: str = ""
    until: float = 0.0
    again: str = ""


class Quarantine(Generic[Key]):
    """Counts the deaths of processes by whose round it was. ``advice`` is what a reader does about it; ``clock`` is a steady one, in seconds."""

    def __init__(self, advice: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._advice, self._clock = advice, clock
        self._deaths: dict[Key, _Deaths] = {}

    def deaths(self, key: Key) -> int:
        """How many processes in a row died while they ran a round of it: with one or more, the next round is made apart from those of others."""
        found = self._deaths.get(key)
        return found.number if found else 0

    def died(self, key: Key, how: str) -> None:
        """Note that a process died that ran a round of it, and how."""
        found = self._deaths.setdefault(key, _Deaths())
        found.number, found.how = found.number + 1, how
        if found.number >= DEATHS:
            pause = min(MAX_PAUSE, FIRST_PAUSE * 2.0 ** min(found.number - DEATHS, 30))
            found.until = self._clock() + pause
            # Worked out once: what is said of it stays the same as long as it holds.
            found.again = f"{datetime.now(UTC) + timedelta(seconds=pause):%H:%M:%S} UTC"

    def survived(self, key: Key) -> None:
        """Note that a round ended and its process goes on."""
        self._deaths.pop(key, None)

    def forget(self, gone: Callable[[Key], bool]) -> None:
        """Begin anew with those of which ``gone`` says so: they are configured otherwise now."""
        for key in [one for one in self._deaths if gone(one)]:
            del self._deaths[key]

    def why_closed(self, key: Key) -> str:
        """Why no round of it is made now, and when one will be; empty where it may be made."""
        found = self._deaths.get(key)
        if found is None or found.until <= self._clock():
            return ""
        return (
            f"{found.number} times in a row, the process that looked at it died ({found.how}), and so it is left alone until "
            f"{found.again}; others are looked at as before. {self._advice}"
        )
