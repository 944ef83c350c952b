"""Judge evidence: call each check with what it asked for, and fold what it yields into one result. Pure and synchronous."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Iterable, Iterator, Mapping, Sequence

from diag.check import Check, Scope, Verdict, Verdicts
from diag.engine.bounds import bounded
from diag.engine.contradictions import contradict
from diag.engine.running import CheckAnswer, Slots, View, ask
from diag.evidence import slots
from diag.evidence.piece import Subject
from diag.evidence.terms import NO_NETWORK
from diag.model import (
    Chain,
    ClusterEvidence,
    EndpointEvidence,
    Finding,
    Layer,
    LocalCluster,
    Origin,
    Outcome,
    Probe,
    Reason,
    Remote,
    RemoteEvidence,
    Reply,
    Result,
    SniTrials,
    Step,
    TlsAttempt,
    TransportHello,
    Unavailable,
)
from diag.text import clip

# Where neither side uses TLS, there is no question about it.
_IN_CLEAR = Unavailable(
    step=Step.TLS, reason=Reason.IN_CLEAR, detail="neither side uses TLS at this address: there is nothing to look at"
)
# Nothing was looked at, so nothing can pass and nothing may be skipped.
_NO_ADDRESS = Unavailable(step=Step.CONFIGURATION, reason=Reason.NO_ADDRESS, detail="no address was looked at")

_OF_A_PROBE = (Probe, *slots.PROBE)
_OF_AN_ENDPOINT = (*slots.ENDPOINT, *_OF_A_PROBE)


def judge_cluster(
    evidence: ClusterEvidence, checks: Sequence[Check], remotes: Mapping[str, Sequence[Result]]
) -> tuple[Result, ...]:
    """Run the checks that look at the local cluster as a whole; last those that look at the results of all others, of the ``remotes`` too."""
    chosen = [check for check in checks if check.scope is Scope.CLUSTER]
    if evidence.surroundings.has_documents:
        chosen += [check.in_documents for check in checks if check.in_documents is not None]
    around = _cluster_slots(evidence)
    done: dict[str, Result] = {}
    for check in sorted(chosen, key=_needs_verdicts):
        if _needs_verdicts(check):
            around = {**around, Verdicts: _verdicts(checks, done.values(), remotes)}
        done[check.id] = _judge_one(check, evidence.cluster, None, (View(around),))
    return tuple(done[check.id] for check in chosen)


def answerable(evidence: ClusterEvidence, checks: Iterable[Check]) -> tuple[Check, ...]:
    """The checks that can find something in this evidence: each of the others lacks, everywhere, what it needs to be asked at all."""
    views = {scope: [view for one in evidence.remotes for view in _views(scope, evidence, one)] for scope in Scope}
    views[Scope.CLUSTER] = [View(_cluster_slots(evidence))]
    return tuple(
        check
        for check in checks
        if check.in_documents is not None or any(_has_needs(check, view) for view in views[check.scope])
    )


def _has_needs(check: Check, view: View) -> bool:
    return not any(isinstance(view.slots[need.slot], Unavailable) and not need.optional for need in check.needs)


def _needs_verdicts(check: Check) -> bool:
    return any(need.type is Verdicts for need in check.needs)


def _verdicts(checks: Iterable[Check], own: Iterable[Result], remotes: Mapping[str, Sequence[Result]]) -> Verdicts:
    known = {check.id: check for check in checks}
    stated = [("", one) for one in own] + [(alias, one) for alias, results in remotes.items() for one in results]
    return Verdicts(all=tuple(Verdict(check=known[one.check], alias=alias, result=one) for alias, one in stated))


def judge_remote(cluster: ClusterEvidence, evidence: RemoteEvidence, checks: Iterable[Check]) -> tuple[Result, ...]:
    """Run the checks that look at one remote."""
    views = {scope: tuple(_views(scope, cluster, evidence)) for scope in Scope}
    further = tuple(_second_hop(cluster, evidence))
    standing = _first_contacts(evidence) if evidence.connection_established else None
    return tuple(
        _judge_one(
            check,
            cluster.cluster,
            evidence.remote,
            views[check.scope] + (further if check.second_hop else ()),
            standing=standing,
        )
        for check in checks
        if check.scope is not Scope.CLUSTER
    )


def _cluster_slots(evidence: ClusterEvidence) -> dict[slots.Slot, object]:
    return {
        ClusterEvidence: evidence,
        **slots.fields(evidence, slots.CLUSTER),
        **slots.pieces(evidence.api, Subject.LOCAL),
        **slots.pieces(evidence.surroundings, Subject.SURROUNDINGS),
        Verdicts: Verdicts(),
    }


def _remote_slots(cluster: ClusterEvidence, evidence: RemoteEvidence) -> dict[slots.Slot, object]:
    return {
        **_cluster_slots(cluster),
        RemoteEvidence: evidence,
        **slots.fields(evidence, slots.REMOTE),
        Remote: evidence.unreadable or evidence.remote,
        **slots.pieces(evidence.belief, Subject.LOCAL_VIEW),
        **slots.pieces(evidence.api, Subject.REMOTE),
    }


def _first_contacts(evidence: RemoteEvidence) -> frozenset[str]:
    """The seeds that no node publishes in the same words: a sniffing cluster learns addresses there, and holds no connection to them."""
    if isinstance(evidence.published, Unavailable) or isinstance(evidence.endpoints, Unavailable):
        return frozenset()
    published = {
        (one.evidence.endpoint.names, str(probe)) for one in evidence.published.all for probe in one.evidence.probes
    }
    seeds = {(one.endpoint.names, str(probe)) for one in evidence.endpoints.all for probe in one.probes}
    return frozenset(where for _, where in seeds - published) if published else frozenset()


def _second_hop(cluster: ClusterEvidence, evidence: RemoteEvidence) -> Iterator[View]:
    """The published addresses where a node showed a certificate; where none did, network/sniff-publish-unreachable is about that.

    A private address may be that of something else here. What answers in HTTP is no node, and its certificate says nothing of the remote.
    """
    if isinstance(evidence.published, Unavailable) or isinstance(evidence.endpoints, Unavailable):
        return
    around = _remote_slots(cluster, evidence)
    judged = {(one.endpoint.names, str(probe)) for one in evidence.endpoints.all for probe in one.probes}
    for hop in evidence.published.all:
        names, probes = hop.evidence.endpoint.names, hop.evidence.probes
        shown = (one for one in probes if _shows_its_certificate(one) and (names, str(one)) not in judged)
        for probe in shown:
            at = dataclasses.replace(hop.evidence, probes=(probe,))
            for view in _endpoint_views(Scope.PROBE, around, at):
                yield View(view.slots, f"{view.where} (published)")


def _shows_its_certificate(probe: Probe) -> bool:
    hello = probe.transport
    in_http = isinstance(hello, TransportHello) and hello.reply is Reply.HTTP
    return not isinstance(probe.chain, Unavailable) and not in_http


def _views(scope: Scope, cluster: ClusterEvidence, evidence: RemoteEvidence) -> Iterator[View]:
    around = _remote_slots(cluster, evidence)
    if scope in {Scope.CLUSTER, Scope.REMOTE}:
        yield View(around)
    elif isinstance(evidence.endpoints, Unavailable):
        yield View(around | _nothing(_OF_AN_ENDPOINT, evidence.endpoints))
    elif not evidence.endpoints.all:
        yield View(around | _nothing(_OF_AN_ENDPOINT, _NO_ADDRESS))
    else:
        for endpoint in evidence.endpoints.all:
            yield from (_without_tls(cluster, evidence, view) for view in _endpoint_views(scope, around, endpoint))


def _without_tls(cluster: ClusterEvidence, evidence: RemoteEvidence, view: View) -> View:
    """Take out of a view what there can't be where neither side uses TLS; the probe itself keeps what was seen."""
    probe = view.slots.get(Probe)
    if not isinstance(probe, Probe) or not cluster.uses_no_tls(evidence, probe):
        return view
    return View({**view.slots, **dict.fromkeys((TlsAttempt, Chain, SniTrials), _IN_CLEAR)}, view.where)


def _nothing(members: Iterable[slots.Slot], why: Unavailable) -> dict[slots.Slot, object]:
    return dict.fromkeys(members, why)


def _endpoint_views(scope: Scope, around: Slots, evidence: EndpointEvidence) -> Iterator[View]:
    there, where = {**around, **slots.fields(evidence, slots.ENDPOINT)}, str(evidence.endpoint)
    if scope is Scope.ENDPOINT:
        yield View(there, where)
    elif isinstance(evidence.resolution, Unavailable):
        yield View(there | _nothing(_OF_A_PROBE, evidence.resolution), where)
    elif not evidence.probes:
        yield View(there | _nothing(_OF_A_PROBE, _NO_ADDRESS), where)
    else:
        for probe in evidence.probes:
            yield View({**there, Probe: probe, **slots.fields(probe, slots.PROBE)}, str(probe))


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
        return Result(
            check=check.id, outcome=Outcome.SKIP, layer=check.layer, because=refusal, essential=check.essential
        )
    stated = [ask(check, view) for view in views]
    if standing is not None:
        contradict(stated, check, standing)
    return _fold(check, stated)


@functools.lru_cache(maxsize=4096)
def _passed(check_id: str, layer: Layer, essential: bool) -> Result:  # noqa: FBT001 -- a key of the cache.
    """A pass says nothing but that: most results are passes, and one object serves them all."""
    return Result(check=check_id, outcome=Outcome.PASS, layer=layer, essential=essential)


def _fold(check: Check, stated: Sequence[CheckAnswer]) -> Result:
    if stated and all(one.silent for one in stated):
        return _passed(check.id, check.layer, check.essential)
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
