"""Bodies that are dear to make: made on a thread, once for each state of the board, shared by all who ask."""

from __future__ import annotations

import asyncio
import secrets
import time
import zlib
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor

from diag.board import Snapshot
from diag.lazy_dataclass import dataclass
from diag.metrics import SeriesCache, report_series
from diag.web.backend import Service

Make = Callable[[], Iterable[bytes]]

MAX_RENDERING = 1  # Bodies of JSON that are rendered at a time: who asks for many of them must not hold up the rounds.
MAX_KEPT_BYTES = 32 * 1024 * 1024
MIN_KEPT_BYTES = 1024  # What an empty one counts, so that no one can ask for one choice after the other without end.
FASTEST = 1  # Of zlib: a higher level takes several times as long for a few per cent.
_UNPACKED_AT_ONCE = 4096
_GZIP = 16 + zlib.MAX_WBITS
# A body of more than this is given for some time although something changed since, the longer the dearer it is: with many clusters something
# always has, and whoever asks again and again must not have it made all the time.
DEAR_BYTES = 1024 * 1024
DEAR_SECONDS = 0.5  # For each of them,
MAX_DEAR_SECONDS = 10.0  # and at most.


@dataclass(frozen=True, slots=True)
class Body:
    """A rendered body, held packed alone: of a report that is a twentieth. ``tag`` identifies its content, ``size`` is that of the plain one."""

    tag: str
    packed: bytes
    size: int

    def slices(self, length: int) -> Iterator[bytes]:
        """The plain body, in pieces of about a length."""
        unpacking = zlib.decompressobj(_GZIP)
        for start in range(0, len(self.packed), _UNPACKED_AT_ONCE):
            rest = self.packed[start : start + _UNPACKED_AT_ONCE]
            while rest:
                yield unpacking.decompress(rest, length)
                rest = unpacking.unconsumed_tail
        yield unpacking.flush()


OnThread = Callable[[Callable[[], Body]], Awaitable[Body]]


class ResponseCache:
    """Keeps the latest body of each kind until the board changes. One rendering at a time: the others wait for it."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._boot = secrets.token_hex(4)  # Generations begin again with each start; tags must not.
        self._metrics = _Kept()
        self._bodies = OrderedDict[Hashable, _Kept]()
        self._rendering, self._scrapes = asyncio.Semaphore(MAX_RENDERING), asyncio.Semaphore(1)
        # Few threads of its own: each one keeps the memory for large bodies that it ever needed.
        self._threads = ThreadPoolExecutor(MAX_RENDERING + 1, "diag-render")
        self._kept = SeriesCache()

    async def metrics(self) -> Body:
        """The text of ``/metrics``."""
        return await self._metrics.get(self._metrics_now, self._scrapes, self._on_thread)

    def tag(self) -> str:
        """What identifies every body of JSON as it is now; which choice it is, its address says."""
        return f"{self._boot}-{self._service.board.generation}"

    async def json(self, choice: Hashable, render: Callable[[Snapshot], Iterable[bytes]]) -> Body:
        """A body that follows from the board alone. ``choice`` says what is asked for: the same one is rendered once for each state."""
        kept = self._bodies.setdefault(choice, _Kept())
        self._bodies.move_to_end(choice)

        def now() -> tuple[str, Make]:
            snapshot = self._service.board.snapshot()
            return f"{self._boot}-{snapshot.generation}", lambda: render(snapshot)

        body = await kept.get(now, self._rendering, self._on_thread)
        self._forget()
        return body

    async def _on_thread(self, make: Callable[[], Body]) -> Body:
        return await asyncio.get_running_loop().run_in_executor(self._threads, make)

    def _forget(self) -> None:
        """Keep the bodies that were asked for last, as far as there is room."""
        while len(self._bodies) > 1 and sum(kept.size for kept in self._bodies.values()) > MAX_KEPT_BYTES:
            self._bodies.popitem(last=False)

    def _metrics_now(self) -> tuple[str, Make]:
        snapshot = self._service.board.snapshot()
        tag = f"{self._boot}-{snapshot.generation}-{self._service.own.version}"
        return tag, lambda: self._render_metrics(snapshot)

    def _render_metrics(self, snapshot: Snapshot) -> Iterator[bytes]:
        for piece in report_series(snapshot.report, self._kept):
            yield piece.encode("utf-8", "backslashreplace")
        yield self._service.own.render()[1]


class _Kept:
    """One body, and the lock of those who wait for it."""

    def __init__(self) -> None:
        self._body = Body("", b"", 0)
        self._began = 0.0  # When its making began, by the steady clock.
        self._lock = asyncio.Lock()

    @property
    def size(self) -> int:
        """The bytes that it holds."""
        return MIN_KEPT_BYTES + len(self._body.packed)

    async def get(self, now: Callable[[], tuple[str, Make]], slots: asyncio.Semaphore, threads: OnThread) -> Body:
        """Give the body as it is now, made in one of the slots.

        Who waited while somebody else had it made takes that one, if the making began after the asking: it is as new as what was asked for.
        """
        asked = time.monotonic()
        async with self._lock:
            tag, make = now()
            body = self._body
            pause = min(MAX_DEAR_SECONDS, body.size // DEAR_BYTES * DEAR_SECONDS)
            if body.tag != tag and not (body.tag and self._began + pause >= asked):
                async with slots:
                    began = time.monotonic()
                    body = await threads(lambda: packed_body(tag, make()))
                self._body, self._began = body, began
        return body


def packed_body(tag: str, plain: Iterable[bytes]) -> Body:
    """A body, packed piece by piece, so that the whole of it is nowhere in memory."""
    packing, size, packed = zlib.compressobj(FASTEST, zlib.DEFLATED, _GZIP), 0, bytearray()
    for piece in plain:
        size += len(piece)
        packed += packing.compress(piece)
    packed += packing.flush()
    return Body(tag, bytes(packed), size)
