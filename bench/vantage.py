"""Rounds a second through ``diag worker`` processes at vantage points, by mutual TLS on loopback, beside one process without them.

All look at the same clusters, in turns. Every report is made where the daemon makes it: in this process, which has the scheduler.
"""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import io
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator, Mapping
from pathlib import Path

import peers
import remotes
from measured import Figure, main

from diag.cli.standard_streams import loaded
from diag.config import Config, load_config
from diag.config.vantage_section import SchedulerSection
from diag.engine import load_catalogue
from diag.event_loop import run_to_end
from diag.lab.pki import new_ca
from diag.logs import set_up_logs
from diag.model import Status
from diag.plan import Plan, plan_of
from diag.rounds import RoundFailure, Rounds, real_collector
from diag.vantage.embedded_scheduler import opened_scheduler
from diag.vantage.vantage_collector import VantageCollector

CLUSTERS, EACH = 40, 5  # Each round is one look at the remotes of a cluster, and all are asked for at once.
ALONE = "alone"
WORKERS = {"two": 2, "four": 4}  # How many workers each vantage point has.
SECONDS_TO_ARRIVE = 60.0


@dataclasses.dataclass(frozen=True, kw_only=True)
class Cost:
    """What a round took of a turn, in seconds: by the clock, and of the CPU of this process."""

    wall: float
    cpu: float


def configuration(folder: Path, node: int, clusters: int) -> Config:
    """So many clusters whose remotes are all healthy, as one process looks at them; with certificates for workers beside it."""
    authority = new_ca("Bench Workers")
    (folder / "workers-ca.pem").write_bytes(authority.pem)
    for name in ("daemon", "worker"):
        authority.leaf(name).write(folder, name)
    return load_config(remotes.written(folder, node, clusters, EACH, apart=True, with_key=True))


def plans(config: Config) -> Iterator[tuple[str, Plan]]:
    """The same clusters as this process sees them, and as each vantage point does."""
    catalogue = load_catalogue()
    yield ALONE, plan_of(config, catalogue)
    described = config.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    for place in WORKERS:
        clusters = [{**one, "vantage_points": place} for one in described["clusters"]]
        points = {"vantage_points": [{"name": place}], "clusters": clusters}
        yield place, plan_of(Config.model_validate({**described, **points}), catalogue)


def start_workers(stack: contextlib.ExitStack, folder: Path, scheduler: str) -> None:
    """Start the workers of all vantage points."""
    files = ("--ca", "workers-ca.pem", "--certificate", "worker.pem", "--key", "worker.key")
    named = [one if one.startswith("--") else str(folder / one) for one in files]
    for place, number in WORKERS.items():
        command = (*peers.DIAG, "worker", "--scheduler", scheduler, "--vantage-point", place, *named)
        for one in range(number):
            stack.enter_context(peers.running(*command, log=folder / f"{place}-{one}.log"))


@contextlib.asynccontextmanager
async def collector(folder: Path) -> AsyncIterator[VantageCollector]:
    """How the daemon looks, with all workers there."""
    changed = asyncio.Event()
    section = SchedulerSection.model_validate(
        {
            "listen": f"127.0.0.1:{peers.free_port()}",
            "ca": str(folder / "workers-ca.pem"),
            "certificate": str(folder / "daemon.pem"),
            "key": {"file": str(folder / "daemon.key")},
        }
    )
    async with real_collector() as here, opened_scheduler(section, changed.set) as scheduler:
        with contextlib.ExitStack() as stack:
            start_workers(stack, folder, scheduler.address)
            async with asyncio.timeout(SECONDS_TO_ARRIVE):
                while scheduler.present != WORKERS:
                    changed.clear()
                    await changed.wait()
            yield VantageCollector(here, scheduler, lambda _place, _result: None)


async def turn(rounds: Rounds, plan: Plan, place: str) -> Cost:
    """Have a round of each cluster, all at once."""
    wall, cpu = time.perf_counter(), time.process_time()
    done = await asyncio.gather(*(rounds.run(plan, cluster) for cluster in plan.in_shard))
    number = len(done)
    cost = Cost(wall=(time.perf_counter() - wall) / number, cpu=(time.process_time() - cpu) / number)
    for one in done:
        if isinstance(one, RoundFailure) or len(one[0].remotes) != EACH:
            sys.exit(f"diag did not succeed: {one}")
        if {remote.status for remote in one[0].remotes} != {Status.OK}:
            sys.exit(f"expected that every remote is ok: {[remote.root_causes for remote in one[0].remotes]}")
        seen_from = {str(view.seen_from) for remote in one[0].remotes for view in remote.views}
        if seen_from != {place} - {ALONE}:
            sys.exit(f"expected that {place} looks: {seen_from}")
    return cost


async def turns(clusters: int, number: int) -> list[dict[str, Cost]]:
    """What a round of each turn cost; the first turn, which fills caches, does not count."""
    with tempfile.TemporaryDirectory() as name, peers.haproxy(Path(name), everywhere=True) as node:
        looked = dict(plans(configuration(Path(name), node, clusters)))
        async with collector(Path(name)) as collect:
            rounds = {place: Rounds(collect) for place in looked}
            try:
                costs = [
                    {place: await turn(rounds[place], plan, place) for place, plan in looked.items()}
                    for _ in range(number + 1)
                ]
            finally:
                for one in rounds.values():
                    await one.stop()
    return costs[1:]


def measure(*, quick: bool) -> Iterator[Figure]:
    """The rate in one process and with workers, what it is beside one process, and what is left for the process that has the scheduler."""
    loaded()  # As every command does.
    set_up_logs(io.StringIO())
    clusters = CLUSTERS // 4 if quick else CLUSTERS
    costs = run_to_end(turns(clusters, 3 if quick else 9))
    what = f"rounds of {clusters} local clusters with {EACH} remotes each"
    for place, how in names().items():
        yield Figure(
            name=f"rate-{place}",
            what=f"{what}, on the whole machine, {how}",
            unit="a second",
            values=tuple(1 / one[place].wall for one in costs),
            more_is_better=True,
        )
    for place, how in names().items():
        yield Figure(
            name=f"cpu-{place}",
            what=f"{what}, CPU of a round in the process that judges, {how}",
            unit="ms",
            values=tuple(1000 * one[place].cpu for one in costs),
        )
    for place, number in WORKERS.items():
        yield Figure(
            name=f"beside-{place}",
            what=f"{what}, through {number} workers, beside one process without them",
            unit="times",
            values=tuple(one[ALONE].wall / one[place].wall for one in costs),
            more_is_better=True,
        )


def names() -> Mapping[str, str]:
    """How it is called that something is done in one process or through workers."""
    return {ALONE: "one process without workers"} | {
        place: f"through {number} workers" for place, number in WORKERS.items()
    }


if __name__ == "__main__":
    main(measure, __doc__)
