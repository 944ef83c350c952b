"""Every deployment that a key may see, each with what is needed to look at it as a local cluster.

One listing, and for each deployment one call, or two with its remotes; at most as many at once as the platform has places, and bounded in time.
"""

from __future__ import annotations

import asyncio
from typing import Final

from diag.collect.api_peer import CLOUD
from diag.collect.network import Network
from diag.collect.platforms import cloud_answers, cloud_calls, references
from diag.collect.platforms.cloud import CloudRound
from diag.collect.session import ApiSession
from diag.config import PlatformConfig
from diag.lazy_dataclass import dataclass
from diag.model import CloudDeployment, ListedDeployment, Reason, RemoteList, Step, Unavailable

# The seconds that all calls may take together, pauses that the platform asks for included.
MAX_SECONDS: Final = 300.0
_NOT_ASKED: Final = Unavailable(step=Step.API, reason=Reason.NOT_REQUESTED, detail="its remotes were not asked for")
_NO_PATH: Final = Unavailable(
    step=Step.API, reason=Reason.NOT_USABLE, detail="its id in the list of deployments is none"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class InventoryItem:
    """One deployment: its line in the list, itself, the address of its API (empty: not known), and the remotes that the platform knows."""

    listed: ListedDeployment
    deployment: CloudDeployment | Unavailable
    url: str
    remotes: RemoteList | Unavailable

    @property
    def is_without_elasticsearch(self) -> bool:
        """Whether the list shows no Elasticsearch in it."""
        return not self.listed.refs


@dataclass(frozen=True, slots=True, kw_only=True)
class Inventory:
    """The deployments of one platform. ``whole`` is false where the list goes on."""

    all: tuple[InventoryItem, ...]
    whole: bool


async def inventory(
    platform: PlatformConfig, network: Network, seconds: float, *, with_remotes: bool
) -> Inventory | Unavailable:
    """Ask for the list and then for each deployment; ``seconds`` is the limit of one call. Why there is no list is returned."""
    end = asyncio.get_running_loop().time() + MAX_SECONDS
    asking = CloudRound(platform, ApiSession(network=network, seconds=seconds, end=end))
    listing = await asking.ask(cloud_calls.LISTING_OF_NOW, cloud_answers.listing)
    if isinstance(listing, Unavailable):
        return listing
    # One that is told to pause keeps its place, so that the others do not go on asking a platform that limits calls.
    places = asyncio.Semaphore(CLOUD.places)

    async def one(listed: ListedDeployment) -> InventoryItem:
        async with places:
            return await _item(asking, listed, with_remotes=with_remotes)

    return Inventory(all=tuple(await asyncio.gather(*map(one, listing.all))), whole=listing.whole)


async def _item(asking: CloudRound, listed: ListedDeployment, *, with_remotes: bool) -> InventoryItem:
    """Ask for one deployment; one without Elasticsearch has nothing to ask for."""
    by_id = next(filter(None, map(references.url_by_cloud_id, listed.cloud_ids)), "")
    if not references.is_path(listed.id) or not listed.refs:
        return InventoryItem(listed=listed, deployment=_NO_PATH, url=by_id, remotes=_NO_PATH)
    call = cloud_calls.deployment(listed.id)
    value = await asking.value(call)
    found = value if isinstance(value, Unavailable) else cloud_answers.deployment(call, value, listed.id)
    if isinstance(found, Unavailable):
        return InventoryItem(listed=listed, deployment=found, url=by_id, remotes=found)
    remotes: RemoteList | Unavailable = _NOT_ASKED
    if with_remotes and references.is_path(found.ref_id):
        remotes = await asking.ask(
            cloud_calls.remotes(found.id, found.ref_id),
            lambda call, value: cloud_answers.remotes(call, value, found.id, found.ref_id),
        )
    return InventoryItem(
        listed=listed, deployment=found, url=cloud_answers.service_url(value) or by_id, remotes=remotes
    )
