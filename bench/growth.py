"""How cost grows: with remotes in one cluster and spread over clusters, with clusters, with checks. Each point in a process of its own.

    python growth.py [--quick] [--json FILE]        all points, and the picture growth.svg (not of a quick run)
    python growth.py --point CONFIGURATION PACK     one point, as JSON: what ``all points`` starts

Of each series it is said whether it is linear or better: by the exponent with which that grows which comes on top of the smallest point.
"""

from __future__ import annotations

import asyncio
import dataclasses
import functools
import gc
import json
import math
import os
import pickle
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import growth_picture
import remotes
from measured import Figure, main
from peers import haproxy, peak_mib

HERE = Path(__file__).parent
LITTLE = 1.2  # What is this many times the smallest point is called no growth: the start of a process is no more alike than that.
TELLING = 0.1  # Seconds: of less the luck with the machine is too large a part.
LINEAR = 1.1  # An exponent up to this is called linear.
COSTS = {"round": ("CPU of a round", "s"), "again": ("CPU of judging it again", "s"), "peak": ("memory at the peak", "MiB"), "start": ("CPU of the start", "s")}  # fmt: skip
CHECKED_REMOTES = 100
QUICK_REMOTES, ONCE_FROM = 300, 1000  # Remotes: the most of a quick run, and from how many on a point is measured once.
Costs = dict[tuple[str, int], dict[str, tuple[float, ...]]]  # By series and size, the repeats of each cost.
# What the generated checks ask for, and compare with their number; few find it.
RULES = (
    ("remote: Remote", "len(remote.alias)"),
    ("probe: Probe", "len(probe.chain.certificates)"),
    ("endpoints: Endpoints", "len(endpoints.probes)"),
)


@dataclasses.dataclass(frozen=True, kw_only=True)
class Point:
    """One configuration: so many local clusters with so many remotes each; with so many generated checks of a foreign pack instead of all."""

    clusters: int
    each: int
    checks: int = 0


@dataclasses.dataclass(frozen=True, kw_only=True)
class Series:
    """What grows, and its points by how much of it there is."""

    name: str
    what: str
    points: dict[int, Point]


SERIES = (
    Series(
        name="one-cluster",
        what="remotes in one cluster",
        points={number: Point(clusters=1, each=number) for number in (10, 100, 1000, 10000)},
    ),
    Series(
        name="spread",
        what="remotes, ten to a cluster",
        points={number: Point(clusters=number // 10, each=10) for number in (10, 100, 1000, 10000)},
    ),
    Series(
        name="clusters",
        what="clusters with 20 remotes each",
        points={number: Point(clusters=number, each=20) for number in (1, 10, 100)},
    ),
    Series(
        name="checks",
        what=f"foreign checks, {CHECKED_REMOTES} remotes",
        points={number: Point(clusters=1, each=CHECKED_REMOTES, checks=number) for number in (100, 200, 400)},
    ),
)


def pack(folder: Path, number: int) -> None:
    """Write an installed distribution whose pack has so many checks, each of another id and text, as a team would write them."""
    info = folder / "grown-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: grown\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[diag.checks]\ngrown = grown_checks:CHECKS\n")
    checks = "".join(
        f'@check("grown/rule-{one}", severity=Severity.WARNING)\n'
        f"def rule_{one}({RULES[one % len(RULES)][0]}) -> Yields:\n"
        f'    """Rule {one} of the house is broken.\n\n    Why it matters: the house has {number} rules.\n\n'
        f'    How to fix: keep it.\n\n    Example: ``rule-{one}``.\n    """\n'
        f"    if {RULES[one % len(RULES)][1]} == {one}:\n"
        f'        yield Finding(summary="Rule {one}; expected that it is kept.", remedy="Keep rule {one}.")\n\n\n'
        for one in range(number)
    )
    names = ", ".join(f"rule_{one}" for one in range(number))
    (folder / "grown_checks.py").write_text(
        '"""Generated checks."""\n\nfrom diag.check import Yields, check\n'
        f"from diag.model import Endpoints, Finding, Probe, Remote, Severity\n\n\n{checks}CHECKS = ({names},)\n"
    )


def point(configuration: str) -> dict[str, float]:
    """Start, have a round of everything, judge it again as a second round that finds the same would; what each of it took of the CPU, and the memory."""
    gc.disable()  # As every command does, until everything is imported.
    from diag.cli.standard_streams import loaded  # noqa: PLC0415 -- as below.
    from diag.collect import RealNetwork, gather  # noqa: PLC0415 -- the imports are a part of what is measured.
    from diag.config import load_config  # noqa: PLC0415 -- as above.
    from diag.engine import Memory, judge, load_catalogue  # noqa: PLC0415 -- as above.
    from diag.event_loop import run_to_end  # noqa: PLC0415 -- as above.
    from diag.plan import plan_of, round_input  # noqa: PLC0415 -- as above.

    config = load_config(Path(configuration))
    catalogue = load_catalogue()
    only = ["grown/*"] if any(check.id.startswith("grown/") for check in catalogue.checks) else []
    plan = plan_of(config, catalogue, only)
    loaded()
    started = time.process_time()
    memories = {name: Memory() for name in plan.names}

    async def everything() -> list[object]:
        async with RealNetwork() as network:
            works = [round_input(config, one, datetime.now(UTC)) for one in plan.in_shard]
            return list(await asyncio.gather(*(gather(work, network) for work in works)))

    evidence = run_to_end(everything())
    gathered = time.process_time()
    chosen = plan.selection
    judging = functools.partial(judge, checks=chosen.checks, policy=chosen.policy, known=chosen.known)
    reports = [judging(one, memory=memories[one.cluster.name]) for one in evidence]
    judged = time.process_time()
    peak = peak_mib(os.getpid())
    anew = pickle.loads(pickle.dumps(evidence))  # noqa: S301 -- of this process.
    began = time.process_time()
    again = [judging(one, memory=memories[one.cluster.name]) for one in anew]
    ended = time.process_time()
    seen = [remote.evidence.endpoints.probes for report in reports for remote in report.remotes]
    if again != reports or not all(probes and probes[0].chain.trusted for probes in seen):
        sys.exit("diag did not succeed")
    return {"start": started, "round": judged - started, "gather": gathered - started, "again": ended - began, "peak": peak}  # fmt: skip


def measured(folder: Path, port: int, one: Point) -> dict[str, float]:
    """The costs of one point, in a process of its own."""
    configuration = remotes.written(folder, port, one.clusters, one.each, apart=True)
    installed = folder / f"pack-{one.checks}"
    if one.checks and not installed.exists():
        pack(installed, one.checks)
    environment = os.environ | {"PYTHONPATH": str(installed), "PYTHONPYCACHEPREFIX": str(folder / "cache")}
    command = [sys.executable, __file__, "--point", str(configuration)]
    done = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
    return dict(json.loads(done.stdout))


def exponent(sizes: Sequence[float], costs: Sequence[float]) -> float:
    """With which power of its size that grows which comes on top of the smallest point: 1 is linear. Between the two largest, where it shows most."""
    (first, *_, before, last), (base, *_, cost_before, cost_last) = sizes, costs
    if cost_last <= base * LITTLE or cost_before <= base:
        return 0.0  # It does not grow, as far as can be told.
    return math.log((cost_last - base) / (cost_before - base)) / math.log((last - first) / (before - first))


def measure(*, quick: bool) -> Iterator[Figure]:
    """All points, the exponents of each series, and the picture."""
    costs: Costs = {}
    with tempfile.TemporaryDirectory() as name, haproxy(Path(name), everywhere=True) as port:
        for series in SERIES:
            for size, one in series.points.items():
                if quick and one.clusters * one.each > QUICK_REMOTES:
                    continue
                times = 1 if quick or one.clusters * one.each >= ONCE_FROM else 3
                found = [measured(Path(name), port, one) for _ in range(times)]
                costs[series.name, size] = {cost: tuple(each[cost] for each in found) for cost in COSTS}
    if not quick:
        growth_picture.PICTURE.write_text(growth_picture.drawn(panels(costs)), encoding="utf-8")
    for series in SERIES:
        yield from figures(series, costs, with_growth=not quick)


def figures(series: Series, costs: Costs, *, with_growth: bool) -> Iterator[Figure]:
    """The costs of the largest point of a series, and how each of them grows."""
    sizes = [size for name, size in costs if name == series.name]
    for cost, (what, unit) in COSTS.items():
        values = [costs[series.name, size][cost] for size in sizes]
        yield Figure(
            name=f"{series.name}-{cost}",
            what=f"{what}, {sizes[-1]:,} {series.what}",
            unit=unit,
            values=values[-1],
        )
        if not with_growth or statistics.median(values[-1]) < TELLING:
            continue  # Of few points, or of so little, no growth can be told.
        yield Figure(
            name=f"{series.name}-{cost}-exponent",
            what=f"{what} with {series.what}, {sizes[0]:,} to {sizes[-1]:,}: grows with the power of",
            unit="exponent",
            values=(exponent(sizes, [statistics.median(one) for one in values]),),
            at_most=LINEAR,
        )


def panels(costs: Costs) -> Iterator[growth_picture.Panel]:
    """What is drawn: a panel for each cost, with a line for each series."""
    for cost, (what, unit) in COSTS.items():
        lines = {
            series.what: [(size, statistics.median(costs[series.name, size][cost])) for size in series.points]
            for series in SERIES
        }
        yield growth_picture.Panel(title=f"{what}, {unit}", lines=lines)


if __name__ == "__main__":
    if "--point" in sys.argv:
        print(json.dumps(point(sys.argv[-1])))
    else:
        main(measure, __doc__)
