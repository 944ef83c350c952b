"""A Kubernetes as a source: every Elasticsearch resource of it is a local cluster."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from diag.collect import Network
from diag.collect.platforms.kubernetes_inventory import KubernetesInventory, KubernetesItem, kubernetes_inventory
from diag.config import Config, PlatformConfig
from diag.discovery.named import Named, SourceError
from diag.model import Kind, Unavailable, listed
from diag.text import shown


async def named_in_kubernetes(platform: PlatformConfig, config: Config, network: Network) -> Named:
    """List the resources. Raises SourceError where nothing is shown; who is in a namespace that is not shown is not gone."""
    found = await kubernetes_inventory(platform, network, config.timeouts.api)
    if isinstance(found, Unavailable):
        raise SourceError(found.detail)
    chosen = sorted((one for one in found.all if not one.leaving), key=called)
    return Named(
        clusters=tuple(
            {"name": called(one), "url": one.url, **link(one, platform)}
            for one in chosen
            if isinstance(one.url, str) and one.url
        ),
        unsure=frozenset(called(one) for one in chosen if isinstance(one.url, Unavailable)),
        whole=not found.unread,
        problem="; ".join(problems(found)),
    )


def called(one: KubernetesItem) -> str:
    """How a resource is called: its name and namespace, as in the names of its Services, so that no resource elsewhere changes it."""
    return f"{one.cluster.name}.{one.cluster.namespace}"


def link(one: KubernetesItem, platform: PlatformConfig) -> Mapping[str, object]:
    """What ties a cluster to its resource, in the words of the configuration."""
    return {"kind": Kind.ECK.value, "platform": platform.name, "deployment": one.reference}


def problems(found: KubernetesInventory) -> Iterator[str]:
    """What could not be had."""
    for namespace, why in found.unread:
        yield f"the namespace {shown(namespace, 80)} could not be read: {why}"
    staying = [one for one in found.all if not one.leaving]
    unsure = [one for one in staying if isinstance(one.url, Unavailable)]
    if unsure:
        names = listed([shown(one.reference, 80) for one in unsure])
        yield f"the address of {names} is not known: {unsure[0].url}"
    without = [shown(one.reference, 80) for one in staying if one.url == ""]
    if without:
        yield f"{listed(without)} has no Service of its API: the operator has not made it"
