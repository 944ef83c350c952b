"""The past in memory: bounded for each remote, gone when the process ends."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from heapq import merge
from typing import Final

from diag.history.changes import Change, State, compare
from diag.history.event import STATUS_KINDS, Availability, Event, EventKind
from diag.history.known import seen_in
from diag.history.timeline import availability_of, broke_at, causes_before, is_flapping
from diag.model import ClusterReport

MAX_EVENTS: Final = 50  # Of one remote: enough for a bad night, little enough for a thousand remotes.
MAX_RECENT: Final = 5000  # Of all of them: for who follows what happens.
_MICROSECONDS: Final = 1_000_000
_STATUS_LINE: Final = STATUS_KINDS | {EventKind.ROOT_CAUSE, EventKind.GAP}


@dataclass(slots=True)
class Place:
    """The last events of one remote. Those of its status have room of their own: addresses that come and go push none of them out."""

    status: deque[Event] = field(default_factory=lambda: deque(maxlen=MAX_EVENTS))
    others: deque[Event] = field(default_factory=lambda: deque(maxlen=MAX_EVENTS))
    whole_since: datetime | None = None  # From then on no event of the status is missing here.

    def add(self, event: Event) -> None:
        """Keep an event; of too many the oldest one goes."""
        events = self.status if event.kind in _STATUS_LINE else self.others
        if len(events) == events.maxlen and events is self.status:
            self.whole_since = events[0].at
        self.whole_since = self.whole_since or event.at
        events.append(event)

    @property
    def events(self) -> Iterator[Event]:
        """All of them, the oldest first."""
        return merge(self.status, self.others, key=lambda one: one.cursor)


class MemoryHistory:
    """A ``History`` that keeps the last events of each remote, and what is known of it, for as long as the process lives."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._cursor = 0
        self._states: dict[str, dict[str, State]] = {}
        self._looked: dict[str, datetime] = {}
        self._max_pause = timedelta()
        self._places: dict[tuple[str, str], Place] = {}
        self._recent: deque[Event] = deque(maxlen=MAX_RECENT)

    @property
    def notes(self) -> tuple[str, ...]:
        """Nothing: memory always works."""
        return ()

    def record(
        self, report: ClusterReport, at: datetime, max_pause: timedelta, *, incomplete: bool = False
    ) -> tuple[Event, ...]:
        """Note what a round found, and give what changed."""
        seen = seen_in(report)
        with self._lock:
            self._max_pause = max_pause
            before = self._states.get(report.name, {})
            changes, states = compare(before, seen, at, incomplete=incomplete)
            looked = self._looked.get(report.name, at)
            if at - looked > max_pause:
                changes = (_gap(looked, at), *changes)
            self._looked[report.name] = max(at, looked)
            self._states[report.name] = states
            return self._keep(report.name, at, changes)

    def expect(self, clusters: Iterable[str], at: datetime) -> tuple[Event, ...]:
        """Say which clusters there are: the others are gone."""
        wanted = set(clusters)
        with self._lock:
            events: list[Event] = []
            for name in self._states.keys() - wanted:
                changes, self._states[name] = compare(self._states[name], {}, at)
                self._looked.pop(name, None)
                events += self._keep(name, at, changes)
            return tuple(events)

    def events(
        self,
        *,
        after: int = 0,
        limit: int = 1000,
        cluster: str | None = None,
        remote: str | None = None,
        kinds: Collection[EventKind] = (),
    ) -> tuple[Event, ...]:
        """The events with a higher cursor than ``after``, the oldest first."""
        with self._lock:
            place = None if cluster is None or remote is None else self._places.get((cluster, remote), Place())
            found = tuple(self._recent if place is None else place.events)
        wanted = (
            one
            for one in found
            if one.cursor > after
            and cluster in {None, one.cluster}
            and remote in {None, one.remote}
            and (not kinds or one.kind in kinds)
        )
        return tuple(one for one, _ in zip(wanted, range(limit), strict=False))

    def latest(self, cluster: str, remote: str, limit: int = 20) -> tuple[Event, ...]:
        """The last events of one remote, the newest first."""
        return self.events(cluster=cluster, remote=remote)[::-1][:limit]

    def since(self, cluster: str, remote: str) -> datetime | None:
        """Since when it has had its status."""
        with self._lock:
            state = self._states.get(cluster, {}).get(remote)
        return state.since if state and state.status is not None else None

    def what_changed_before(self, cluster: str, remote: str) -> tuple[Event, ...]:
        """What changed in the day before it stopped being well, the newest first."""
        own = self.events(cluster=cluster, remote=remote)
        broke = broke_at(own)
        if broke is None:
            return ()
        return causes_before({*own, *self.events(cluster=cluster, remote="")}, broke)

    def availability(self, cluster: str, remote: str, days: float, now: datetime) -> Availability:
        """How long it was well in the last ``days`` days, as far as that is kept."""
        events = {
            *self.events(cluster=cluster, remote=remote),
            *self.events(cluster=cluster, remote="", kinds={EventKind.GAP}),
        }
        line = sorted((one for one in events if one.kind in _STATUS_LINE), key=lambda one: one.cursor)
        with self._lock:
            # Gaps stand with the cluster: where some of them are forgotten, nothing is known of the remote either.
            places = (self._places.get((cluster, one)) for one in (remote, ""))
            begins = [place.whole_since for place in places if place and place.whole_since]
            looked = self._looked.get(cluster, now)
            ends = looked if now - looked <= self._max_pause else now
        return availability_of(line, max(begins, default=ends), ends - timedelta(days=days), looked, ends)

    def flapping(self, cluster: str, remote: str, now: datetime) -> bool:
        """Whether it changes between well and not well again and again."""
        return is_flapping(self.events(cluster=cluster, remote=remote, kinds=STATUS_KINDS), now)

    def _keep(self, cluster: str, at: datetime, changes: Iterable[Change]) -> tuple[Event, ...]:
        events = tuple(
            Event(
                cursor=self._next_cursor(at),
                at=at,
                cluster=cluster,
                remote=one.remote,
                kind=one.kind,
                subject=one.subject,
                before=one.before,
                after=one.after,
            )
            for one in changes
        )
        for event in events:
            self._places.setdefault((cluster, event.remote), Place()).add(event)
        self._recent.extend(events)
        return events

    def _next_cursor(self, at: datetime) -> int:
        """Grow with each event and, because time does, from one process to the next, without anything being kept."""
        self._cursor = max(self._cursor + 1, int(at.astimezone(UTC).timestamp() * _MICROSECONDS))
        return self._cursor


def _gap(looked: datetime, at: datetime) -> Change:
    return Change(remote="", kind=EventKind.GAP, before=looked.isoformat(), after=at.isoformat())
