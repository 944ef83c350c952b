"""What waits to be written: events and what is known since, joined until the file takes them."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import field
from datetime import datetime
from typing import Final

from diag.history.changes import State
from diag.history.event import Event
from diag.lazy_dataclass import dataclass

MAX_PENDING: Final = 10_000  # Events that wait while the file takes none.


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Events with the states that they led to, by cluster and remote, and when each cluster was last looked at.

    They are written together or not at all: what a crash takes away is found again by the next round, because the states are as old as the events.
    """

    events: tuple[Event, ...] = ()
    states: Mapping[tuple[str, str], State] = field(default_factory=dict)
    looked: Mapping[str, datetime] = field(default_factory=dict)

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to write."""
        return not (self.events or self.states or self.looked)

    def then(self, later: Batch) -> Batch:
        """Both, where what is known later goes before what was known earlier."""
        return Batch(
            events=(*self.events, *later.events),
            states={**self.states, **later.states},
            looked={**self.looked, **later.looked},
        )


class Outbox:
    """Holds what is not written yet. Of too many events the oldest are dropped, and counted; what is known is never dropped."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._pending, self._taken = Batch(), Batch()
        self.dropped = 0

    def add(self, batch: Batch) -> None:
        """Take what came."""
        with self._lock:
            self._keep(self._pending.then(batch))

    def take(self) -> Batch:
        """Hand over all of it; ``done`` or ``give_back`` says what became of it."""
        with self._lock:
            self._taken, self._pending = self._pending, Batch()
            return self._taken

    def done(self) -> None:
        """What was taken is written."""
        with self._lock:
            self._taken = Batch()

    def give_back(self) -> None:
        """What was taken could not be written; what came meanwhile is later."""
        with self._lock:
            taken, self._taken = self._taken, Batch()
            self._keep(taken.then(self._pending))

    @property
    def events(self) -> tuple[Event, ...]:
        """Those of which it is not known that they are written, the oldest first."""
        with self._lock:
            return (*self._taken.events, *self._pending.events)

    def _keep(self, batch: Batch) -> None:
        too_many = max(0, len(batch.events) - MAX_PENDING)
        self.dropped += too_many
        self._pending = Batch(events=batch.events[too_many:], states=batch.states, looked=batch.looked)
