"""The check cloud-api/ref-id."""

from __future__ import annotations

from collections.abc import Iterator

from checks.shared.payloads import is_given, text_of
from checks.tables import docs
from diag.check import NotApplicable, Unknown, Yields, check, missing
from diag.model import (
    CloudDeployment,
    CloudDeployments,
    Finding,
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
def ref_id(lists: RemoteLists, deployments: CloudDeployments | Unavailable) -> Yields:
    """The reference of a remote names no Elasticsearch of the remote deployment.

    Why it matters: the API answers 404, the resource is not found. In the path of the call stands the reference of the own deployment,
    in the body that of the remote one; they may differ.

    How to fix: read the ``ref_id`` under ``resources.elasticsearch`` in ``GET deployments/<id>`` of the remote deployment.

    Example: ``elasticsearch`` where the deployment calls it ``main-elasticsearch``.
    """
    remotes = [(found, one) for found in lists.all for one in found.remotes if is_given(one.ref_id)]
    if not remotes:
        yield NotApplicable("the documents hold no reference of a remote deployment")
    elif isinstance(deployments, Unavailable):
        yield missing(deployments)
    else:
        known = [one for one in deployments.all if one.id]
        judged = [list(_judged(found, one, known)) for found, one in remotes]
        yield from (finding for findings in judged for finding in findings)
        ids = {one.id for one in known}
        unknown = [text_of(one.deployment_id) for _, one in remotes if text_of(one.deployment_id) not in ids]
        if unknown:
            yield Unknown(f"no document shows the deployment {listed(unknown)}")


def _judged(found: RemoteList, one: RemoteResource, known: list[CloudDeployment]) -> Iterator[Finding]:
    refs = [other.ref_id for other in known if other.id == text_of(one.deployment_id)]
    if not refs or one.ref_id is None or one.ref_id.text in refs:
        return
    swapped = " It is that of the own deployment." if one.ref_id.text == found.ref_id else ""
    yield Finding(
        summary=f"elasticsearch_ref_id is {shorten(one.ref_id.text, 60)}; expected {listed(refs)}, as the remote deployment calls it.{swapped}",
        remedy=f"Write {listed(refs)}.",
        origin=one.ref_id.origin,
        facts={"observed": shorten(one.ref_id.text, 60), "expected": tuple(refs)},
    )
