"""200,000 series: the first time, after a change, without one, what the event loop notices of it; and prometheus_client's own gauges."""

from __future__ import annotations

import asyncio
import dataclasses
import sys
import time
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import cast

from measured import Figure, cpu_of, main, pinned, repeated
from prometheus_client import CollectorRegistry, Gauge, generate_latest

from diag.board import Board
from diag.daemon.process import SWITCH_SECONDS
from diag.metrics import SeriesCache, render_report_series, report_series
from diag.model import (
    ClusterEvidence,
    ClusterReport,
    Layer,
    LocalCluster,
    Outcome,
    Reason,
    Remote,
    RemoteEvidence,
    RemoteReport,
    Report,
    Result,
    Status,
    Step,
    Unavailable,
)
from diag.web.backend import Service
from diag.web.response_cache import ResponseCache, packed_body

REMOTES, CHECKS = 2500, 78
EVERY = 0.001  # Seconds: so often the loop is looked at.
NOT_DECLARED = Unavailable(step=Step.CONFIGURATION, reason=Reason.NOT_DECLARED)
NOW = datetime.now(UTC)


def report() -> Report:
    """Make a report of 2,500 remotes with 78 checks each, and so 200,000 series with those of each remote."""
    results = tuple(Result(check=f"group/check-{i}", outcome=Outcome.PASS, layer=Layer.TLS) for i in range(CHECKS))
    remotes = tuple(
        RemoteReport(
            evidence=RemoteEvidence(
                remote=Remote(alias=f"remote-{i}"),
                remote_version=NOT_DECLARED,
                trust=NOT_DECLARED,
                identity=NOT_DECLARED,
                restrictions=NOT_DECLARED,
                endpoints=NOT_DECLARED,
            ),
            status=Status.OK,
            root_causes=(),
            results=results,
        )
        for i in range(REMOTES)
    )
    evidence = ClusterEvidence(
        cluster=LocalCluster(name="bench"), taken_at=NOW, local_version=NOT_DECLARED, keystore=NOT_DECLARED
    )
    cluster = ClusterReport(evidence=evidence, status=Status.OK, results=(), remotes=remotes)
    return Report(generated_at=NOW, status=Status.OK, counts={}, clusters=(cluster,))


def changed(whole: Report, number: int) -> Report:
    """The same report with another state of one remote, for each number of another one."""
    (cluster,) = whole.clusters
    remotes = list(cluster.remotes)
    remotes[number] = dataclasses.replace(remotes[number], status=Status.WARN)
    return dataclasses.replace(whole, clusters=(dataclasses.replace(cluster, remotes=tuple(remotes)),))


def gauges() -> CollectorRegistry:
    """The same number of series as children of one gauge of the client library."""
    registry = CollectorRegistry()
    gauge = Gauge("diag_check_status", "0 pass", ["cluster", "remote", "check"], registry=registry)
    for remote in range(REMOTES):
        for check in range(CHECKS):
            gauge.labels("bench", f"remote-{remote}", f"group/check-{check}").set(0)
    return registry


class Counters:
    """The series of a service about itself: none."""

    version = 1

    def render(self) -> tuple[int, bytes]:
        """The version, and the text."""
        return self.version, b""


async def longest_stall(board: Board) -> tuple[float, float]:
    """While all series are rendered for the first time: how late the event loop was at most, and then the CPU of asking again, in seconds."""
    cache = ResponseCache(cast("Service", SimpleNamespace(board=board, own=Counters())))
    late, done = 0.0, asyncio.create_task(cache.metrics())
    while not done.done():
        started = time.perf_counter()
        await asyncio.sleep(EVERY)
        late = max(late, time.perf_counter() - started - EVERY)
    started = time.process_time()
    await cache.metrics()
    return late, time.process_time() - started


def measure(*, quick: bool) -> Iterator[Figure]:
    """The text of all series: at first, after a change, without one; and what the loop notices of it."""
    times = 3 if quick else 9
    whole = report()
    series = sum(not line.startswith("#") for line in render_report_series(whole).splitlines())
    others = [changed(whole, number) for number in range(times + 1)]
    kept = SeriesCache()
    render_report_series(whole, kept)
    left = iter(others)
    after = repeated(times, lambda: cpu_of(lambda: rendered(next(left), kept)))
    board = Board()
    board.put(whole.clusters[0])
    sys.setswitchinterval(SWITCH_SECONDS)
    stalls = [asyncio.run(longest_stall(board)) for _ in range(times)]
    with pinned(0):
        first = repeated(times, lambda: cpu_of(lambda: render_report_series(whole)))
        registry = gauges()
        library = repeated(2 if quick else 3, lambda: cpu_of(lambda: generate_latest(registry)), warm_up=False)
    what = f"`/metrics` with {series:,} series"
    yield Figure(
        name="changed", what=f"{what}, CPU when a remote changed, packed", unit="ms", values=in_ms(after), at_most=100
    )
    again = tuple(cpu for _, cpu in stalls)
    yield Figure(name="again", what=f"{what}, CPU when nothing changed", unit="ms", values=in_ms(again), at_most=5)
    late = tuple(late for late, _ in stalls)
    yield Figure(name="stall", what=f"{what}, stall of the schedule", unit="ms", values=in_ms(late), at_most=50)
    yield Figure(name="first", what=f"{what}, CPU of their text the first time", unit="ms", values=in_ms(first))
    yield Figure(
        name="library", what="the same number of series by prometheus_client, CPU", unit="ms", values=in_ms(library)
    )


def rendered(whole: Report, kept: SeriesCache) -> None:
    """Make the body of an answer."""
    packed_body("", (piece.encode() for piece in report_series(whole, kept)))


def in_ms(values: Iterable[float]) -> tuple[float, ...]:
    """Seconds as milliseconds."""
    return tuple(1000 * value for value in values)


if __name__ == "__main__":
    main(measure, __doc__)
