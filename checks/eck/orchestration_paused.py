"""The check eck/orchestration-paused."""

from __future__ import annotations

from collections.abc import Iterator

from checks.shared.eck import called
from checks.shared.payloads import text_of
from checks.tables import docs
from diag.check import NotApplicable, Yields, check
from diag.model import EckCluster, EckClusters, Finding, Severity, shorten


@check(
    "eck/orchestration-paused",
    severity=Severity.WARNING,
    severities=(Severity.INFO,),
    docs=(docs.ECK_REMOTE_CLUSTERS_INSIDE,),
    tags=("documents", "eck"),
    source="documentation: pause orchestration on ECK, what continues and what pauses",
)
def orchestration_paused(clusters: EckClusters) -> Yields:
    """The operator is kept from an ECK cluster that has remotes, or is one.

    Why it matters: with ``eck.k8s.elastic.co/managed: "false"`` the operator does nothing at all: remotes are not registered, their keys are not
    made, certificates are not renewed. With ``eck.k8s.elastic.co/pause-orchestration: "true"`` it leaves the nodes as they are: a remote cluster
    server that is switched on, and settings under ``nodeSets``, wait; keys and certificates go on.

    How to fix: take the annotation off when the work is done, ``kubectl annotate elasticsearch NAME eck.k8s.elastic.co/managed-``.

    Example: a cluster was taken from the operator during an upgrade of Kubernetes, and nobody gave it back.
    """
    concerned = [one for one in clusters.all if one.remotes or one.server is not None]
    if not concerned:
        yield NotApplicable("no ECK cluster has spec.remoteClusters or spec.remoteClusterServer")
    for one in concerned:
        yield from _judged(one)


def _judged(cluster: EckCluster) -> Iterator[Finding]:
    name = shorten(called(cluster), 120)
    if cluster.managed is not None and text_of(cluster.managed) == "false":
        yield Finding(
            summary=f"{name} has the annotation {cluster.managed.key}: false, so that the operator does nothing for it; expected it to register remotes, and to "
            "make keys and certificates.",
            remedy=f"Take the annotation {cluster.managed.key} off.",
            origin=cluster.managed.origin,
            facts={"observed": cluster.managed.key, "expected": "no such annotation"},
        )
    elif cluster.paused is not None and text_of(cluster.paused) == "true":
        yield Finding(
            summary=f"{name} has the annotation {cluster.paused.key}: true; what changes its nodes waits, a remote cluster server that is switched on too.",
            remedy=f"Take the annotation {cluster.paused.key} off when the work is done.",
            severity=Severity.INFO,
            origin=cluster.paused.origin,
            facts={"observed": cluster.paused.key, "expected": "no such annotation"},
        )
