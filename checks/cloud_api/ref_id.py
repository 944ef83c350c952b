"""The check cloud-api/ref-id."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from checks.shared.payloads import is_given, text_of
from checks.tables import docs
from diag.check import NotApplicable, Unknown, Yields, check, missing
from diag.model import (
    CloudDeployments,
    Finding,
    Platforms,
    RemoteList,
    RemoteLists,
    RemoteResource,
    Severity,
    Unavailable,
    listed,
    shorten,
)


@check(
    "cloud-api/ref-id",
    severity=Severity.ERROR,
    docs=(docs.HOSTED_SAME_ORGANIZATION, docs.API_CLOUD),
    tags=("documents", "cloud"),
    source="Elastic Cloud API: ref_id is what the deployment itself calls its resource; terraform-provider-ec#379",
)
def ref_id(
    lists: RemoteLists, deployments: CloudDeployments | Unavailable, platforms: Platforms | Unavailable
) -> Yields:
    """The reference of a remote names no Elasticsearch of the remote deployment.

    Why it matters: the API answers 404, the resource is not found. In the path of the call stands the reference of the own deployment,
    in the body that of the remote one; they may differ.

    How to fix: read the ``ref_id`` under ``resources.elasticsearch`` in ``GET deployments/<id>`` of the remote deployment.

    Example: ``elasticsearch`` where the deployment calls it ``main-elasticsearch``.
    """
    remotes = [(found, one) for found in lists.all for one in found.remotes if is_given(one.ref_id)]
    if not remotes:
        yield NotApplicable("the documents hold no reference of a remote deployment")
    elif isinstance(deployments, Unavailable) and isinstance(platforms, Unavailable):
        yield missing(deployments)
    else:
        known = dict(_listed(platforms)) | dict(_shown(deployments))
        judged = [list(_judged(found, one, known)) for found, one in remotes]
        yield from (finding for findings in judged for finding in findings)
        unknown = [text_of(one.deployment_id) for _, one in remotes if text_of(one.deployment_id) not in known]
        if unknown:
            yield Unknown(f"no document and no platform shows the deployment {listed(unknown)}")


def _listed(platforms: Platforms | Unavailable) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The references of every deployment that a platform lists, by id."""
    for platform in () if isinstance(platforms, Unavailable) else platforms.all:
        if not isinstance(platform.listing, Unavailable):
            yield from ((one.id, one.refs) for one in platform.listing.all)


def _shown(deployments: CloudDeployments | Unavailable) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The references of every deployment that is shown whole, by id."""
    found: dict[str, list[str]] = {}
    for one in () if isinstance(deployments, Unavailable) else deployments.all:
        if one.id:
            found.setdefault(one.id, []).append(one.ref_id)
    yield from ((one, tuple(refs)) for one, refs in found.items())


def _judged(found: RemoteList, one: RemoteResource, known: Mapping[str, tuple[str, ...]]) -> Iterator[Finding]:
    refs = known.get(text_of(one.deployment_id), ())
    if not refs or one.ref_id is None or one.ref_id.text in refs:
        return
    swapped = " It is that of the own deployment." if one.ref_id.text == found.ref_id else ""
    yield Finding(
        summary=f"elasticsearch_ref_id is {shorten(one.ref_id.text, 60)}; expected {listed(refs)}, as the remote deployment calls it.{swapped}",
        remedy=f"Write {listed(refs)}.",
        origin=one.ref_id.origin,
        facts={"observed": shorten(one.ref_id.text, 60), "expected": tuple(refs)},
    )
