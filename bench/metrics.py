"""Rendering 200,000 series: the first time, after a change of one remote, and beside prometheus_client's own gauges."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable
from datetime import UTC, datetime

from prometheus_client import CollectorRegistry, Gauge, generate_latest

from diag.metrics import SeriesCache, render_report_series
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

REMOTES, CHECKS = 2500, 78
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


def cpu(work: Callable[[], object]) -> float:
    """CPU seconds of the best of three."""
    times = []
    for _ in range(3):
        start = time.process_time()
        work()
        times.append(time.process_time() - start)
    return min(times)


def changed(whole: Report) -> Report:
    """The same report with another state of one remote."""
    (cluster,) = whole.clusters
    first, *rest = cluster.remotes
    remotes = (dataclasses.replace(first, status=Status.WARN), *rest)
    return dataclasses.replace(whole, clusters=(dataclasses.replace(cluster, remotes=remotes),))


def gauges() -> CollectorRegistry:
    """The same number of series as children of one gauge of the client library."""
    registry = CollectorRegistry()
    gauge = Gauge("diag_check_status", "0 pass", ["cluster", "remote", "check"], registry=registry)
    for remote in range(REMOTES):
        for check in range(CHECKS):
            gauge.labels("bench", f"remote-{remote}", f"group/check-{check}").set(0)
    return registry


def main() -> None:
    """Measure and print."""
    whole, kept = report(), SeriesCache()
    series = sum(not line.startswith("#") for line in render_report_series(whole).splitlines())
    print(f"{series} series")
    print(f"first time            {cpu(lambda: render_report_series(whole)) * 1000:7.1f} ms CPU")
    render_report_series(whole, kept)
    other = changed(whole)
    print(f"after a change        {cpu(lambda: render_report_series(other, kept)) * 1000:7.1f} ms CPU")
    registry = gauges()
    print(f"prometheus_client     {cpu(lambda: generate_latest(registry)) * 1000:7.1f} ms CPU")


if __name__ == "__main__":
    main()
