"""Rounds of whole clusters that somebody asked for and waits for: the next one in the timetable, shared by all who wait."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Iterator

from diag.daemon.probes import failed
from diag.rounds import RoundFailure
from diag.web.backend import BusyError, Probed

MAX_WAITING = 64

Answer = Probed | RoundFailure


class WantedRounds:
    """Who waits for the next round of which cluster. A round that was running already when somebody asked is not it."""

    def __init__(self) -> None:
        self._next: dict[str, list[asyncio.Future[Probed]]] = {}
        self._waiting = 0

    async def next_of(self, cluster: str, hurry: Callable[[str], None]) -> Probed:
        """Wait for the next round of a cluster; ``hurry`` brings it forward. Raises BusyError or ProbeFailedError."""
        if self._waiting >= MAX_WAITING:
            msg = f"{self._waiting} rounds are asked for and not finished; ask again later"
            raise BusyError(msg)
        future: asyncio.Future[Probed] = asyncio.get_running_loop().create_future()
        self._next.setdefault(cluster, []).append(future)
        self._waiting += 1
        try:
            hurry(cluster)
            return await future
        finally:
            self._waiting -= 1

    @contextlib.contextmanager
    def round(self, cluster: str) -> Iterator[Callable[[Answer], None]]:
        """Begin a round of a cluster; what this gives is called with what became of it, once the board has it."""
        waiting = self._next.pop(cluster, [])

        def answer(done: Answer) -> None:
            for future in waiting:
                if future.done():
                    continue
                if isinstance(done, RoundFailure):
                    future.set_exception(failed(done))
                else:
                    future.set_result(done)

        try:
            yield answer
        finally:
            _refuse(waiting, "the round was given up, because the configuration changed or diag is stopping; ask again")

    def give_up(self, cluster: str) -> None:
        """Say to those who wait that there will be no round: the cluster is no longer configured."""
        _refuse(self._next.pop(cluster, []), "the cluster is no longer configured")

    def stop(self) -> None:
        """Say to all who wait that there will be no more rounds."""
        for cluster in tuple(self._next):
            _refuse(self._next.pop(cluster), "diag is stopping")


def _refuse(futures: list[asyncio.Future[Probed]], because: str) -> None:
    for future in futures:
        if not future.done():
            future.set_exception(BusyError(because))
