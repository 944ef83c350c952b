"""Rounds for one report: gather for every cluster at once, judge, and once more while something is wrong and time is left."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime

from diag.cli.choice import Run
from diag.cli.looking import Looking
from diag.cli.standard_streams import Progress, loaded, print_error, started
from diag.collect import Network, gather
from diag.collect.no_network import NoNetwork
from diag.config import ClusterConfig
from diag.config.worker_count import AUTO, Workers
from diag.engine import judge, report
from diag.event_loop import run_to_end
from diag.lazy_dataclass import dataclass
from diag.model import (
    ClusterEvidence,
    Policy,
    Report,
    Severity,
)
from diag.plan import round_input
from diag.report.exitcode import FINE, exit_code
from diag.vantage.placed_rounds import HERE, asked_views, not_looked, only_the_daemon_looks, together

# Remotes from which on the work that is shared out takes longer than the start of worker processes.
MANY_REMOTES = 500
FIRST_PAUSE = 1.0
MAX_PAUSE = 15.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How long it may take: ``wait`` for things to get well, ``timeout`` for everything. ``fail_on`` is what well means."""

    wait: float | None = None
    timeout: float | None = None
    fail_on: str = "warning"


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A report, and what it was made from."""

    report: Report
    evidence: tuple[ClusterEvidence, ...]
    policy: Policy


def run_rounds(plan: Run, limits: Limits, workers: Workers = 0) -> Judged:
    """Carry the plan out, in worker processes where that is worth while."""
    loaded()
    progress = Progress()
    try:
        judged = run_to_end(_run_rounds(plan, limits, progress, workers))
    finally:
        progress.clear()
    return dataclasses.replace(judged, report=dataclasses.replace(judged.report, seconds=time.monotonic() - started()))


async def _run_rounds(plan: Run, limits: Limits, progress: Progress, workers: Workers) -> Judged:
    started = time.monotonic()
    end = None if limits.timeout is None else started + limits.timeout
    deadline = min(started + (limits.wait or 0.0), end or float("inf"))
    pause = FIRST_PAUSE
    async with _network(plan) as network:
        while True:
            judged = await _once(plan, network, end, progress, worker_processes(workers, plan))
            left = deadline - time.monotonic()
            if left <= 0 or exit_code(judged.report, Severity(limits.fail_on)) == FINE:
                return judged
            progress.say(
                f"status is {judged.report.status}; looking again in {min(pause, left):.0f} s, {left:.0f} s left"
            )
            await asyncio.sleep(min(pause, left))
            if end is not None and time.monotonic() >= end:
                return judged
            pause = min(2 * pause, MAX_PAUSE)


def worker_processes(setting: Workers, plan: Run) -> int:
    """The worker processes that look; 0: this process does."""
    remotes = sum(max(1, len(cluster.remotes)) for cluster in plan.clusters)
    here = all(asked_views(plan.config, one) == (None,) for one in plan.clusters) and not plan.from_here
    if plan.offline or not here or len(plan.clusters) < 2 or (setting == AUTO and remotes < MANY_REMOTES):  # noqa: PLR2004 -- one cluster is one process.
        return 0
    from diag.cli.run_in_workers import workers_for  # noqa: PLC0415 -- few runs are so large.

    return workers_for(setting, plan)


@contextlib.asynccontextmanager
async def _network(plan: Run) -> AsyncIterator[Network]:
    if plan.offline:
        yield NoNetwork()
        return
    from diag.collect import RealNetwork  # noqa: PLC0415 -- what only writes a report imports no OpenSSL.

    async with RealNetwork() as network:
        if network.shortage:
            print_error(network.shortage)
        yield network


async def _once(plan: Run, network: Network, end: float | None, progress: Progress, workers: int) -> Judged:
    now = datetime.now(UTC)
    looking = Looking(progress, len(plan.clusters))
    if workers:
        from diag.cli.run_in_workers import judged_by_workers  # noqa: PLC0415 -- few runs are so large.

        async with looking.shown():
            judged = await judged_by_workers(plan, workers, now, end, looking)
        evidence = tuple(one.evidence for one in judged)
        return Judged(report=report(judged, taken_at(evidence, now)), evidence=evidence, policy=plan.selection.policy)
    async with looking.shown():
        rounds = (_gather(plan, cluster, network, now, end, looking) for cluster in plan.clusters)
        evidence = tuple(await asyncio.gather(*rounds))
    chosen = plan.selection
    progress.say("judging …")
    judged = [judge(one, chosen.checks, chosen.policy, chosen.known, offline=plan.offline) for one in evidence]
    return Judged(report=report(judged, taken_at(evidence, now)), evidence=evidence, policy=chosen.policy)


def taken_at(evidence: tuple[ClusterEvidence, ...], otherwise: datetime) -> datetime:
    """The time of a report: that of the evidence, so that a replay says the same."""
    return max((one.taken_at for one in evidence), default=otherwise)


async def _gather(
    plan: Run, cluster: ClusterConfig, network: Network, now: datetime, end: float | None, looking: Looking
) -> ClusterEvidence:
    """Look at a cluster from here; what is to be looked at from vantage points stays unknown."""
    views = []
    for place in asked_views(plan.config, cluster, plan.remotes):
        if place is None:
            seconds = None if end is None else max(0.0, end - time.monotonic())
            work = round_input(plan.config, cluster, now, remotes=plan.remotes, seconds=seconds)
            views.append(await gather(work, network, looking.of(cluster.name)))
        else:
            because = only_the_daemon_looks(place.name)
            missing = not_looked(plan.config, cluster, now, because, seen_from=place, remotes=plan.remotes)
            views.append(missing)
    evidence = together(views)
    return dataclasses.replace(evidence, seen_from=HERE) if cluster.name in plan.from_here else evidence
