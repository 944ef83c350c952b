"""The check cloud-api/terraform-list."""

from __future__ import annotations

from collections.abc import Iterator

from checks.shared.payloads import text_of
from checks.tables import docs
from diag.check import NotApplicable, Yields, check
from diag.model import Finding, PayloadForm, RemoteList, RemoteLists, Severity, listed, shorten


@check(
    "cloud-api/terraform-list",
    severity=Severity.WARNING,
    docs=(docs.HOSTED_SAME_ORGANIZATION,),
    tags=("documents", "cloud", "terraform"),
    source="terraform-provider-ec#831: remote_cluster is a set that replaces what is there",
)
def terraform_list(lists: RemoteLists) -> Yields:
    """The remotes of a deployment in Terraform leave out remotes that it has.

    Why it matters: the set is all or nothing: an apply removes what was registered elsewhere, or each plan shows a difference.

    How to fix: manage all remotes of the same organization in one place.

    Example: ``logs`` was added in the console, and ``remote_cluster`` holds ``metrics`` alone.
    """
    planned = [one for one in lists.all if one.form is PayloadForm.TERRAFORM]
    pairs = [(now, then) for then in planned for now in lists.all if _belongs(now, then)]
    if not pairs:
        yield NotApplicable("it takes a plan of Terraform with its state, or with the answer of GET …/remote-clusters")
    for now, then in pairs:
        removed = list(_removed(now, then))
        if removed:
            yield Finding(
                summary=f"An apply removes {listed(removed)}, which the deployment has; expected each of them in remote_cluster.",
                remedy="Add them, or manage all remotes of the organization elsewhere.",
                origin=then.origin,
                facts={"removed": tuple(removed[:20])},
            )


def _belongs(now: RemoteList, then: RemoteList) -> bool:
    """Whether a list is what the deployment of another one has now, as far as the documents say it."""
    if now.form is PayloadForm.ANSWER:
        return True
    ids = {now.deployment_id, then.deployment_id} - {""}
    return now.form is PayloadForm.STATE and len(ids) < 2 and (len(ids) == 1 or now.name == then.name)  # noqa: PLR2004 -- a pair.


def _removed(now: RemoteList, then: RemoteList) -> Iterator[str]:
    if any(one.alias is not None and not one.alias.known for one in then.remotes):
        return
    kept = {text_of(one.alias) for one in then.remotes}
    yield from (shorten(text_of(one.alias), 80) for one in now.remotes if text_of(one.alias) not in kept)
