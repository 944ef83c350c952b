"""From results to a report: severities and acknowledgements of the user, root causes, status."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from fnmatch import fnmatchcase

from diag.check import Check
from diag.engine.judge import judge_cluster, judge_remote
from diag.model import (
    Acknowledgement,
    ClusterEvidence,
    ClusterReport,
    Kind,
    Outcome,
    Policy,
    RemoteEvidence,
    RemoteReport,
    Report,
    Result,
    Severity,
    Status,
)

_WORST_FIRST = (Status.FAIL, Status.UNKNOWN, Status.WARN, Status.OK)


def judge(evidence: ClusterEvidence, checks: Sequence[Check], policy: Policy | None = None) -> ClusterReport:
    """Judge everything one round learned about one local cluster. The time is that of the evidence."""
    policy = policy or Policy()
    name, today = evidence.cluster.name, evidence.taken_at.date()
    results = _decide(judge_cluster(evidence, checks), policy, name, "", today)
    remotes = tuple(_judge_remote(evidence, remote, checks, policy) for remote in evidence.remotes)
    # Where remotes should have been read and were not, the absence of bad news says nothing.
    missing = [Status.UNKNOWN] if evidence.discovery and not remotes else []
    status = worst([status_of(results), *missing, *(remote.status for remote in remotes)])
    return ClusterReport(evidence=evidence, status=status, results=results, remotes=remotes)


def report(clusters: Iterable[ClusterReport], generated_at: datetime) -> Report:
    """Put the clusters together. A report about no remote at all is ``unknown``, never ok."""
    clusters = tuple(clusters)
    counted = Counter(
        result.outcome
        for cluster in clusters
        for results in (cluster.results, *(remote.results for remote in cluster.remotes))
        for result in results
    )
    statuses = [cluster.status for cluster in clusters]
    if not any(cluster.remotes for cluster in clusters):
        statuses.append(Status.UNKNOWN)
    return Report(
        generated_at=generated_at,
        status=worst(statuses),
        counts={outcome: counted[outcome] for outcome in Outcome},
        clusters=clusters,
    )


def _judge_remote(
    cluster: ClusterEvidence, evidence: RemoteEvidence, checks: Sequence[Check], policy: Policy
) -> RemoteReport:
    today = cluster.taken_at.date()
    results = judge_remote(cluster, evidence, checks)
    results = _decide(results, policy, cluster.cluster.name, evidence.remote.alias, today)
    status = status_of(results)
    if status is Status.OK and cluster.cluster.kind is Kind.SERVERLESS:
        # Most checks do not apply there, so that nothing was found says nothing.
        status = Status.UNKNOWN
    return RemoteReport(evidence=evidence, status=status, root_causes=root_causes(results), results=results)


def worst(statuses: Iterable[Status]) -> Status:
    """The worst of several: fail, unknown, warn, ok. Of nothing at all it is ok."""
    return min(statuses, key=_WORST_FIRST.index, default=Status.OK)


def status_of(results: Iterable[Result]) -> Status:
    """The state that follows from results.

    An error or critical finding that counts means ``fail``; else an essential question without any answer (or a check
    that crashed) means ``unknown``; else a warning means ``warn``; else an essential question that some addresses left
    open means ``unknown``; else ``ok``.
    """
    results = tuple(results)
    severities = {result.severity for result in results if result.counts}
    if severities & {Severity.ERROR, Severity.CRITICAL}:
        return Status.FAIL
    open_ones = [r for r in results if r.essential and r.outcome is Outcome.UNKNOWN]
    if any(not r.partial for r in open_ones) or any(r.outcome is Outcome.ERROR for r in results):
        return Status.UNKNOWN
    if severities:
        return Status.WARN
    return Status.UNKNOWN if open_ones else Status.OK


def root_causes(results: Iterable[Result]) -> tuple[str, ...]:
    """The failures of the first failing layer, the most severe first, then in table order.

    Layers with an error or critical finding go before those with a warning; info is never a root cause.
    """
    failures = [result for result in results if result.counts]
    grave = [r for r in failures if r.severity in {Severity.ERROR, Severity.CRITICAL}]
    candidates = grave or failures
    if not candidates:
        return ()
    layer = min(candidates, key=lambda r: r.layer.rank).layer
    chosen = [result for result in candidates if result.layer is layer]
    return tuple(r.check for r in sorted(chosen, key=lambda r: -(r.severity.rank if r.severity else 0)))


def _decide(results: Iterable[Result], policy: Policy, cluster: str, remote: str, today: date) -> tuple[Result, ...]:
    return tuple(_apply(result, policy, cluster, remote, today) for result in results)


def _apply(result: Result, policy: Policy, cluster: str, remote: str, today: date) -> Result:
    if result.outcome is not Outcome.FAIL:
        return result
    override = next((level for glob, level in policy.severity.items() if fnmatchcase(result.check, glob)), None)
    if override:
        level = Severity(override)
        findings = tuple(dataclasses.replace(finding, severity=level) for finding in result.findings)
        result = dataclasses.replace(result, severity=level, findings=findings)
    known = next((a for a in policy.acknowledge if _acknowledges(a, result.check, cluster, remote, today)), None)
    return dataclasses.replace(result, acknowledged=known) if known else result


def _acknowledges(entry: Acknowledgement, check: str, cluster: str, remote: str, today: date) -> bool:
    return (
        today <= date.fromisoformat(entry.until)
        and fnmatchcase(check, entry.check)
        and fnmatchcase(cluster, entry.cluster)
        and fnmatchcase(remote, entry.remote)
    )
