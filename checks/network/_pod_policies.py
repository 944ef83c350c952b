"""Which NetworkPolicies select the pods of an ECK cluster, and whether together they admit a port."""

from __future__ import annotations

from collections.abc import Iterable

from checks.network._pod_labels import DOMAIN, Pods, pods_of, selects
from checks.network._policy_rules import ANYBODY, Way, Who, admitted
from diag.model import EckCluster, NetworkPolicy, dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """One port of the pods of one node set: who selects them for certain, and who may select them."""

    node_set: str
    way: Way
    selecting: tuple[NetworkPolicy, ...]
    perhaps: tuple[NetworkPolicy, ...]


def passages(
    policies: Iterable[NetworkPolicy], cluster: EckCluster, port: int, who: Who = ANYBODY, *, incoming: bool
) -> list[Passage]:
    """How it is for each node set, for whoever comes or for somebody. One whose nodes connect to no remote needs no way out."""
    here = [
        one
        for one in policies
        if one.namespace == cluster.namespace and (one.ingress if incoming else one.egress) is not None
    ]
    return [_passage(here, one, port, who, incoming=incoming) for one in pods_of(cluster, connecting=not incoming)]


def _passage(policies: list[NetworkPolicy], pods: Pods, port: int, who: Who, *, incoming: bool) -> Passage:
    chosen = {True: list[NetworkPolicy](), None: list[NetworkPolicy](), False: list[NetworkPolicy]()}
    for one in policies:
        chosen[selects(one.selector, pods.labels)].append(one)
    certain, perhaps = chosen[True], chosen[None]
    ways = [admitted(one, port, who, incoming=incoming) for one in certain]
    further = [admitted(one, port, who, incoming=incoming) for one in perhaps]
    if certain:
        may_be = Way.PERHAPS in ways or any(one is not Way.SHUT for one in further)
        way = Way.OPEN if Way.OPEN in ways else Way.PERHAPS if may_be else Way.SHUT
    else:
        # What speaks of labels of ECK means these pods; what speaks of others alone most likely means others.
        meant = [one for one, found in zip(perhaps, further, strict=True) if found is not Way.OPEN and is_meant(one)]
        way = Way.PERHAPS if meant else Way.OPEN
    return Passage(node_set=pods.node_set, way=way, selecting=tuple(certain), perhaps=tuple(perhaps))


def is_meant(policy: NetworkPolicy) -> bool:
    """Whether a policy speaks of the labels of ECK, or of every pod."""
    domains = [one.key.partition("/")[0] for one in policy.selector]
    return not domains or any(one.endswith(DOMAIN) for one in domains)
