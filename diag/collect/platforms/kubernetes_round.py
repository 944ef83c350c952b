"""One Kubernetes in one round: its Elasticsearch resources, Services, NetworkPolicies and ordered certificates, as the nouns that manifests give too.

Secrets are not read: nobody can be allowed to see their names without their values.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, Final, TypeVar

from diag.collect.api_peer import KUBERNETES
from diag.collect.platforms import kubernetes_related as related
from diag.collect.platforms.cloud import DeploymentReference
from diag.collect.platforms.kubernetes_access import KubernetesAccess, access
from diag.collect.platforms.kubernetes_calls import Resource
from diag.collect.session import ApiSession
from diag.collect.target import ApiTarget
from diag.config import PlatformConfig
from diag.documents.cloud.bodies import plain
from diag.documents.kubernetes import eck, network, secrets
from diag.documents.kubernetes.objects import name_of, namespace_of
from diag.documents.tree import Branch, branches, tree_of
from diag.evidence.call import Call
from diag.evidence.documents.origin import answer as at
from diag.evidence.reading import mapping, text, unreadable, version
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
_MAX_PAGES: Final = 40
_NOT_HERE: Final = Unavailable(
    step=Step.API, reason=Reason.NOT_REQUESTED, detail="Kubernetes has none of this: it is of Elastic Cloud"
)
_TOO_MANY: Final = "there are more of them than are read: write namespaces"


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
        self._session = session
        self._failures: dict[str, Unavailable] = {}

    async def found(self, wanted: Sequence[DeploymentReference]) -> KubernetesFound:
        """Read everything, and find the resources that are referred to."""
        way = await asyncio.to_thread(access, self._platform)
        elasticsearches, services, policies, certificates = await asyncio.gather(
            self._read(way, Resource.ELASTICSEARCH, lambda one: one),
            self._read(way, Resource.SERVICE, network.service),
            self._read(way, Resource.POLICY, network.policy),
            self._read(way, Resource.CERTIFICATE, secrets.ordered_certificate),
        )
        objects = () if isinstance(elasticsearches, Unavailable) else elasticsearches
        clusters = {_called(one): _without_secrets(eck.cluster(one, {})) for one in objects}
        linked, lost = _linked(wanted, clusters)
        return KubernetesFound(
            platform=self._as_platform(way, () if isinstance(elasticsearches, Unavailable) else lost),
            clusters=_having(EckClusters, elasticsearches, clusters.values()),
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
        parts = await asyncio.gather(*(self._objects(way, resource, one) for one in self._platform.namespaces or ("",)))
        lost = next((one for one in parts if isinstance(one, Unavailable)), None)
        if lost is not None:
            return lost
        every = (one for part in parts if not isinstance(part, Unavailable) for one in part)
        return tuple(found for one in every if (found := read(one)) is not None)

    async def _objects(
        self, way: KubernetesAccess, resource: Resource, namespace: str
    ) -> tuple[Branch, ...] | Unavailable:
        found: list[Branch] = []
        going_on: object = ""
        for _ in range(_MAX_PAGES):
            call = resource.call(namespace, str(going_on))
            page = await self._page(way, call)
            if isinstance(page, Unavailable):
                if resource.is_of_an_extra and page.reason is Reason.NOT_FOUND:
                    return ()
                # Two namespaces may lack the same right: each is said.
                self._failures[f"{call.name} {page.detail}"] = page
                return page
            found += _in_page(page, self._platform.name)
            # Opaque, and of any length: it is given back as it came.
            going_on = mapping(page.get("metadata")).get("continue")
            if not isinstance(going_on, str) or not going_on:
                return tuple(found)
        lost = Unavailable(step=Step.API, reason=Reason.TOO_LARGE, detail=f"{call.name}: {_TOO_MANY}", call=call.name)
        self._failures[call.name] = lost
        return lost

    async def _page(self, way: KubernetesAccess, call: Call) -> Any:  # noqa: ANN401 -- a mapping of JSON, or Unavailable.
        target = ApiTarget(
            url=way.url,
            ca=way.ca,
            ca_pem=way.ca_pem,
            token=way.token,
            client_key=way.client_key,
            seconds=self._session.seconds,
            peer=KUBERNETES,
        )
        value = (await self._session.at(target, (call,)))[call].value
        if isinstance(value, Unavailable):
            return value
        page = mapping(value)
        return page if isinstance(page.get("items"), list) else unreadable(call, KUBERNETES.name)


def _in_page(page: Any, platform: str) -> list[Branch]:  # noqa: ANN401 -- a mapping of JSON.
    """The objects of a page, each with its own place: the kind, namespace and name by which kubectl shows it."""
    kind = text(page.get("kind")).removesuffix("List")
    found = list[Branch]()
    for one in page["items"]:
        inner = mapping(mapping(one).get("metadata"))
        place = at(f"{kind} {text(inner.get('namespace'))}/{text(inner.get('name'))} in {platform}")
        found += branches(tree_of(one, place))
    return found


def _without_secrets(cluster: EckCluster) -> EckCluster:
    """Only the settings that are about remotes go further: nobody knows which of the others somebody wrote a password into."""
    return replace(cluster, settings=tuple(one for one in cluster.settings if _OF_REMOTES.fullmatch(one.key)))


def _called(one: Branch) -> tuple[str, str]:
    return namespace_of(one), name_of(one)


def _having(noun: Any, read: object, found: Any) -> Any:  # noqa: ANN401 -- a noun and what it holds.
    return read if isinstance(read, Unavailable) else noun(all=tuple(found))


def _linked(
    wanted: Sequence[DeploymentReference], clusters: dict[tuple[str, str], EckCluster]
) -> tuple[tuple[related.Linked, ...], tuple[LostReference, ...]]:
    """The resources that are referred to, and the references that name none."""
    linked, lost = list[related.Linked](), list[LostReference]()
    for one in wanted:
        namespace, _, name = one.reference.partition("/")
        cluster = clusters.get((namespace, name))
        if cluster is not None:
            linked.append((one.alias, cluster))
            continue
        detail = f"none of the {len(clusters)} Elasticsearch resources that are read there is {one.reference}"
        why = Unavailable(step=Step.API, reason=Reason.NOT_FOUND, detail=detail)
        lost.append(LostReference(alias=one.alias, reference=one.reference, why=why))
    return tuple(linked), tuple(lost)
