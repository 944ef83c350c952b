"""The report as JSON, with the field names that users and dashboards rely on."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

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
    return {**head_to_json(report), "clusters": [_cluster(cluster) for cluster in report.clusters]}


def head_to_json(report: Report) -> dict[str, Any]:
    """Give what stands above the clusters."""
    return {
        "schema_version": SCHEMA_VERSION,
        "generated_at": rfc3339(report.generated_at),
        "tool": {"name": "diag", "version": VERSION},
        "status": report.status.value,
        "counts": {outcome.value: report.counts.get(outcome, 0) for outcome in Outcome},
    }


def result_to_json(result: Result) -> dict[str, Any]:
    """Give one result as plain values."""
    return {
        "check": result.check,
        "outcome": result.outcome.value,
        "severity": result.severity.value if result.severity else None,
        "because": result.because,
        "findings": [finding_to_json(result, finding) for finding in result.findings],
        "layer": result.layer.value,
        "essential": result.essential,
        "explained_by": list(result.explained_by),
        "acknowledged": acknowledged_to_json(result),
    }


def acknowledged_to_json(result: Result) -> dict[str, str] | None:
    """Give until when and why a failure is acknowledged; None where it is not."""
    known = result.acknowledged
    return {"until": known.until, "note": known.note} if known else None


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
    return {name: read(cluster) for name, read in CLUSTER_FIELDS.items()}


def _remote(remote: RemoteReport) -> dict[str, Any]:
    return {name: read(remote) for name, read in REMOTE_FIELDS.items()}


def _version(cluster: ClusterReport) -> str | None:
    version = cluster.evidence.local_version
    return None if isinstance(version, Unavailable) else str(version.number)


def _checks(cluster: ClusterReport) -> dict[str, Any]:
    choice = cluster.choice
    return {"asked": choice.asked, "known": choice.known, "left_out": list(choice.left_out)}


def _maintenance(place: ClusterReport | RemoteReport) -> dict[str, Any] | None:
    known = place.maintenance
    return None if known is None else {"until": known.until, "note": known.note}


def _results(place: ClusterReport | RemoteReport) -> list[dict[str, Any]]:
    return [result_to_json(result) for result in place.results]


def _seen_from(remote: RemoteReport) -> list[dict[str, Any]]:
    """How each vantage point saw a remote; where there is one alone, the evidence of the remote is its own."""
    several = len(remote.views) > 1
    return [
        {
            "vantage_point": one.seen_from.name,
            "by": one.seen_from.by or one.seen_from.name,
            "status": one.report.status.value,
            "root_causes": list(one.report.root_causes),
            "coverage": coverage_texts(one.report.coverage),
            "evidence": plain(one.report.evidence) if several else None,
        }
        for one in remote.views
    ]


# How each field is read, in the order in which they are written. Who wants some of them alone pays for no other.
CLUSTER_FIELDS: Final[Mapping[str, Callable[[ClusterReport], Any]]] = {
    "name": lambda one: one.name,
    "version": _version,
    "status": lambda one: one.status.value,
    "kind": lambda one: one.evidence.cluster.kind.value,
    "taken_at": lambda one: rfc3339(one.evidence.taken_at),
    "seconds": lambda one: one.evidence.seconds,
    "discovery": lambda one: plain(one.evidence.discovery),
    "unanswered": lambda one: plain(one.unanswered),
    "maintenance": _maintenance,
    "checks": _checks,
    "results": _results,
    "remotes": lambda one: [_remote(remote) for remote in one.remotes],
}
REMOTE_FIELDS: Final[Mapping[str, Callable[[RemoteReport], Any]]] = {
    "alias": lambda one: one.alias,
    "security_model": lambda one: one.evidence.remote.security_model.value,
    "mode": lambda one: one.evidence.remote.effective_mode.value,
    "kind": lambda one: one.evidence.remote.kind.value,
    "status": lambda one: one.status.value,
    "root_causes": lambda one: list(one.root_causes),
    "coverage": lambda one: coverage_texts(one.coverage),
    "coverage_hints": lambda one: dict(one.coverage.hints),
    "results": _results,
    "evidence": lambda one: plain(one.evidence),
    "maintenance": _maintenance,
    "seen_from": _seen_from,
}


def finding_to_json(result: Result, finding: Finding) -> dict[str, Any]:
    """Give one finding as plain values."""
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
