"""The check eck/orchestration-paused."""

from __future__ import annotations

from collections.abc import Iterator

from checks.shared.eck import called, release_of, unregistered
from checks.shared.payloads import text_of
from checks.tables import docs
from checks.tables.versions import ECK_PAUSE
from diag.check import NotApplicable, Yields, check
from diag.model import EckCluster, EckClusters, Finding, Severity, Written, listed, shorten


@check(
    "eck/orchestration-paused",
    severity=Severity.WARNING,
    severities=(Severity.ERROR, Severity.INFO),
    docs=(docs.ECK_PAUSE, docs.ECK_REMOTE_CLUSTERS_INSIDE),
    tags=("documents", "eck"),
    source="documentation: pause orchestration on ECK, what continues and what pauses; Elastic Cloud on Kubernetes: release notes of 3.5",
    explains=("eck/not-reconciled",),
)
def orchestration_paused(clusters: EckClusters) -> Yields:
    """The operator is kept from an ECK cluster that has remotes, or is one.

    Why it matters: with ``eck.k8s.elastic.co/managed: "false"``, or ``common.k8s.elastic.co/pause: "true"`` as it was before, the operator does
    nothing at all: remotes are not registered, their keys are not made, certificates are not renewed. With
    ``eck.k8s.elastic.co/pause-orchestration: "true"`` it leaves the nodes as they are: a remote cluster server that is switched on, and settings
    under ``nodeSets``, wait; keys and certificates go on. An operator before 3.5 does not know that annotation, and goes on with everything.

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
    held = cluster.abandoned
    if held is not None:
        waiting = listed([text_of(one.alias) for one in unregistered(cluster)])
        yield Finding(
            summary=f"{name} has the annotation {held.key}: {held.text}, so that the operator does nothing for it"
            f"{f', and has not registered {waiting}' if waiting else ''}; expected it to register remotes, and to make keys and certificates.",
            remedy=f"Take the annotation {held.key} off.",
            severity=Severity.ERROR if waiting else Severity.WARNING,
            origin=held.origin,
            facts={"observed": held.key, "expected": "no such annotation"},
        )
    elif cluster.paused is not None and text_of(cluster.paused) == "true":
        yield _paused(name, cluster, cluster.paused)


def _paused(name: str, cluster: EckCluster, paused: Written) -> Finding:
    """Orchestration alone: an operator that does not know the annotation does not pause."""
    release = release_of(cluster.operator)
    ignored = release is not None and release < ECK_PAUSE.since
    what = (
        f"the operator of release {release} does not know it, and goes on; expected {ECK_PAUSE.since} or later"
        if ignored
        else "what changes its nodes waits, a remote cluster server that is switched on too"
    )
    return Finding(
        summary=f"{name} has the annotation {paused.key}: true; {what}.",
        remedy=f"Upgrade the operator, or take the annotation {paused.key} off."
        if ignored
        else f"Take the annotation {paused.key} off when the work is done.",
        severity=Severity.INFO,
        origin=paused.origin,
        facts={"observed": paused.key, "expected": "no such annotation"},
    )
