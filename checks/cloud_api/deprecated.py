"""The check cloud-api/deprecated."""

from __future__ import annotations

from checks.tables import docs
from diag.check import NotApplicable, Yields, check
from diag.model import Finding, PayloadForm, RemoteLists, Severity


@check(
    "cloud-api/deprecated",
    severity=Severity.INFO,
    docs=(docs.HOSTED_SAME_ORGANIZATION,),
    tags=("documents", "cloud"),
    source="documentation: remote clusters in the same organization, the call is deprecated on Elastic Cloud Hosted",
)
def deprecated(lists: RemoteLists) -> Yields:
    """Remotes are registered by the API of Elastic Cloud, which is deprecated for that on Elastic Cloud Hosted.

    Why it matters: the call knows certificates and remotes of the same organization only, and it will go.

    How to fix: register remotes by Kibana or by ``PUT _cluster/settings``.

    Example: ``PUT deployments/<id>/elasticsearch/<ref>/remote-clusters``.
    """
    sent = [one for one in lists.all if one.form is PayloadForm.REQUEST]
    if not sent:
        yield NotApplicable("none of the documents is a body for PUT …/remote-clusters")
    for one in sent:
        if one.is_empty:
            continue
        yield Finding(
            summary="This registers remotes by the API of Elastic Cloud, which is deprecated for that on Elastic Cloud Hosted.",
            remedy="Register them by Kibana or by PUT _cluster/settings.",
            origin=one.origin,
        )
