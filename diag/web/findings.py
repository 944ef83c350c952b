"""Every finding as a row of its own: for scripts, spreadsheets and tickets, which want no tree."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from fnmatch import fnmatchcase
from typing import Any

from diag import engine
from diag.board import ClusterState, Snapshot
from diag.history import History
from diag.lazy_dataclass import dataclass
from diag.model import Outcome, Result, Severity
from diag.report.json import acknowledged_to_json, finding_to_json, head_to_json
from diag.report.plain import rfc3339
from diag.web.query import a_word
from diag.web.report_body import as_json
from diag.web.wanted import EVERYTHING, Wanted


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingsChoice:
    """Which findings are asked for: of which remotes, of which checks (a glob), and from which severity up."""

    wanted: Wanted = EVERYTHING
    check: str = "*"
    severity: Severity = Severity.INFO

    @classmethod
    def of(cls, query: Mapping[str, str]) -> FindingsChoice:
        """Read the query of an address. Raises BadQueryError for what there is not."""
        lowest = sorted(Severity, key=lambda one: one.rank)
        return cls(
            wanted=Wanted.of(query),
            check=query.get("check") or "*",
            severity=Severity(a_word(query, "severity", lowest)),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """Where results stand: a remote, or a local cluster itself (``remote`` is None)."""

    cluster: str
    remote: str | None
    results: tuple[Result, ...]
    root_causes: Collection[str]
    failing: Mapping[str, datetime]


def findings_body(snapshot: Snapshot, history: History, choice: FindingsChoice) -> bytes:
    """Write the findings, the worst of each place first as the report has them, and the questions that stayed open.

    A list without findings is good news only where nothing is open: ``status`` is that of everything that was looked at.
    """
    places = tuple(_places(snapshot, history, choice.wanted))
    head = head_to_json(snapshot.report)
    return (
        as_json(
            {
                **{name: head[name] for name in ("schema_version", "generated_at", "status")},
                "awaited": list(snapshot.awaited),
                "findings": [row for place in places for row in _findings(place, choice)],
                "open": [row for place in places for row in _open(place, choice)],
            }
        )
        + b"\n"
    )


def _places(snapshot: Snapshot, history: History, wanted: Wanted) -> Iterator[_Place]:
    for name, state in snapshot.clusters.items():
        # What concerns the cluster as a whole is no finding of a remote, so that a choice of remotes leaves it out.
        if wanted.takes_cluster(name) and not (wanted.status or wanted.remote or wanted.cause):
            yield _of_cluster(name, state, history)
        for remote in state.report.remotes:
            if wanted.takes(name, remote):
                yield _Place(
                    cluster=name,
                    remote=remote.alias,
                    results=remote.results,
                    root_causes=remote.root_causes,
                    failing=history.failing(name, remote.alias),
                )


def _of_cluster(name: str, state: ClusterState, history: History) -> _Place:
    results = state.report.results
    return _Place(
        cluster=name,
        remote=None,
        results=results,
        root_causes=engine.root_causes(results),
        failing=history.failing(name, ""),
    )


def _findings(place: _Place, choice: FindingsChoice) -> Iterator[dict[str, Any]]:
    for result in place.results:
        if result.outcome is not Outcome.FAIL or not fnmatchcase(result.check, choice.check):
            continue
        since = place.failing.get(result.check)
        for finding in result.findings:
            severity = finding.severity or result.severity
            if severity is not None and severity.rank < choice.severity.rank:
                continue
            yield {
                "cluster": place.cluster,
                "remote": place.remote,
                "check": result.check,
                "layer": result.layer.value,
                **finding_to_json(result, finding),
                "since": rfc3339(since) if since else None,
                "root_cause": result.check in place.root_causes,
                "explained_by": list(result.explained_by),
                "acknowledged": acknowledged_to_json(result),
            }


def _open(place: _Place, choice: FindingsChoice) -> Iterator[dict[str, Any]]:
    for result in place.results:
        if result.is_open and fnmatchcase(result.check, choice.check):
            yield {
                "cluster": place.cluster,
                "remote": place.remote,
                "check": result.check,
                "outcome": result.outcome.value,
                "because": result.because,
            }
