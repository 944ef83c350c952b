"""How far a run is, in one line for whoever watches it on a terminal."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable, Sequence
from itertools import islice
from typing import Final

from diag.cli.standard_streams import Progress
from diag.text import visible

_EVERY: Final = 0.2  # Seconds between two lines.
_NAMED: Final = 3


class Looking:
    """Counts the remotes that were looked at, of all that are known by now; those that are still open are named, the slowest first."""

    def __init__(self, progress: Progress, clusters: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._progress = progress
        self._unknown = clusters
        self._all = 0
        self._open: dict[tuple[str, str], float] = {}
        self._clock = clock
        self._started = clock()

    def of(self, cluster: str) -> OfCluster:
        """Give the watch over one local cluster."""
        return OfCluster(self, cluster)

    def begin(self, cluster: str, aliases: Sequence[str]) -> None:
        """Count the remotes of one more cluster."""
        self._unknown -= 1
        self._all += len(aliases)
        # In the order in which they began: the slowest come first.
        self._open |= dict.fromkeys(((cluster, alias) for alias in aliases), self._clock())

    def end(self, cluster: str, alias: str) -> None:
        """Count one remote as done."""
        self._open.pop((cluster, alias), None)

    def line(self) -> str:
        """Write the line."""
        if not self._all:
            return f"looking … {self._seconds(self._started)}"
        stated = f"looking … {self._all - len(self._open)} of {self._all} remotes done"
        if self._unknown:
            stated += f", {self._unknown} local cluster{'' if self._unknown == 1 else 's'} to come"
        first = [f"{visible(alias)} {self._seconds(since)}" for (_, alias), since in islice(self._open.items(), _NAMED)]
        more = len(self._open) - len(first)
        waiting = ", ".join(first) + (f" and {more} more" if more else "")
        return f"{stated}; waiting for {waiting}" if first else stated

    @contextlib.asynccontextmanager
    async def shown(self) -> AsyncIterator[None]:
        """Show the line again and again while this is open, where somebody watches."""
        if not self._progress.on:
            yield
            return
        showing = asyncio.create_task(self._show(), name="progress")
        try:
            yield
        finally:
            showing.cancel()

    async def _show(self) -> None:
        while True:
            self._progress.say(self.line())
            await asyncio.sleep(_EVERY)

    def _seconds(self, since: float) -> str:
        return f"{self._clock() - since:.0f} s"


class OfCluster:
    """The watch over one local cluster."""

    def __init__(self, looking: Looking, cluster: str) -> None:
        self._looking = looking
        self._cluster = cluster

    def begins(self, aliases: Sequence[str], /) -> None:
        """Hear that these remotes are looked at from now on."""
        self._looking.begin(self._cluster, aliases)

    def ends(self, alias: str, /) -> None:
        """Hear that a remote has been looked at."""
        self._looking.end(self._cluster, alias)
