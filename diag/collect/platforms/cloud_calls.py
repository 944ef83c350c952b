"""The calls at the API of Elastic Cloud and of Elastic Cloud Enterprise.

Paths and parameters are those of its public description (Swagger 2.0, of June 2025, for Elastic Cloud and for Elastic Cloud Enterprise).
``show_metadata`` and ``show_security`` are never asked for: the description says that their answers include credentials.
"""

from __future__ import annotations

from typing import Final

from diag.evidence.call import Call

_BASE: Final = "/api/v1"
# What is about the whole organization serves every cluster of it for so long: a new deployment is known half a minute later.
_SHARED_SECONDS: Final = 30.0
_VIEWER: Final = "Viewer of the deployments"
_PLATFORM_VIEWER: Final = "Platform viewer"
# Parts of the answer that nothing here reads, and that can be large.
_SMALL: Final = (
    "show_settings=true&show_plan_defaults=false&show_instance_configurations=false&enrich_with_template=false"
)

LISTING: Final = Call(path=f"{_BASE}/deployments", privilege=_VIEWER, shared=_SHARED_SECONDS)
# The same for whoever follows the list: what was there half a minute ago is no news to him.
LISTING_OF_NOW: Final = Call(path=LISTING.path, privilege=_VIEWER)
ACCOUNT: Final = Call(path=f"{_BASE}/account", privilege=_VIEWER, shared=_SHARED_SECONDS)
FILTERS: Final = Call(
    path=f"{_BASE}/deployments/traffic-filter/rulesets?include_associations=true",
    privilege=_VIEWER,
    shared=_SHARED_SECONDS,
)
# Elastic Cloud Enterprise alone; its platform is one region of that name (documentation: access deployments of another ECE environment).
_PLATFORM: Final = f"{_BASE}/regions/ece-region/platform/configuration"
RELATIONSHIPS: Final = Call(
    path=f"{_PLATFORM}/trust-relationships?include_certificate=true", privilege=_PLATFORM_VIEWER, shared=_SHARED_SECONDS
)
PROXY_CERTIFICATE: Final = Call(
    path=f"{_PLATFORM}/security/tls/proxy", privilege=_PLATFORM_VIEWER, shared=_SHARED_SECONDS
)


def deployment(deployment_id: str) -> Call:
    """Everything about one deployment: resources, plans, settings, and which filters are associated."""
    return Call(path=f"{_BASE}/deployments/{deployment_id}?{_SMALL}", privilege=_VIEWER)


def authority(deployment_id: str) -> Call:
    """The CA of its nodes."""
    return Call(path=f"{_BASE}/deployments/{deployment_id}/certificate-authority", privilege=_VIEWER)


def remotes(deployment_id: str, ref_id: str) -> Call:
    """The remote clusters that the platform knows of it."""
    return Call(path=f"{_BASE}/deployments/{deployment_id}/elasticsearch/{ref_id}/remote-clusters", privilege=_VIEWER)


def keystore(deployment_id: str, ref_id: str) -> Call:
    """The names of the entries in its keystore; the answer has no values."""
    return Call(path=f"{_BASE}/deployments/{deployment_id}/elasticsearch/{ref_id}/keystore", privilege=_VIEWER)
