"""What a look that somebody asked for found: as series for Prometheus, as text for a person, as JSON for a program."""

from __future__ import annotations

import dataclasses
import json
from typing import Final

from diag.engine import report as report_of
from diag.metrics import render_report_series
from diag.model import ClusterReport, Report, Status
from diag.report import RenderOptions, render
from diag.report.json import REMOTE_FIELDS
from diag.web.backend import Probed
from diag.web.report_body import ReportChoice, as_json, report_body

WELL: Final = frozenset({Status.OK, Status.WARN})


def probe_json(probed: Probed, alias: str | None, *, full: bool) -> bytes:
    """Write the report of one look; ``alias`` is the remote that it was about, None where it was about a whole cluster."""
    report, status = _report(probed, alias)
    head = {
        "cluster": probed.report.name,
        "remote": alias,
        "finished": True,
        "success": status in WELL,
        "status": status.value,
        "seconds": probed.took,
    }
    return as_json(head)[:-1] + b',"report":' + report_body(report, ReportChoice(full=full)).rstrip() + b"}\n"


def probe_text(probed: Probed, alias: str, *, debug: bool) -> str:
    """Write it for a person; with ``debug`` everything is spelled out, and what was seen follows as JSON."""
    report, _ = _report(probed, alias)
    text = render(report, "text", options=RenderOptions(verbose=debug))
    if not debug:
        return text
    seen = [REMOTE_FIELDS["evidence"](remote) for cluster in report.clusters for remote in cluster.remotes]
    return "".join((text, *(f"\nWhat was seen:\n{json.dumps(one, indent=2)}\n" for one in seen)))


def probe_series(probed: Probed, alias: str) -> str:
    """Write the series of the remote that was asked for, and only those."""
    report, status = _report(probed, alias)
    # What is said of the local cluster itself has an empty remote; in a value the quotes would be escaped.
    lines = (line for line in render_report_series(report).split("\n") if ',remote=""' not in line)
    return "\n".join(lines) + success_series(success=status in WELL, took=probed.took)


def success_series(*, success: bool, took: float) -> str:
    """The two series that every exporter that probes on request has."""
    return (
        "# HELP probe_success 1 if the remote is ok or has only warnings, 0 if it fails or can't be judged.\n"
        "# TYPE probe_success gauge\n"
        f"probe_success {int(success)}\n"
        "# HELP probe_duration_seconds How long the probe took.\n"
        "# TYPE probe_duration_seconds gauge\n"
        f"probe_duration_seconds {took:.6f}\n"
    )


def _report(probed: Probed, alias: str | None) -> tuple[Report, Status]:
    """The report about what was asked for alone, and the state of that."""
    whole = probed.report
    if alias is None:
        return report_of([whole], whole.evidence.taken_at), whole.status
    found = tuple(remote for remote in whole.remotes if remote.alias == alias)
    # A round for one remote sees too little of the cluster to judge that.
    only: ClusterReport = dataclasses.replace(
        whole, results=(), remotes=found, status=found[0].status if found else Status.UNKNOWN
    )
    return report_of([only], only.evidence.taken_at), only.status
