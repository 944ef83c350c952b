"""The rounds of one run in worker processes, where there are many local clusters: the same report, sooner."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import time
from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime
from typing import Final

from diag.board import report_as_unknown
from diag.cli.choice import Run
from diag.cli.looking import Looking
from diag.cli.standard_streams import CannotRun, print_error
from diag.collect import Partly, RealNetwork, gather
from diag.config import ClusterConfig, Config, fleet
from diag.config.worker_count import AUTO, Workers
from diag.model import ClusterEvidence, ClusterReport, History
from diag.plan import NOTHING, round_input
from diag.rounds import CollectRound, RoundFailure, Rounds
from diag.workers import WorkerPool, can_travel, usable_cores

_TRIES: Final = 3  # Of a round that went down with its process: with the others that did, then alone.
# What a reader does about a cluster that ends its processes: a run has no log.
_ADVICE: Final = (
    "After SIGKILL, see whether the system was short of memory. --skip leaves out a check that is to blame, and where others are named with "
    "--cluster it is not looked at"
)
_COLLECTOR: Final = "diag.cli.run_in_workers:opened_collector"


def workers_for(setting: Workers, plan: Run) -> int:
    """The processes for a run of several local clusters; 0: it looks from this process. A secret that was typed leaves this process never."""
    if not can_travel(plan):
        return 0
    wanted = usable_cores() if setting == AUTO else setting
    return 0 if setting == AUTO and wanted == 1 else min(wanted, len(plan.clusters))


async def judged_by_workers(
    plan: Run, number: int, now: datetime, end: float | None, looking: Looking
) -> list[ClusterReport]:
    """Have a report on every cluster. ``end`` is when what is not known by then is unavailable, by the monotonic clock."""
    async with opened_collector(now, end) as collect:
        pool = WorkerPool(
            Rounds(collect, gives_up=False),
            lambda _plan: number,
            collector=_COLLECTOR,
            arguments=(now, end),
            noted=_Reporting(),
            advice=_ADVICE,
            logs=False,
            gives_up=False,
        )
        pool.begin(plan)
        try:
            return list(await asyncio.gather(*(_round(pool, plan, cluster, looking) for cluster in plan.clusters)))
        finally:
            await pool.stop()


async def _round(pool: WorkerPool, plan: Run, cluster: ClusterConfig, looking: Looking) -> ClusterReport:
    """Run one round; again where it went down with its process, and not for ever: a cluster for which no process is left is unknown."""
    watch, aliases = looking.of(cluster.name), [one.alias for one in cluster.remotes]
    watch.begins(aliases)
    for _ in range(_TRIES):
        done = await pool.run(plan, cluster, plan.remotes)
        if not (isinstance(done, RoundFailure) and done.lost):
            break
    if isinstance(done, RoundFailure) and (done.quarantined or done.lost):
        return _unknown(plan, cluster, done.detail)
    if isinstance(done, RoundFailure):
        msg = f"the round of {cluster.name} failed inside diag ({done.kind}: {done.detail}); please report it"
        raise CannotRun(msg)
    for alias in aliases:
        watch.ends(alias)
    return done[0]


def _unknown(plan: Run, cluster: ClusterConfig, because: str) -> ClusterReport:
    """Say of a cluster only why nothing is known of it."""
    local = fleet.local_cluster(cluster)
    asked = tuple(one for one in local.remotes if not plan.remotes or one.alias in plan.remotes)
    at, chosen = datetime.now(UTC), plan.selection
    return report_as_unknown(None, dataclasses.replace(local, remotes=asked), because, at, chosen.policy, chosen.checks)


@contextlib.asynccontextmanager
async def opened_collector(moment: datetime, end: float | None) -> AsyncIterator[CollectRound]:
    """Look at the real world, as of one moment, until another one."""
    async with RealNetwork() as network:

        async def collect(
            config: Config,
            cluster: ClusterConfig,
            now: datetime,
            remotes: tuple[str, ...] = (),
            past: Mapping[str, History] = NOTHING,
            partly: Partly | None = None,
        ) -> ClusterEvidence:
            del now, past, partly
            seconds = None if end is None else max(0.0, end - time.monotonic())
            work = await asyncio.to_thread(round_input, config, cluster, moment, remotes=remotes, seconds=seconds)
            return await gather(work, network)

        yield collect


class _Reporting:
    """Says when a process is gone."""

    def workers(self, number: int) -> None:
        """Say nothing."""

    def worker_lost(self, because: str) -> None:
        """Say why."""
        print_error(f"a worker process is gone: it {because}; its rounds run again")
