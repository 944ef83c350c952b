"""Which NetworkPolicies select the pods of an ECK cluster, and whether together they admit a port."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from typing import Final

from checks.shared.eck import TRANSPORT, release_of
from checks.tables.versions import ECK_ROLE_LABELS
from diag.model import EckCluster, EckNodeSet, NetworkPolicy, PodExpression, PolicyRule

# Elastic Cloud on Kubernetes: the labels of the pods of Elasticsearch, of the domain of the operator all of them.
_DOMAIN: Final = "k8s.elastic.co"
_PREFIX: Final = f"elasticsearch.{_DOMAIN}/"
_ROLES: Final = (
    "master", "data", "ingest", "ml", "transform", "remote_cluster_client", "voting_only",
    "data_content", "data_cold", "data_hot", "data_warm", "data_frozen",
)  # fmt: skip
# The names that the operator gives the ports of a container; that of the remote cluster server has none.
_HTTP: Final = 9200
_PORTS: Final = {"http": _HTTP, "https": _HTTP, "transport": TRANSPORT}
_ANY: Final = EckNodeSet(name="", roles=None, labels=())


class Way(Enum):
    """Whether a port is admitted: ``PERHAPS`` where labels or names of ports decide that nobody knows."""

    OPEN = "open"
    SHUT = "shut"
    PERHAPS = "perhaps"


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """One port of the pods of one node set: who selects them for certain, and who may select them."""

    node_set: str
    way: Way
    selecting: tuple[NetworkPolicy, ...]
    perhaps: tuple[NetworkPolicy, ...]


def passages(policies: Iterable[NetworkPolicy], cluster: EckCluster, port: int, *, incoming: bool) -> list[Passage]:
    """How it is for each node set. One whose nodes connect to no remote needs no way out."""
    here = [
        one
        for one in policies
        if one.namespace == cluster.namespace and (one.ingress if incoming else one.egress) is not None
    ]
    return [
        _passage(here, cluster, one, port, incoming=incoming)
        for one in cluster.node_sets or (_ANY,)
        if incoming or one.roles is None or "remote_cluster_client" in one.roles
    ]


def _passage(
    policies: list[NetworkPolicy], cluster: EckCluster, node_set: EckNodeSet, port: int, *, incoming: bool
) -> Passage:
    labels = _labels(cluster, node_set)
    chosen = {True: list[NetworkPolicy](), None: list[NetworkPolicy](), False: list[NetworkPolicy]()}
    for one in policies:
        chosen[selects(one.selector, labels)].append(one)
    certain, perhaps = chosen[True], chosen[None]
    ways = [_admitted(one, port, incoming=incoming) for one in certain]
    further = [_admitted(one, port, incoming=incoming) for one in perhaps]
    if certain:
        may_be = Way.PERHAPS in ways or any(one is not Way.SHUT for one in further)
        way = Way.OPEN if Way.OPEN in ways else Way.PERHAPS if may_be else Way.SHUT
    else:
        # What speaks of labels of ECK means these pods; what speaks of others alone most likely means others.
        meant = [one for one, found in zip(perhaps, further, strict=True) if found is not Way.OPEN and is_meant(one)]
        way = Way.PERHAPS if meant else Way.OPEN
    return Passage(node_set=node_set.name, way=way, selecting=tuple(certain), perhaps=tuple(perhaps))


def is_meant(policy: NetworkPolicy) -> bool:
    """Whether a policy speaks of the labels of ECK, or of every pod."""
    domains = [one.key.partition("/")[0] for one in policy.selector]
    return not domains or any(one.endswith(_DOMAIN) for one in domains)


def _labels(cluster: EckCluster, node_set: EckNodeSet) -> dict[str, str]:
    """The labels that the pods have for certain; others may come from elsewhere. Those of the pod template go before those of the operator."""
    labels = {f"{_PREFIX}cluster-name": cluster.name, f"common.{_DOMAIN}/type": "elasticsearch"}
    if node_set.name:
        labels[f"{_PREFIX}statefulset-name"] = f"{cluster.name}-es-{node_set.name}"
    release = release_of(cluster.version)
    if node_set.roles is not None and release is not None and release >= ECK_ROLE_LABELS.since:
        labels |= {f"{_PREFIX}node-{role}": str(role in node_set.roles).lower() for role in _ROLES}
    return labels | dict(node_set.labels)


def selects(selector: Iterable[PodExpression], labels: dict[str, str]) -> bool | None:
    """Whether a selector chooses pods with these labels; None where it asks for one that they may have or not."""
    found = [_holds(one, labels) for one in selector]
    return False if False in found else None if None in found else True


def _holds(one: PodExpression, labels: dict[str, str]) -> bool | None:
    value = labels.get(one.key)
    if value is None:
        return None
    judged = {"In": value in one.values, "NotIn": value not in one.values, "Exists": True, "DoesNotExist": False}
    return judged.get(one.operator)


def _admitted(policy: NetworkPolicy, port: int, *, incoming: bool) -> Way:
    found = [_admits(rule, port) for rule in (policy.ingress if incoming else policy.egress) or ()]
    return Way.OPEN if Way.OPEN in found else Way.PERHAPS if Way.PERHAPS in found else Way.SHUT


def _admits(rule: PolicyRule, port: int) -> Way:
    """Whether a rule admits a port; a name that the operator does not give may be any port."""
    if rule.ports is None or any(first <= port <= last for first, last in rule.ports):
        return Way.OPEN
    if any(_PORTS.get(name) == port for name in rule.named):
        return Way.OPEN
    return Way.PERHAPS if any(name not in _PORTS for name in rule.named) else Way.SHUT
