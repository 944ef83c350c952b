"""The check cloud-api/terraform-trust."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from checks.shared.payloads import entry_name, is_given, text_of
from checks.tables import docs
from diag.check import NotApplicable, Yields, check
from diag.model import Finding, PayloadForm, Severity, TrustPayload, TrustPayloads, listed, shorten


@check(
    "cloud-api/terraform-trust",
    severity=Severity.WARNING,
    severities=(Severity.ERROR,),
    docs=(docs.HOSTED_EDIT_CONNECTION,),
    tags=("documents", "cloud", "terraform"),
    source="terraform-provider-ec#687, #859, #324; its schema has no field for direct trust",
)
def terraform_trust(payloads: TrustPayloads) -> Yields:
    """The trust of a deployment in Terraform contradicts itself, or leaves out what the deployment has.

    Why it matters: with ``trust_all`` the allow list is ignored, and each plan shows a difference. An account that stands there twice is refused.
    Trust in a self-managed environment cannot be written in Terraform: an apply may take it away.

    How to fix: decide for one of the two; name each account once; look at the trust of the deployment after an apply.

    Example: ``trust_account = [{ account_id = "…", trust_all = true, trust_allowlist = ["…"] }]``.
    """
    planned = [one for one in payloads.all if one.form in {PayloadForm.TERRAFORM, PayloadForm.STATE}]
    if not planned:
        yield NotApplicable("no deployment in Terraform has trust settings")
    direct = [entry for one in payloads.all if one.form is PayloadForm.ANSWER for entry in one.direct]
    for one in planned:
        yield from _ignored(one)
        yield from _twice(one)
        if direct and one.form is PayloadForm.TERRAFORM:
            yield Finding(
                summary=f"The deployment has {listed([entry_name(entry) for entry in direct])}, which Terraform has no field for: an apply may take it away.",
                remedy="Look at the trust of the deployment after the apply; or leave trust out of Terraform with ignore_changes.",
                origin=one.origin,
                facts={"direct": tuple(shorten(text_of(entry.name)) for entry in direct[:20])},
            )


def _ignored(one: TrustPayload) -> Iterator[Finding]:
    for entry in one.entities:
        if entry.trust_all is not None and entry.trust_all.is_true and entry.allowlist:
            yield Finding(
                summary=f"The {entry_name(entry)} has trust_all and a trust_allowlist, which is ignored; expected one of the two.",
                remedy="Set trust_all to false to trust these clusters alone; or leave the list out.",
                origin=entry.origin,
            )


def _twice(one: TrustPayload) -> Iterator[Finding]:
    keys = [(entry.group, text_of(entry.id)) for entry in one.entities if is_given(entry.id)]
    often = Counter(keys)
    seen: set[tuple[str, str]] = set()
    for entry in one.entities:
        key = (entry.group, text_of(entry.id))
        if often[key] > 1 and key in seen and entry.id is not None:
            yield Finding(
                summary=f"The {entry_name(entry)} stands there twice; expected it once.",
                remedy="Put the two together.",
                severity=Severity.ERROR,
                origin=entry.id.origin,
            )
        seen.add(key)
