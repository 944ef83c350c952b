"""What becomes of a report: it is shown, what changed is remembered and logged, always in the same order."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import Executor
from datetime import datetime, timedelta
from typing import Final

import structlog

from diag.board import Board, ClusterState, RoundFacts, report_as_unknown
from diag.config import HistoryFile
from diag.history import Event, EventKind, FileHistory, History, MemoryHistory, Retention
from diag.model import ClusterReport, Policy, Reason, Status
from diag.text import shown

MAX_BECAUSE: Final = 500  # Characters of a reason in the log.
_QUIET: Final = frozenset({Status.OK.value, Status.WARN.value, ""})

Notify = Callable[[tuple[Event, ...]], None]

log = structlog.stdlib.get_logger("diag.daemon")


@contextlib.asynccontextmanager
async def opened_history(configured: HistoryFile | None) -> AsyncIterator[History]:
    """The past: in its file where one is configured, else in memory. It is opened and closed on a thread, for a disk may be slow."""
    if configured is None:
        yield MemoryHistory()
        return
    history = FileHistory(configured.path, Retention(days=configured.days, size=configured.size))
    await asyncio.to_thread(history.open)
    try:
        yield history
    finally:
        await asyncio.to_thread(history.close)


class Remembering:
    """Puts reports on the board and into the history, one at a time. Comparing a large one is done on a thread."""

    def __init__(self, board: Board, history: History, threads: Executor, notify: Notify) -> None:
        self._board, self._history, self._threads, self._notify = board, history, threads, notify
        self._one_at_a_time = asyncio.Lock()

    async def put(
        self, report: ClusterReport, facts: RoundFacts, now: datetime, max_pause: timedelta
    ) -> tuple[Event, ...]:
        """Show a report, and give what changed."""
        discovery = report.evidence.discovery
        unread = discovery is not None and discovery.reason is not Reason.NO_REMOTES
        incomplete = unread or bool(facts.failure)
        async with self._one_at_a_time:
            events = await asyncio.get_running_loop().run_in_executor(
                self._threads, lambda: self._history.record(report, now, max_pause, incomplete=incomplete)
            )
            self._board.put(report, facts, at=now)
            self._notify(events)
        _log_changes(report, events)
        return events


def with_kept_remotes(
    report: ClusterReport, before: ClusterState | None, now: datetime, policy: Policy
) -> ClusterReport:
    """Keep the remotes of the report before, as unknown, where they could not be read this time: they are not gone."""
    because = report.evidence.discovery
    if because is None:
        return report
    shown_because = shown(str(because), MAX_BECAUSE)
    log.warning("cluster.not_discovered", cluster=report.name, reason=because.reason.value, because=shown_because)
    if report.remotes or because.reason is Reason.NO_REMOTES or before is None:
        return report
    unknown = report_as_unknown(before.report, report.evidence.cluster, str(because), now, policy)
    return dataclasses.replace(unknown, evidence=report.evidence)


def is_news(event: Event) -> bool:
    """Whether what was known before has another status or cause now: somebody may be at work there."""
    return event.kind is EventKind.STATUS or (event.kind is EventKind.ROOT_CAUSE and bool(event.before))


def _log_changes(report: ClusterReport, events: Sequence[Event]) -> None:
    """Say what changed. What is seen for the first time and well is no news."""
    causes = {one.remote: one.after.partition(", ")[0] for one in events if one.kind is EventKind.ROOT_CAUSE}
    causes |= {one.alias: ", ".join(one.root_causes[:1]) for one in report.remotes}
    statuses = {one.alias: one.status.value for one in report.remotes}
    logged: set[str] = set()
    for event in events:
        where = {"cluster": event.cluster, "remote": event.remote}
        match event.kind:
            case EventKind.APPEARED if event.after == Status.OK:
                continue
            case EventKind.APPEARED | EventKind.STATUS | EventKind.GONE:
                before, after = event.before or "new", event.after or "gone"
            case EventKind.ROOT_CAUSE if event.remote not in logged:
                before = after = statuses.get(event.remote, "")
            case EventKind.ROOT_CAUSE:
                continue
            case _:
                changed = {"subject": event.subject, "before": event.before, "after": event.after}
                log.info("remote.differs", **where, kind=event.kind.value, **changed)
                continue
        logged.add(event.remote)
        say = log.info if after in _QUIET else log.warning
        name = "remote.changed" if event.remote else "cluster.changed"
        say(name, **where, before=before, after=after, root_cause=causes.get(event.remote, ""))
