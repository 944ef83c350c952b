"""Judging a remote: what it costs at first, and in the rounds after, of evidence that rounds of the lab gathered one after the other."""

from __future__ import annotations

import asyncio
import gc
import io
import tempfile
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from measured import Figure, cpu_of, main, pinned, repeated

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


def fresh(evidence: Sequence[ClusterEvidence]) -> float:
    """Judge one round with nothing remembered, and remember it: seconds a remote."""
    gc.collect()
    return cpu_of(lambda: judge(evidence[0], CHECKS, memory=Memory())) / len(evidence[0].remotes)


def steady(evidence: Sequence[ClusterEvidence]) -> float:
    """Judge the rounds after the first two, each of which knows those before: seconds a remote."""
    memory = Memory()
    for one in evidence[:2]:
        judge(one, CHECKS, memory=memory)
    later = evidence[2:]
    gc.collect()
    took = cpu_of(lambda: [judge(one, CHECKS, memory=memory) for one in later])
    return took / sum(len(one.remotes) for one in later)


def measure(*, quick: bool) -> Iterator[Figure]:
    """A first round and the rounds after."""
    set_up_logs(io.StringIO())
    evidence, times = asyncio.run(lab_rounds(4 if quick else ROUNDS)), 3 if quick else REPEATED
    what = f"judging a remote with {len(CHECKS)} checks"
    with pinned(0):
        at_first = repeated(times, lambda: 1000 * fresh(evidence))
        after = repeated(times, lambda: 1000 * steady(evidence))
    yield Figure(name="fresh", what=f"{what}, CPU at first", unit="ms", values=at_first, at_most=0.5)
    yield Figure(name="steady", what=f"{what}, CPU in the rounds after", unit="ms", values=after, at_most=0.1)


if __name__ == "__main__":
    main(measure, __doc__)
