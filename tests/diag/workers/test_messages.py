"""What travels between the daemon and its worker processes."""

from __future__ import annotations

from typing import Any

import pytest

from diag.engine import judge
from diag.model import ClusterReport, Outcome, Result
from diag.workers.messages import Answer, packed, unpacked
from tests import caselib


def report(changes: dict[str, Any]) -> ClusterReport:
    """A report of a worker, as the daemon gets it."""
    done = judge(caselib.patched("api_key", changes), caselib.catalogue().checks)
    came = unpacked(packed(Answer(1, (done, 0.5))))
    assert came == Answer(1, (done, 0.5))
    assert isinstance(came, Answer)
    assert isinstance(came.done, tuple)
    return came.done[0]


def by_check(one: ClusterReport) -> dict[str, Result]:
    """The results of its only remote."""
    (remote,) = one.remotes
    return {result.check: result for result in remote.results}


@pytest.mark.parametrize("outcome", [Outcome.PASS, Outcome.SKIP])
def test_results_that_say_the_same_are_one_in_all_reports(outcome: Outcome) -> None:
    """Each report comes by itself, and what thousands of remotes have in common must not be held thousands of times."""
    first, second = by_check(report({})), by_check(report({}))
    same = [one for one in first.values() if one.outcome is outcome]
    assert same
    assert [one.check for one in same if second[one.check] is not one] == []


def test_a_result_that_says_more_comes_whole() -> None:
    """With its findings: ``report`` compares it with what was sent."""
    failing = by_check(report({"connection": {"unavailable": "connection refused"}}))
    assert any(one.findings for one in failing.values())
