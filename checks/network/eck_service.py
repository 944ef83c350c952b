"""The check network/eck-service."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from checks.shared.eck import TRANSPORT, uses
from checks.tables import docs
from diag.check import NotApplicable, Yields, check
from diag.model import (
    REMOTE_CLUSTER_SERVER,
    EckCluster,
    EckClusters,
    Finding,
    KubernetesService,
    KubernetesServices,
    Origin,
    Severity,
    Unavailable,
    as_port,
    shorten,
)

_OUTSIDE: Final = frozenset({"LoadBalancer", "NodePort"})
_NAMES: Final = {"9443": REMOTE_CLUSTER_SERVER, "9300": TRANSPORT}


@check(
    "network/eck-service",
    severity=Severity.ERROR,
    severities=(Severity.CRITICAL, Severity.INFO),
    docs=(docs.ECK_FROM_EXTERNAL,),
    tags=("documents", "eck"),
    source="documentation: remote clusters from an external cluster to ECK, the Services that expose the ports 9443 and 9300",
)
def eck_service(services: KubernetesServices, clusters: EckClusters | Unavailable) -> Yields:
    """A Service does not lead to the port by which an ECK cluster is a remote, or not from outside.

    Why it matters: the remote cluster server listens at port 9443 of the pods, transport at 9300. A Service with another target port, or
    for pods that do not exist in its namespace, refuses every connection. Type ClusterIP is reachable inside of Kubernetes only.

    How to fix: ``spec.remoteClusterServer.service.spec.type: LoadBalancer`` for clusters outside; leave the target port as it is.

    Example: a Service for port 9443 with ``targetPort: 9200``.
    """
    known = () if isinstance(clusters, Unavailable) else clusters.all
    relevant = [one for one in services.all if _port(one) is not None]
    if not relevant:
        yield NotApplicable("no Service is for the remote cluster server or for transport")
    for one in relevant:
        yield from _targets(one)
        yield from _endpoints(one, known)
    for cluster in known:
        yield from _inside_only(cluster, services, clusters)


def _finding(summary: str, remedy: str, origin: Origin, severity: Severity = Severity.ERROR) -> Finding:
    return Finding(summary=f"{summary}.", remedy=remedy, severity=severity, origin=origin)


def _port(one: KubernetesService) -> int | None:
    """The port of the pods that a Service is for, None where nothing tells it."""
    if one.of_server is not None:
        return REMOTE_CLUSTER_SERVER if one.of_server else TRANSPORT
    return next((_NAMES[port.port.text] for port in one.ports if port.port.text in _NAMES), None)


def _targets(one: KubernetesService) -> Iterator[Finding]:
    wanted = _port(one)
    for port in one.ports:
        relevant = one.of_server is not None or port.port.text in _NAMES
        if relevant and wanted is not None and as_port(port.target.text) not in {None, wanted}:
            yield _finding(
                f"Port {shorten(port.port.text, 20)} of the Service {shorten(one.name, 80)} leads to port {port.target.text} of the pods; expected {wanted}",
                f"Write targetPort: {wanted}.",
                port.target.origin,
            )


def _endpoints(one: KubernetesService, known: tuple[EckCluster, ...]) -> Iterator[Finding]:
    named = [cluster for cluster in known if cluster.name == one.cluster]
    here = [cluster for cluster in named if cluster.namespace == one.namespace]
    if named and not here:
        yield _finding(
            f"The Service {shorten(one.name, 80)} lies in namespace {shorten(one.namespace, 80)}, and its cluster {shorten(one.cluster, 80)} in {shorten(named[0].namespace, 80)}: it has no endpoints",
            "Put it into the namespace of the cluster.",
            one.origin,
            Severity.CRITICAL,
        )
    elif here and _port(one) == REMOTE_CLUSTER_SERVER and here[0].lacks_server:
        yield _finding(
            f"The Service {shorten(one.name, 80)} is for the remote cluster server, which is off in {shorten(one.cluster, 80)}: nothing listens at port {REMOTE_CLUSTER_SERVER}",
            "Set spec.remoteClusterServer.enabled to true.",
            one.origin,
        )


def _is_with_local(cluster: EckCluster, clusters: EckClusters) -> bool:
    """Whether the local cluster is known to be in the same Kubernetes, however it registers the remote; the name of another one stands before namespaces."""
    local = next((one for one in clusters.all if one.is_local), None)
    return local is not None and _kubernetes(local) == _kubernetes(cluster)


def _kubernetes(cluster: EckCluster) -> str:
    return cluster.namespace.rpartition(":")[0]


def _inside_only(
    cluster: EckCluster, services: KubernetesServices, clusters: EckClusters | Unavailable
) -> Iterator[Finding]:
    """A remote cluster server that nobody uses in these documents, and that nobody outside can reach."""
    used = not isinstance(clusters, Unavailable) and (
        any(target is cluster for _, _, target in uses(clusters)) or _is_with_local(cluster, clusters)
    )
    own = [one for one in services.all if (one.cluster, one.namespace) == (cluster.name, cluster.namespace)]
    of_server = [one for one in own if _port(one) == REMOTE_CLUSTER_SERVER]
    if (
        not of_server
        or used
        or any(one.type is not None and (one.type.text in _OUTSIDE or not one.type.known) for one in of_server)
    ):
        return
    kind = of_server[0].type
    yield _finding(
        f"The Service of the remote cluster server of {shorten(cluster.name, 80)} is of type {'ClusterIP' if kind is None else shorten(kind.text, 40)}: it is reached from inside of Kubernetes only",
        "For clusters outside write type: LoadBalancer.",
        of_server[0].origin if kind is None else kind.origin,
        Severity.INFO if kind is None else Severity.ERROR,
    )
