"""What the exit code of a run says. The numbers are fixed: pipelines rely on them.

1 (our own failure), 2 (usage or configuration) and 130 (interrupted) belong to the command line.
"""

from __future__ import annotations

from collections.abc import Iterator

from diag.model import Outcome, Report, Result, Severity, Status
from diag.report.coverage_text import excuse

FINE = 0
FAILING = 3
WARNING = 4
UNDECIDED = 5

_OF_NAGIOS = {Status.OK: 0, Status.WARN: 1, Status.FAIL: 2, Status.UNKNOWN: 3}


def all_results(report: Report) -> Iterator[Result]:
    """Every result of every cluster and remote, in the order of the report."""
    for cluster in report.clusters:
        yield from cluster.results
        for remote in cluster.remotes:
            yield from remote.results


def _asked(report: Report) -> Iterator[Result]:
    """The results that a choice of checks, or a run without a network, does not leave open by itself."""
    for cluster in report.clusters:
        yield from cluster.results
        for remote in cluster.remotes:
            yield from () if remote.passed else remote.results


def nothing_examined(report: Report) -> bool:
    """Whether there was no remote at all: such a report says nothing, least of all that something is fine."""
    return not any(cluster.remotes for cluster in report.clusters)


def undiscovered(report: Report) -> bool:
    """Whether there is a cluster whose remotes should have been read from it, and were not."""
    return any(cluster.evidence.discovery and not cluster.remotes for cluster in report.clusters)


def unreported(report: Report) -> bool:
    """Whether an API that is configured did not answer, or a remote is unknown for more than the choice of checks or maintenance."""
    return any(
        (cluster.unanswered is not None and cluster.maintenance is None)
        or any(r.status is Status.UNKNOWN and not excuse(r) for r in cluster.remotes)
        for cluster in report.clusters
    )


def counts_as_failure(result: Result, fail_on: Severity) -> bool:
    """Whether a result is a finding, not acknowledged, that is at least as bad as ``fail_on``."""
    return (
        result.outcome is Outcome.FAIL
        and result.acknowledged is None
        and result.severity is not None
        and result.severity.rank >= fail_on.rank
    )


def exit_code(report: Report, fail_on: Severity = Severity.WARNING) -> int:
    """Give 3 for an error or critical finding, 4 for a milder one, 5 where something essential is open, else 0."""
    ranks = [r.severity.rank for r in all_results(report) if r.severity and counts_as_failure(r, fail_on)]
    if ranks:
        return FAILING if max(ranks) >= Severity.ERROR.rank else WARNING
    undecided = nothing_examined(report) or undiscovered(report) or unreported(report)
    return UNDECIDED if undecided or any(result.is_open for result in _asked(report)) else FINE


def nagios_code(report: Report) -> int:
    """Give the code of the plug-in convention: 0 ok, 1 warning, 2 critical, 3 unknown."""
    return FINE if excuse(report) else _OF_NAGIOS[report.status]
