"""No worker is given more rounds than it makes at a time, and one that is to be alone is."""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter

from diag.vantage.worker_room import NobodyThereError, WorkerRoom


class Places:
    """Rounds that are given to workers, and end when the test says so."""

    def __init__(self, **workers: int) -> None:
        self.workers = dict(workers)
        self.room = WorkerRoom()
        self.held = Counter[str]()
        self._ends: dict[str, tuple[asyncio.Event, asyncio.Task[None]]] = {}

    async def begin(self, name: str, *, alone: bool = False) -> None:
        """Ask for a place for a round, and let it be given if there is one."""
        end = asyncio.Event()
        self._ends[name] = (end, asyncio.create_task(self._round(name, end, alone=alone)))
        await self.settle()

    async def _round(self, name: str, end: asyncio.Event, *, alone: bool) -> None:
        async with self.room.taken("eu", lambda: self.workers, alone=alone) as address:
            self.held[f"{name} {address}"] += 1
            await end.wait()
        self.held[f"{name} {address}"] -= 1

    async def end(self, *names: str) -> None:
        """End rounds."""
        for name in names:
            self._ends[name][0].set()
        await self.settle()

    async def give_up(self, name: str) -> None:
        """Wait for a round no longer."""
        self._ends[name][1].cancel()
        await self.settle()

    async def given_up(self, name: str) -> bool:
        """Whether nobody was there for a round."""
        with contextlib.suppress(NobodyThereError):
            await self._ends[name][1]
            return False
        return True

    @staticmethod
    async def settle() -> None:
        """Let everything happen that can."""
        for _ in range(20):
            await asyncio.sleep(0)

    @property
    def now(self) -> list[str]:
        """Which rounds run, and where."""
        return sorted(+self.held)


async def test_a_worker_is_given_as_many_as_it_makes_at_a_time() -> None:
    """The one with the most room first; those for whom there is none wait in the order in which they came."""
    places = Places(one=1, two=2)
    for name in "abcde":
        await places.begin(name)
    assert Counter(one.split()[1] for one in places.now) == {"one": 1, "two": 2}
    assert [one[0] for one in places.now] == ["a", "b", "c"]
    await places.end("b")
    assert [one[0] for one in places.now] == ["a", "c", "d"]
    places.workers["three"] = 1
    places.room.changed()
    await places.settle()
    assert "e three" in places.now
    await places.end("a", "c", "d", "e")
    assert places.now == []


async def test_one_that_is_to_be_alone_has_a_whole_worker() -> None:
    """It waits for one that does nothing else, nobody overtakes it, and nobody joins it."""
    places = Places(one=3)
    await places.begin("a")
    await places.begin("deadly", alone=True)
    await places.begin("b")
    assert places.now == ["a one"]
    await places.end("a")
    assert places.now == ["deadly one"]
    await places.end("deadly")
    assert places.now == ["b one"]
    await places.end("b")


async def test_where_nobody_is_left_nobody_waits() -> None:
    """Neither the first in the row nor those behind it; a worker that is there again is as good as new."""
    places = Places(one=1)
    for name in "abc":
        await places.begin(name)
    places.workers.clear()
    places.room.changed()
    assert [await places.given_up(name) for name in "bc"] == [True, True]
    await places.end("a")
    places.workers["again"] = 1
    await places.begin("d")
    assert places.now == ["d again"]
    await places.end("d")


async def test_one_that_is_given_up_while_it_waits_holds_nobody_up() -> None:
    """Its time was over."""
    places = Places(one=1)
    await places.begin("a")
    await places.begin("late", alone=True)
    await places.give_up("late")
    await places.begin("b")
    await places.end("a")
    assert places.now == ["b one"]
    await places.end("b")
