"""The check eck/not-reconciled."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from checks.shared.eck import called, unregistered
from checks.shared.payloads import text_of
from checks.tables import docs
from diag.check import NotApplicable, Unknown, Yields, check
from diag.model import (
    EckCluster,
    EckClusters,
    EckCondition,
    EckStatus,
    Finding,
    Severity,
    listed,
    shorten,
)

# The operator looks at a change within seconds; where it is busy with others, within minutes.
_SOON: Final = timedelta(minutes=10)
# A condition changes with each step that the operator makes: one that stays for so long waits for something.
_LONG: Final = timedelta(hours=1)
_INVALID: Final = "Invalid"
_WANTED: Final = {"ReconciliationComplete": "True", "ElasticsearchIsReachable": "True", "RunningDesiredVersion": "True"}
_PAUSED: Final = "OrchestrationPaused"


@check(
    "eck/not-reconciled",
    severity=Severity.ERROR,
    severities=(Severity.WARNING, Severity.INFO),
    docs=(docs.ECK_TROUBLESHOOT, docs.ECK_REMOTE_CLUSTERS_INSIDE),
    tags=("documents", "eck"),
    source="Elastic Cloud on Kubernetes: status of the custom resource (observedGeneration, phase, conditions), annotation of the registered remotes",
)
def not_reconciled(clusters: EckClusters, now: datetime) -> Yields:
    """What the resource of an ECK cluster asks for is not what the operator has done.

    Why it matters: ``spec.remoteClusters`` is a wish until the operator has registered the remote, made its key and opened the port of the other
    side. An operator that does not run, that is kept away, or that refuses the resource does none of that, and says so in its status only.

    How to fix: see to the reason that is named. ``kubectl describe elasticsearch NAME`` shows the events with what the operator says.

    Example: ``metadata.generation`` is 7, and ``status.observedGeneration`` is 6 since yesterday.
    """
    concerned = [one for one in clusters.all if one.remotes or one.server is not None]
    if not any(one.status is not None for one in concerned):
        yield NotApplicable("no API server shows the status of an ECK cluster that has, or is, a remote")
        return
    for one in concerned:
        if one.status is None:
            yield Unknown(f"nothing shows the status of {shorten(called(one), 120)}")
            continue
        found = list(_judged(one, one.status, now))
        yield from found
        if not found and one.status.touched and one.status.observed is None:
            yield Unknown(
                f"the status of {shorten(called(one), 120)} does not say which generation the operator has looked at"
            )


def _judged(cluster: EckCluster, status: EckStatus, now: datetime) -> Iterator[Finding]:
    """The one finding about a cluster: what is not done, and why as far as the status tells."""
    missing = unregistered(cluster)
    why, remedy = _reason(cluster, status)
    name = shorten(called(cluster), 120)
    is_new = status.changed is not None and now - status.changed < _SOON
    if missing:
        aliases = listed([text_of(one.alias) for one in missing])
        yield Finding(
            summary=f"The operator has not registered {aliases} of {name}: {why or 'its status names no reason'}; expected the remotes of its specification to be registered.",
            remedy=remedy
            or "Look at the events of the resource (kubectl describe elasticsearch): without an Enterprise license, or a trial of it, the operator registers no remotes.",
            severity=Severity.INFO if is_new and _may_pass(cluster, status) else Severity.ERROR,
            origin=missing[0].origin,
            facts={"observed": status.registered[:20], "expected": tuple(text_of(one.alias) for one in missing)[:20]},
        )
    elif why:
        yield Finding(
            summary=f"{name}: {why}; expected the operator to be done with generation {status.generation}.",
            remedy=remedy,
            severity=_severity(cluster, status, now, is_new=is_new),
            origin=cluster.spec,
            facts={
                "observed": status.observed if status.observed is not None else "none",
                "expected": status.generation,
            },
        )


def _may_pass(cluster: EckCluster, status: EckStatus) -> bool:
    """Whether time alone may change it."""
    return cluster.abandoned is None and status.phase != _INVALID


def _severity(cluster: EckCluster, status: EckStatus, now: datetime, *, is_new: bool) -> Severity:
    if status.phase == _INVALID and not status.is_behind:
        return Severity.ERROR  # Certificates are not renewed either.
    if status.is_behind:
        return Severity.INFO if is_new and _may_pass(cluster, status) else Severity.WARNING
    waits = [one.since for one in _open(cluster, status) if one.since is not None]
    return Severity.WARNING if any(now - since >= _LONG for since in waits) else Severity.INFO


def _reason(cluster: EckCluster, status: EckStatus) -> tuple[str, str]:
    """Why something is not done, and what helps; empty where the operator is done."""
    held, conditions = cluster.abandoned, _open(cluster, status)
    if held is not None and (status.is_behind or unregistered(cluster)):
        return (
            f"the annotation {held.key}: {held.text} keeps the operator from it",
            f"Take the annotation {held.key} off.",
        )
    if not status.touched:
        return (
            "no operator has looked at it",
            f"See that an operator of ECK runs, and that it watches the namespace {shorten(cluster.namespace, 80)}.",
        )
    if status.is_behind:
        return (
            f"the operator has looked at generation {status.observed} of {status.generation}, and not at what changed since",
            "See that the operator runs, and what its log says of the resource.",
        )
    if status.phase == _INVALID:
        return (
            "the operator refuses the specification (phase Invalid)",
            "Correct what the events of the resource say (kubectl describe elasticsearch).",
        )
    if conditions:
        return (
            f"the operator reports {listed([_worded(one) for one in conditions])}",
            "See to what the operator waits for.",
        )
    return "", ""


def _open(cluster: EckCluster, status: EckStatus) -> list[EckCondition]:
    """The conditions by which the operator is not done."""
    is_paused = text_of(cluster.paused) == "true"
    return [
        one
        for one in status.conditions
        if (one.type in _WANTED and one.status != _WANTED[one.type])
        or (one.type == _PAUSED and one.status == "True" and not is_paused)
    ]


def _worded(one: EckCondition) -> str:
    return f"{one.type}: {shorten(one.status, 20)}{f' ({shorten(one.message, 160)})' if one.message else ''}"
