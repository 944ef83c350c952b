"""Bodies that are dear to make: made on a thread, once for each state of the board, shared by all who ask."""

from __future__ import annotations

import asyncio
import dataclasses
import gzip
import json
import secrets
from collections.abc import Callable, Iterator

from diag.board import Snapshot
from diag.lazy_dataclass import dataclass
from diag.metrics import SeriesCache, render_report_series
from diag.model import Report
from diag.report.json import to_json
from diag.web.backend import Service

Make = Callable[[], bytes]

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
        self._report = _Kept()
        self._series: tuple[int, bytes] = (-1, b"")
        self._kept = SeriesCache()

    async def metrics(self, *, packed: bool) -> Body:
        """The text of ``/metrics``."""
        return await self._metrics.get(self._metrics_now, packed=packed)

    def report_tag(self) -> str:
        """What identifies the report as it is now."""
        return f"{self._boot}-{self._service.board.snapshot().generation}"

    async def report(self, *, packed: bool) -> Body:
        """The JSON of ``/report``."""
        return await self._report.get(self._report_now, packed=packed)

    def _metrics_now(self) -> tuple[str, Make]:
        snapshot = self._service.board.snapshot()
        tag = f"{self._boot}-{snapshot.generation}-{self._service.own.version}"
        return tag, lambda: self._render_metrics(snapshot)

    def _report_now(self) -> tuple[str, Make]:
        snapshot = self._service.board.snapshot()
        return f"{self._boot}-{snapshot.generation}", lambda: report_body(snapshot.report)

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

    async def get(self, now: Callable[[], tuple[str, Make]], *, packed: bool) -> Body:
        """Give the body as it is now. Who waited for a rendering asks what is current only afterwards."""
        async with self._lock:
            tag, make = now()
            body = self._body
            if body.tag != tag:
                body = Body(tag, await asyncio.to_thread(make))
            if packed and not body.packed:
                body = Body(tag, body.plain, await asyncio.to_thread(_pack, body.plain))
            self._body = body
        return body


def report_body(report: Report) -> bytes:
    """A report as JSON."""
    return b"".join(_report_chunks(report))


def _report_chunks(report: Report) -> Iterator[bytes]:
    """Write the report in pieces, a remote each: one call for all of it would hold up the whole program."""
    head = to_json(dataclasses.replace(report, clusters=()))
    head.pop("clusters")
    yield _json(head)[:-1] + b',"clusters":['
    for number, cluster in enumerate(report.clusters):
        # No remote twice in memory as plain values: each is written before the next one is made.
        (body,) = to_json(dataclasses.replace(report, clusters=(dataclasses.replace(cluster, remotes=()),)))["clusters"]
        body.pop("remotes")
        yield (b"," if number else b"") + _json(body)[:-1] + b',"remotes":['
        for index, remote in enumerate(cluster.remotes):
            one = dataclasses.replace(cluster, results=(), remotes=(remote,))
            (holder,) = to_json(dataclasses.replace(report, clusters=(one,)))["clusters"]
            yield (b"," if index else b"") + _json(holder["remotes"][0])
        yield b"]}"
    yield b"]}\n"


def _json(value: object) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()


def _pack(data: bytes) -> bytes:
    return gzip.compress(data, FASTEST, mtime=0)
