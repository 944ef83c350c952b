"""Bodies that are dear to make: made on a thread, once for each state of the board, shared by all who ask."""

from __future__ import annotations

import asyncio
import gzip
import secrets
from collections import OrderedDict
from collections.abc import Callable, Hashable

from diag.board import Snapshot
from diag.lazy_dataclass import dataclass
from diag.metrics import SeriesCache, render_report_series
from diag.web.backend import Service

Make = Callable[[], bytes]

MAX_RENDERING = 2  # Bodies of JSON that are rendered at a time: who asks for many of them must not hold up the rounds.
MAX_KEPT_BYTES = 32 * 1024 * 1024
MIN_KEPT_BYTES = 1024  # What an empty one counts, so that no one can ask for one choice after the other without end.
FASTEST = 1  # Of zlib: a higher level takes several times as long for a few per cent.


@dataclass(frozen=True, slots=True)
class Body:
    """A rendered body. ``tag`` identifies its content; ``packed`` is empty where compressing was not asked for yet."""

    tag: str
    plain: bytes
    packed: bytes = b""


class ResponseCache:
    """Keeps the latest body of each kind until the board changes. One rendering at a time: the others wait for it."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._boot = secrets.token_hex(4)  # Generations begin again with each start; tags must not.
        self._metrics = _Kept()
        self._bodies = OrderedDict[Hashable, _Kept]()
        self._rendering, self._scrapes = asyncio.Semaphore(MAX_RENDERING), asyncio.Semaphore(1)
        self._series: tuple[int, bytes] = (-1, b"")
        self._kept = SeriesCache()

    async def metrics(self, *, packed: bool) -> Body:
        """The text of ``/metrics``."""
        return await self._metrics.get(self._metrics_now, packed=packed, slots=self._scrapes)

    def tag(self) -> str:
        """What identifies every body of JSON as it is now; which choice it is, its address says."""
        return f"{self._boot}-{self._service.board.snapshot().generation}"

    async def json(self, choice: Hashable, render: Callable[[Snapshot], bytes], *, packed: bool) -> Body:
        """A body that follows from the board alone. ``choice`` says what is asked for: the same one is rendered once for each state."""
        kept = self._bodies.setdefault(choice, _Kept())
        self._bodies.move_to_end(choice)

        def now() -> tuple[str, Make]:
            snapshot = self._service.board.snapshot()
            return f"{self._boot}-{snapshot.generation}", lambda: render(snapshot)

        body = await kept.get(now, packed=packed, slots=self._rendering)
        self._forget()
        return body

    def _forget(self) -> None:
        """Keep the bodies that were asked for last, as far as there is room."""
        while len(self._bodies) > 1 and sum(kept.size for kept in self._bodies.values()) > MAX_KEPT_BYTES:
            self._bodies.popitem(last=False)

    def _metrics_now(self) -> tuple[str, Make]:
        snapshot = self._service.board.snapshot()
        tag = f"{self._boot}-{snapshot.generation}-{self._service.own.version}"
        return tag, lambda: self._render_metrics(snapshot)

    def _render_metrics(self, snapshot: Snapshot) -> bytes:
        if self._series[0] != snapshot.generation:
            text = render_report_series(snapshot.report, self._kept)
            self._series = (snapshot.generation, text.encode("utf-8", "backslashreplace"))
        return b"".join((self._series[1], self._service.own.render()[1]))


class _Kept:
    """One body, and the lock of those who wait for it."""

    def __init__(self) -> None:
        self._body = Body("", b"")
        self._lock = asyncio.Lock()

    @property
    def size(self) -> int:
        """The bytes that it holds."""
        return MIN_KEPT_BYTES + len(self._body.plain) + len(self._body.packed)

    async def get(self, now: Callable[[], tuple[str, Make]], *, packed: bool, slots: asyncio.Semaphore) -> Body:
        """Give the body as it is now, made in one of the slots. Who waited for a rendering asks what is current only afterwards."""
        async with self._lock:
            tag, make = now()
            body = self._body
            if body.tag != tag:
                async with slots:
                    body = Body(tag, await asyncio.to_thread(make))
            if packed and not body.packed:
                async with slots:
                    body = Body(tag, body.plain, await asyncio.to_thread(_pack, body.plain))
            self._body = body
        return body


def packed_body(tag: str, plain: bytes) -> Body:
    """A body that is sent packed."""
    return Body(tag, plain, _pack(plain))


def _pack(data: bytes) -> bytes:
    return gzip.compress(data, FASTEST, mtime=0)
