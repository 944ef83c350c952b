"""The check cloud-api/deployment-id."""

from __future__ import annotations

from checks.shared.payloads import HEX_ID, is_given
from checks.tables import docs
from diag.check import NotApplicable, Yields, check
from diag.model import CloudDeployments, Finding, RemoteLists, Severity, Unavailable, Written, shorten


@check(
    "cloud-api/deployment-id",
    severity=Severity.ERROR,
    severities=(Severity.WARNING,),
    docs=(docs.HOSTED_SAME_ORGANIZATION, docs.API_CLOUD),
    tags=("documents", "cloud"),
    source="documentation: remote clusters in the same organization; ids of deployments are 32 hexadecimal digits",
)
def deployment_id(lists: RemoteLists, deployments: CloudDeployments | Unavailable) -> Yields:
    """The id of a remote deployment is none, or that of another thing.

    Why it matters: the API answers 404 for an id that it does not know. The id of the cluster, which the Security page shows as well, is
    another one.

    How to fix: take the id of the deployment from the console, where it stands in the address of its page, or from ``GET deployments``.

    Example: the name of the deployment in place of its id.
    """
    pairs = [
        (found, one.deployment_id) for found in lists.all for one in found.remotes if one.deployment_id is not None
    ]
    given = [(found, value) for found, value in pairs if is_given(value)]
    if not given:
        yield NotApplicable("the documents hold no id of a remote deployment")
    known = () if isinstance(deployments, Unavailable) else deployments.all
    clusters = {one.cluster_id: one.id for one in known if one.cluster_id != one.id}
    for found, value in given:
        if not HEX_ID.fullmatch(value.text):
            yield _finding(
                f"deployment_id is {shorten(value.text, 60)}; expected the id of a deployment: 32 hexadecimal digits",
                value,
            )
        elif value.text in clusters:
            right = clusters[value.text]
            yield _finding(
                f"deployment_id is {value.text}, the id of an Elasticsearch cluster; expected that of its deployment{right and f', {shorten(right, 60)}'}",
                value,
            )
        elif value.text == found.deployment_id:
            yield _finding(
                "deployment_id is that of the deployment itself: it would be its own remote", value, Severity.WARNING
            )


def _finding(summary: str, value: Written, severity: Severity = Severity.ERROR) -> Finding:
    return Finding(
        summary=f"{summary}.",
        remedy="Take the id of the remote deployment from the console, or from GET deployments.",
        severity=severity,
        origin=value.origin,
        facts={"observed": shorten(value.text, 60)},
    )
