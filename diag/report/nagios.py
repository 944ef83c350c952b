"""One status line for Nagios, Icinga and their kin, and a line for each remote that is not ok (plug-in convention)."""

from __future__ import annotations

from collections import Counter

from diag.model import RemoteReport, Report, Status
from diag.report.coverage_text import choice_of, excuse
from diag.report.exitcode import nothing_examined
from diag.report.options import RenderOptions
from diag.text import shown

_WORDS = {Status.OK: "OK", Status.WARN: "WARNING", Status.FAIL: "CRITICAL", Status.UNKNOWN: "UNKNOWN"}
_MAX_LENGTH = 300


def render(report: Report, options: RenderOptions) -> str:  # noqa: ARG001 -- every format takes them.
    """Write the line, its performance data, and the details."""
    remotes = [(cluster.name, remote) for cluster in report.clusters for remote in cluster.remotes]
    counted = Counter(remote.status for _, remote in remotes)
    stated = f"{len(remotes)} remotes: " + ", ".join(f"{counted[s]} {s}" for s in _WORDS if counted[s])
    if nothing_examined(report):
        stated = "no remote was looked at"
    data = " ".join(f"{status}={counted[status]}" for status in _WORDS)
    seconds = max((cluster.evidence.seconds for cluster in report.clusters), default=0.0)
    if chosen := choice_of(report):
        stated += f" ({chosen})"
    word = excuse(report).upper() or _WORDS[report.status]
    lines = [f"REMOTES {word} - {stated} | {data} time={seconds:.3f}s"]
    lines += [_line(name, remote) for name, remote in remotes if remote.status is not Status.OK and not excuse(remote)]
    lines += [
        f"{_safe(cluster.name)}: its API could not be asked: {_safe(str(cluster.unanswered))}"
        for cluster in report.clusters
        if cluster.unanswered is not None
    ]
    lines += [
        f"{_safe(cluster.name)}: {result.check}: {_safe(finding.summary)}"
        for cluster in report.clusters
        for result in cluster.results
        if result.counts
        for finding in result.findings
    ]
    lines += [
        f"{_safe(cluster.name)}: remotes not read: {_safe(str(cluster.evidence.discovery))}"
        for cluster in report.clusters
        if cluster.evidence.discovery is not None
    ]
    return "\n".join(lines) + "\n"


def _line(cluster: str, remote: RemoteReport) -> str:
    roots = [root for check in remote.root_causes if (root := remote.result(check)) and root.findings]
    open_ones = [r for r in remote.results if r.because and r.is_open]
    if roots:
        stated = "; ".join(f"{root.check}: {root.findings[0].summary}" for root in roots)
    elif open_ones:
        stated = f"{open_ones[0].check}: {open_ones[0].because}"
    else:
        stated = "unknown"
    return f"{_safe(cluster)}/{_safe(remote.alias)} {remote.status}: {_safe(stated)}"


def _safe(text: str) -> str:
    """A bar would begin performance data."""
    return shown(text, _MAX_LENGTH).replace("|", "/")
