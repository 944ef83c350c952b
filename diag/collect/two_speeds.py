"""Places for what is done at once, in two kinds: who takes long moves over, so that those who don't answer keep nobody else waiting."""

from __future__ import annotations

import asyncio
from collections.abc import Hashable
from types import TracebackType
from typing import Final

SOON: Final = 1.0  # Seconds within which an address or a name server that is well answers.
MAX_SLOW_ONES: Final = 20_000


class Places:
    """``usual`` places, and ``slow`` ones: what holds a usual one for longer than ``soon`` seconds moves to a slow one as soon as there is one.

    What was slow begins at a slow one the next time, until it is soon done again.
    """

    def __init__(self, usual: int, slow: int, soon: float = SOON) -> None:
        self.usual, self.slow, self.soon = asyncio.Semaphore(usual), asyncio.Semaphore(slow), soon
        self._slow_ones: dict[Hashable, None] = {}  # The one that was slow last at the end.

    def at(self, what: Hashable) -> Place:
        """A place for something: an address, a name."""
        return Place(self, what)

    def is_slow(self, what: Hashable) -> bool:
        """Whether it took long the last time."""
        return what in self._slow_ones

    def note(self, what: Hashable, *, slow: bool) -> None:
        """Remember how it was this time."""
        self._slow_ones.pop(what, None)
        if slow:
            self._slow_ones[what] = None
            if len(self._slow_ones) > MAX_SLOW_ONES:
                del self._slow_ones[next(iter(self._slow_ones))]


class _Held:
    """One place that is held."""

    def __init__(self, places: Places, what: Hashable, at: asyncio.Semaphore) -> None:
        self._places, self._what, self._at = places, what, at
        self._was_slow = False
        self._moving: asyncio.Task[None] | None = None
        self._timer = asyncio.get_running_loop().call_later(places.soon, self._take_long)

    def _take_long(self) -> None:
        self._was_slow = True
        self._places.note(self._what, slow=True)
        if self._at is self._places.usual:
            self._moving = asyncio.get_running_loop().create_task(self._move())

    async def _move(self) -> None:
        await self._places.slow.acquire()
        self._at.release()
        self._at = self._places.slow

    def release(self) -> None:
        """Give it to the next one."""
        self._timer.cancel()
        if self._moving is not None:
            self._moving.cancel()
        if not self._was_slow:
            self._places.note(self._what, slow=False)
        self._at.release()


class Place:
    """A place for something, taken with ``async with``; more than once, where it has several connections."""

    def __init__(self, places: Places, what: Hashable) -> None:
        self._places, self._what = places, what
        self._held: list[_Held] = []

    async def __aenter__(self) -> None:
        at = self._places.slow if self._places.is_slow(self._what) else self._places.usual
        await at.acquire()
        self._held.append(_Held(self._places, self._what, at))

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._held.pop().release()
