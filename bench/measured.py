"""The shape of every benchmark: figures, each with the values of its repeats and the promise that it is held to.

A script hands its function to ``main``: alone it prints its figures, and ``python bench`` runs all scripts and keeps what they found.
"""

from __future__ import annotations

import argparse
import contextlib
import dataclasses
import json
import os
import statistics
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

# Units that depend on no machine: a ratio of two things measured in turns, an exponent, and what is counted.
PORTABLE = frozenset({"times", "exponent", "calls", "rounds", "false ok"})

LEAST_CHANGE = 0.02  # A part of the figure: less is no change, however alike the repeats were.


@dataclasses.dataclass(frozen=True, kw_only=True)
class Figure:
    """One thing that was measured. ``name`` stays the same for ever: by it the figures of two runs are compared.

    ``values`` are those of the repeats, in ``unit``. ``at_most`` or ``at_least`` is what is promised of their median; without a promise
    less is better, unless ``more_is_better``. ``before`` is the median
    of the figures that were committed last, and ``worse`` whether it got worse since, where the two can be compared.
    """

    name: str
    what: str
    unit: str
    values: tuple[float, ...]
    at_most: float | None = None
    at_least: float | None = None
    more_is_better: bool = False
    before: float | None = None
    worse: bool = False

    def __post_init__(self) -> None:
        if not self.values:
            msg = f"{self.name}: nothing was measured"
            raise ValueError(msg)

    @property
    def median(self) -> float:
        """The middle of the repeats."""
        return statistics.median(self.values)

    @property
    def spread(self) -> float:
        """From the lowest repeat to the highest."""
        return max(self.values) - min(self.values)

    @property
    def kept(self) -> bool | None:
        """Whether the promise is kept; None where nothing is promised."""
        if self.at_most is None and self.at_least is None:
            return None
        return (self.at_most is None or self.median <= self.at_most) and (
            self.at_least is None or self.median >= self.at_least
        )

    @property
    def promise(self) -> str:
        """The promise as it is read; empty where there is none."""
        limits = (("≤", self.at_most), ("≥", self.at_least))
        return ", ".join(f"{sign} {with_unit(limit, self.unit)}" for sign, limit in limits if limit is not None)

    @property
    def measured(self) -> str:
        """Median and, where it was repeated, the lowest and highest repeat."""
        if len(self.values) == 1:
            return with_unit(self.median, self.unit)
        return f"{with_unit(self.median, self.unit)} ({number(min(self.values))} to {number(max(self.values))})"

    def compared_with(self, before: Figure) -> Figure:
        """With what it was before; worse by more than either run is spread is worse."""
        better = self.more_is_better or self.at_least is not None
        by = before.median - self.median if better else self.median - before.median
        worse = by > max(self.spread, before.spread, abs(before.median) * LEAST_CHANGE)
        return dataclasses.replace(self, before=before.median, worse=worse)

    def as_json(self) -> dict[str, Any]:
        """What is kept of it."""
        kept = {
            key: value for key, value in dataclasses.asdict(self).items() if value is not None and value is not False
        }
        return kept | {"values": [float(f"{value:.5g}") for value in self.values]}

    @classmethod
    def of_json(cls, kept: Mapping[str, Any]) -> Figure:
        """What was kept."""
        return cls(**{**kept, "values": tuple(kept["values"])})


class Measure(Protocol):
    """A benchmark: measures, and gives its figures."""

    def __call__(self, *, quick: bool) -> Iterable[Figure]:
        """The figures; ``quick``: of fewer repeats of less."""


def number(value: float) -> str:
    """A number with three figures that count, never in powers of ten."""
    if value == int(value) or abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.2f}" if abs(value) < 10 else f"{value:.1f}"


def with_unit(value: float, unit: str) -> str:
    """A number and its unit. An exponent is called so by its sentence."""
    return number(value) if unit == "exponent" else f"{number(value)} {unit}".rstrip()


def main(measure: Measure, about: str | None, arguments: Sequence[str] | None = None) -> None:
    """Run a benchmark by its command line: ``--quick`` for fewer repeats of less, ``--json FILE`` to keep what it finds."""
    parser = argparse.ArgumentParser(description=(about or "").partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="fewer repeats of less: a minute for all benchmarks")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there")
    options = parser.parse_args(arguments)
    # What is measured starts as an installed program does, whose modules are compiled: else compiling is most of a start, and stays in the memory.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    figures = list(measure(quick=options.quick))
    for figure in figures:
        print(line(figure), flush=True)
    if options.json is not None:
        options.json.write_text(json.dumps([figure.as_json() for figure in figures]), encoding="utf-8")


def line(figure: Figure) -> str:
    """A figure as a line for a terminal."""
    said = {None: "", True: f", promised {figure.promise}: kept", False: f", promised {figure.promise}: NOT KEPT"}
    then = ""
    if figure.before is not None:
        then = f"  [before: {with_unit(figure.before, figure.unit)}{', WORSE' if figure.worse else ''}]"
    return f"  {figure.what}: {figure.measured}{said[figure.kept]}{then}"


def cpu_of(work: Callable[[], object]) -> float:
    """The CPU seconds of this process for a piece of work."""
    started = time.process_time()
    work()
    return time.process_time() - started


def wall_of(work: Callable[[], object]) -> float:
    """The seconds that a piece of work takes."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def repeated(times: int, once: Callable[[], float], *, warm_up: bool = True) -> tuple[float, ...]:
    """The values of so many repeats; the first one, which fills caches, does not count."""
    if warm_up:
        once()
    return tuple(once() for _ in range(times))


@contextlib.contextmanager
def pinned(core: int) -> Iterator[None]:
    """Keep this thread, and what it starts meanwhile, on one core; anywhere, where the machine has no such core."""
    free = os.sched_getaffinity(0)
    if core in free:
        os.sched_setaffinity(0, {core})
    try:
        yield
    finally:
        os.sched_setaffinity(0, free)


def pin(process: int, cores: Iterable[int]) -> None:
    """Keep another process, with all its threads, on some cores, as far as the machine has them."""
    chosen = set(cores) & os.sched_getaffinity(0)
    for thread in Path(f"/proc/{process}/task").iterdir() if chosen else ():
        with contextlib.suppress(ProcessLookupError):  # A thread that ended meanwhile.
            os.sched_setaffinity(int(thread.name), chosen)
