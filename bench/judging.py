"""Judging a remote: what it costs at first, and in the rounds after, of evidence that rounds of the lab gathered one after the other."""

from __future__ import annotations

import asyncio
import gc
import io
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from diag.collect import RealNetwork, gather
from diag.config import load_config
from diag.engine import Memory, judge, load_catalogue
from diag.lab.clusters import running_lab
from diag.logs import set_up_logs
from diag.model import ClusterEvidence
from diag.observations import past_of_all
from diag.plan import NOTHING, plan_of, round_input

ROUNDS, REPEATED = 6, 15
CHECKS = load_catalogue().checks


async def lab_rounds(count: int) -> list[ClusterEvidence]:
    """Look at the whole lab again and again, as the daemon does: each round knows what the ones before saw."""
    found: list[ClusterEvidence] = []
    with tempfile.TemporaryDirectory() as folder:
        async with running_lab(Path(folder)) as lab, RealNetwork() as network:
            plan, past = plan_of(load_config(lab.config), load_catalogue()), NOTHING
            for _ in range(count):
                wanted = round_input(plan.config, plan.config.clusters[0], now=datetime.now(UTC), past=past)
                found.append(await gather(wanted, network))
                past = past_of_all(judge(found[-1], plan.selection.checks))
    return found


def cpu(work: Callable[[], object]) -> float:
    """Give the seconds of CPU that something took."""
    gc.collect()
    start = time.process_time()
    work()
    return time.process_time() - start


def fresh(evidence: Sequence[ClusterEvidence]) -> float:
    """Judge one round with nothing remembered, and remember it: seconds a remote."""
    return cpu(lambda: judge(evidence[0], CHECKS, memory=Memory())) / len(evidence[0].remotes)


def steady(evidence: Sequence[ClusterEvidence]) -> float:
    """Judge the rounds after the first two, each of which knows those before: seconds a remote."""
    memory = Memory()
    for one in evidence[:2]:
        judge(one, CHECKS, memory=memory)
    later = evidence[2:]
    took = cpu(lambda: [judge(one, CHECKS, memory=memory) for one in later])
    return took / sum(len(one.remotes) for one in later)


def show(name: str, measure: Callable[[Sequence[ClusterEvidence]], float], evidence: Sequence[ClusterEvidence]) -> None:
    """Print the best, the middle and the worst of several measurements, in ms a remote."""
    times = sorted(measure(evidence) * 1000 for _ in range(REPEATED))
    print(f"{name:<8} {times[0]:6.3f} {statistics.median(times):6.3f} {times[-1]:6.3f}")


def main() -> None:
    """Measure a first round and the rounds after."""
    set_up_logs(io.StringIO())
    evidence = asyncio.run(lab_rounds(ROUNDS))
    print(f"{len(CHECKS)} checks, {len(evidence[0].remotes)} remotes, ms of CPU a remote, of {REPEATED} measurements:")
    print(f"{'':<8} {'best':>6} {'middle':>6} {'worst':>6}")
    show("fresh", fresh, evidence)
    show("steady", steady, evidence)


if __name__ == "__main__":
    main()
