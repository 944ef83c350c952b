"""Status, root causes, overrides and acknowledgements."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime

import pytest

from diag.check import Check, Unknown, Yields, check
from diag.engine import judge, report, root_causes, status_of, worst
from diag.model import (
    Acknowledgement,
    Finding,
    Layer,
    Outcome,
    Policy,
    Remote,
    Result,
    Severity,
    Status,
)
from tests.diag.engine.test_judge import evidence


def failed(name: str, layer: Layer, severity: Severity) -> Result:
    """Make a failure."""
    return Result(check=name, outcome=Outcome.FAIL, layer=layer, severity=severity)


def unknown(*, essential: bool = True, partial: bool = False) -> Result:
    """Make an open question."""
    return Result(check="x/u", outcome=Outcome.UNKNOWN, layer=Layer.TLS, essential=essential, partial=partial)


def passed() -> Result:
    """Make a pass."""
    return Result(check="x/p", outcome=Outcome.PASS, layer=Layer.TLS, essential=True)


@pytest.mark.parametrize(
    ("results", "expected"),
    [
        ([], Status.UNKNOWN),
        ([passed()], Status.OK),
        ([passed(), failed("a/a", Layer.TLS, Severity.INFO)], Status.OK),
        ([failed("a/a", Layer.TLS, Severity.WARNING)], Status.WARN),
        ([failed("a/a", Layer.TLS, Severity.ERROR)], Status.FAIL),
        ([failed("a/a", Layer.TLS, Severity.CRITICAL), unknown()], Status.FAIL),
        ([unknown()], Status.UNKNOWN),
        ([unknown(essential=False)], Status.OK),
        ([unknown(), failed("a/a", Layer.TLS, Severity.WARNING)], Status.UNKNOWN),
        ([unknown(partial=True), failed("a/a", Layer.TLS, Severity.WARNING)], Status.WARN),
        ([unknown(partial=True)], Status.UNKNOWN),
        ([Result(check="x/e", outcome=Outcome.ERROR, layer=Layer.TLS)], Status.UNKNOWN),
    ],
)
def test_status(results: list[Result], expected: Status) -> None:
    """Never ok with an essential question open; info leaves it ok."""
    assert expected == status_of(results)


def test_every_unexplained_error_is_a_root_cause() -> None:
    """In the order of the layers, the most severe first, then in table order; what another one explains is none."""
    results = [
        failed("tls/late", Layer.TLS, Severity.CRITICAL),
        dataclasses.replace(failed("tls/result", Layer.TLS, Severity.CRITICAL), explained_by=("config/b",)),
        failed("config/b", Layer.CONFIGURATION, Severity.ERROR),
        failed("config/warn", Layer.CONFIGURATION, Severity.WARNING),
        failed("config/c", Layer.CONFIGURATION, Severity.CRITICAL),
        failed("config/d", Layer.CONFIGURATION, Severity.ERROR),
    ]
    assert root_causes(results) == ("config/c", "config/b", "config/d", "tls/late")


def test_failures_that_explain_each_other_do_not_hide_each_other() -> None:
    """Of a circle the first one is the cause."""
    one = dataclasses.replace(failed("tls/one", Layer.TLS, Severity.ERROR), explained_by=("trust/two",))
    two = dataclasses.replace(failed("trust/two", Layer.TRUST, Severity.CRITICAL), explained_by=("tls/one",))
    assert root_causes([two, one]) == ("tls/one",)


def test_a_warning_in_an_earlier_layer_does_not_hide_an_error() -> None:
    """Errors go first; warnings are root causes only where there is nothing worse."""
    warning = failed("config/warn", Layer.CONFIGURATION, Severity.WARNING)
    assert root_causes([warning, failed("tls/x", Layer.TLS, Severity.ERROR)]) == ("tls/x",)
    assert root_causes([warning, failed("tls/y", Layer.TLS, Severity.WARNING)]) == ("config/warn", "tls/y")
    assert root_causes([failed("a/a", Layer.TLS, Severity.INFO)]) == ()


def test_the_worst_status() -> None:
    """Fail, then unknown, then warn, then ok."""
    assert worst([Status.UNKNOWN, Status.FAIL]) == Status.FAIL
    assert worst([Status.WARN, Status.UNKNOWN]) == Status.UNKNOWN
    assert worst([]) == Status.OK


@check("x/broken", severity=Severity.ERROR)
def broken(remote: Remote) -> Yields:
    """Fail always."""
    yield Finding(summary=f"{remote.alias} is broken", remedy="mend it")


@check("x/open", severity=Severity.ERROR, essential=True)
def open_question(remote: Remote) -> Yields:
    """Know nothing."""
    yield Unknown(f"nobody knows {remote.alias}")


def judged(policy: Policy, *checks: Check) -> tuple[Status, Result]:
    """Judge the healthy evidence."""
    remote = judge(evidence(), checks or (broken,), policy).remotes[0]
    return remote.status, remote.results[0]


def test_a_severity_may_be_overridden() -> None:
    """By id or glob; the finding and the result carry the new one."""
    status, result = judged(Policy(severity={"x/*": "warning"}))
    assert (status, result.severity, result.findings[0].severity) == (Status.WARN, Severity.WARNING, Severity.WARNING)


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        ({}, Status.OK),
        ({"until": "2026-01-15"}, Status.OK),
        ({"until": "2026-01-14"}, Status.FAIL),
        ({"check": "y/*"}, Status.FAIL),
        ({"remote": "other"}, Status.FAIL),
        ({"remote": "lo*", "cluster": "search-eu"}, Status.OK),
    ],
)
def test_an_acknowledged_failure_counts_for_nothing_until_its_last_day(entry: dict[str, str], expected: Status) -> None:
    """The evidence is of 2026-01-15; the finding stays in the result."""
    acknowledgement = Acknowledgement(**{"check": "x/broken", "until": "2026-02-01", "note": "known", **entry})
    status, result = judged(Policy(acknowledge=(acknowledgement,)))
    assert expected == status
    assert (expected is Status.OK) == (result.acknowledged is not None)
    assert result.findings


def test_an_open_question_can_not_be_acknowledged() -> None:
    """Only failures are: not knowing is no finding."""
    entry = Acknowledgement(check="*", until="2027-01-01", note="")
    assert judged(Policy(acknowledge=(entry,)), open_question)[0] == Status.UNKNOWN


def test_a_report_about_no_remote_is_unknown() -> None:
    """Nothing was looked at, so nothing is ok."""
    empty = dataclasses.replace(evidence(), remotes=())
    whole = report([judge(empty, [broken])], datetime(2026, 1, 15, tzinfo=UTC))
    assert whole.status == Status.UNKNOWN
    assert report([], datetime(2026, 1, 15, tzinfo=UTC)).status == Status.UNKNOWN


def test_counts_are_by_outcome() -> None:
    """Every result is counted once, also those of the cluster."""
    whole = report([judge(evidence(), [broken, open_question])], datetime(2026, 1, 15, tzinfo=UTC))
    assert dict(whole.counts) == {"pass": 0, "fail": 1, "skip": 0, "unknown": 1, "error": 0}


def test_a_serverless_local_cluster_is_never_called_ok() -> None:
    """Most checks do not apply to it, so that nothing was found says nothing."""
    given = evidence(cluster={"kind": "serverless"})
    assert judge(given, []).remotes[0].status == Status.UNKNOWN
