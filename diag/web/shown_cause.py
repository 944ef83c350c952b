"""Why a remote or a local cluster is not ok, ready to be shown: what was found, how to fix it, what is typed for that."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase
from typing import Final

from diag.board import ClusterState
from diag.lazy_dataclass import dataclass
from diag.model import Acknowledgement, ClusterReport, Outcome, RemoteReport, Result, Severity, Status
from diag.report.fix_lines import Target, Typed, typed
from diag.web.views import rank

# How a severity looks: critical and error are both failures, and are told apart by shape and by word.
STYLES: Final = {
    Severity.CRITICAL: "critical",
    Severity.ERROR: "error",
    Severity.WARNING: "warn",
    Severity.INFO: "info",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """One cause. ``check`` is empty where no check stands for it; ``more`` counts further open questions that are not named."""

    check: str
    summary: str
    severity: str = ""
    style: str = "unknown"
    remedy: str = ""
    typed: tuple[Typed, ...] = ()
    more: int = 0


def causes_of(report: RemoteReport, state: ClusterState) -> tuple[Cause, ...]:
    """Every root cause with its sentence and its fix; of an unknown remote what is unknown."""
    roots = [root for check in report.root_causes if (root := report.result(check)) and root.findings]
    if roots:
        return tuple(cause_of(root, Target.of(state.report, report)) for root in roots)
    return (_open_cause(report, state),) if report.status is Status.UNKNOWN else ()


def _open_cause(report: RemoteReport, state: ClusterState) -> Cause:
    """Why an unknown remote is unknown: what holds of all of it comes before what stayed open."""
    if state.round.failure:
        return Cause(check="", summary=state.round.failure)
    if report.maintenance is not None:
        return Cause(check="", summary=report.maintenance.words)
    open_ones = open_questions(report.results)
    if open_ones:
        return Cause(check=open_ones[0].check, summary=open_ones[0].because, more=len(open_ones) - 1)
    if report.passed:
        left_out = state.report.choice.left_out
        return Cause(check="", summary=f"what was chosen passed; not asked were {', '.join(left_out)}")
    return Cause(check="", summary="nothing is known of it yet")


def open_questions(results: Sequence[Result]) -> list[Result]:
    """The essential questions that stayed open."""
    return [result for result in results if result.is_open]


def cause_of(result: Result, place: Target) -> Cause:
    """The worst of what a check found."""
    worst = max(result.findings, key=lambda finding: rank(finding, result), default=None)
    severity = result.severity.value if result.severity else ""
    style = STYLES[result.severity] if result.severity else "unknown"
    if worst is None:
        return Cause(check=result.check, summary=result.because, severity=severity, style=style)
    return Cause(
        check=result.check,
        summary=worst.summary,
        severity=severity,
        style=style,
        remedy=worst.remedy,
        typed=tuple(typed(worst, place)),
    )


def _is_acknowledged(result: Result, known: Acknowledgement) -> bool:
    """Whether it is the finding itself that somebody knows of, also where no round brings anything now."""
    return result.outcome is Outcome.FAIL or (not known.maintenance and fnmatchcase(result.check, known.check))


def acknowledged(place: ClusterReport | RemoteReport) -> Iterator[str]:
    """What somebody has acknowledged, until when, and why; what only follows from it needs no word."""
    if place.maintenance is not None:
        yield place.maintenance.words
    for result in place.results:
        known = result.acknowledged
        if known is not None and not result.explained_by and _is_acknowledged(result, known):
            yield f"{result.check}: {known.words}"
