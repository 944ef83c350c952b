"""The check trust/old-deployment."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

from checks.shared.deployments import deployment_of, name_of
from checks.tables import docs
from diag.check import NotApplicable, Yields, check, missing
from diag.model import Finding, LinkedDeployments, Severity, Unavailable

# Documentation: remote clusters with Elastic Cloud Hosted. Deployments made before trust nobody but themselves until that is enabled.
_ENABLED_SINCE: Final = datetime(2021, 2, 1, tzinfo=UTC)


@check(
    "trust/old-deployment",
    severity=Severity.WARNING,
    docs=(docs.HOSTED_REMOTE_CLUSTERS,),
    tags=("cloud", "platform", "trust"),
    source="documentation: remote clusters with Elastic Cloud Hosted, deployments made before February 2021",
)
def old_deployment(linked: LinkedDeployments) -> Yields:
    """The deployment is from before February 2021, and remote clusters were never enabled for it.

    Why it matters: deployments of that time trust themselves alone, and the console offers no trust for them until it is enabled.

    How to fix: enable cross-cluster search and replication on the page of the deployment, then set its trust.

    Example: a deployment of 2020 that nobody has changed since.
    """
    found = deployment_of(linked, "")
    if not isinstance(found, tuple):
        yield found
        return
    link, deployment = found
    if isinstance(link.trust, Unavailable):
        yield missing(link.trust)
    elif deployment.unchanged_since is None or deployment.unchanged_since >= _ENABLED_SINCE:
        yield NotApplicable(
            "the deployment was changed since February 2021; when it was made, the platform does not say"
        )
    elif not link.trust.entities and not link.trust.direct:
        yield Finding(
            summary=f"The deployment {name_of(deployment)} is as it was in {deployment.unchanged_since:%B %Y}, and trusts nobody; "
            "expected remote clusters to be enabled for it.",
            remedy="Enable cross-cluster search and replication on the page of the deployment, then set its trust.",
            facts={"observed": f"{deployment.unchanged_since:%Y-%m-%d}", "expected": "trust settings"},
        )
