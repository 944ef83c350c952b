"""The places in the evidence of a round that a check looks at, from the whole cluster to a single address. Pure."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator

from diag.check import Scope, Verdicts
from diag.engine.running import Slots, View
from diag.evidence import slots
from diag.evidence.now import Now
from diag.evidence.piece import Subject
from diag.model import (
    Chain,
    ClusterEvidence,
    EndpointEvidence,
    Probe,
    Reason,
    Remote,
    RemoteEvidence,
    Reply,
    SniTrials,
    Step,
    TlsAttempt,
    TransportHello,
    Unavailable,
)

# Where neither side uses TLS, there is no question about it.
_IN_CLEAR = Unavailable(
    step=Step.TLS, reason=Reason.IN_CLEAR, detail="neither side uses TLS at this address: there is nothing to look at"
)
# Nothing was looked at, so nothing can pass and nothing may be skipped.
_NO_ADDRESS = Unavailable(step=Step.CONFIGURATION, reason=Reason.NO_ADDRESS, detail="no address was looked at")

_OF_A_PROBE = (Probe, *slots.PROBE)
_OF_AN_ENDPOINT = (*slots.ENDPOINT, *_OF_A_PROBE)


def cluster_slots(evidence: ClusterEvidence) -> dict[slots.Slot, object]:
    """What is known of the local cluster."""
    return {
        ClusterEvidence: evidence,
        **slots.fields(evidence, slots.CLUSTER),
        **slots.pieces(evidence.api, Subject.LOCAL),
        **slots.pieces(evidence.surroundings, Subject.SURROUNDINGS),
        Now: Now(evidence.taken_at),
        Verdicts: Verdicts(),
    }


def remote_slots(evidence: RemoteEvidence) -> dict[slots.Slot, object]:
    """What is known of one remote beyond that."""
    return {
        RemoteEvidence: evidence,
        **slots.fields(evidence, slots.REMOTE),
        Remote: evidence.unreadable or evidence.remote,
        **slots.pieces(evidence.belief, Subject.LOCAL_VIEW),
        **slots.pieces(evidence.api, Subject.REMOTE),
    }


def first_contacts(evidence: RemoteEvidence) -> frozenset[str]:
    """The seeds that no node publishes in the same words: a sniffing cluster learns addresses there, and holds no connection to them."""
    if isinstance(evidence.published, Unavailable) or isinstance(evidence.endpoints, Unavailable):
        return frozenset()
    published = {
        (one.evidence.endpoint.names, str(probe)) for one in evidence.published.all for probe in one.evidence.probes
    }
    seeds = {(one.endpoint.names, str(probe)) for one in evidence.endpoints.all for probe in one.probes}
    return frozenset(where for _, where in seeds - published) if published else frozenset()


def second_hop(evidence: RemoteEvidence, around: Slots) -> Iterator[View]:
    """The published addresses where a node showed a certificate; where none did, network/sniff-publish-unreachable is about that.

    A private address may be that of something else here. What answers in HTTP is no node, and its certificate says nothing of the remote.
    """
    if isinstance(evidence.published, Unavailable) or isinstance(evidence.endpoints, Unavailable):
        return
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


def places(scope: Scope, cluster: ClusterEvidence, evidence: RemoteEvidence, around: Slots) -> Iterator[View]:
    """Every place of a scope at one remote; ``around`` is what is known of the remote and its cluster."""
    if scope in {Scope.CLUSTER, Scope.REMOTE}:
        yield View(around)
    elif isinstance(evidence.endpoints, Unavailable):
        yield View({**around, **_nothing(_OF_AN_ENDPOINT, evidence.endpoints)})
    elif not evidence.endpoints.all:
        yield View({**around, **_nothing(_OF_AN_ENDPOINT, _NO_ADDRESS)})
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
