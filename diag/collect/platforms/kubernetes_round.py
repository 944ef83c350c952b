"""One Kubernetes in one round: its Elasticsearch resources, Services, NetworkPolicies and ordered certificates, as the nouns that manifests give too.

Secrets are not read: nobody can be allowed to see their names without their values.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, Final, TypeVar

from diag.collect.platforms import kubernetes_related as related
from diag.collect.platforms.cloud import DeploymentReference
from diag.collect.platforms.kubernetes_access import KubernetesAccess
from diag.collect.platforms.kubernetes_calls import Resource
from diag.collect.platforms.kubernetes_reading import KubernetesReading
from diag.collect.session import ApiSession
from diag.config import PlatformConfig
from diag.documents.cloud.bodies import plain
from diag.documents.kubernetes import eck, network, secrets
from diag.documents.kubernetes.objects import name_of, namespace_of
from diag.documents.tree import Branch
from diag.evidence.reading import version
from diag.lazy_dataclass import dataclass
from diag.model import (
    EckCluster,
    EckClusters,
    KubernetesServices,
    LostReference,
    MountedCertificates,
    NetworkPolicies,
    Platform,
    PlatformKind,
    Reason,
    Step,
    Unavailable,
    Version,
)

T = TypeVar("T")
_OF_REMOTES: Final = re.compile(
    r"cluster\.remote\.[^.]+\.(?:mode|proxy_address|seeds|server_name|signing\.(?:certificate|key|keystore\.path))"
    r"|xpack\.security\.remote_cluster_server\.ssl\.(?:certificate|keystore\.path)"
)
_NOT_HERE: Final = Unavailable(
    step=Step.API, reason=Reason.NOT_REQUESTED, detail="Kubernetes has none of this: it is of Elastic Cloud"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class KubernetesFound:
    """What was read. ``clusters`` are the resources of all namespaces; ``linked`` are those that the configuration names.

    ``releases`` are the releases in force of those that are referred to, by alias.
    """

    platform: Platform
    clusters: EckClusters | Unavailable
    services: KubernetesServices | Unavailable
    policies: NetworkPolicies | Unavailable
    certificates: MountedCertificates | Unavailable
    linked: tuple[related.Linked, ...]
    releases: dict[str, Version]


class KubernetesRound:
    """What one Kubernetes is asked in one round of one local cluster."""

    def __init__(self, platform: PlatformConfig, session: ApiSession) -> None:
        self._platform = platform
        self._reading = KubernetesReading(platform, session)
        self._failures: dict[str, Unavailable] = {}

    async def found(self, wanted: Sequence[DeploymentReference]) -> KubernetesFound:
        """Read everything, and find the resources that are referred to."""
        way = await self._reading.way()
        elasticsearches, services, policies, certificates = await asyncio.gather(
            self._read(way, Resource.ELASTICSEARCH, lambda one: one),
            self._read(way, Resource.SERVICE, network.service),
            self._read(way, Resource.POLICY, network.policy),
            self._read(way, Resource.CERTIFICATE, secrets.ordered_certificate),
        )
        objects = () if isinstance(elasticsearches, Unavailable) else elasticsearches
        clusters = {_called(one): _without_secrets(eck.cluster(one, {})) for one in objects}
        linked, lost = _linked(wanted, clusters, self._platform.namespaces)
        return KubernetesFound(
            platform=self._as_platform(
                way, _unread(wanted, elasticsearches) if isinstance(elasticsearches, Unavailable) else lost
            ),
            clusters=elasticsearches
            if isinstance(elasticsearches, Unavailable)
            else EckClusters(
                all=tuple(clusters.values()),
                absent=related.absent(elasticsearches, clusters, self._reading.namespaces),
            ),
            services=_having(KubernetesServices, services, services),
            policies=_having(NetworkPolicies, policies, policies),
            certificates=_having(MountedCertificates, certificates, certificates),
            linked=linked,
            releases={
                alias: release
                for alias, cluster in linked
                for one in objects
                if _called(one) == (cluster.namespace, cluster.name)
                and (release := version(plain(one, "status", "version"))) is not None
            },
        )

    def _as_platform(self, way: KubernetesAccess | Unavailable, lost: tuple[LostReference, ...]) -> Platform:
        return Platform(
            name=self._platform.name,
            kind=PlatformKind.KUBERNETES,
            url="" if isinstance(way, Unavailable) else way.url,
            listing=_NOT_HERE,
            account=_NOT_HERE,
            relationships=_NOT_HERE,
            proxy=_NOT_HERE,
            failures=tuple(self._failures.values()),
            lost=lost,
        )

    async def _read(
        self, way: KubernetesAccess | Unavailable, resource: Resource, read: Callable[[Branch], T | None]
    ) -> tuple[T, ...] | Unavailable:
        """Every object of a kind in the namespaces; a namespace that does not answer leaves all of the kind unknown."""
        if isinstance(way, Unavailable):
            self._failures["access"] = way
            return way
        parts = await asyncio.gather(*(self._reading.objects(way, resource, one) for one in self._reading.namespaces))
        lost = [one for one in parts if isinstance(one, Unavailable)]
        # Two namespaces may lack the same right: each is said.
        self._failures |= {f"{one.call} {one.detail}": one for one in lost}
        if lost:
            return lost[0]
        every = (one for part in parts if not isinstance(part, Unavailable) for one in part)
        return tuple(found for one in every if (found := read(one)) is not None)


def _without_secrets(cluster: EckCluster) -> EckCluster:
    """Only the settings that are about remotes go further: nobody knows which of the others somebody wrote a password into."""
    return replace(cluster, settings=tuple(one for one in cluster.settings if _OF_REMOTES.fullmatch(one.key)))


def _called(one: Branch) -> tuple[str, str]:
    return namespace_of(one), name_of(one)


def _having(noun: Any, read: object, found: Any) -> Any:  # noqa: ANN401 -- a noun and what it holds.
    return read if isinstance(read, Unavailable) else noun(all=tuple(found))


def _unread(wanted: Sequence[DeploymentReference], why: Unavailable) -> tuple[LostReference, ...]:
    """Whether what is referred to is there, nobody knows without the list."""
    return tuple(LostReference(alias=one.alias, reference=one.reference, why=why) for one in wanted)


def _linked(
    wanted: Sequence[DeploymentReference], clusters: dict[tuple[str, str], EckCluster], namespaces: Sequence[str]
) -> tuple[tuple[related.Linked, ...], tuple[LostReference, ...]]:
    """The resources that are referred to, and the references that name none; a namespace that is not read has nothing to be missed in it."""
    linked, lost = list[related.Linked](), list[LostReference]()
    for one in wanted:
        namespace, _, name = one.reference.partition("/")
        cluster = clusters.get((namespace, name))
        if cluster is not None:
            linked.append((one.alias, cluster))
            continue
        reason, detail = (
            Reason.NOT_FOUND,
            f"none of the {len(clusters)} Elasticsearch resources that are read there is {one.reference}",
        )
        if namespaces and namespace not in namespaces:
            reason = Reason.NOT_REQUESTED
            detail = f"{one.reference} is in a namespace that is not read: write it under namespaces of the platform"
        why = Unavailable(step=Step.API, reason=reason, detail=detail)
        lost.append(LostReference(alias=one.alias, reference=one.reference, why=why))
    return tuple(linked), tuple(lost)
