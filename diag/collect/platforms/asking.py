"""What the platforms tell of a local cluster and its remotes, as evidence of the round."""

from __future__ import annotations

import asyncio
import functools
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any, Final, TypeVar

from diag.collect.configured import Configured
from diag.collect.platforms import kubernetes_nouns, references
from diag.collect.platforms.asked import AskedPlatform
from diag.collect.platforms.cloud import CloudRound, DeploymentReference
from diag.collect.platforms.kubernetes_round import KubernetesRound
from diag.collect.platforms.platform_evidence import PlatformEvidence
from diag.collect.session import ApiSession
from diag.config import ClusterConfig, PlatformConfig
from diag.evidence.documents.keystore_list import KeystoreEntry
from diag.evidence.documents.origin import answer as at
from diag.isolate import isolate
from diag.model import (
    CloudDeployments,
    KeystoreLists,
    LinkedDeployment,
    LinkedDeployments,
    Listing,
    PlatformKind,
    Platforms,
    RemoteLists,
    TrafficFilters,
    TrustPayloads,
    Unavailable,
)

T = TypeVar("T")
# At most this many remotes that the configuration does not link are looked up by what the platform itself says of them.
_MAX_FOLLOWED: Final = 200


async def ask_platforms(
    platforms: Iterable[PlatformConfig], cluster: ClusterConfig, chosen: Sequence[Configured], session: ApiSession
) -> PlatformEvidence:
    """Ask every platform that the cluster or one of its remotes is on, all at once."""
    by_name = {one.name: one for one in platforms}
    wanted = _wanted(cluster, chosen, by_name)
    if not wanted:
        return PlatformEvidence()
    asked = (_ask(by_name[name], one, cluster, chosen, session) for name, one in wanted.items())
    return await isolate(_together(asked), lambda why: PlatformEvidence(nouns={Platforms: why, LinkedDeployments: why}))


async def _together(asked: Iterable[Any]) -> PlatformEvidence:
    found: list[AskedPlatform] = await asyncio.gather(*asked)
    links = tuple(one for each in found for one in each.links)
    local = next((one for one in links if not one.alias), None)
    return PlatformEvidence(
        nouns={
            Platforms: Platforms(all=tuple(one.platform for one in found)),
            LinkedDeployments: LinkedDeployments(all=links),
            # Kubernetes has none of what these nouns are about, and so it does not say that there is none.
            **(_as_documents(links) if any(one.kubernetes is None for one in found) else {}),
            **kubernetes_nouns.joined([one.kubernetes for one in found if one.kubernetes is not None]),
        },
        keystore=None if local is None else local.keystore,
        releases={
            alias: release
            for one in found
            if one.kubernetes is not None
            for alias, release in one.kubernetes.releases.items()
        },
    )


def _wanted(
    cluster: ClusterConfig, chosen: Sequence[Configured], by_name: dict[str, PlatformConfig]
) -> dict[str, list[DeploymentReference]]:
    """The deployments that the configuration names, by platform; one that names none is on the only one that there is."""
    named = [("", cluster.platform, cluster.deployment)]
    named += [(one.remote.alias, one.config.platform, one.config.deployment) for one in chosen]
    found: dict[str, list[DeploymentReference]] = {}
    for alias, platform, reference in named:
        name = platform or next(iter(by_name), "")
        if reference is not None and name in by_name:
            found.setdefault(name, []).append(DeploymentReference(alias=alias, reference=reference))
    return found


async def _ask(
    platform: PlatformConfig,
    wanted: list[DeploymentReference],
    cluster: ClusterConfig,
    chosen: Sequence[Configured],
    session: ApiSession,
) -> AskedPlatform:
    if platform.kind is PlatformKind.KUBERNETES:
        found = await KubernetesRound(platform, session).found(wanted)
        return AskedPlatform(platform=found.platform, links=(), kubernetes=found)
    asking = CloudRound(platform, session)
    whole, filters = await asking.whole()
    link = functools.partial(asking.link, listing=whole.listing, filters=filters)
    links = await asyncio.gather(*(link(one) for one in wanted))
    local = next((one for one in links if not one.alias), None)
    known = {one.remote.alias for one in chosen if one.config.deployment is not None}
    further = _followed(local, whole.listing, [one for one in chosen if one.remote.alias not in known])
    links += await asyncio.gather(*(link(one) for one in further if cluster.deployment is not None))
    return AskedPlatform(platform=replace(whole, failures=asking.failures), links=tuple(links))


def _followed(
    local: LinkedDeployment | None, listing: Listing | Unavailable, open_: Sequence[Configured]
) -> list[DeploymentReference]:
    """The deployments of remotes that the configuration links to none: the platform lists them, or their address names the cluster."""
    if local is None:
        return []
    by_alias = (
        {}
        if isinstance(local.remotes, Unavailable)
        else {
            one.alias.text: one.deployment_id.text
            for one in local.remotes.remotes
            if one.alias is not None and one.deployment_id is not None
        }
    )
    found: list[DeploymentReference] = []
    for one in open_[:_MAX_FOLLOWED]:
        host = next((address.host for address in one.remote.dialled if address.host), "")
        by_host = "" if isinstance(listing, Unavailable) else references.by_host(host, listing)
        reference = by_alias.get(one.remote.alias) or by_host
        if reference and references.is_path(reference):
            found.append(DeploymentReference(alias=one.remote.alias, reference=reference))
    return found


def _as_documents(links: Sequence[LinkedDeployment]) -> dict[type, object]:
    """The same as the nouns of documents, so that what judges those judges these. Whom remotes trust is none of the local side's."""
    deployments = [one.deployment for one in links if not isinstance(one.deployment, Unavailable)]
    filters = [found for one in links if not isinstance(one.filters, Unavailable) for found in one.filters.all]
    lost = next((one.filters for one in links if isinstance(one.filters, Unavailable)), None)
    found: dict[type, object] = {TrafficFilters: TrafficFilters(all=tuple(dict.fromkeys(filters)))}
    if lost is not None and not filters:
        found[TrafficFilters] = lost
    if deployments:
        found[CloudDeployments] = CloudDeployments(all=tuple(dict.fromkeys(deployments)))
    local = next((one for one in links if not one.alias), None)
    if local is None:
        return found
    place = at(f"the keystore of the deployment {local.reference}")
    return {
        **found,
        TrustPayloads: _each(local.trust, lambda one: TrustPayloads(all=(one,))),
        RemoteLists: _each(local.remotes, lambda one: RemoteLists(all=(one,))),
        KeystoreLists: _each(
            local.keystore,
            lambda one: KeystoreLists(all=tuple(KeystoreEntry(name=name, origin=place) for name in one.names)),
        ),
    }


def _each(piece: T | Unavailable, made: Callable[[T], object]) -> object:
    return piece if isinstance(piece, Unavailable) else made(piece)
