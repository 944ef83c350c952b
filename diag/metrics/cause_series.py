"""Why something is not ok, in series: root causes with sentence and fix, and questions that stayed open."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from diag.engine import root_causes
from diag.metrics.label_values import Lines, label, sentence
from diag.model import ClusterReport, RemoteReport, Result, Status

FAMILIES: Final[Mapping[str, str]] = {
    "diag_root_cause": "1 for each check that holds the cause why a remote (or a local cluster itself: an empty remote) is not ok.",
    "diag_root_cause_info": (
        "1 for each of the first 9 root causes, with its sentence and its fix, each cut at 400 characters; place 1 is the first to be "
        "fixed. Its labels change with the sentence."
    ),
    "diag_open_question_info": (
        "1 for each of the first 9 questions that leave a remote (or a local cluster: an empty remote) unknown, with the reason; "
        "check is empty where the API of the local cluster could not be asked."
    ),
}
_MAX_PLACES: Final = (
    9  # One digit: sorting places as texts is sorting them as numbers, and the number of series is bounded.
)


def of_remote(head: str, report: RemoteReport) -> Lines:
    """The root causes of a remote and, where it is unknown, what stayed open."""
    lines = _causes(f"{head},", report.root_causes, report.results)
    if report.status is Status.UNKNOWN:
        questions = [(one.check, one.because) for one in report.results if one.is_open]
        lines |= _open(f"{head},", questions, _hint(report.coverage.hints))
    return lines


def _hint(hints: Mapping[str, str]) -> str:
    """What would have the login asked, by its use or through the local cluster; of the other parts none leaves a remote unknown."""
    return "; or ".join(hints[part] for part in ("login", "local_view") if part in hints) if "login" in hints else ""


def of_cluster(head: str, report: ClusterReport) -> Lines:
    """The causes that a local cluster itself has, and why it could not be asked."""
    head = f'{head},remote="",'
    lines = _causes(head, root_causes(report.results), report.results)
    silent = [] if report.unanswered is None or report.maintenance else [("", str(report.unanswered))]
    return lines | _open(head, [*silent, *((one.check, one.because) for one in report.results if one.is_open)], "")


def _causes(head: str, causes: Sequence[str], results: Iterable[Result]) -> Lines:
    lines: Lines = {"diag_root_cause": [], "diag_root_cause_info": []}
    if not causes:
        return lines
    known = {result.check: result for result in results}
    for place, check in enumerate(causes, 1):
        result = known.get(check)
        about = f'check="{label(check)}",severity="{result.severity if result and result.severity else ""}"'
        lines["diag_root_cause"].append(f"diag_root_cause{head}{about}}} 1\n")
        if result and result.findings and place <= _MAX_PLACES:
            finding = result.findings[0]
            words = f'summary="{sentence(finding.summary)}",remedy="{sentence(finding.full_remedy)}"'
            lines["diag_root_cause_info"].append(f'diag_root_cause_info{head}{about},place="{place}",{words}}} 1\n')
    return lines


def _open(head: str, questions: Sequence[tuple[str, str]], hints: str) -> Lines:
    series = [
        f'diag_open_question_info{head}check="{label(check)}",place="{place}",because="{sentence(because)}",'
        f'hint="{sentence(hints)}"}} 1\n'
        for place, (check, because) in enumerate(questions[:_MAX_PLACES], 1)
    ]
    return {"diag_open_question_info": series}
