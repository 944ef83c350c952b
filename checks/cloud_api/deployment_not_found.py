"""The check cloud-api/deployment-not-found."""

from __future__ import annotations

from collections.abc import Iterable

from checks.tables import docs
from diag.check import NotApplicable, Unknown, Yields, check
from diag.model import (
    Finding,
    LinkedDeployments,
    Platform,
    PlatformKind,
    Platforms,
    Reason,
    Severity,
    Step,
    Unavailable,
    shorten,
)


def _is_absent(why: Unavailable, platforms: Iterable[Platform]) -> bool:
    """Whether nothing is there, or several are. A call that went wrong says nothing of that, and neither does whoever has not even a list."""
    for listing in (one.listing for one in platforms):
        if isinstance(listing, Unavailable) and (why == listing or listing.reason is Reason.NOT_FOUND):
            return False
    return why.step is Step.API and (
        why.reason is Reason.NOT_FOUND or (why.reason is Reason.NOT_USABLE and not why.call)
    )


@check(
    "cloud-api/deployment-not-found",
    severity=Severity.WARNING,
    docs=(docs.API_CLOUD,),
    tags=("cloud", "platform"),
    source="Elastic Cloud API: GET deployments lists what the key sees; GET deployments/<id> answers 404 for anything else",
)
def deployment_not_found(linked: LinkedDeployments, platforms: Platforms | Unavailable) -> Yields:
    """The platform has no deployment of the name that diag.yaml gives, or it is not clear which one is meant.

    Why it matters: a deployment that was deleted, or made anew, has another id: what diag.yaml says of the cluster, and perhaps the address
    of the remote, is out of date. Nothing that the platform knows is compared meanwhile.

    How to fix: write the id of the deployment, as the console and ``GET deployments`` show it, or give the key a role that sees it.

    Example: the deployment of the remote was restored into a new one.
    """
    named = [one for one in linked.all if isinstance(one.deployment, Unavailable)]
    asked = () if isinstance(platforms, Unavailable) else platforms.all
    if not linked.all and not any(one.kind is PlatformKind.KUBERNETES for one in asked):
        yield NotApplicable("no deployment is named")
    for platform in asked:
        for lost in platform.lost:
            if lost.why.call or not _is_absent(lost.why, (platform,)):
                yield Unknown(str(lost.why), piece=lost.why)
                continue
            yield Finding(
                summary=f"The resource {shorten(lost.reference, 120)} of {_whose(lost.alias)} is not found at {shorten(platform.name, 60)}: {shorten(str(lost.why), 300)}.",
                remedy="Write namespace/name of the Elasticsearch resource under deployment in diag.yaml, and its namespace under namespaces of the platform.",
                facts={"observed": lost.reference, "expected": "a resource in the namespaces", "alias": lost.alias},
            )
    for one in named:
        why = one.deployment
        assert isinstance(why, Unavailable)  # noqa: S101 -- those were chosen.
        if not _is_absent(why, (each for each in asked if each.name == one.platform)):
            yield Unknown(str(why), piece=why)
            continue
        yield Finding(
            summary=f"The deployment {one.reference} of {_whose(one.alias)} is not found at {shorten(one.platform, 60)}: {shorten(str(why), 300)}.",
            remedy="Write the id of the deployment under deployment in diag.yaml, or give the key of the platform a role that sees it.",
            facts={"observed": one.reference, "expected": "a deployment that the key sees", "alias": one.alias},
        )


def _whose(alias: str) -> str:
    return f"the remote {shorten(alias, 80)}" if alias else "the local cluster"
