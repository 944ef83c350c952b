"""What the exit code says."""

from __future__ import annotations

import pytest

from diag.model import Severity
from diag.report import exit_code
from tests import reportlib
from tests.reportlib import EXPIRED, HINT, PORT, REFUSED, SLOW, cluster, crashed, passed, remote, unknown, whole


@pytest.mark.parametrize(
    ("results", "fail_on", "code"),
    [
        (passed(1), Severity.INFO, 0),
        ((PORT,), Severity.WARNING, 3),
        ((REFUSED,), Severity.WARNING, 3),
        ((REFUSED,), Severity.CRITICAL, 0),
        ((SLOW,), Severity.WARNING, 4),
        ((SLOW,), Severity.ERROR, 0),
        ((HINT,), Severity.WARNING, 0),
        ((HINT,), Severity.INFO, 4),
        ((SLOW, PORT), Severity.WARNING, 3),
        ((EXPIRED,), Severity.INFO, 0),
        ((unknown("tls/a", "b"),), Severity.WARNING, 5),
        ((unknown("tls/a", "b", essential=False),), Severity.WARNING, 0),
        ((unknown("tls/a", "b"), SLOW), Severity.WARNING, 4),
        ((unknown("tls/a", "b"), SLOW), Severity.ERROR, 5),
        ((crashed(),), Severity.WARNING, 5),
        ((crashed(), PORT), Severity.WARNING, 3),
    ],
)
def test_exit_code(results: tuple[reportlib.Result, ...], fail_on: Severity, code: int) -> None:
    """Findings at or above the level decide; without one, an open essential question does."""
    assert code == exit_code(whole(cluster(remote(*results))), fail_on)
    assert code == exit_code(whole(cluster(remote(*passed(1)), results=results)), fail_on)


def test_nothing_was_looked_at() -> None:
    """A report about no remote at all is never 0."""
    assert exit_code(whole()) == 5
    assert exit_code(whole(cluster())) == 5
    assert exit_code(whole(cluster(results=(PORT,)))) == 3
