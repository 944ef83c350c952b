"""What a round leaves to the next one: the looks at a remote, one after the other, as far as they differ."""

from __future__ import annotations

import dataclasses
from datetime import datetime
from typing import Final

from diag.model import (
    Chain,
    ClusterEvidence,
    ClusterReport,
    EndpointEvidence,
    Endpoints,
    FollowersHealth,
    History,
    Identity,
    Observation,
    Registration,
    RemoteEvidence,
    RemoteInfo,
    Replication,
    Resolution,
    Unavailable,
    clusters_behind,
)

MAX_OBSERVATIONS: Final = 50


def past_of_all(report: ClusterReport) -> dict[str, History]:
    """The past of the next round of a cluster, by alias, from the report of the last one."""
    evidence = report.evidence
    return {
        one.alias: past_of(one.evidence, evidence.taken_at, red_followers(evidence, one.alias))
        for one in report.remotes
    }


def past_of_cluster(evidence: ClusterEvidence) -> dict[str, History]:
    """The past of the next round of a cluster, by alias, from what one place saw in the last one."""
    return {
        one.remote.alias: past_of(one, evidence.taken_at, red_followers(evidence, one.remote.alias))
        for one in evidence.remotes
    }


def red_followers(evidence: ClusterEvidence, alias: str) -> tuple[str, ...] | None:
    """The followers of one remote that are red; None where that is not known."""
    health, replication = evidence.api[FollowersHealth], evidence.api[Replication]
    if isinstance(health, Unavailable) or isinstance(replication, Unavailable):
        return None
    followers = {one.index for one in replication.followers if one.remote == alias}
    return tuple(sorted(one.index for one in health.all if one.status == "red" and one.index in followers))


def past_of(evidence: RemoteEvidence, at: datetime, red: tuple[str, ...] | None = ()) -> History:
    """The past of the next round. Of looks that saw the same only the first and the last are kept."""
    before = () if isinstance(evidence.past, Unavailable) else evidence.past.looks
    observation = dataclasses.replace(_observation(evidence, at), red=red)
    if len(before) > 1 and _same(before[-2], observation) and _same(before[-1], observation):
        before = before[:-1]
    return History(looks=(*before, observation)[-MAX_OBSERVATIONS:])


def _same(one: Observation, other: Observation) -> bool:
    return dataclasses.replace(one, at=other.at) == other


def _observation(evidence: RemoteEvidence, at: datetime) -> Observation:
    info, identity = evidence.belief[RemoteInfo], evidence.api[Identity]
    endpoints = evidence.endpoints.all if isinstance(evidence.endpoints, Endpoints) else ()
    addresses = {ip for one in endpoints if isinstance(one.resolution, Resolution) for ip in one.resolution.addresses}
    chains = (probe.chain for one in endpoints for probe in one.probes)
    return Observation(
        at=at,
        connected=info.connected if isinstance(info, RemoteInfo) else None,
        addresses=tuple(sorted(addresses)),
        issuers=tuple(sorted({_issuer(chain) for chain in chains if isinstance(chain, Chain)} - {""})),
        uuid=identity.uuid if isinstance(identity, Identity) else "",
        name=_name(identity, endpoints),
        options=_options(evidence.belief[Registration]),
    )


def _name(identity: Identity | Unavailable, endpoints: tuple[EndpointEvidence, ...]) -> str:
    """The name of the cluster behind the remote: as a node there says, else as its API does."""
    reported = clusters_behind(probe for one in endpoints for probe in one.probes)
    if len(reported) == 1:
        return min(reported)
    return identity.name if isinstance(identity, Identity) else ""


def _options(registration: Registration | Unavailable) -> tuple[tuple[str, str], ...] | None:
    """The settings other than the address: compression and pings, with which connections are made anew when they change."""
    if isinstance(registration, Unavailable):
        return None
    return tuple((key, value) for key, value in registration.values if key.startswith("transport."))


def _issuer(chain: Chain) -> str:
    """The key that signed the leaf, as the leaf names it; else the name of its issuer."""
    leaf = chain.leaf
    return leaf.authority_key_id or leaf.issuer
