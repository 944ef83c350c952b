"""The ``diag.yaml`` of one platform, whatever its kind."""

from __future__ import annotations

from diag.collect import Network
from diag.collect.platforms.inventory import inventory
from diag.collect.platforms.kubernetes_inventory import kubernetes_inventory
from diag.config import PlatformConfig
from diag.discovery.kubernetes_file import written_kubernetes
from diag.discovery.platform_file import WrittenConfiguration, written
from diag.model import PlatformKind, Unavailable


async def written_of(platform: PlatformConfig, network: Network, seconds: float) -> WrittenConfiguration | Unavailable:
    """Ask a platform for all that it runs, and write it down; ``seconds`` is the limit of one call. Why there is no list is returned."""
    if platform.kind is PlatformKind.KUBERNETES:
        resources = await kubernetes_inventory(platform, network, seconds)
        return resources if isinstance(resources, Unavailable) else written_kubernetes(resources, platform)
    found = await inventory(platform, network, seconds, with_remotes=True)
    return found if isinstance(found, Unavailable) else written(found, platform)
