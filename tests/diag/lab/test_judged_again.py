"""How much of the lab is judged again when nothing happened between two rounds: the count does not depend on the machine."""

from __future__ import annotations

import asyncio
import dataclasses
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from diag.check import Check
from diag.collect import RealNetwork, gather
from diag.config import load_config
from diag.engine import Memory, judge, load_catalogue
from diag.lab.clusters import running_lab
from diag.model import ClusterEvidence
from diag.observations import past_of_all
from diag.plan import NOTHING, plan_of, round_input
from tests.patience import unhurry

# Of 228 checks that look at a remote; what does not apply, or lacks evidence, is not asked.
MOST_AT_FIRST: Final = 115
# What has ended or ends soon is said with the time that is left, and what hung with the time that it took: so these are asked each time.
MOST_AGAIN: Final = 10
ROUNDS: Final = 6


def test_a_steady_lab_is_hardly_asked_again(tmp_path: Path) -> None:
    """What is asked in each of the later rounds: a busy machine may make any of them differ, but hardly in the same each time."""
    asked = Counter[str]()
    checks = tuple(_counted(check, asked) for check in load_catalogue().checks)
    memory, again = Memory(), []
    for evidence in asyncio.run(_rounds(tmp_path)):
        asked.clear()
        report = judge(evidence, checks, memory=memory)
        assert report == judge(evidence, load_catalogue().checks)
        again.append(Counter(asked))
    assert 50 < again[0].total() / len(report.remotes) <= MOST_AT_FIRST, again[0].most_common(10)
    fewest = Counter({check: min(one[check] for one in again[2:]) for check in again[-1]})
    assert fewest.total() <= MOST_AGAIN, fewest.most_common(10)


async def _rounds(folder: Path) -> list[ClusterEvidence]:
    """Look at the lab again and again, as the daemon does: each round knows what the ones before saw."""
    found: list[ClusterEvidence] = []
    async with running_lab(folder) as lab, RealNetwork() as network:
        unhurry(lab.config, handshake="8s")
        plan, past = plan_of(load_config(lab.config), load_catalogue()), NOTHING
        for _ in range(ROUNDS):
            wanted = round_input(plan.config, plan.config.clusters[0], now=datetime.now(UTC), past=past)
            found.append(await gather(wanted, network))
            past = past_of_all(judge(found[-1], plan.selection.checks))
    return found


def _counted(check: Check, asked: Counter[str]) -> Check:
    run: Callable[..., Any] = check.run

    def counting(**evidence: object) -> Any:
        asked[check.id] += 1
        return run(**evidence)

    return dataclasses.replace(check, run=counting)
