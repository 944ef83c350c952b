"""Every case file, one test each; and every check has a case for each outcome it can have."""

from __future__ import annotations

import pytest

from diag.model import Outcome, Status
from tests import caselib

CASES = caselib.all_cases()
WANTED = {Outcome.PASS, Outcome.FAIL, Outcome.SKIP, Outcome.UNKNOWN}


@pytest.mark.parametrize("case", CASES, ids=str)
def test_case(case: caselib.Case) -> None:
    """The check says what the case expects."""
    result = caselib.run(case)
    expect = case.expect
    assert expect["outcome"] == result.outcome, f"{result.because} {[f.summary for f in result.findings]}"
    assert expect.get("severity") == result.severity
    for words in expect.get("because", []):
        assert words in result.because
    findings = expect.get("findings", [])
    assert len(findings) == len(result.findings), [f.summary for f in result.findings]
    for wanted, found in zip(findings, result.findings, strict=True):
        for words in wanted.get("summary", []):
            assert words in found.summary
        for words in wanted.get("remedy", []):
            assert words in found.whole_remedy
        typed = " ".join(text for fix in found.fix for text in fix.texts)
        for words in wanted.get("fix", []):
            assert words in typed
        if "severity" in wanted:
            assert wanted["severity"] == found.severity
        for key, value in wanted.get("facts", {}).items():
            shown = found.facts[key]
            assert value == (list(shown) if isinstance(shown, tuple) else shown)
        assert found.docs, "a finding links to the documentation"


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_root_causes_of_the_whole_report(case: caselib.Case) -> None:
    """All checks together name the causes that the case expects, in that order, and none of them crashes."""
    from diag.engine import judge  # noqa: PLC0415 -- only here.

    report = judge(caselib.evidence(case.given), caselib.catalogue().checks)
    (remote,) = report.remotes
    assert caselib.expected_roots(case) == remote.root_causes
    assert not [r.check for r in (*report.results, *remote.results) if r.outcome is Outcome.ERROR]


@pytest.mark.parametrize("check", caselib.catalogue().checks, ids=lambda check: check.id)
def test_every_check_has_its_cases(check: object) -> None:
    """Each check has a case for fail, pass, skip and unknown."""
    seen = {case.expect["outcome"] for case in CASES if case.check == check.id}  # type: ignore[attr-defined]
    assert set(map(str, WANTED)) <= seen


@pytest.mark.parametrize("base", ["api_key", "certificate"])
def test_the_healthy_bases_are_ok(base: str) -> None:
    """No check finds anything at the healthy evidence that the cases start from, and none is left unknown."""
    import yaml  # noqa: PLC0415 -- only here.

    from diag.engine import judge  # noqa: PLC0415 -- only here.

    given = yaml.safe_load((caselib.CASES / "base" / f"{base}.yaml").read_text())
    report = judge(caselib.evidence(given), caselib.catalogue().checks)
    results = [*report.results, *report.remotes[0].results]
    assert {
        r.check: r.findings or r.because for r in results if r.outcome in {Outcome.FAIL, Outcome.ERROR, Outcome.UNKNOWN}
    } == {}
    assert report.status is Status.OK
