"""The place of one worker process, and places that are there only while they are needed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Final, Protocol

import structlog

from diag.config import ClusterConfig
from diag.model import History
from diag.plan import Plan
from diag.rounds import Done, Early, RoundFailure
from diag.text import listed
from diag.workers.messages import Start
from diag.workers.worker_process import WorkerProcess

MAX_PAUSE: Final = 30.0  # Seconds until a worker that could not even begin is started again.

log = structlog.stdlib.get_logger("diag.workers")


class Noted(Protocol):
    """Who counts the worker processes."""

    def workers(self, number: int) -> None:
        """Note how many there are."""

    def worker_lost(self, because: str) -> None:
        """Note that one ended that should not have, and why."""


class Seat:
    """The place of one worker process. When the process is gone, the next one takes it.

    Where not even that one can begin, a round that is wanted meanwhile is lost at once: nobody knows for how long.
    """

    def __init__(self, number: int, start: Start, noted: Noted) -> None:
        self._number, self._start, self._noted = number, start, noted
        self._pause = 0.0
        self._running = 0
        self._leaving = False
        self._settled, self._empty = asyncio.Event(), asyncio.Event()
        self._because = ""  # Why nobody sits here.
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
                await self._settled.wait()
                process = self.process
                if process is None:
                    return _not_begun(self._because)
                return await process.run(plan, cluster.name, remotes, past, early)
        except TimeoutError:
            assert seconds is not None  # noqa: S101 -- else there is no such end.
            because = f"did not end a round of {cluster.name} within {seconds:g} s"
            if process is not None:
                process.kill(because)
            detail = f"the round did not end within {seconds:g} s"
            return RoundFailure(kind="WorkerStuck", detail=detail, took=seconds, died=because if process else "")
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
        self._settled.set()

    def _ended(self, process: WorkerProcess, because: str) -> None:
        self.process = None
        if process.was_ready:
            self._pause = 0.0
            self._settled.clear()  # The next one comes at once.
        self._again(because, process.clusters)

    def _again(self, because: str, lost: tuple[str, ...]) -> None:
        """Have the next process, at once where the one before had begun to work."""
        self._because = because
        if self._leaving:
            return
        self._noted.worker_lost(because)
        if self._start.logs:
            log.error("worker.lost", worker=self._number, because=because, rounds=len(lost), clusters=listed(lost))
        self._next = asyncio.get_running_loop().call_later(self._pause, self._take)
        self._pause = min(MAX_PAUSE, 2 * self._pause or 1.0)


def _not_begun(because: str) -> RoundFailure:
    return RoundFailure(
        kind="WorkerLost", detail=f"there is no worker process to run this round: it {because}", took=0.0, lost=True
    )


class Apart:
    """A process for rounds that may end it, apart from all others; ``rounds`` of them at a time. Without any, there is no process."""

    def __init__(self, seat: Callable[[], Seat], rounds: int) -> None:
        self._make, self._slots = seat, asyncio.Semaphore(rounds)
        self._seat: Seat | None = None
        self._wanted = 0
        self._ending: set[asyncio.Task[None]] = set()

    async def run(
        self,
        plan: Plan,
        cluster: ClusterConfig,
        remotes: tuple[str, ...],
        past: Mapping[str, History],
        early: Early | None,
        seconds: float | None,
    ) -> Done:
        """Run a round, once it is its turn."""
        self._wanted += 1
        try:
            async with self._slots:
                seat = self._seat = self._seat or self._make()
                return await seat.run(plan, cluster, remotes, past, early, seconds)
        finally:
            self._wanted -= 1
            if not self._wanted:
                self._end()

    async def stop(self) -> None:
        """End the process."""
        self._end()
        await asyncio.gather(*self._ending)

    def _end(self) -> None:
        if self._seat is not None:
            task = asyncio.get_running_loop().create_task(self._seat.stop())
            self._ending.add(task)
            task.add_done_callback(self._ending.discard)
            self._seat = None
