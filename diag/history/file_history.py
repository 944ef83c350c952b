"""The past in a file: what memory keeps, and behind it all that is written."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from diag.history.batch import Batch, Outbox
from diag.history.database import Retention
from diag.history.event import CAUSES, STATUS_KINDS, Availability, Event, EventKind
from diag.history.file_facts import FileFacts
from diag.history.memory import MemoryHistory
from diag.history.queries import Query, forgotten, select, status_line
from diag.history.tables import stamp
from diag.history.timeline import BEFORE, availability_of, broke_at, causes_before
from diag.history.writer import Writer
from diag.model import ClusterReport

OPEN_SECONDS: Final = (
    5.0  # How long the start waits for the file; after that the past begins anew, and is written once it is open.
)
CLOSE_SECONDS: Final = 5.0
_MAX_LINE: Final = 500  # Changes of a status among which the one is looked for with which it broke.
_ALWAYS: Final = datetime(1970, 1, 1, tzinfo=UTC)


class FileHistory:
    """A ``History`` that is written to a file, by a thread of its own. While the file can't be used it does what memory can."""

    def __init__(self, path: Path, retention: Retention) -> None:
        self._path = path
        self._outbox = Outbox()
        self._memory = MemoryHistory(self._keep)
        self._writer = Writer(path, retention, self._outbox, self._memory.load, self._memory.everything)

    def open(self) -> None:
        """Take over what the file knows. May take seconds: not for the event loop."""
        self._writer.start()
        self._writer.opened.wait(OPEN_SECONDS)

    def close(self) -> None:
        """Write what is pending. May take seconds: not for the event loop."""
        self._writer.stop(CLOSE_SECONDS)

    @property
    def file(self) -> FileFacts:
        """How the file does."""
        return self._writer.facts

    @property
    def notes(self) -> tuple[str, ...]:
        """What is wrong with the file."""
        facts = self._writer.facts
        lost = f", and {facts.dropped} events are lost" if facts.dropped else ""
        problem = f"The history is not written to {self._path}: {facts.problem}{lost}." if facts.problem else ""
        aside = (
            f"The history was broken and begins anew; it is kept as {facts.set_aside[-1]}." if facts.set_aside else ""
        )
        return tuple(filter(None, (problem, aside)))

    def record(
        self, report: ClusterReport, at: datetime, max_pause: timedelta, *, incomplete: bool = False
    ) -> tuple[Event, ...]:
        """Note what a round found, and give what changed."""
        return self._memory.record(report, at, max_pause, incomplete=incomplete)

    def expect(self, clusters: Iterable[str], at: datetime) -> tuple[Event, ...]:
        """Say which clusters there are: the others are gone."""
        return self._memory.expect(clusters, at)

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
        return self._ask(Query(after=after, limit=limit, cluster=cluster, remote=remote, kinds=kinds))

    def newest(self) -> int:
        """The highest cursor there is."""
        return self._memory.newest()

    def latest(self, cluster: str, remote: str, limit: int = 20) -> tuple[Event, ...]:
        """The last events of one remote, the newest first."""
        found = self._memory.latest(cluster, remote, limit)
        if len(found) == limit:
            return found
        return self._ask(Query(limit=limit, cluster=cluster, remote=remote, newest=True))[::-1]

    def since(self, cluster: str, remote: str) -> datetime | None:
        """Since when it has had its status."""
        return self._memory.since(cluster, remote)

    def failing(self, cluster: str, remote: str) -> Mapping[str, datetime]:
        """Since when each check that fails does so without a break."""
        return self._memory.failing(cluster, remote)

    def what_changed_before(self, cluster: str, remote: str) -> tuple[Event, ...]:
        """What changed in the day before it stopped being well, the newest first."""
        line = self._ask(Query(limit=_MAX_LINE, cluster=cluster, remote=remote, kinds=STATUS_KINDS, newest=True))
        broke = broke_at(line)
        if broke is None:
            return ()
        own, of_cluster = (
            self._ask(Query(after=stamp(broke - BEFORE), cluster=cluster, remote=one, kinds=CAUSES))
            for one in (remote, "")
        )
        return causes_before({*own, *of_cluster}, broke)

    def availability(self, cluster: str, remote: str, days: float, now: datetime) -> Availability:
        """How long it was well in the last ``days`` days, as far as that is kept."""
        window = self._memory.window(cluster, days, now, _ALWAYS)
        waiting = self._outbox.events  # First: what is written in between is found in the file.
        found = self._writer.read(lambda one: (status_line(one, cluster, remote, window.begins), forgotten(one)))
        if found is None:
            return self._memory.availability(cluster, remote, days, now)
        line, whole_since = found
        pending = [one for one in waiting if _of_line(one, cluster, remote, window.begins)]
        whole = replace(window, whole_since=whole_since) if whole_since else window
        return availability_of(_in_order((*line, *pending)), self._memory.state(cluster, remote), whole)

    def flapping(self, cluster: str, remote: str, now: datetime) -> bool:
        """Whether it changes between well and not well again and again."""
        return self._memory.flapping(cluster, remote, now)

    def _ask(self, query: Query) -> tuple[Event, ...]:
        """What the file has, and what it does not have yet; where it can't be read, what memory has."""
        waiting = self._outbox.events
        written = self._writer.read(lambda one: select(one, query))
        kept = self._memory.ask(query) if written is None else written
        found = _in_order((*kept, *filter(query.takes, waiting)))
        return found[-query.limit :] if query.newest else found[: query.limit]

    def _keep(self, batch: Batch) -> None:
        self._outbox.add(batch)
        self._writer.wake()


def _of_line(event: Event, cluster: str, remote: str, begins: datetime) -> bool:
    """Whether an event belongs to the status of a remote since then: its own, and the gaps of its cluster."""
    if event.cluster != cluster or event.at < begins:
        return False
    return (event.remote == remote and event.kind in STATUS_KINDS) or event.kind is EventKind.GAP


def _in_order(events: Iterable[Event]) -> tuple[Event, ...]:
    """Each event once, the oldest first."""
    found = {one.cursor: one for one in events}
    return tuple(found[cursor] for cursor in sorted(found))
