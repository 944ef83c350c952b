"""The check config/serverless-has-no-remotes."""

from __future__ import annotations

from checks.shared.causes import NO_CONNECTION
from checks.tables import docs
from diag.check import NotApplicable, Yields, check
from diag.model import (
    Finding,
    Kind,
    LocalCluster,
    Remote,
    Severity,
)


@check(
    "config/serverless-has-no-remotes",
    severity=Severity.ERROR,
    docs=(docs.REMOTE_CLUSTERS,),
    tags=("settings",),
    source="documentation: remote clusters (serverless: unavailable); cross-project search",
    explains=("config/not-added", "network/*", "tls/*", "trust/*", "auth/*", *NO_CONNECTION),
    leaves_open=("network/*", "tls/*", "trust/*", "auth/*", "version/*"),
)
def serverless_has_no_remotes(cluster: LocalCluster, remote: Remote) -> Yields:
    """One of the two sides is a serverless project, which has no remote clusters.

    Why it matters: a project neither searches remote clusters nor serves as one, whatever is registered. Projects of one organization are
    linked instead (cross-project search), and replication does not exist there.

    How to fix: link the projects, or use a hosted deployment on the side that is serverless.

    Example: ``kind: serverless`` for the remote of a hosted deployment.
    """
    sides = {"local cluster": cluster.kind, "remote cluster": remote.kind}
    if not remote.registered:
        yield NotApplicable("the address was named on the command line, and no remote is configured")
        return
    projects = [side for side, kind in sides.items() if kind is Kind.SERVERLESS]
    if projects:
        both = len(projects) == len(sides)
        yield Finding(
            summary=f"The {' and the '.join(projects)} {'are serverless projects' if both else 'is a serverless project'}, and those have no "
            "remote clusters; expected deployments that are not serverless.",
            remedy="Link the two projects (cross-project search), if they are of one organization."
            if both
            else f"Use a hosted or self-managed cluster as {projects[0]}; if kind is wrong in diag.yaml, correct it.",
            facts={"observed": "serverless", "expected": "hosted, ece, eck or self_managed", "sides": tuple(projects)},
        )
