"""The report as JSON, with the field names that users and dashboards rely on."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from diag import VERSION
from diag.model import ClusterReport, Finding, Fix, Outcome, RemoteReport, Report, Result, Unavailable
from diag.report.coverage_text import coverage_texts
from diag.report.options import RenderOptions
from diag.report.plain import plain, rfc3339

SCHEMA_VERSION = "1"
# JSON leaves these as they are, and a terminal acts on them or hides them; half a surrogate pair no reader takes at all.
_UNSAFE = re.compile(
    "[\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e0fff]"
)
_write = json.JSONEncoder(ensure_ascii=False, separators=(", ", ": "), allow_nan=False).encode


def to_json(report: Report) -> dict[str, Any]:
    """Give the report as plain values, keys in a fixed order."""
    return {
        "schema_version": SCHEMA_VERSION,
        "generated_at": rfc3339(report.generated_at),
        "tool": {"name": "diag", "version": VERSION},
        "status": report.status.value,
        "counts": {outcome.value: report.counts.get(outcome, 0) for outcome in Outcome},
        "clusters": [_cluster(cluster) for cluster in report.clusters],
    }


def result_to_json(result: Result) -> dict[str, Any]:
    """Give one result as plain values."""
    known = result.acknowledged
    return {
        "check": result.check,
        "outcome": result.outcome.value,
        "severity": result.severity.value if result.severity else None,
        "because": result.because,
        "findings": [_finding(result, finding) for finding in result.findings],
        "layer": result.layer.value,
        "essential": result.essential,
        "explained_by": list(result.explained_by),
        "acknowledged": {"until": known.until, "note": known.note} if known else None,
    }


def render(report: Report, options: RenderOptions) -> str:  # noqa: ARG001 -- every format takes them.
    """Write the report, one line for each result: readable, and quick to write."""
    whole = to_json(report)
    head = {key: value for key, value in whole.items() if key != "clusters"}
    clusters = ",\n".join(_cluster_text(cluster) for cluster in whole["clusters"])
    return _safe(f'{_write(head)[:-1]}, "clusters": [\n{clusters}\n]}}\n')


def render_lines(report: Report, options: RenderOptions) -> str:  # noqa: ARG001 -- every format takes them.
    """Write one JSON object for each result, with its cluster and remote: for log pipelines and line tools."""
    lines = (_write(line) for line in _lines(report))
    return _safe("".join(f"{line}\n" for line in lines))


def _safe(text: str) -> str:
    return _UNSAFE.sub(lambda found: json.dumps(found[0])[1:-1], text)


def _lines(report: Report) -> Iterator[dict[str, Any]]:
    time = rfc3339(report.generated_at)
    for cluster in report.clusters:
        for result in cluster.results:
            yield {"time": time, "cluster": cluster.name, "remote": None, **result_to_json(result)}
        for remote in cluster.remotes:
            for result in remote.results:
                root = {"root_cause": result.check in remote.root_causes}
                yield {"time": time, "cluster": cluster.name, "remote": remote.alias, **result_to_json(result), **root}


def _cluster(cluster: ClusterReport) -> dict[str, Any]:
    version = cluster.evidence.local_version
    return {
        "name": cluster.name,
        "version": None if isinstance(version, Unavailable) else str(version.number),
        "status": cluster.status.value,
        "kind": cluster.evidence.cluster.kind.value,
        "taken_at": rfc3339(cluster.evidence.taken_at),
        "seconds": cluster.evidence.seconds,
        "discovery": plain(cluster.evidence.discovery),
        "unanswered": plain(cluster.unanswered),
        "checks": {
            "asked": cluster.choice.asked,
            "known": cluster.choice.known,
            "left_out": list(cluster.choice.left_out),
        },
        "results": [result_to_json(result) for result in cluster.results],
        "remotes": [_remote(remote) for remote in cluster.remotes],
    }


def _remote(report: RemoteReport) -> dict[str, Any]:
    remote = report.evidence.remote
    return {
        "alias": remote.alias,
        "security_model": remote.security_model.value,
        "mode": remote.effective_mode.value,
        "kind": remote.kind.value,
        "status": report.status.value,
        "root_causes": list(report.root_causes),
        "coverage": coverage_texts(report.coverage),
        "coverage_hints": dict(report.coverage.hints),
        "results": [result_to_json(result) for result in report.results],
        "evidence": plain(report.evidence),
    }


def _finding(result: Result, finding: Finding) -> dict[str, Any]:
    severity = finding.severity or result.severity
    return {
        "summary": finding.summary,
        "remedy": finding.remedy,
        "fix": [fix_to_json(fix) for fix in finding.fix],
        "severity": severity.value if severity else None,
        "place": str(finding.origin) if finding.origin else None,
        "facts": plain(finding.facts),
        "docs": list(finding.docs),
    }


def fix_to_json(fix: Fix) -> dict[str, str]:
    """Give what is typed for a fix as plain values."""
    return {
        "where": fix.where.value,
        "when": fix.when,
        "console": fix.console,
        "shell": fix.commands,
        "yml": fix.yml,
        "file": fix.file,
    }


def _cluster_text(cluster: dict[str, Any]) -> str:
    head = {key: value for key, value in cluster.items() if key not in {"results", "remotes"}}
    remotes = ",".join(f"\n  {_remote_text(remote)}" for remote in cluster["remotes"])
    return f'{_write(head)[:-1]}, "results": [{_result_texts(cluster)}], "remotes": [{remotes}]}}'


def _remote_text(remote: dict[str, Any]) -> str:
    head = {key: value for key, value in remote.items() if key not in {"results", "evidence"}}
    return f'{_write(head)[:-1]}, "results": [{_result_texts(remote)}],\n   "evidence": {_write(remote["evidence"])}}}'


def _result_texts(place: dict[str, Any]) -> str:
    return ",".join(f"\n    {_write(result)}" for result in place["results"])
