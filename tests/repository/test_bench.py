"""The benchmarks keep what they find in one shape, and what their page says follows from it."""

from __future__ import annotations

import dataclasses
import importlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

BENCH = Path(__file__).parents[2] / "bench"
# What is promised, by script and figure: each has a measured figure, and its promise is the one that was given.
PROMISED = {
    ("probes", "cpu-16"): "≤ 1 times",
    ("probes", "cpu-64"): "≤ 1 times",
    ("probes", "rate-64"): "≥ 1 times",
    ("startup", "help"): "≤ 60 ms",
    ("startup", "lint-file"): "≤ 200 ms",
    ("startup", "one-remote"): "≤ 250 ms",
    ("startup", "64-remotes"): "≤ 400 ms",
    ("metrics", "changed"): "≤ 100 ms",
    ("metrics", "again"): "≤ 5 ms",
    ("metrics", "stall"): "≤ 50 ms",
    ("judging", "fresh"): "≤ 0.50 ms",
    ("judging", "steady"): "≤ 0.10 ms",
    ("load", "remotes-late"): "≤ 1 s",
    ("load", "remotes-peak"): "≤ 120 MiB",
    ("load", "remotes-wrong"): "≤ 0 rounds",
    ("awkward", "diag"): "≤ 0 false ok",
}


@pytest.fixture
def bench(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, ModuleType]]:
    """The modules of the driver, as its scripts see them."""
    monkeypatch.syspath_prepend(str(BENCH))
    names = ("measured", "kept", "growth_picture")
    yield {name: importlib.import_module(name) for name in names}
    for name in names:
        sys.modules.pop(name)


def test_every_promise_is_measured(bench: dict[str, ModuleType]) -> None:
    """No row is left out, and none is promised less."""
    kept = bench["kept"].read((BENCH / "figures.json").read_text("utf-8"))
    found = {(script, one.name): one.promise for script, of in kept.items() for one in of["figures"]}
    assert {key: found.get(key) for key in PROMISED} == PROMISED


def test_the_page_says_what_was_kept(bench: dict[str, ModuleType]) -> None:
    """The tables follow from ``figures.json`` alone."""
    page = (BENCH / "README.md").read_text("utf-8")
    kept = bench["kept"].read((BENCH / "figures.json").read_text("utf-8"))
    assert bench["kept"].page(page, kept) == page


def test_a_figure_keeps_a_promise_by_its_median(bench: dict[str, ModuleType]) -> None:
    """Nought is a limit as any other; on the limit it is kept."""
    figure = bench["measured"].Figure
    assert figure(name="a", what="a", unit="ms", values=(1, 3, 9), at_most=3).kept
    assert not figure(name="a", what="a", unit="ms", values=(1, 3.1, 9), at_most=3).kept
    assert not figure(name="a", what="a", unit="rounds", values=(1,), at_most=0).kept
    assert figure(name="a", what="a", unit="times", values=(1.0,), at_least=1).kept
    assert not figure(name="a", what="a", unit="times", values=(0.9,), at_least=1).kept
    assert figure(name="a", what="a", unit="ms", values=(1,)).kept is None


def test_what_is_kept_is_read_again(bench: dict[str, ModuleType]) -> None:
    """A limit of nought, too."""
    figure = bench["measured"].Figure
    one = figure(name="a", what="a", unit="rounds", values=(1.0, 2.0), at_most=0)
    assert figure.of_json(json.loads(json.dumps(one.as_json()))) == one


@pytest.mark.parametrize(
    ("before", "now", "more_is_better", "worse"),
    [
        ((10, 11, 12), (12, 13, 14), False, False),  # Within what they are spread.
        ((10, 11, 12), (13, 14, 15), False, True),
        ((13, 14, 15), (10, 11, 12), False, False),  # Better.
        ((13, 14, 15), (10, 11, 12), True, True),
        ((100,), (101,), False, False),  # Nothing is as alike as one repeat.
    ],
)
def test_worse_is_by_more_than_it_is_spread(
    bench: dict[str, ModuleType],
    before: tuple[float, ...],
    now: tuple[float, ...],
    more_is_better: bool,  # noqa: FBT001 -- a parameter of the test.
    worse: bool,  # noqa: FBT001 -- as above.
) -> None:
    """Either way."""
    figure = bench["measured"].Figure(name="a", what="a", unit="ms", values=now, more_is_better=more_is_better)
    compared = figure.compared_with(dataclasses.replace(figure, values=before))
    assert compared.worse is worse


@pytest.mark.parametrize(("unit", "compared"), [("ms", None), ("times", 1.0)])
def test_of_another_machine_only_ratios_are_compared(
    bench: dict[str, ModuleType], unit: str, compared: float | None
) -> None:
    """A time of another machine says nothing; of a quick run neither."""
    one = bench["measured"].Figure(name="a", what="a", unit=unit, values=(1.0,))
    there = {"machine": "a", "python": "3", "quick": False, "figures": [one]}
    here = {**there, "machine": "b"}
    assert bench["kept"].compared(here, there)["figures"][0].before == compared
    assert bench["kept"].compared(there, there)["figures"][0].before == 1.0
    assert bench["kept"].compared(there, {**there, "quick": True})["figures"][0].before is None


def test_every_script_is_run() -> None:
    """One that lies there is in the table of the driver, under its name."""
    driver = (BENCH / "__main__.py").read_text("utf-8")
    scripts = {path.stem for path in BENCH.glob("*.py") if "\n    main(measure, __doc__)" in path.read_text("utf-8")}
    scripts |= {
        path.stem for path in BENCH.glob("*.py") if "\n        main(measure, __doc__)" in path.read_text("utf-8")
    }
    assert scripts
    assert {name for name in scripts if f'    "{name}": (' not in driver} == set()


def test_the_picture_is_of_all_points(bench: dict[str, ModuleType]) -> None:
    """Each line with as many marks as points, at the place of its powers of ten."""
    panel = bench["growth_picture"].Panel(
        title="CPU <s>", lines={"a & b": [(1, 0.1), (10, 1), (100, 10)], "c": [(10, 5)]}
    )
    drawn = bench["growth_picture"].drawn([panel])
    assert drawn.count("<circle") == 3 + 1  # One of them in the legend.
    assert "CPU &lt;s&gt;" in drawn
    assert "a &amp; b" in drawn
    left, middle, right = (
        float(one.partition(",")[0]) for one in drawn.partition('points="')[2].partition('"')[0].split()
    )
    assert middle - left == pytest.approx(right - middle, abs=0.2)
