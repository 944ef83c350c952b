"""What checks of deployments share: which one a remote is, where what they say of it stands, and who asks for its platform."""

from __future__ import annotations

from diag.check import NotApplicable, Unknown, missing
from diag.model import CloudDeployment, LinkedDeployment, LinkedDeployments, Platform, Platforms, Unavailable, shorten

NO_LINK = "no deployment of a platform is known to be this cluster (deployment in diag.yaml)"


def deployment_of(
    linked: LinkedDeployments | Unavailable, alias: str
) -> tuple[LinkedDeployment, CloudDeployment] | NotApplicable | Unknown:
    """Give the deployment of a remote (of the local cluster for an empty alias), or why there is none to judge."""
    if isinstance(linked, Unavailable):
        return missing(linked)
    found = linked.of(alias)
    if found is None:
        return NotApplicable(NO_LINK)
    return missing(found.deployment) if isinstance(found.deployment, Unavailable) else (found, found.deployment)


def platform_of(platforms: Platforms | Unavailable, one: LinkedDeployment) -> Platform | None:
    """The platform that runs a deployment."""
    return None if isinstance(platforms, Unavailable) else platforms.of(one.platform)


def name_of(one: CloudDeployment) -> str:
    """What to call a deployment: its name, and its id to find it by."""
    return f"{shorten(one.name, 60)} ({shorten(one.id, 40)})" if one.name else shorten(one.id, 60)
