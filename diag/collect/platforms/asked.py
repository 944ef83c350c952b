"""What one platform answered in one round."""

from __future__ import annotations

from diag.collect.platforms.kubernetes_round import KubernetesFound
from diag.lazy_dataclass import dataclass
from diag.model import LinkedDeployment, Platform


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedPlatform:
    """A platform, the deployments there, and what a Kubernetes holds (None: it is none)."""

    platform: Platform
    links: tuple[LinkedDeployment, ...]
    kubernetes: KubernetesFound | None = None
