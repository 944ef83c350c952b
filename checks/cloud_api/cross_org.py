"""The check cloud-api/cross-org."""

from __future__ import annotations

from checks.shared.payloads import is_given
from checks.tables import docs
from diag.check import NotApplicable, Unknown, Yields, check, missing
from diag.model import (
    CloudDeployments,
    Finding,
    LinkedDeployments,
    Listing,
    PayloadForm,
    Platforms,
    RemoteLists,
    Severity,
    Unavailable,
    Written,
    shorten,
)


@check(
    "cloud-api/cross-org",
    severity=Severity.ERROR,
    severities=(Severity.WARNING,),
    docs=(docs.HOSTED_SAME_ORGANIZATION, docs.HOSTED_OTHER_ORGANIZATION),
    tags=("documents", "cloud", "platform"),
    source="documentation: the RESTful API registers remotes of the same organization only; terraform-provider-ec#540, #379",
)
def cross_org(
    lists: RemoteLists, platforms: Platforms, linked: LinkedDeployments, deployments: CloudDeployments | Unavailable
) -> Yields:
    """A remote that is to be registered by the API of Elastic Cloud is no deployment of the organization.

    Why it matters: the call knows deployments of the same organization alone. For any other it answers that the resource is not found, and
    registers none of the list.

    How to fix: register a remote of another organization, or a self-managed one, by Kibana or by ``PUT _cluster/settings``.

    Example: the body names the deployment of a partner.
    """
    sent = [one for one in lists.all if one.form in {PayloadForm.REQUEST, PayloadForm.TERRAFORM}]
    ids = [one.deployment_id for found in sent for one in found.remotes if is_given(one.deployment_id)]
    local = linked.local
    platform = platforms.of(local.platform) if local is not None else None
    if not ids or platform is None:
        yield NotApplicable("it takes a list of remotes that is to be sent, and the platform of the local cluster")
        return
    listing, account = platform.listing, platform.account
    if isinstance(listing, Unavailable):
        yield missing(listing)
        return
    own = "" if isinstance(account, Unavailable) else account.id
    known = () if isinstance(deployments, Unavailable) else deployments.all
    owners = {one.id: one.organization_id for one in known if one.organization_id}
    for one in ids:
        assert one is not None  # noqa: S101 -- those that are given.
        owner = owners.get(one.text, "")
        if own and owner and owner != own:
            yield _finding(one, f"is a deployment of {shorten(owner, 40)}, not of {shorten(own, 40)}", Severity.ERROR)
        elif listing.of(one.text) is None:
            yield _not_listed(one, listing)


def _not_listed(one: Written, listing: Listing) -> Finding | Unknown:
    if not listing.whole:
        return Unknown(f"the list of deployments goes on, and {shorten(one.text, 40)} may be on another page of it")
    seen = f"is none of the {len(listing.all)} deployments that the key of the platform sees"
    return _finding(one, seen, Severity.WARNING)


def _finding(one: Written, what: str, severity: Severity) -> Finding:
    return Finding(
        summary=f"deployment_id {shorten(one.text, 40)} {what}; expected one of the same organization: the call answers 404 for any other.",
        remedy="Register it by Kibana or PUT _cluster/settings; or, if it is of this organization, give the key a role that sees it.",
        severity=severity,
        origin=one.origin,
        facts={"observed": shorten(one.text, 60), "expected": "a deployment of the organization"},
    )
