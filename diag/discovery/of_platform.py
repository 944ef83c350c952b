"""A platform as a source: every deployment of it that runs is a local cluster."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Final

from diag.collect import Network
from diag.collect.platforms.inventory import InventoryItem, inventory
from diag.config import Config, PlatformConfig
from diag.config.sources import PlatformSource
from diag.discovery.named import Named, SourceError
from diag.discovery.of_kubernetes import named_in_kubernetes
from diag.model import CloudDeployment, Kind, PlatformKind, Unavailable, listed
from diag.text import shown

# The platforms, and what runs their clusters.
KINDS: Final = {PlatformKind.ECH: Kind.HOSTED, PlatformKind.ECE: Kind.ECE, PlatformKind.KUBERNETES: Kind.ECK}
# The word of the API for a deployment whose nodes are gone: there is nothing to look at until it is started again.
_STOPPED: Final = "stopped"
_LISTED_ID: Final = 8


async def named_on_platform(source: PlatformSource, config: Config, network: Network) -> Named:
    """Ask the platform. Raises SourceError where it shows no list; a deployment that it does not show is unsure, and not gone."""
    platform = next(one for one in config.platforms if one.name == source.name)
    if platform.kind is PlatformKind.KUBERNETES:
        return await named_in_kubernetes(platform, config, network)
    found = await inventory(platform, network, config.timeouts.api, with_remotes=False)
    if isinstance(found, Unavailable):
        raise SourceError(found.detail)
    names = names_of(found.all)
    chosen = sorted((one for one in found.all if is_local(one) and one.url), key=lambda one: names[one.listed.id])
    unsure = [one for one in chosen if isinstance(one.deployment, Unavailable)]
    return Named(
        clusters=tuple({"name": names[one.listed.id], "url": one.url, **link(one, platform)} for one in chosen),
        unsure=frozenset(names[one.listed.id] for one in unsure),
        whole=found.whole,
        problem="; ".join(_problems(unsure, [one for one in found.all if is_local(one) and not one.url], found.whole)),
    )


def names_of(found: Iterable[InventoryItem]) -> dict[str, str]:
    """How each deployment is called, by its id: by its name, with the beginning of the id where several have that name."""
    lines = [one.listed for one in found]
    often = Counter(one.name for one in lines)
    return {
        one.id: one.name if one.name and often[one.name] == 1 else f"{one.name} {one.id[:_LISTED_ID]}".strip()
        for one in lines
    }


def is_local(one: InventoryItem) -> bool:
    """Whether a deployment can be a local cluster: it has an Elasticsearch, and nobody says that it is stopped."""
    stopped = isinstance(one.deployment, CloudDeployment) and one.deployment.status == _STOPPED
    return not one.is_without_elasticsearch and not stopped


def link(one: InventoryItem, platform: PlatformConfig) -> Mapping[str, object]:
    """What ties a cluster to its deployment, in the words of the configuration."""
    return {"kind": KINDS[platform.kind].value, "platform": platform.name, "deployment": one.listed.id}


def _problems(unsure: list[InventoryItem], lost: list[InventoryItem], whole: bool) -> Iterable[str]:  # noqa: FBT001 -- private.
    if not whole:
        yield "the list of deployments goes on, and diag knows one page: who is not on it is not taken for gone"
    if unsure:
        names = listed([shown(one.listed.name, 80) for one in unsure])
        yield f"{len(unsure)} deployments were not shown ({names}): {unsure[0].deployment}"
    if lost:
        yield f"of {listed([shown(one.listed.name, 80) for one in lost])} the platform shows no address"
