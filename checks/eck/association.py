"""The check eck/association."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from checks.shared.eck import called, target_of
from checks.shared.payloads import is_given, is_missing, text_of
from checks.tables import docs
from diag.check import NotApplicable, Unknown, Yields, check
from diag.model import EckCluster, EckClusters, EckRemote, Finding, Origin, Severity, listed, shorten


@check(
    "eck/association",
    severity=Severity.ERROR,
    docs=(docs.ECK_REMOTE_CLUSTERS_INSIDE,),
    tags=("documents", "eck"),
    source="Elastic Cloud on Kubernetes: the controller of remote clusters; documentation: remote clusters in the same environment",
)
def association(clusters: EckClusters) -> Yields:
    """A remote of an ECK cluster refers to nothing, or to a cluster without a remote cluster server.

    Why it matters: the operator registers a remote only when it finds the cluster, and makes the key in it. With ``apiKey`` the
    remote is dialled at port 9443, which is open only where ``spec.remoteClusterServer.enabled`` is true.

    How to fix: correct name and namespace of ``elasticsearchRef``; set ``remoteClusterServer: {enabled: true}`` on the remote cluster.

    Example: ``elasticsearchRef: {name: two}`` in namespace ns1, and ``two`` lies in ns2.
    """
    if not any(one.remotes or one.misshapen for one in clusters.all):
        yield NotApplicable("no ECK cluster has spec.remoteClusters")
    elsewhere: list[str] = []
    for cluster in clusters.all:
        for shape in cluster.misshapen:
            yield _finding(
                f"{shape.key} is {shape.found}; expected {shape.expected}: the resource is refused",
                "Write it in the form of the resource.",
                shape.origin,
            )
        yield from _twice(cluster)
        for remote in cluster.remotes:
            target = target_of(clusters, cluster, remote)
            if is_missing(remote.target):
                yield _finding(
                    f"The remote {shorten(text_of(remote.alias), 80)} has no elasticsearchRef.name; expected the cluster that it leads to",
                    "Name the cluster in elasticsearchRef.",
                    remote.origin if remote.target is None else remote.target.origin,
                )
            elif target is None:
                found = list(_in_other_namespace(clusters, cluster, remote)) or list(_absent(clusters, cluster, remote))
                yield from found
                if not found and is_given(remote.target):
                    elsewhere.append(f"{remote.namespace or cluster.namespace}/{text_of(remote.target)}")
            else:
                yield from _without_server(remote, target)
    if elsewhere:
        yield Unknown(f"no document shows the cluster {listed(elsewhere)}")


def _finding(summary: str, remedy: str, origin: Origin) -> Finding:
    return Finding(summary=f"{summary}.", remedy=remedy, origin=origin)


def _twice(cluster: EckCluster) -> Iterator[Finding]:
    often = Counter(text_of(one.alias) for one in cluster.remotes)
    seen: set[str] = set()
    for one in cluster.remotes:
        alias = text_of(one.alias)
        if is_missing(one.alias):
            yield _finding("A remote has no name; expected its alias", "Give it a name.", one.origin)
        elif one.alias is not None and often[alias] > 1 and alias in seen:
            yield _finding(
                f"The remote {shorten(alias, 80)} stands there twice; expected each name once",
                "Give one of them another name.",
                one.alias.origin,
            )
        seen.add(alias)


def _in_other_namespace(clusters: EckClusters, cluster: EckCluster, remote: EckRemote) -> Iterator[Finding]:
    wanted = text_of(remote.target)
    others = [one for one in clusters.all if one.name == wanted]
    if others and remote.target is not None:
        namespace = remote.namespace or cluster.namespace
        yield _finding(
            f"elasticsearchRef names {shorten(wanted, 80)} in namespace {shorten(namespace, 80)}, and that cluster lies in {shorten(others[0].namespace, 80)}",
            f"Write namespace: {shorten(others[0].namespace, 80)} next to the name.",
            remote.target.origin,
        )


def _absent(clusters: EckClusters, cluster: EckCluster, remote: EckRemote) -> Iterator[Finding]:
    """The reference names nothing, and all that its namespace holds was read."""
    target = remote.namespace or cluster.namespace, text_of(remote.target)
    if target in clusters.absent and remote.target is not None:
        yield _finding(
            f"The remote {shorten(text_of(remote.alias), 80)} refers to {shorten('/'.join(target), 120)}, and there is no Elasticsearch resource of that name; expected the cluster that it leads to",
            "Correct name and namespace of elasticsearchRef, or create that cluster: until then the operator makes neither trust nor key.",
            remote.target.origin,
        )


def _without_server(remote: EckRemote, target: EckCluster) -> Iterator[Finding]:
    if remote.key is not None and target.lacks_server:
        yield _finding(
            f"{shorten(called(target), 80)} has no remoteClusterServer.enabled: true, and the remote {shorten(text_of(remote.alias), 80)} has an apiKey for it: port 9443 is not open",
            "Set spec.remoteClusterServer.enabled to true on that cluster.",
            target.spec if target.server is None else target.server.origin,
        )
