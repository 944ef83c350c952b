"""Every Elasticsearch resource of a Kubernetes, each with what is needed to look at it as a local cluster: two lists for each namespace."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Final

from diag.collect.network import Network
from diag.collect.platforms.inventory import MAX_SECONDS
from diag.collect.platforms.kubernetes_access import KubernetesAccess
from diag.collect.platforms.kubernetes_calls import Resource
from diag.collect.platforms.kubernetes_reading import KubernetesReading
from diag.collect.session import ApiSession
from diag.config import PlatformConfig
from diag.documents.cloud.bodies import plain
from diag.documents.kubernetes import eck
from diag.documents.kubernetes.objects import HTTP_SERVICE, name_of, namespace_of
from diag.documents.tree import Branch, branches
from diag.lazy_dataclass import dataclass
from diag.model import EckCluster, Unavailable

_HTTP_PORT: Final = "9200"
# How a Service calls that port: by its number, or by the name that the operator gives it in the pods.
_TARGETS: Final = frozenset({_HTTP_PORT, "https", "http"})


@dataclass(frozen=True, slots=True, kw_only=True)
class KubernetesItem:
    """One resource: its release in force, or the one that is ordered where none is in force yet, and the address of its API.

    ``url`` is empty where the Service of the API is not there, Unavailable where nobody knows. ``leaving``: it is being deleted.
    """

    cluster: EckCluster
    release: str
    url: str | Unavailable
    leaving: bool

    @property
    def reference(self) -> str:
        """How the configuration refers to it."""
        return f"{self.cluster.namespace}/{self.cluster.name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class KubernetesInventory:
    """The resources of the namespaces that could be read; ``unread`` are the others, and why. An empty namespace stands for all of them."""

    all: tuple[KubernetesItem, ...]
    unread: tuple[tuple[str, Unavailable], ...]


async def kubernetes_inventory(
    platform: PlatformConfig, network: Network, seconds: float
) -> KubernetesInventory | Unavailable:
    """List the resources and their Services as they are now; ``seconds`` is the limit of one call. Without any namespace, why there is none is returned."""
    end = asyncio.get_running_loop().time() + MAX_SECONDS
    reading = KubernetesReading(platform, ApiSession(network=network, seconds=seconds, end=end), of_now=True)
    way = await reading.way()
    if isinstance(way, Unavailable):
        return way
    parts = await asyncio.gather(
        *(_namespace(reading, way, one, inside=platform.in_cluster) for one in reading.namespaces)
    )
    lost = [(name, part) for name, part in zip(reading.namespaces, parts, strict=True) if isinstance(part, Unavailable)]
    if len(lost) == len(parts):
        return lost[0][1]
    every = (one for part in parts if not isinstance(part, Unavailable) for one in part)
    return KubernetesInventory(all=tuple(every), unread=tuple(lost))


async def _namespace(
    reading: KubernetesReading, way: KubernetesAccess, namespace: str, *, inside: bool
) -> list[KubernetesItem] | Unavailable:
    resources, services = await asyncio.gather(
        reading.objects(way, Resource.ELASTICSEARCH, namespace), reading.objects(way, Resource.SERVICE, namespace)
    )
    if isinstance(resources, Unavailable):
        return resources
    return [_item(one, services, inside=inside) for one in resources]


def _item(one: Branch, services: Sequence[Branch] | Unavailable, *, inside: bool) -> KubernetesItem:
    url: str | Unavailable = services if isinstance(services, Unavailable) else ""
    if not isinstance(services, Unavailable):
        wanted = namespace_of(one), f"{name_of(one)}{HTTP_SERVICE}"
        own = next((each for each in services if (namespace_of(each), name_of(each)) == wanted), None)
        url = "" if own is None else _url(one, own, inside=inside)
    return KubernetesItem(
        cluster=eck.cluster(one, {}),
        release=plain(one, "status", "version") or plain(one, "spec", "version"),
        url=url,
        leaving=bool(plain(one, "metadata", "deletionTimestamp")),
    )


def _url(cluster: Branch, service: Branch, *, inside: bool) -> str:
    """The address of the Service: what a balancer has outside, else the name that only pods can look up.

    Without a certificate of its own or of the operator it is HTTP (reference of the API of the operator, TLSOptions).
    """
    no_own = plain(cluster, "spec", "http", "tls", "selfSignedCertificate", "disabled") == "true"
    in_clear = no_own and not plain(cluster, "spec", "http", "tls", "certificate", "secretName")
    host = "" if inside else _outside(service)
    host = host or f"{name_of(service)}.{namespace_of(service)}.svc"
    return f"{'http' if in_clear else 'https'}://{f'[{host}]' if ':' in host else host}:{_port(service)}"


def _outside(service: Branch) -> str:
    """The name or address that a balancer gave the Service; empty where there is none."""
    for one in branches(service.get("status", "loadBalancer", "ingress")):
        if found := plain(one, "hostname") or plain(one, "ip"):
            return found
    return ""


def _port(service: Branch) -> str:
    """The port that leads to the one of the API in the pods, else the only one that there is."""
    ports = [(plain(one, "port"), plain(one, "targetPort")) for one in branches(service.get("spec", "ports"))]
    leading = [port for port, target in ports if (target or port) in _TARGETS]
    return next(iter((*leading, *(port for port, _ in ports))), _HTTP_PORT)
