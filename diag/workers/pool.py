"""Rounds in worker processes, where there is enough to do: a cluster always goes to the same one, which remembers it."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Mapping
from typing import Final, Protocol

import structlog

from diag.config import ClusterConfig
from diag.model import History
from diag.plan import NOTHING, Plan
from diag.rounds import Done, Early, RoundFailure, RunsRounds, give_up_seconds
from diag.text import listed
from diag.workers.messages import Start
from diag.workers.worker_process import WorkerProcess

REAL_COLLECTOR: Final = "diag.rounds:real_collector"
MAX_PAUSE: Final = 30.0  # Seconds until a worker that could not even begin is started again.

log = structlog.stdlib.get_logger("diag.workers")


class Noted(Protocol):
    """Who counts the worker processes."""

    def workers(self, number: int) -> None:
        """Note how many there are."""

    def worker_lost(self, because: str) -> None:
        """Note that one ended that should not have, and why."""


class Nobody:
    """Nobody counts."""

    def workers(self, number: int) -> None:
        """Note nothing."""

    def worker_lost(self, because: str) -> None:
        """Note nothing."""


class WorkerPool:
    """Runs rounds in as many processes as ``number`` says of a plan; with none of them, all run ``here``.

    ``gives_up``: a round that does not end in time is a failure, and its process is replaced. Those of clusters of which ``stays`` says so always run here.
    """

    def __init__(  # noqa: PLR0913 -- each has a default.
        self,
        here: RunsRounds,
        number: Callable[[Plan], int],
        *,
        stays: Callable[[Plan, ClusterConfig], bool] = lambda _plan, _cluster: False,
        collector: str = REAL_COLLECTOR,
        arguments: tuple[object, ...] = (),
        noted: Noted | None = None,
        logs: bool = True,
        gives_up: bool = True,
    ) -> None:
        self._here, self._number, self._stays = here, number, stays
        self._noted, self._gives_up = noted or Nobody(), gives_up
        self._start = Start(path=tuple(sys.path), collector=collector, arguments=arguments, logs=logs)
        self._seats: list[Seat] = []
        self._seat_of: dict[str, Seat] = {}
        self._leaving: set[asyncio.Task[None]] = set()

    @property
    def pids(self) -> tuple[int, ...]:
        """The process ids of those that run."""
        return tuple(seat.process.pid for seat in self._seats if seat.process is not None)

    def begin(self, plan: Plan) -> None:
        """Have as many workers as the plan asks for, and share its clusters out among them."""
        self._here.begin(plan)
        number = self._number(plan)
        if number != len(self._seats) and self._start.logs:
            log.info("workers.number", workers=number, before=len(self._seats))
        for seat in self._seats[number:]:
            self._leave(seat)
        self._seats = self._seats[:number]
        self._seats += [Seat(n + 1, self._start, self._noted) for n in range(len(self._seats), number)]
        self._share_out(plan)
        self._noted.workers(number)

    def _share_out(self, plan: Plan) -> None:
        """Keep every cluster where it is; a new one goes where the fewest remotes are."""
        stays = {name: seat for name, seat in self._seat_of.items() if seat in self._seats}
        self._seat_of = {}
        for seat in self._seats:
            seat.remotes = 0
        clusters = [one for one in plan.in_shard if self._seats and not self._stays(plan, one)]
        for cluster in sorted(clusters, key=lambda one: one.name not in stays):
            seat = stays.get(cluster.name) or min(self._seats, key=lambda one: one.remotes)
            seat.remotes += max(1, len(cluster.remotes))
            self._seat_of[cluster.name] = seat

    def _leave(self, seat: Seat) -> None:
        task = asyncio.get_running_loop().create_task(seat.leave())
        self._leaving.add(task)
        task.add_done_callback(self._leaving.discard)

    async def run(
        self,
        plan: Plan,
        cluster: ClusterConfig,
        remotes: tuple[str, ...] = (),
        past: Mapping[str, History] = NOTHING,
        early: Early | None = None,
    ) -> Done:
        """Run one round, in the process that has the cluster."""
        seat = self._seat_of.get(cluster.name)
        if seat is None:
            return await self._here.run(plan, cluster, remotes, past, early)
        seconds = give_up_seconds(plan.config) if self._gives_up else None
        return await seat.run(plan, cluster, remotes, past, early, seconds)

    async def stop(self) -> None:
        """End every process; rounds that still run are given up."""
        await asyncio.gather(*(seat.stop() for seat in self._seats), *self._leaving, self._here.stop())


class Seat:
    """The place of one worker process. When the process is gone, the next one takes it."""

    def __init__(self, number: int, start: Start, noted: Noted) -> None:
        self._number, self._start, self._noted = number, start, noted
        self._pause = 0.0
        self._running = 0
        self._leaving = False
        self._taken, self._empty = asyncio.Event(), asyncio.Event()
        self._next: asyncio.TimerHandle | None = None
        self.process: WorkerProcess | None = None
        self.remotes = 0  # Of the clusters that belong here.
        self._take()

    async def run(
        self,
        plan: Plan,
        cluster: ClusterConfig,
        remotes: tuple[str, ...],
        past: Mapping[str, History],
        early: Early | None,
        seconds: float | None,
    ) -> Done:
        """Run a round in the process that sits here. One that does not end it within ``seconds`` hangs, and is replaced."""
        process = None
        self._running += 1
        try:
            async with asyncio.timeout(seconds):
                await self._taken.wait()
                process = self.process
                assert process is not None  # noqa: S101 -- it is while the place is taken.
                return await process.run(plan, cluster.name, remotes, past, early)
        except TimeoutError:
            assert seconds is not None  # noqa: S101 -- else there is no such end.
            if process is not None:
                process.kill(f"did not end a round of {cluster.name} within {seconds:g} s")
            return RoundFailure(kind="WorkerStuck", detail=f"the round did not end within {seconds:g} s", took=seconds)
        finally:
            self._running -= 1
            if not self._running:
                self._empty.set()

    async def leave(self) -> None:
        """Let the rounds that run here end, then stop."""
        while self._running:
            self._empty.clear()
            await self._empty.wait()
        await self.stop()

    async def stop(self) -> None:
        """End the process that sits here."""
        self._leaving = True
        if self._next is not None:
            self._next.cancel()
        if self.process is not None:
            await self.process.close()

    def _take(self) -> None:
        try:
            self.process = WorkerProcess(self._start, self._ended)
        except OSError as error:  # This machine has no room for a further process.
            self._again(f"could not be started ({error.strerror})", lost=())
            return
        self._taken.set()

    def _ended(self, process: WorkerProcess, because: str) -> None:
        self._taken.clear()
        self.process = None
        if process.was_ready:
            self._pause = 0.0
        self._again(because, process.clusters)

    def _again(self, because: str, lost: tuple[str, ...]) -> None:
        """Have the next process, at once where the one before had begun to work."""
        if self._leaving:
            return
        self._noted.worker_lost(because)
        if self._start.logs:
            log.error("worker.lost", worker=self._number, because=because, rounds=len(lost), clusters=listed(lost))
        self._next = asyncio.get_running_loop().call_later(self._pause, self._take)
        self._pause = min(MAX_PAUSE, 2 * self._pause or 1.0)
