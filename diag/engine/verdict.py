"""From results to a report: severities and acknowledgements of the user, root causes, status."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from diag.check import Check
from diag.engine.acknowledged import decisions
from diag.engine.causes import related, root_causes
from diag.engine.chosen import chosen_of
from diag.engine.coverage import coverage, remote_unanswered, unanswered
from diag.engine.depends import on_fields
from diag.engine.judge import judge_round
from diag.engine.merged_views import merged
from diag.engine.remembered import Decided, Judged, Looked, Memory
from diag.engine.statuses import open_places, status_of, status_of_notable, worst
from diag.evidence.reads import taken
from diag.model import (
    Choice,
    ClusterEvidence,
    ClusterReport,
    Kind,
    Outcome,
    Policy,
    RemoteEvidence,
    RemoteReport,
    Report,
    Result,
    Status,
)


def judge(
    evidence: ClusterEvidence,
    checks: Sequence[Check],
    policy: Policy | None = None,
    known: Sequence[Check] | None = None,
    *,
    offline: bool = False,
    memory: Memory | None = None,
) -> ClusterReport:
    """Judge everything one round learned about one local cluster. The time is that of the evidence.

    ``known`` are all checks that there are, of which ``checks`` may be a choice: an essential question that the choice leaves out is
    never counted as answered. ``offline`` says that nobody was asked: nothing is ok then, whatever the files say.
    ``memory`` is what the round before left, under the same checks and policy; the verdicts are the same without it.
    """
    policy, choice = policy or Policy(), _choice(checks, checks if known is None else known, offline=offline)
    if evidence.seen_from is None and not evidence.other_views:
        return _judge_view(evidence, checks, policy, choice, memory)
    views = (
        _judge_view(
            one, checks, policy, choice, memory.of(one.seen_from.name if one.seen_from else "") if memory else None
        )
        for one in evidence.views
    )
    return merged(evidence, tuple(views))


def _judge_view(
    evidence: ClusterEvidence, checks: Sequence[Check], policy: Policy, choice: Choice, memory: Memory | None
) -> ClusterReport:
    """Judge what was seen from one place."""
    remember, memory = memory is not None, memory or Memory()
    chosen = chosen_of(checks)
    memory.keep_only(chosen, (one.remote.alias for one in evidence.remotes))
    own = decisions(policy, evidence.cluster.name, "", evidence.taken_at)
    judging = judge_round(evidence, chosen, memory, remember=remember)
    results = related(own.of_all(judging.own), chosen.by_id, open_places(judging.own))
    remotes = tuple(
        _report(remote, one, _decided(memory, one, chosen.by_id, policy, evidence), choice, memory)
        for remote, one in zip(evidence.remotes, judging.remotes, strict=True)
    )
    silent = unanswered(evidence)
    # Where the API or the remotes should have been read and were not, the absence of bad news says nothing.
    unread = silent or (evidence.discovery and not remotes)
    missing = [Status.UNKNOWN] if unread else []
    status = worst([_status_of_cluster(results), *missing, *(remote.status for remote in remotes)])
    return ClusterReport(
        evidence=evidence,
        status=status,
        results=results,
        remotes=remotes,
        choice=choice,
        unanswered=silent,
        maintenance=own.maintenance,
    )


def own_status(report: ClusterReport) -> Status:
    """The state of a local cluster by what was asked of itself: a configured API that could not be asked leaves it unknown."""
    own = _status_of_cluster(report.results)
    return worst([own, Status.UNKNOWN]) if report.unanswered else own


def _status_of_cluster(results: tuple[Result, ...]) -> Status:
    return _but_for_maintenance(status_of(results), results) if results else Status.OK


def _but_for_maintenance(status: Status, results: Iterable[Result]) -> Status:
    """What would not be well without the time of maintenance counts for nothing, and yet it is not ok: it is unknown until then."""
    if status is not Status.OK:
        return status
    counted = [
        dataclasses.replace(one, acknowledged=None) if one.acknowledged and one.acknowledged.maintenance else one
        for one in results
    ]
    return status if status_of_notable(counted) is Status.OK else Status.UNKNOWN


def _choice(checks: Sequence[Check], known: Sequence[Check], *, offline: bool) -> Choice:
    asked = {check.id for check in checks}
    left_out = tuple(check.id for check in known if check.essential and check.id not in asked)
    return Choice(asked=len(checks), known=len(known), left_out=left_out, offline=offline)


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


def _decided(
    memory: Memory, one: Judged, known: Mapping[str, Check], policy: Policy, cluster: ClusterEvidence
) -> Decided:
    """What becomes of the results of a remote; the same as before where they are the same, and the same holds of the policy."""
    by, before = decisions(policy, cluster.cluster.name, one.alias, cluster.taken_at), memory.decided.get(one.alias)
    if before is None or not before.holds_for(one.results, by):
        places = open_places(one.results)
        results = related(by.of_all(one.results), known, places)
        noted = tuple([results[place] for place in places])
        before = memory.decided[one.alias] = Decided(
            judged=one.results,
            by=by,
            results=results,
            notable=noted,
            status=_but_for_maintenance(status_of_notable(noted), noted) if results else Status.UNKNOWN,
            root_causes=root_causes(noted),
        )
    return before


def _looked(memory: Memory, one: Judged, evidence: RemoteEvidence, decided: Decided) -> Looked:
    """How far a remote was looked at; as before, where the results are those of before, and nothing is known otherwise that is of importance here."""
    before = memory.looked.get(one.alias)
    if (
        before is not None
        and before.results is decided.results
        and one.changed is not None
        and before.on.isdisjoint(one.changed)
    ):
        return before
    taken()
    far, silent = coverage(one.cluster, evidence, decided.notable), remote_unanswered(evidence) is not None
    found = Looked(results=decided.results, coverage=far, unanswered=silent, on=on_fields(taken().fields))
    memory.looked[one.alias] = found
    return found


def _report(evidence: RemoteEvidence, one: Judged, decided: Decided, choice: Choice, memory: Memory) -> RemoteReport:
    results, status, passed = decided.results, decided.status, False
    looked = _looked(memory, one, evidence, decided)
    if status is Status.OK and (one.cluster.cluster.kind is Kind.SERVERLESS or looked.unanswered):
        # Most checks do not apply there, or a witness that is named was not heard: that nothing was found says nothing.
        status = Status.UNKNOWN
    elif status in {Status.OK, Status.UNKNOWN} and (choice.left_out or choice.offline):
        crashed = any(result.outcome is Outcome.ERROR for result in decided.notable)
        passed = not crashed and (status is Status.OK or choice.offline or not results)
        status = Status.UNKNOWN
    return RemoteReport(
        evidence=evidence,
        status=status,
        root_causes=decided.root_causes,
        results=results,
        coverage=looked.coverage,
        passed=passed and bool(choice.asked),
        maintenance=decided.by.maintenance,
    )
