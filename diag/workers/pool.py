"""Rounds in worker processes, where there is enough to do: a cluster always goes to the same one, which remembers it."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Mapping
from functools import partial
from typing import Final

import structlog

from diag.config import ClusterConfig
from diag.model import History
from diag.plan import NOTHING, Plan
from diag.rounds import Done, Early, Quarantine, RoundFailure, RunsRounds, give_up_seconds
from diag.workers.messages import Start
from diag.workers.seat import Apart, Noted, Seat

REAL_COLLECTOR: Final = "diag.rounds:real_collector"
# The rounds of a process that died run again, at first a few at a time; those of which one dies again, alone.
_FEW: Final = 4

# What a reader does about a cluster that ends its processes.
ADVICE: Final = (
    "The lines worker.lost in the log of diag say how each ended; after SIGKILL, see whether the system was short of memory. "
    "checks.skip in diag.yaml leaves out a check that is to blame, and a cluster that is taken out of the file is not looked at"
)

log = structlog.stdlib.get_logger("diag.workers")


class Nobody:
    """Nobody counts."""

    def workers(self, number: int) -> None:
        """Note nothing."""

    def worker_lost(self, because: str) -> None:
        """Note nothing."""


class WorkerPool:
    """Runs rounds in as many processes as ``number`` says of a plan; with none of them, all run ``here``.

    A process that dies costs the rounds that it runs, which are lost. Whose rounds were lost has the next one apart from all others, in a process
    that is there for that, and after a few deaths in a row none for a while. A round whose process could not even begin runs ``here``, unless
    rounds of its cluster ended a process before. ``gives_up``: a round that does not end in time is a failure, and its process is replaced. Those of clusters of which ``stays`` says so always run here.
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
        advice: str = ADVICE,
        logs: bool = True,
        gives_up: bool = True,
    ) -> None:
        self._here, self._number, self._stays = here, number, stays
        self._noted, self._gives_up = noted or Nobody(), gives_up
        self._start = Start(path=tuple(sys.path), collector=collector, arguments=arguments, logs=logs)
        self._seats: list[Seat] = []
        self._seat_of: dict[str, Seat] = {}
        self._leaving: set[asyncio.Task[None]] = set()
        self._quarantine = Quarantine[str](advice)
        self._stopped = False
        self._apart = tuple(Apart(partial(Seat, 0, self._start, self._noted), rounds) for rounds in (_FEW, 1))
        self._plan: Plan | None = None

    @property
    def pids(self) -> tuple[int, ...]:
        """The process ids of those that run."""
        return tuple(seat.process.pid for seat in self._seats if seat.process is not None)

    def begin(self, plan: Plan) -> None:
        """Have as many workers as the plan asks for, and share its clusters out among them."""
        self._here.begin(plan)
        before, self._plan = self._plan, plan
        self._quarantine.forget(lambda name: before is None or plan.cluster(name) is None or plan.changed(name, before))
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
        name, seconds = cluster.name, give_up_seconds(plan.config) if self._gives_up else None
        if because := self._quarantine.why_closed(name):
            return _quarantined(because, 0.0)
        seat: Seat | Apart | None = self._seat_of.get(name)
        if deaths := self._quarantine.deaths(name):  # Wherever it would run now: it might end that, too.
            seat = self._apart[min(deaths, len(self._apart)) - 1]
        if seat is None:
            return await self._here.run(plan, cluster, remotes, past, early)
        done = await seat.run(plan, cluster, remotes, past, early, seconds)
        if not deaths and not self._stopped and _nobody_began(done):
            return await self._here.run(plan, cluster, remotes, past, early)
        return self._noted_deaths(name, done, whole=not remotes)

    def _noted_deaths(self, name: str, done: Done, *, whole: bool) -> Done:
        """Count what a round did to its process. One of some remotes that ended well says nothing of the others."""
        if isinstance(done, RoundFailure) and (done.died or done.lost):
            if done.died:
                self._quarantine.died(name, done.died)
            because = self._quarantine.why_closed(name)
            return _quarantined(because, done.took) if because else done
        if whole:
            self._quarantine.survived(name)
        return done

    async def stop(self) -> None:
        """End every process; rounds that still run are given up."""
        self._stopped = True
        await asyncio.gather(
            *(seat.stop() for seat in self._seats),
            *(one.stop() for one in self._apart),
            *self._leaving,
            self._here.stop(),
        )


def _nobody_began(done: Done) -> bool:
    """Whether a round was lost without ever having been begun."""
    return isinstance(done, RoundFailure) and done.lost and not done.died


def _quarantined(because: str, took: float) -> RoundFailure:
    return RoundFailure(kind="Quarantined", detail=because, took=took, quarantined=True)
