"""The check cloud-api/ece-system-deployment."""

from __future__ import annotations

from checks.shared.deployments import deployment_of, name_of
from checks.tables import docs
from diag.check import NotApplicable, Yields, check
from diag.model import Finding, LinkedDeployments, Remote, Severity


@check(
    "cloud-api/ece-system-deployment",
    severity=Severity.ERROR,
    docs=(docs.ECE_REMOTE_CLUSTERS,),
    tags=("cloud", "platform", "ece"),
    source="documentation: remote clusters with Elastic Cloud Enterprise; its API: DeploymentMetadata.system_owned",
)
def ece_system_deployment(remote: Remote, linked: LinkedDeployments) -> Yields:
    """The remote is a system deployment of Elastic Cloud Enterprise.

    Why it matters: system deployments hold what the installation needs for itself. They cannot be used as remote clusters.

    How to fix: choose another deployment, or ship the logs and metrics into one of your own.

    Example: ``logging-and-metrics`` as a remote, to search the logs of the installation.
    """
    found = deployment_of(linked, remote.alias)
    if not isinstance(found, tuple):
        yield found
    elif found[1].system_owned is None:
        yield NotApplicable("the platform does not say who owns the deployment")
    elif found[1].system_owned:
        yield Finding(
            summary=f"The remote is {name_of(found[1])}, a system deployment of the installation; expected one that is not.",
            remedy="Choose another deployment.",
            facts={"observed": "system_owned", "expected": "a deployment of users"},
        )
