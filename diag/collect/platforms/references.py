"""How a configuration names a deployment, and which one that is: by id, Cloud ID, name or alias. Pure."""

from __future__ import annotations

import base64
import re
from typing import Final

from diag.model import ListedDeployment, Listing, Reason, Step, Unavailable, listed, shorten

# Ids of deployments and of clusters, as the API makes them.
_ID: Final = re.compile(r"[0-9a-f]{32}")
_CLOUD_ID: Final = re.compile(r"(?P<name>[^:]*):(?P<encoded>[A-Za-z0-9+/=_-]{16,})")
_PATH_PART: Final = re.compile(r"(?!\.+$)[\w.-]{1,100}", re.ASCII)
_SLUG: Final = re.compile(r"[^a-z0-9]+")
# No list shows aliases: only a deployment itself tells its own. At most this many are asked for one alias.
MAX_ASKED_FOR_ALIAS: Final = 20
_HTTPS: Final = 443


def is_path(value: str) -> bool:
    """Whether a text may stand in the path of a call as it is."""
    return _PATH_PART.fullmatch(value) is not None


def shown(reference: str) -> str:
    """A reference for sentences: of a Cloud ID the name in it."""
    found = _CLOUD_ID.fullmatch(reference)
    return shorten(found["name"] or "a Cloud ID" if found else reference, 80)


def find(reference: str, listing: Listing | Unavailable) -> str | Unavailable | None:
    """Give the id of a deployment, fit for the path of a call; None where only the deployments themselves can tell (an alias); or why there is none."""
    if _ID.fullmatch(reference):
        return reference
    if isinstance(listing, Unavailable):
        return listing
    cloud_id = _CLOUD_ID.fullmatch(reference)
    if cloud_id:
        return _unique([one for one in listing.all if _is_of(one, reference, cloud_id["encoded"])], reference, listing)
    named = [one for one in listing.all if one.name == reference]
    return _unique(named, reference, listing) if named else None


def candidates(reference: str, listing: Listing) -> list[str]:
    """The ids of the deployments that may have this alias, the likeliest first: an alias is made of the name."""
    alias = _slug(reference)

    def rank(one: ListedDeployment) -> tuple[bool, int]:
        slug = _slug(one.name)
        return not (slug and alias.startswith(slug)), -len(slug)

    return [one.id for one in sorted(listing.all, key=rank) if is_path(one.id)][:MAX_ASKED_FOR_ALIAS]


def by_host(host: str, listing: Listing) -> str:
    """The id of the deployment whose cluster the first part of a host names, empty where none is."""
    first = host.partition(".")[0].lower()
    return next((one.id for one in listing.all if is_path(one.id) and first and first in one.cluster_ids), "")


def url_by_cloud_id(cloud_id: str) -> str:
    """The address of the Elasticsearch API that a Cloud ID stands for, as clients read it; empty where it holds none."""
    found = _CLOUD_ID.fullmatch(cloud_id)
    host, cluster, *_ = [*_decoded(found["encoded"] if found else ""), "", ""]
    name, _, own_port = cluster.partition(":")
    domain, _, port = host.partition(":")
    return f"https://{name}.{domain}:{own_port or port or _HTTPS}" if name and domain else ""


def no_alias(reference: str, listing: Listing) -> Unavailable:
    """Say that no deployment was found by name or alias."""
    asked = min(len(listing.all), MAX_ASKED_FOR_ALIAS)
    detail = (
        f"no deployment has the name {shown(reference)}, and none of the {asked} that were asked of {len(listing.all)} has it as its alias"
        f"{'' if listing.whole else ', and the list goes on'}: write its id or Cloud ID, or give the key a role that sees it"
    )
    return Unavailable(step=Step.API, reason=Reason.NOT_FOUND, detail=detail)


def _is_of(one: ListedDeployment, cloud_id: str, encoded: str) -> bool:
    return cloud_id in one.cloud_ids or bool(_cluster_of(encoded) and _cluster_of(encoded) in one.cluster_ids)


def _cluster_of(encoded: str) -> str:
    """The id of the Elasticsearch cluster in a Cloud ID (host, cluster and Kibana, joined by $); empty where it holds none."""
    parts = _decoded(encoded)
    return parts[1].partition(":")[0] if len(parts) > 1 else ""


def _decoded(encoded: str) -> list[str]:
    """What is encoded in a Cloud ID: host, cluster and Kibana; nothing where that cannot be read."""
    try:
        return base64.b64decode(encoded + "=" * (-len(encoded) % 4), validate=True).decode().split("$")
    except (ValueError, UnicodeDecodeError):
        return []


def _unique(found: list[ListedDeployment], reference: str, listing: Listing) -> str | Unavailable:
    if len(found) == 1 and is_path(found[0].id):
        return found[0].id
    if found:
        ids = listed([one.id for one in found])
        detail = (
            f"{len(found)} deployments are called {shown(reference)} ({ids}): write the id of the one that is meant"
        )
        return Unavailable(step=Step.API, reason=Reason.NOT_USABLE, detail=detail)
    detail = (
        f"none of the {len(listing.all)} deployments that the key sees has the Cloud ID {shown(reference)}"
        f"{'' if listing.whole else ', and the list goes on'}: write its id, or give the key a role that sees it"
    )
    return Unavailable(step=Step.API, reason=Reason.NOT_FOUND, detail=detail)


def _slug(name: str) -> str:
    return _SLUG.sub("-", name.lower()).strip("-")
