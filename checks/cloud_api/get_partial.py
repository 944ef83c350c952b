"""The check cloud-api/get-partial."""

from __future__ import annotations

from checks.shared.payloads import text_of
from checks.tables import docs
from diag.check import NotApplicable, Yields, check, missing
from diag.model import Finding, LinkedDeployments, OfLocal, Registrations, Severity, Unavailable, listed, shorten


@check(
    "cloud-api/get-partial",
    severity=Severity.INFO,
    severities=(Severity.ERROR,),
    docs=(docs.HOSTED_SAME_ORGANIZATION, docs.HOSTED_TO_SELF_MANAGED),
    tags=("cloud", "platform"),
    source="documentation: access clusters of a self-managed environment, the response includes the remote clusters of the same organization only",
)
def get_partial(linked: LinkedDeployments, registrations: OfLocal[Registrations]) -> Yields:
    """The list of remotes at the platform and the one of the cluster itself differ.

    Why it matters: ``GET …/remote-clusters`` shows remotes of the same organization only. Who takes it for the whole list overlooks the others,
    and a PUT of it does not change them. A remote that it shows and the cluster lacks is one that a change was to bring and did not.

    How to fix: take ``GET _remote/info`` for the whole list. Where the cluster lacks one, look at the last change of the deployment in the
    console, and add the remote again.

    Example: the platform lists ``logs``; the cluster has ``logs`` and ``onprem``.
    """
    local = linked.local
    if local is None:
        yield NotApplicable("no deployment of the local cluster is configured")
        return
    if isinstance(local.remotes, Unavailable):
        yield missing(local.remotes)
        return
    listed_there = {text_of(one.alias) for one in local.remotes.remotes}
    in_cluster = {one.alias for one in registrations.all}
    lost, others = sorted(listed_there - in_cluster), sorted(in_cluster - listed_there)
    if lost:
        yield Finding(
            summary=f"The platform lists {listed(lost)} among the remotes of the deployment, and the cluster has no such alias; expected it there.",
            remedy="Look at the last change of the deployment in the console, and add the remote again by Kibana or PUT _cluster/settings.",
            severity=Severity.ERROR,
            facts={"observed": tuple(shorten(one) for one in lost[:20]), "expected": "registered in the cluster"},
        )
    if others:
        yield Finding(
            summary=f"The platform does not list {listed(others)}: it shows remotes of the same organization only.",
            remedy="Nothing, where they are of another organization or self-managed: GET _remote/info shows all of them.",
            facts={"observed": tuple(shorten(one) for one in others[:20])},
        )
