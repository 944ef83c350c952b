"""Judge evidence: call each check with what it asked for, and fold what it yields into one result. Pure and synchronous."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Iterable, Mapping, Sequence

from diag.check import Check, Scope, Verdicts
from diag.engine.bounds import bounded
from diag.engine.contradictions import contradict
from diag.engine.places import cluster_slots, first_contacts, places, remote_slots, second_hop
from diag.engine.remembered import Comparison, Judged, unchanged
from diag.engine.running import CheckAnswer, Slots, View, ask
from diag.evidence.terms import NO_NETWORK
from diag.model import (
    ClusterEvidence,
    Finding,
    Layer,
    LocalCluster,
    Origin,
    Outcome,
    Remote,
    RemoteEvidence,
    Result,
    Unavailable,
)
from diag.text import clip


def judge_cluster(
    evidence: ClusterEvidence, shared: Slots, checks: Sequence[Check], remotes: Mapping[str, Sequence[Result]]
) -> tuple[Result, ...]:
    """Run the checks that look at the local cluster as a whole; last those that look at the results of all others, of the ``remotes`` too.

    ``shared`` is what is known of the cluster.
    """
    chosen = [check for check in checks if check.scope is Scope.CLUSTER]
    if evidence.surroundings.has_documents:
        chosen += [check.in_documents for check in checks if check.in_documents is not None]
    view = View(shared)
    done: dict[str, Result] = {}
    for check in sorted(chosen, key=_needs_verdicts):
        if _needs_verdicts(check):
            results = {"": tuple(done.values()), **remotes}
            view = View({**shared, Verdicts: Verdicts(checks={one.id: one for one in checks}, results=results)})
        done[check.id] = _judge_one(check, evidence.cluster, None, (view,))
    return tuple(done[check.id] for check in chosen)


def answerable(evidence: ClusterEvidence, checks: Iterable[Check]) -> tuple[Check, ...]:
    """The checks that can find something in this evidence: each of the others lacks, everywhere, what it needs to be asked at all."""
    shared = cluster_slots(evidence)
    around = [(one, {**shared, **remote_slots(one)}) for one in evidence.remotes]
    views = {scope: [view for one, slot in around for view in places(scope, evidence, one, slot)] for scope in Scope}
    views[Scope.CLUSTER] = [View(shared)]
    return tuple(
        check
        for check in checks
        if check.in_documents is not None or any(_has_needs(check, view) for view in views[check.scope])
    )


def _has_needs(check: Check, view: View) -> bool:
    return not any(isinstance(view.slots[need.slot], Unavailable) and not need.optional for need in check.needs)


def _needs_verdicts(check: Check) -> bool:
    return any(need.type is Verdicts for need in check.needs)


def judge_remote(
    cluster: ClusterEvidence,
    evidence: RemoteEvidence,
    checks: Sequence[Check],
    *,
    shared: Slots,
    before: Judged | None,
    compare: Comparison,
) -> Judged:
    """Run the checks that look at one remote. What the round ``before`` said is kept where it would be said again."""
    around = {**shared, **remote_slots(evidence)}
    now = Judged(
        cluster=cluster.cluster,
        remote=evidence.remote,
        standing=first_contacts(evidence) if evidence.connection_established else None,
        views={scope: tuple(places(scope, cluster, evidence, around)) for scope in Scope},
        further=tuple(second_hop(evidence, around)),
        shared=shared,
    )
    earlier = before.results if before else {}
    kept = unchanged(before, now, checks, compare)
    now.results = {
        check.id: kept.get(check.id) or _again(earlier.get(check.id), _judge_at(check, now))
        for check in checks
        if check.scope is not Scope.CLUSTER
    }
    now.keep_small()
    return now


def _judge_at(check: Check, now: Judged) -> Result:
    views = now.views[check.scope] + (now.further if check.second_hop else ())
    return _judge_one(check, now.cluster, now.remote, views, standing=now.standing)


def _again(before: Result | None, now: Result) -> Result:
    """The result of before, where a check says the same again: what follows from it is then kept too."""
    return before if before is not None and before == now else now


def _judge_one(
    check: Check,
    cluster: LocalCluster,
    remote: Remote | None,
    views: Sequence[View],
    *,
    standing: frozenset[str] | None = None,
) -> Result:
    """Ask a check at each place. ``standing``: the local cluster is connected, and these places are not what it goes over; None: it does not stand."""
    refusal = check.applies.refusal(cluster, remote)
    if refusal:
        return _plain(check.id, check.layer, check.essential, Outcome.SKIP, refusal)
    stated = [ask(check, view) for view in views]
    if standing is not None:
        contradict(stated, check, standing)
    return _fold(check, stated)


@functools.lru_cache(maxsize=8192)
def _plain(check_id: str, layer: Layer, essential: bool, outcome: Outcome, because: str = "") -> Result:  # noqa: FBT001 -- a key of the cache.
    """A pass says nothing but that, a skip only why: most results are of these, and one object serves all remotes."""
    return Result(check=check_id, outcome=outcome, layer=layer, because=because, essential=essential)


def _fold(check: Check, stated: Sequence[CheckAnswer]) -> Result:
    if stated and all(one.silent for one in stated):
        return _plain(check.id, check.layer, check.essential, Outcome.PASS)
    if len(stated) == 1 and not (stated[0].unknown or stated[0].findings or stated[0].crashed):
        because = clip("; ".join(stated[0].skipped))
        return _plain(check.id, check.layer, check.essential, Outcome.SKIP, because)
    findings = _merge(check, stated)
    crashed = [one.crashed for one in stated if one.crashed]
    unknown = list(dict.fromkeys(text for one in stated for text in one.unknown))
    skipped = list(dict.fromkeys(text for one in stated for text in one.skipped))
    passed = any(one.silent for one in stated)
    outcome, because = Outcome.PASS, ""
    if findings:
        outcome = Outcome.FAIL
    elif crashed:
        outcome, because = Outcome.ERROR, crashed[0]
    elif unknown == [NO_NETWORK]:
        outcome, because = Outcome.SKIP, NO_NETWORK
    elif unknown:
        outcome, because = Outcome.UNKNOWN, clip("; ".join(unknown))
    elif not passed:
        outcome, because = Outcome.SKIP, clip("; ".join(skipped)) or "there is nothing to look at"
    return Result(
        check=check.id,
        outcome=outcome,
        layer=check.layer,
        severity=max((f.severity or check.severity for f in findings), key=lambda s: s.rank, default=None),
        because=because,
        missing=tuple(dict.fromkeys(piece for one in stated for piece in one.missing))
        if outcome is Outcome.UNKNOWN
        else (),
        findings=findings,
        essential=check.essential,
        partial=outcome is Outcome.UNKNOWN and passed,
        places=_places(stated, outcome),
    )


def _places(stated: Sequence[CheckAnswer], outcome: Outcome) -> tuple[str, ...]:
    """The addresses that a failure or an open question is about."""
    if outcome not in {Outcome.FAIL, Outcome.UNKNOWN}:
        return ()
    concerned = (one.where for one in stated if (one.findings if outcome is Outcome.FAIL else one.unknown))
    return tuple(dict.fromkeys(where for where in concerned if where))


def _merge(check: Check, stated: Sequence[CheckAnswer]) -> tuple[Finding, ...]:
    """Fold the same finding at several addresses into one that names them."""
    places: dict[tuple[str, str, Origin | None], list[str]] = {}
    first: dict[tuple[str, str, Origin | None], Finding] = {}
    for one in stated:
        for finding in one.findings:
            key = (finding.summary, finding.full_remedy, finding.origin)
            first.setdefault(key, finding)
            if one.where not in places.setdefault(key, []):
                places[key].append(one.where)
    return tuple(_complete(check, finding, places[key], total=len(stated)) for key, finding in first.items())


def _complete(check: Check, finding: Finding, where: Sequence[str], *, total: int) -> Finding:
    summary, facts = finding.summary, dict(finding.facts)
    if total > 1:
        facts["addresses"] = tuple(where)
        if len(where) < total:
            summary = f"{summary.removesuffix('.')} (at {len(where)} of {total} addresses: {', '.join(where)})."
    severity, docs = finding.severity or check.severity, finding.docs or check.docs
    return bounded(dataclasses.replace(finding, summary=summary, facts=facts, severity=severity, docs=docs))
