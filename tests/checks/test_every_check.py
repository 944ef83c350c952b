"""What holds for every check: its manual has all parts, and no evidence makes it fail or run on."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

import pytest

from checks import CHECKS
from diag.check import Check
from diag.engine import judge
from diag.model import Outcome, Result
from tests import caselib

LONG = "\x1b[31m<b>\u202e" + "x" * 50_000
# One failing case of each check: what it says depends on the evidence that this case changes.
FAILING = {case.check: case for case in caselib.all_cases() if case.path.stem.startswith("fail")}


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.id)
def test_every_manual_has_its_parts(check: Check) -> None:
    """The docstring is the manual page: the problem in one sentence, why it matters, how to fix it, an example."""
    assert check.problem.endswith(".")
    for part in ("Why it matters:", "How to fix:", "Example:"):
        assert f"\n\n{part}" in check.manual
    assert check.docs
    assert check.source


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.id)
def test_text_of_others_is_bounded(check: Check) -> None:
    """However much somebody wrote into a name, an address or an answer, what the check says of it stays readable."""
    file = FAILING[check.id].file
    for given in _with_one_long_text(dict(file.given or {})):
        try:
            evidence = caselib.patched(file.base, given)
        except ValueError:
            continue  # A word of ours, a number, a date: nobody can write something else there.
        report = judge(evidence, [check])
        for result in (*report.results, *report.remotes[0].results):
            _is_readable(result)


def _is_readable(result: Result) -> None:
    assert result.outcome is not Outcome.ERROR, result.because
    assert len(result.because) < 4000
    for finding in result.findings:
        assert len(finding.summary) < 4000, finding.summary[:300]
        assert len(finding.full_remedy) < 6000, finding.full_remedy[:300]
        for fact in finding.facts.values():
            assert len(str(fact)) < 8000, str(fact)[:300]


def _with_one_long_text(given: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Give what a case changes once for each of its texts, with much more text behind that one; and once with a long alias."""
    yield {**given, "remote": {**given.get("remote", {}), "alias": f"logs{LONG}"}}
    for path in _texts(given):
        changed: Any = copy.deepcopy(given)
        where = changed
        for step in path[:-1]:
            where = where[step]
        where[path[-1]] += LONG
        yield changed


def _texts(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if isinstance(value, str):
        yield path
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        yield from _texts(item, (*path, key))
