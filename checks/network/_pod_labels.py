"""Which labels the pods of an ECK cluster have, and whether a selector of Kubernetes chooses them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from checks.shared.eck import called, release_of
from checks.tables.versions import ECK_ROLE_LABELS
from diag.model import EckCluster, EckNodeSet, PodExpression, dataclass

# Elastic Cloud on Kubernetes: the labels of the pods of Elasticsearch, of the domain of the operator all of them.
DOMAIN: Final = "k8s.elastic.co"
_PREFIX: Final = f"elasticsearch.{DOMAIN}/"
_ROLES: Final = (
    "master", "data", "ingest", "ml", "transform", "remote_cluster_client", "voting_only",
    "data_content", "data_cold", "data_hot", "data_warm", "data_frozen",
)  # fmt: skip
_CLIENT: Final = "remote_cluster_client"
_ANY: Final = EckNodeSet(name="", roles=None, labels=())
# The name of another Kubernetes stands before the namespaces there.
_OTHER: Final = ":"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pods:
    """The pods of one node set: ``namespace`` without the name of the Kubernetes, which is ``kubernetes``; empty: that of the local cluster."""

    cluster: str
    node_set: str
    kubernetes: str
    namespace: str
    labels: dict[str, str]


def pods_of(cluster: EckCluster, *, connecting: bool) -> Iterator[Pods]:
    """The pods of a cluster, by node set; ``connecting``: of those alone whose nodes connect to remotes."""
    for one in cluster.node_sets or (_ANY,):
        if not connecting or one.roles is None or _CLIENT in one.roles:
            kubernetes, namespace = place_of(cluster.namespace)
            yield Pods(
                cluster=called(cluster),
                node_set=one.name,
                kubernetes=kubernetes,
                namespace=namespace,
                labels=_labels(cluster, one),
            )


def place_of(namespace: str) -> tuple[str, str]:
    """The Kubernetes and the name of a namespace."""
    kubernetes, _, name = namespace.rpartition(_OTHER)
    return kubernetes, name


def _labels(cluster: EckCluster, node_set: EckNodeSet) -> dict[str, str]:
    """The labels that the pods have for certain; others may come from elsewhere. Those of the pod template go before those of the operator."""
    labels = {f"{_PREFIX}cluster-name": cluster.name, f"common.{DOMAIN}/type": "elasticsearch"}
    if node_set.name:
        labels[f"{_PREFIX}statefulset-name"] = f"{cluster.name}-es-{node_set.name}"
    release = release_of(cluster.version)
    if node_set.roles is not None and release is not None and release >= ECK_ROLE_LABELS.since:
        labels |= {f"{_PREFIX}node-{role}": str(role in node_set.roles).lower() for role in _ROLES}
    return labels | dict(node_set.labels)


def selects(selector: Iterable[PodExpression], labels: dict[str, str]) -> bool | None:
    """Whether a selector chooses what has these labels; None where it asks for one that may be there or not."""
    found = [_holds(one, labels) for one in selector]
    return False if False in found else None if None in found else True


def _holds(one: PodExpression, labels: dict[str, str]) -> bool | None:
    value = labels.get(one.key)
    if value is None:
        return None
    judged = {"In": value in one.values, "NotIn": value not in one.values, "Exists": True, "DoesNotExist": False}
    return judged.get(one.operator)
