"""Every case file, one test each; and every check has a case for each outcome it can have."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

import pytest

from diag.check import Check
from diag.engine import judge
from diag.model import Outcome, Result, Status, Step, Unavailable
from tests import caselib
from tests.fixlib import check_fixes

CASES = caselib.all_cases()
WANTED = {Outcome.PASS, Outcome.FAIL, Outcome.SKIP, Outcome.UNKNOWN}


@pytest.mark.parametrize("case", CASES, ids=str)
def test_case(case: caselib.Case) -> None:
    """The check says what the case expects, all checks together name its root causes in that order, and none of them crashes.

    What is typed to fix a finding can be typed, changes something, and is not refused in the next round.
    """
    the_check_says(case, case.result)
    (remote,) = case.report.remotes
    assert case.roots == remote.root_causes
    assert not [r.check for r in (*case.report.results, *remote.results) if r.outcome is Outcome.ERROR]
    check_fixes(case.report)
    open_ones = [result for result in (*case.report.results, *remote.results) if result.outcome is Outcome.UNKNOWN]
    refused = {str(one) for one in refusals(case.evidence)} if open_ones else set()
    for result in open_ones:
        unnamed = {one for one in refused if one in result.because} - set(map(str, result.missing))
        assert not unnamed, f"{result.check} says what an API refused, and does not give it as the piece that it lacks"


def refusals(value: object) -> Iterator[Unavailable]:
    """What APIs did not give, anywhere in the evidence."""
    if isinstance(value, Unavailable):
        # A short reason may stand in a sentence by chance.
        if value.step is Step.API and len(str(value)) > 12:
            yield value
    elif dataclasses.is_dataclass(value):
        for field in dataclasses.fields(value):
            yield from refusals(getattr(value, field.name))
    elif isinstance(value, tuple):
        for one in value:
            yield from refusals(one)


def the_check_says(case: caselib.Case, result: Result) -> None:
    """Compare what one check said with what the case expects."""
    expect = case.expect
    assert expect.outcome == result.outcome, f"{result.because} {[f.summary for f in result.findings]}"
    assert expect.severity == result.severity
    for words in expect.because:
        assert words in result.because
    assert len(expect.findings) == len(result.findings), [f.summary for f in result.findings]
    for wanted, found in zip(expect.findings, result.findings, strict=True):
        for words in wanted.summary:
            assert words in found.summary
        for words in wanted.remedy:
            assert words in found.full_remedy
        typed = " ".join(text for fix in found.fix for text in fix.texts)
        for words in wanted.fix:
            assert words in typed
        assert wanted.severity in {None, found.severity}
        assert wanted.at in {"", str(found.origin)}
        for key, value in wanted.facts.items():
            shown = found.facts[key]
            assert value == (list(shown) if isinstance(shown, tuple) else shown)
        assert found.docs, "a finding links to the documentation"


@pytest.mark.parametrize("check", caselib.catalogue().checks, ids=lambda check: check.id)
def test_every_check_has_its_cases(check: Check) -> None:
    """Each check has a case for fail, pass, skip and unknown."""
    seen = {case.expect.outcome for case in CASES if case.check == check.id}
    assert seen >= WANTED


@pytest.mark.parametrize("check", caselib.catalogue().checks, ids=lambda check: check.id)
def test_every_declared_severity_is_raised(check: Check) -> None:
    """What lists and manuals say of a check is true: each severity that it declares has a case; the engine refuses any other."""
    expected = [case.expect for case in CASES if case.check == check.id]
    seen = {one.severity for one in expected} | {found.severity for one in expected for found in one.findings}
    lowered = {check.while_connected} if check.while_connected else set()
    assert seen - lowered - {None} <= set(check.severities)
    assert set(check.severities) <= seen


@pytest.mark.parametrize("base", ["api_key", "certificate"])
def test_the_healthy_bases_are_ok(base: str) -> None:
    """No check finds anything at the healthy evidence that the cases start from, and none is left unknown."""
    report = judge(caselib.evidence(caselib.base_of(base)), caselib.catalogue().checks)
    results = [*report.results, *report.remotes[0].results]
    assert {
        r.check: r.findings or r.because for r in results if r.outcome in {Outcome.FAIL, Outcome.ERROR, Outcome.UNKNOWN}
    } == {}
    assert report.status is Status.OK
