"""The timetable: when the next round of each cluster is due. The only file that knows APScheduler."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Iterable
from datetime import UTC, datetime, timedelta

from apscheduler.events import EVENT_JOB_MAX_INSTANCES, JobSubmissionEvent  # type: ignore[import-untyped]  # -- no types.
from apscheduler.schedulers.asyncio import AsyncIOScheduler  # type: ignore[import-untyped]  # -- no types.
from apscheduler.triggers.base import BaseTrigger  # type: ignore[import-untyped]  # -- no types.

MAX_SPREAD = 0.5  # Intervals over which many first rounds are spread at most.
_SOON = 0.1  # Seconds until a round that is wanted now is tried again, where another one still runs.
SPREAD_EACH = 0.02  # And how many of them each cluster adds: about what a round costs, so that none is late because of the others.

SPREAD_REMOTE = 0.004  # And each remote.

Fire = Callable[[str, float], Awaitable[None]]
Skipped = Callable[[str], None]


def fraction(name: str) -> float:
    """A number from 0 up to 1 that belongs to a name: the same after each start, different for each name."""
    return int.from_bytes(hashlib.blake2b(name.encode("utf-8", "surrogatepass"), digest_size=6).digest()) / 2**48


class PhaseTrigger(BaseTrigger):  # type: ignore[misc]  # -- APScheduler has no types.
    """Fires at fixed points of the clock: every ``interval`` seconds, shifted by the phase of the name.

    A round that runs in between, or late, does not move the points, so clusters stay spread.
    """

    def __init__(self, name: str, interval: float) -> None:
        self._interval = interval
        self._phase = fraction(name) * interval

    def get_next_fire_time(self, previous: datetime | None, now: datetime) -> datetime:
        """The first point that is at least half an interval after the round before."""
        earliest = now.timestamp()
        if previous is not None:
            earliest = max(previous.timestamp() + self._interval / 2, earliest - self._interval)
        periods = int((earliest - self._phase) // self._interval) + 1
        return datetime.fromtimestamp(self._phase + periods * self._interval, UTC)


class Timetable:
    """One job for each cluster; ``fire(name, lateness)`` is awaited when its round is due, never twice at a time.

    ``skipped(name)`` is called instead while the round before still runs.
    """

    def __init__(self, fire: Fire, skipped: Skipped) -> None:
        self._fire, self._skipped = fire, skipped
        self._ids: dict[str, str] = {}
        self._placed = 0
        self._interval = 0.0  # That of the cluster that was placed last; they have the same.
        self._due: dict[str, datetime] = {}
        self._running: dict[str, asyncio.Future[None]] = {}
        self._jobs: set[asyncio.Task[None]] = set()
        self._wanted_now: set[str] = set()
        self._scheduler = AsyncIOScheduler(
            timezone=UTC, job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1}
        )
        self._scheduler.add_listener(self._overrun, EVENT_JOB_MAX_INSTANCES)

    def start(self) -> None:
        """Begin. Has to be called on the event loop."""
        self._scheduler.start()

    def place(self, name: str, interval: float, *, wait: float) -> None:
        """Add a cluster, or plan it anew: a round in ``wait`` seconds, then at its points. Its running round is given up."""
        self.remove(name)
        # An id of its own for each plan: the scheduler would skip the new round while it still sees the old one end.
        self._placed += 1
        self._interval = interval
        self._ids[name] = f"{self._placed} {name}"
        self._due[name] = datetime.now(UTC) + timedelta(seconds=wait)
        self._scheduler.add_job(
            self._run,
            PhaseTrigger(name, interval),
            id=self._ids[name],
            args=(name, self._ids[name]),
            next_run_time=self._due[name],
        )

    def remove(self, name: str) -> None:
        """Take a cluster out, and give up its round if one is running."""
        if name in self._ids:
            self._scheduler.remove_job(self._ids.pop(name))
        if name in self._running:
            self._running[name].cancel()

    def sooner(self, name: str, seconds: float) -> None:
        """Have the next round of a cluster in this number of seconds, unless it is due before that anyway."""
        at = datetime.now(UTC) + timedelta(seconds=seconds)
        if name in self._ids and at < self._due[name]:
            self._move(name, at)

    def again(self) -> None:
        """Have a round of every cluster now: the clock was changed, and every time that was planned is wrong."""
        for name, wait in spread(self._ids, self._interval).items():
            self.now(name, wait)

    def now(self, name: str, wait: float = 0.0) -> None:
        """Have a round of a cluster that begins from now on: where one is running, the next one right after it."""
        if name in self._ids:
            self._wanted_now.add(name)
            self._move(name, datetime.now(UTC) + timedelta(seconds=wait))

    async def stop(self, grace: float) -> None:
        """Start no more rounds, wait for those that run, at most ``grace`` seconds, and end."""
        self._scheduler.pause()
        if self._running:
            _, late = await asyncio.wait(self._running.values(), timeout=grace)
            for round_ in late:
                round_.cancel()
        if self._jobs:
            await asyncio.wait(self._jobs, timeout=1)
        self._scheduler.shutdown(wait=False)
        await asyncio.sleep(0)  # The scheduler ends itself in the next turn of the loop.

    def _move(self, name: str, at: datetime) -> None:
        self._due[name] = at
        self._scheduler.modify_job(self._ids[name], next_run_time=at)

    async def _run(self, name: str, plan: str) -> None:
        """The job. The round is a task of its own: APScheduler would log a cancelled job as an error."""
        task = asyncio.current_task()
        if task is None:
            return
        self._jobs.add(task)
        try:
            if name in self._running:  # Given up, and about to end.
                await asyncio.wait({self._running[name]})
            if self._ids.get(name) == plan:
                await self._run_round(name, self._scheduler.get_job(plan).next_run_time)
        finally:
            self._jobs.discard(task)

    async def _run_round(self, name: str, following: datetime) -> None:
        self._wanted_now.discard(name)
        lateness = max(0.0, (datetime.now(UTC) - self._due[name]).total_seconds())
        self._due[name] = following
        round_ = self._running[name] = asyncio.ensure_future(self._fire(name, lateness))
        await asyncio.wait({round_})
        if self._running.get(name) is round_:
            del self._running[name]
        if not round_.cancelled():
            round_.result()

    def _overrun(self, event: JobSubmissionEvent) -> None:
        name = event.job_id.partition(" ")[2]
        if self._ids.get(name) != event.job_id:
            return
        if name in self._wanted_now:  # Somebody waits for a round that begins later than the one that still runs.
            self._move(name, datetime.now(UTC) + timedelta(seconds=_SOON))
            return
        self._due[name] = self._scheduler.get_job(event.job_id).next_run_time
        self._skipped(name)


def spread(names: Iterable[str], interval: float, remotes: int = 0) -> dict[str, float]:
    """The seconds that each of these clusters, which have that many remotes together, waits for a round that should begin at once."""
    names = tuple(names)
    work = max(SPREAD_EACH * (len(names) - 1), SPREAD_REMOTE * remotes if len(names) > 1 else 0.0)
    spread = min(MAX_SPREAD * interval, work)
    return {name: fraction(name) * spread for name in names}
