"""The check version/eck-operator."""

from __future__ import annotations

from collections.abc import Iterator

from checks.shared.eck import release_of
from checks.tables import docs
from checks.tables.versions import ECK_OPERATOR
from diag.check import NotApplicable, Yields, check
from diag.model import (
    API_KEY_EXISTS,
    EckCluster,
    EckClusters,
    EckOperators,
    Finding,
    Severity,
    Unavailable,
    Written,
    shorten,
)


@check(
    "version/eck-operator",
    severity=Severity.ERROR,
    docs=(docs.ECK_REMOTE_CLUSTERS_INSIDE,),
    tags=("documents", "eck", "api-key"),
    source="Elastic Cloud on Kubernetes: validation of the resource (8.10.0 is taken, for the minimum has a pre-release); release 2.16",
)
def eck_operator(clusters: EckClusters, operators: EckOperators | Unavailable) -> Yields:
    """Elasticsearch or the operator is too old for remotes with an API key on ECK.

    Why it matters: the operator refuses a resource below 8.10.0 that has ``apiKey`` or a remote cluster server. An operator below 2.16 does not
    know these fields: they are dropped, or the resource is refused.

    How to fix: upgrade Elasticsearch, and the operator to 2.16 or later.

    Example: ``version: 8.9.2`` with ``apiKey``.
    """
    using = [(one, why) for one in clusters.all if (why := _use(one))]
    if not using:
        yield NotApplicable("no ECK cluster has an apiKey or a remote cluster server")
        return
    for cluster, why in using:
        release = release_of(cluster.version)
        if cluster.version is not None and release is not None and release < API_KEY_EXISTS.since:
            yield _finding(
                f"{shorten(cluster.name, 80)} is of release {shorten(cluster.version.text, 40)} and has {why}; expected {API_KEY_EXISTS.since} or later: the operator refuses the resource",
                "Upgrade Elasticsearch, or take it out.",
                cluster.version,
            )
        if cluster.operator is not None:
            yield from _operator(cluster.operator)
    for image in () if isinstance(operators, Unavailable) else operators.all:
        yield from _operator(image)


def _use(cluster: EckCluster) -> str:
    if any(one.key is not None for one in cluster.remotes):
        return "apiKey"
    return "remoteClusterServer" if cluster.has_server else ""


def _operator(value: Written) -> Iterator[Finding]:
    release = release_of(value)
    if release is not None and release < ECK_OPERATOR.since:
        yield _finding(
            f"The operator is of release {shorten(value.text, 40)}; expected 2.16 or later, the first one that knows apiKey and remoteClusterServer",
            "Upgrade the operator.",
            value,
        )


def _finding(summary: str, remedy: str, value: Written) -> Finding:
    return Finding(
        summary=f"{summary}.", remedy=remedy, origin=value.origin, facts={"observed": shorten(value.text, 40)}
    )
