"""The check trust/all-toggle-scope."""

from __future__ import annotations

from checks.shared.deployments import platform_of
from checks.shared.payloads import text_of
from checks.tables import docs
from diag.check import NotApplicable, Yields, check, missing
from diag.model import Finding, LinkedDeployments, Platforms, Severity, Unavailable


@check(
    "trust/all-toggle-scope",
    severity=Severity.INFO,
    docs=(docs.HOSTED_SAME_ORGANIZATION,),
    tags=("cloud", "platform", "trust"),
    source="documentation: remote clusters in the same organization; Elastic Cloud API: AccountTrustSettings, AccountTrustRelationship",
)
def all_toggle_scope(linked: LinkedDeployments, platforms: Platforms) -> Yields:
    """Deployments of the organization trust each other by default, and this one does not trust all of them.

    Why it matters: the default is taken when a deployment is made. One that was there before keeps what it has.

    How to fix: change the trust of the deployment on its Security page, if it is to trust all of them.

    Example: the default was switched on in spring, and the deployment is two years old.
    """
    local = linked.local
    platform = None if local is None else platform_of(platforms, local)
    if local is None or platform is None:
        yield NotApplicable("no deployment of the local cluster is configured")
        return
    account, trust = platform.account, local.trust
    for piece in (account, trust):
        if isinstance(piece, Unavailable):
            yield missing(piece)
            return
    assert not isinstance(account, Unavailable)  # noqa: S101 -- seen above.
    assert not isinstance(trust, Unavailable)  # noqa: S101 -- seen above.
    if not account.trusts_all:
        yield NotApplicable("deployments of the organization do not trust each other by default")
        return
    own = [one for one in trust.entities if one.group == "accounts" and text_of(one.id) == account.id]
    if not any(one.trust_all is not None and one.trust_all.is_true for one in own):
        yield Finding(
            summary="Deployments of the organization trust each other by default; this one does not trust all of them.",
            remedy="Change it on the Security page of the deployment, if it is to trust all of them; else nothing.",
            origin=trust.origin,
            facts={"observed": "trust_all is not set", "expected": "trust_all, as the default of the organization"},
        )
