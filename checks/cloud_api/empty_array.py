"""The check cloud-api/empty-array."""

from __future__ import annotations

from checks.tables import docs
from diag.check import NotApplicable, Yields, check
from diag.model import Finding, PayloadForm, RemoteLists, Severity


@check(
    "cloud-api/empty-array",
    severity=Severity.CRITICAL,
    docs=(docs.HOSTED_SAME_ORGANIZATION, docs.API_CLOUD),
    tags=("documents", "cloud"),
    source="documentation: remote clusters in the same organization, an empty array of resources removes all remote clusters",
)
def empty_array(lists: RemoteLists) -> Yields:
    """The list of remotes that is sent is empty.

    Why it matters: the call replaces the whole list, so that every remote of the same organization is removed.

    How to fix: send the remotes that are wanted. Where all of them are to go, there is nothing to fix.

    Example: ``{"resources": []}``.
    """
    sent = [one for one in lists.all if one.form is PayloadForm.REQUEST]
    if not sent:
        yield NotApplicable("none of the documents is a body for PUT …/remote-clusters")
    for one in sent:
        if one.is_empty:
            yield Finding(
                summary="The list of remotes is empty; expected those that are wanted: the call removes all remotes of the same organization.",
                remedy="Send the full list.",
                origin=one.origin,
                facts={"observed": "[]"},
            )
