"""The check cloud-api/terraform-empty-alias."""

from __future__ import annotations

from typing import Final

from checks.shared.payloads import is_missing
from checks.tables import docs
from diag.check import NotApplicable, Yields, check
from diag.model import Finding, PayloadForm, RemoteLists, Severity

_TERRAFORM: Final = frozenset({PayloadForm.TERRAFORM, PayloadForm.STATE})


@check(
    "cloud-api/terraform-empty-alias",
    severity=Severity.ERROR,
    docs=(docs.REMOTE_CLUSTER_SETTINGS,),
    tags=("documents", "cloud", "terraform"),
    source="terraform-provider-ec#357: cluster.remote..mode, not recognized",
)
def terraform_empty_alias(lists: RemoteLists) -> Yields:
    """A remote of a deployment in Terraform has no alias.

    Why it matters: the alias becomes a part of the settings: ``[cluster.remote..mode], not recognized``, and the apply fails.

    How to fix: give the remote its alias.

    Example: ``remote_cluster = [{ deployment_id = ec_deployment.logs.id, alias = "" }]``.
    """
    remotes = [one for found in lists.all if found.form in _TERRAFORM for one in found.remotes]
    if not remotes:
        yield NotApplicable("no deployment in Terraform has a remote")
    for one in remotes:
        if is_missing(one.alias):
            state = "has no alias" if one.alias is None else "has an empty alias"
            yield Finding(
                summary=f"A remote of a deployment {state}; expected letters, digits, dashes and underscores: the apply fails.",
                remedy="Give the remote its alias.",
                origin=one.origin if one.alias is None else one.alias.origin,
            )
