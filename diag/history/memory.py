"""The past in memory: bounded for each remote, gone when the process ends."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from heapq import merge
from itertools import islice
from typing import Final

from diag.history.batch import Batch
from diag.history.changes import Change, State, compare
from diag.history.event import STATUS_KINDS, Availability, Event, EventKind
from diag.history.known import seen_in
from diag.history.queries import Query
from diag.history.timeline import Window, availability_of, broke_at, causes_before, is_flapping
from diag.lazy_dataclass import dataclass
from diag.model import ClusterReport

MAX_EVENTS: Final = 50  # Of one remote: enough for a bad night, little enough for a thousand remotes.
MAX_RECENT: Final = 5000  # Of all of them: for who follows what happens.
MAX_GONE: Final = (
    1000  # Places that are gone and may come back; beyond that the one that is gone for longest is forgotten.
)
_MICROSECONDS: Final = 1_000_000
_STATUS_LINE: Final = STATUS_KINDS | {EventKind.ROOT_CAUSE, EventKind.GAP}


@dataclass(slots=True)
class Place:
    """The last events of one remote. Those of its status have room of their own: addresses that come and go push none of them out.

    They are tuples, which take what they hold: of most remotes there is one event, and there are thousands of them.
    """

    status: tuple[Event, ...] = ()
    others: tuple[Event, ...] = ()
    whole_since: datetime | None = None  # From then on no event of the status is missing here.

    def add(self, event: Event) -> None:
        """Keep an event; of too many the oldest one goes."""
        self.whole_since = self.whole_since or event.at
        if event.kind not in _STATUS_LINE:
            self.others = (*self.others, event)[-MAX_EVENTS:]
            return
        if len(self.status) == MAX_EVENTS:
            self.whole_since = self.status[0].at
        self.status = (*self.status, event)[-MAX_EVENTS:]

    @property
    def events(self) -> Iterator[Event]:
        """All of them, the oldest first."""
        return merge(self.status, self.others, key=lambda one: one.cursor)


class MemoryHistory:
    """A ``History`` that keeps the last events of each remote, and what is known of it, for as long as the process lives.

    ``sink`` is handed all that is to be kept for longer.
    """

    def __init__(self, sink: Callable[[Batch], None] | None = None) -> None:
        self._sink = sink
        self._lock = threading.Lock()
        self._cursor = 0
        self._states: dict[str, dict[str, State]] = {}
        self._looked: dict[str, datetime] = {}
        self._max_pause = timedelta()
        self._places: dict[tuple[str, str], Place] = {}
        self._recent: deque[Event] = deque(maxlen=MAX_RECENT)

    @property
    def file(self) -> None:
        """None."""

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
            events = self._advance(report.name, states, changes, at)
            self._forget(events)
            return events

    def expect(self, clusters: Iterable[str], at: datetime) -> tuple[Event, ...]:
        """Say which clusters there are: the others are gone."""
        wanted = set(clusters)
        with self._lock:
            events: list[Event] = []
            for name in self._states.keys() - wanted:
                changes, states = compare(self._states[name], {}, at)
                self._looked.pop(name, None)
                if changes:
                    events += self._advance(name, states, changes, at)
            self._forget(events)
            return tuple(events)

    def load(self, known: Batch, latest: Iterable[Event]) -> bool:
        """Go on from what an earlier process knew; false, and nothing done, where something was recorded already."""
        with self._lock:
            if self._states:
                return False
            for (cluster, remote), state in known.states.items():
                self._states.setdefault(cluster, {})[remote] = state
            self._looked = {name: at for name, at in known.looked.items() if name in self._states}
            for event in latest:
                self._add(event)
                self._cursor = max(self._cursor, event.cursor)
            self._forget(latest)
            return True

    def everything(self) -> Batch:
        """All that is known, and the latest events: for a file that has none of it."""
        with self._lock:
            states = {(cluster, remote): one for cluster, of in self._states.items() for remote, one in of.items()}
            return Batch(events=tuple(self._recent), states=states, looked=dict(self._looked))

    def ask(self, query: Query) -> tuple[Event, ...]:
        """The events that are asked for, as far as they are kept, the oldest first."""
        with self._lock:
            one_place = query.cluster is not None and query.remote is not None
            place = self._places.get((query.cluster or "", query.remote or ""), Place()) if one_place else None
            found = tuple(self._recent if place is None else place.events)
        if query.newest:
            return tuple(islice(filter(query.takes, reversed(found)), query.limit))[::-1]
        return tuple(islice(filter(query.takes, found), query.limit))

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
        return self.ask(Query(after=after, limit=limit, cluster=cluster, remote=remote, kinds=kinds))

    def newest(self) -> int:
        """The highest cursor there is."""
        with self._lock:
            return self._cursor

    def latest(self, cluster: str, remote: str, limit: int = 20) -> tuple[Event, ...]:
        """The last events of one remote, the newest first."""
        return self.ask(Query(limit=limit, cluster=cluster, remote=remote, newest=True))[::-1]

    def since(self, cluster: str, remote: str) -> datetime | None:
        """Since when it has had its status."""
        state = self.state(cluster, remote)
        return state.since if state and state.status is not None else None

    def failing(self, cluster: str, remote: str) -> Mapping[str, datetime]:
        """Since when each check that fails does so without a break."""
        state = self.state(cluster, remote)
        return state.failing if state else {}

    def state(self, cluster: str, remote: str) -> State | None:
        """What is known of it."""
        with self._lock:
            return self._states.get(cluster, {}).get(remote)

    def what_changed_before(self, cluster: str, remote: str) -> tuple[Event, ...]:
        """What changed in the day before it stopped being well, the newest first."""
        own = self.events(cluster=cluster, remote=remote)
        broke = broke_at(own)
        return causes_before({*own, *self.events(cluster=cluster, remote="")}, broke) if broke else ()

    def availability(self, cluster: str, remote: str, days: float, now: datetime) -> Availability:
        """How long it was well in the last ``days`` days, as far as that is kept."""
        gaps = self.events(cluster=cluster, remote="", kinds={EventKind.GAP})
        line = {*self.events(cluster=cluster, remote=remote, kinds=STATUS_KINDS), *gaps}
        with self._lock:
            # Gaps stand with the cluster: where some of them are forgotten, nothing is known of the remote either.
            places = (self._places.get((cluster, one)) for one in (remote, ""))
            begins = [place.whole_since for place in places if place and place.whole_since]
        window = self.window(cluster, days, now, max(begins, default=now))
        return availability_of(sorted(line, key=lambda one: one.cursor), self.state(cluster, remote), window)

    def window(self, cluster: str, days: float, now: datetime, whole_since: datetime) -> Window:
        """The last days up to the last look at a cluster; up to now where that is too long ago."""
        with self._lock:
            looked = self._looked.get(cluster, now)
            ends = looked if now - looked <= self._max_pause else now
        return Window(begins=ends - timedelta(days=days), ends=ends, whole_since=whole_since, looked=looked)

    def flapping(self, cluster: str, remote: str, now: datetime) -> bool:
        """Whether it changes between well and not well again and again."""
        return is_flapping(self.events(cluster=cluster, remote=remote, kinds=STATUS_KINDS), now)

    def _advance(
        self, cluster: str, states: dict[str, State], changes: Iterable[Change], at: datetime
    ) -> tuple[Event, ...]:
        before, self._states[cluster] = self._states.get(cluster, {}), states
        events = tuple(self._event(cluster, change, at) for change in changes)
        for event in events:
            self._add(event)
        if self._sink is not None:
            changed = {(cluster, name): one for name, one in states.items() if one is not before.get(name)}
            looked = {cluster: self._looked[cluster]} if cluster in self._looked else {}
            self._sink(Batch(events=events, states=changed, looked=looked))
        return events

    def _event(self, cluster: str, change: Change, at: datetime) -> Event:
        # A cursor grows with each event and, because time does, from one process to the next without anything being kept.
        self._cursor = max(self._cursor + 1, int(at.astimezone(UTC).timestamp() * _MICROSECONDS))
        return Event(
            cursor=self._cursor,
            at=at,
            cluster=cluster,
            remote=change.remote,
            kind=change.kind,
            subject=change.subject,
            before=change.before,
            after=change.after,
        )

    def _forget(self, events: Iterable[Event]) -> None:
        """Keep what is known of places that are gone within bounds: where names come and go, all that ever were would pile up."""
        if not any(one.kind is EventKind.GONE for one in events):
            return
        gone = [
            (one.since, cluster, remote)
            for cluster, states in self._states.items()
            for remote, one in states.items()
            if one.status is None
        ]
        for _, cluster, remote in sorted(gone)[: max(0, len(gone) - MAX_GONE)]:
            self._places.pop((cluster, remote), None)
            of_cluster = self._states[cluster]
            del of_cluster[remote]
            if not of_cluster:
                del self._states[cluster]
                self._looked.pop(cluster, None)

    def _add(self, event: Event) -> None:
        self._places.setdefault((event.cluster, event.remote), Place()).add(event)
        self._recent.append(event)


def _gap(looked: datetime, at: datetime) -> Change:
    return Change(remote="", kind=EventKind.GAP, before=looked.isoformat(), after=at.isoformat())
