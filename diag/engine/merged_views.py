"""One report of what several vantage points saw: each view is judged by itself, then a check says once what it says from each place. Pure.

A failure somewhere is a failure, which names where it is seen and where not. What is not known from one place is not known, whatever is seen
from the others.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from diag.engine.bounds import bounded
from diag.engine.causes import root_causes
from diag.engine.statuses import worst
from diag.model import (
    ClusterEvidence,
    ClusterReport,
    Coverage,
    Finding,
    Origin,
    Outcome,
    RemoteReport,
    RemoteView,
    Result,
    Seen,
    SeenFrom,
    Status,
    Unavailable,
)
from diag.text import clip

# What a check says from several places together: the first of these that it says anywhere.
_FIRST_HOLDS: Final = (Outcome.FAIL, Outcome.ERROR, Outcome.UNKNOWN, Outcome.PASS, Outcome.SKIP)
_LEAST_FIRST: Final = (Seen.NO, Seen.UNKNOWN, Seen.NOT_ASKED, Seen.YES)
_ELSEWHERE: Final = {
    Outcome.PASS: "it passes",
    Outcome.UNKNOWN: "it is not known",
    Outcome.ERROR: "the check failed",
    Outcome.SKIP: "it was not asked",
}

_Sided = Sequence[tuple[str, Result]]  # What one check says, by the place that was looked from.


def merged(evidence: ClusterEvidence, views: Sequence[ClusterReport]) -> ClusterReport:
    """Put the views of one local cluster together; ``evidence`` is all that they saw."""
    own = [one for one in views if not _remotes_only(one)]
    found = [(one, {remote.alias: remote for remote in one.remotes}) for one in views]
    aliases = dict.fromkeys(alias for _, remotes in found for alias in remotes)
    remotes = tuple(_remote(alias, found) for alias in aliases)
    return ClusterReport(
        evidence=evidence,
        status=worst([*(one.status for one in own), *(one.status for one in remotes)]),
        results=_results([(_place(one), one.results) for one in own]),
        remotes=remotes,
        choice=views[0].choice,
        unanswered=next((one.unanswered for one in own if one.unanswered), None),
        maintenance=next((one.maintenance for one in views if one.maintenance), None),
    )


def _remotes_only(view: ClusterReport) -> bool:
    seen_from = view.evidence.seen_from
    return seen_from is not None and seen_from.remotes_only


def _place(view: ClusterReport) -> str:
    return str(view.evidence.seen_from or "")


def _remote(alias: str, views: Sequence[tuple[ClusterReport, Mapping[str, RemoteReport]]]) -> RemoteReport:
    """One remote, from every place that was to look at it: where its round brought nothing, it is not known."""
    seen: list[tuple[SeenFrom | None, RemoteReport]] = []
    there = next(remotes[alias] for _, remotes in views if alias in remotes)
    for one, remotes in views:
        seen_from, why = one.evidence.seen_from, one.evidence.discovery
        found = remotes.get(alias)
        if found is not None:
            seen.append((seen_from, found))
        elif (
            why is not None and seen_from is not None and not seen_from.remotes_only and alias not in seen_from.left_out
        ):
            seen.append((seen_from, _not_known(there, why)))
    if seen[0][0] is None:
        return seen[0][1]
    named = tuple(RemoteView(seen_from=place, report=report) for place, report in seen if place is not None)
    return _together(named)


def _not_known(there: RemoteReport, why: Unavailable) -> RemoteReport:
    """What is known of a remote, that others saw, from a place which could not even read that it is there."""
    results = tuple(
        one
        if one.outcome is Outcome.SKIP
        else Result(
            check=one.check, outcome=Outcome.UNKNOWN, layer=one.layer, because=str(why), essential=one.essential
        )
        for one in there.results
    )
    evidence = dataclasses.replace(there.evidence, endpoints=why, remote_version=why)
    return RemoteReport(evidence=evidence, status=Status.UNKNOWN, root_causes=(), results=results)


def _together(views: tuple[RemoteView, ...]) -> RemoteReport:
    first = views[0].report
    results = _results([(str(one.seen_from), one.report.results) for one in views])
    if len(views) == 1:
        return dataclasses.replace(first, results=results, views=views)
    reports = [one.report for one in views]
    status = worst(one.status for one in reports)
    return RemoteReport(
        evidence=first.evidence,
        status=status,
        root_causes=root_causes(results),
        results=results,
        coverage=_coverage([one.coverage for one in reports]),
        passed=status is Status.UNKNOWN and all(one.passed or one.status is Status.OK for one in reports),
        maintenance=next((one.maintenance for one in reports if one.maintenance), None),
        views=views,
    )


def _coverage(views: Sequence[Coverage]) -> Coverage:
    """How far the remote was looked at from everywhere: the least of each part."""
    parts = {name: min((dict(one.parts)[name] for one in views), key=_LEAST_FIRST.index) for name, _ in views[0].parts}
    hints = {part: hint for one in views for part, hint in one.hints.items() if parts[part] is Seen.NOT_ASKED}
    return Coverage(**parts, hints=hints)


def _results(views: Sequence[tuple[str, Sequence[Result]]]) -> tuple[Result, ...]:
    """What each check says from all places together, in the order of the checks."""
    sided: dict[str, list[tuple[str, Result]]] = {}
    for place, results in views:
        for one in results:
            sided.setdefault(one.check, []).append((place, one))
    return tuple(map(_result, sided.values()))


def _result(sided: _Sided) -> Result:
    outcome = next(one for one in _FIRST_HOLDS if any(result.outcome is one for _, result in sided))
    holding = [(place, result) for place, result in sided if result.outcome is outcome]
    first = holding[0][1]
    if outcome in {Outcome.PASS, Outcome.SKIP}:
        return first
    results = [result for _, result in holding]
    known = [result.acknowledged for result in results]
    explained = [result.explained_by for result in results]
    return dataclasses.replace(
        first,
        severity=max((one.severity for one in results if one.severity), key=lambda one: one.rank, default=None),
        because=_because(holding, sided) if outcome is not Outcome.FAIL else first.because,
        findings=_findings(holding, sided),
        missing=tuple(dict.fromkeys(piece for one in results for piece in one.missing)),
        places=tuple(dict.fromkeys(where for one in results for where in one.places)),
        partial=all(one.partial for one in results),
        # It only follows from others where it does so from everywhere, and it is known only where it is known everywhere.
        explained_by=tuple(dict.fromkeys(cause for causes in explained for cause in causes)) if all(explained) else (),
        acknowledged=known[0] if all(known) else None,
    )


def _because(holding: _Sided, sided: _Sided) -> str:
    """Why there is no verdict, and from where."""
    if len(sided) == 1:
        return holding[0][1].because
    places: dict[str, list[str]] = {}
    for place, result in holding:
        places.setdefault(result.because, []).append(place)
    texts = [because if len(at) == len(sided) else f"from {', '.join(at)}: {because}" for because, at in places.items()]
    return clip("; ".join([*texts, *_elsewhere(sided, holding)]))


def _elsewhere(sided: _Sided, holding: _Sided) -> list[str]:
    """What a check says from the other places."""
    there = {place for place, _ in holding}
    others: dict[Outcome, list[str]] = {}
    for place, result in sided:
        if place not in there:
            others.setdefault(result.outcome, []).append(place)
    return [f"from {', '.join(places)} {_ELSEWHERE[outcome]}" for outcome, places in others.items()]


def _findings(holding: _Sided, sided: _Sided) -> tuple[Finding, ...]:
    """The same finding from several places is one, which names them; what the check says from the others is said, too."""
    places: dict[tuple[str, str, Origin | None], list[str]] = {}
    first: dict[tuple[str, str, Origin | None], Finding] = {}
    for place, result in holding:
        for finding in result.findings:
            key = (finding.summary, finding.full_remedy, finding.origin)
            if key not in first or _rank(finding) > _rank(first[key]):
                first[key] = finding
            places.setdefault(key, []).append(place)
    return tuple(_from_where(finding, places[key], holding, sided) for key, finding in first.items())


def _rank(finding: Finding) -> int:
    return finding.severity.rank if finding.severity else 0


def _from_where(finding: Finding, places: Iterable[str], holding: _Sided, sided: _Sided) -> Finding:
    seen_from = tuple(dict.fromkeys(place for place in places if place))
    if not seen_from:
        return finding
    summary = finding.summary
    if len(seen_from) < len(sided):
        named = "; ".join([f"seen from {', '.join(seen_from)}", *_elsewhere(sided, holding)])
        summary = f"{summary.removesuffix('.')} ({named})."
    return bounded(dataclasses.replace(finding, summary=summary, facts={**finding.facts, "seen_from": seen_from}))
