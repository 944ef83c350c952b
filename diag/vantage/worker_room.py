"""Which worker of a vantage point makes a round: no worker is given more than it makes at a time, so that its death costs these and no others."""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping

# How many rounds each worker of a place makes at a time, by its address.
Workers = Callable[[], Mapping[str, int]]


class NobodyThereError(Exception):
    """A vantage point has no worker any more."""


class WorkerRoom:
    """What each worker has been given. Whoever waits for room at a place waits in the order in which they came."""

    def __init__(self) -> None:
        self._given = Counter[str]()
        self._turns: dict[str, asyncio.Lock] = {}
        self._change = asyncio.Event()

    def changed(self) -> None:
        """Look again whether there is room: a worker came or went, or ended a round."""
        self._change.set()
        self._change = asyncio.Event()

    @contextlib.asynccontextmanager
    async def taken(self, place: str, workers: Workers, *, alone: bool) -> AsyncIterator[str]:
        """Give a worker that has room, as soon as there is one; ``alone``: a whole worker. Raises NobodyThereError where there is none left."""
        async with self._turns.setdefault(place, asyncio.Lock()):
            address, room = await self._with_room(workers, alone=alone)
            self._given[address] += room
        try:
            yield address
        finally:
            self._given[address] -= room
            if not self._given[address]:
                del self._given[address]
            self.changed()

    async def _with_room(self, workers: Workers, *, alone: bool) -> tuple[str, int]:
        while True:
            there = workers()
            if not there:
                raise NobodyThereError
            free = {address: room - self._given[address] for address, room in there.items()}
            address = max(free, key=lambda one: free[one] / there[one])
            if free[address] >= (there[address] if alone else 1):
                return address, there[address] if alone else 1
            await self._change.wait()
