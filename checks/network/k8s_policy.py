"""The check network/k8s-policy."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import field

from checks.network._pod_labels import pods_of
from checks.network._pod_policies import Passage, is_meant, passages
from checks.network._policy_rules import Way
from checks.shared.eck import TRANSPORT, called, port_of, uses
from checks.shared.payloads import text_of
from checks.tables import docs
from diag.check import NotApplicable, Unknown, Yields, check
from diag.model import (
    REMOTE_CLUSTER_SERVER,
    EckCluster,
    EckClusters,
    Finding,
    NetworkPolicies,
    Severity,
    Unavailable,
    dataclass,
    listed,
    shorten,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Need:
    """A port of a cluster that has to be let through, why, and for whom; None among ``others`` is somebody who is not known."""

    cluster: EckCluster
    incoming: bool
    port: int
    why: str
    others: list[EckCluster | None] = field(default_factory=list)

    @property
    def direction(self) -> str:
        return "ingress" if self.incoming else "egress"


@check(
    "network/k8s-policy",
    severity=Severity.ERROR,
    docs=(docs.K8S_NETWORK_POLICIES,),
    tags=("documents", "eck", "firewall"),
    source="documentation: Kubernetes network policies; Kubernetes: policies that select a pod admit what any one of them names",
)
def k8s_policy(policies: NetworkPolicies, clusters: EckClusters | Unavailable) -> Yields:
    """A NetworkPolicy does not admit the port of a remote, or not for the cluster at the other end.

    Why it matters: as soon as one policy selects the pods, only what some policy names is let through. Packets to another port, from somebody
    else, are dropped: the connection times out. Which pods a policy selects is judged for each node set, by the labels that ECK gives (cluster,
    roles, node set) and those of the pod template; so is whom a rule is for (``from``, ``to``), with the name of the namespace. What goes by
    addresses (``ipBlock``), by other labels of pods or namespaces, or for clusters outside, is unknown.

    How to fix: add a rule for port 9443 (API keys) or 9300 (certificates): under ``ingress`` for the remote cluster, under ``egress`` for the
    local one.

    Example: a policy for the pods of a remote that admits 9200 and 9300, and the remote cluster server listens at 9443.
    """
    if isinstance(clusters, Unavailable):
        if any(map(is_meant, policies.all)):
            yield Unknown("no document shows the Elasticsearch resources behind the policies")
        return
    needs = _needs(clusters)
    if not needs or not policies.all:
        yield NotApplicable("it takes a policy with an ECK cluster that has, or is, a remote")
    for need in needs:
        found = passages(policies.all, need.cluster, need.port, incoming=need.incoming)
        shut = [one for one in found if one.way is Way.SHUT]
        if shut:
            yield _shut(need, shut, some=len(shut) < len(found))
        elif undecided := [one for one in found if one.way is Way.PERHAPS]:
            yield Unknown(_undecided(need, undecided))
        else:
            yield from _for_others(policies, need)


def _for_others(policies: NetworkPolicies, need: _Need) -> Iterator[Finding | Unknown]:
    """Judge whom the rules are for that admit the port."""
    for other in need.others:
        everybody = [None] if other is None else list(pods_of(other, connecting=need.incoming))
        found = [
            one
            for who in everybody
            for one in passages(policies.all, need.cluster, need.port, who, incoming=need.incoming)
        ]
        if shut := [one for one in found if one.way is Way.SHUT]:
            yield _kept_out(need, other, shut)
        elif undecided := [one for one in found if one.way is Way.PERHAPS]:
            names = list(dict.fromkeys(one.name for each in undecided for one in (*each.selecting, *each.perhaps)))
            where = f"{need.direction} at port {need.port} for {shorten(called(need.cluster), 80)}"
            yield Unknown(
                f"whether {listed(names)} admits {where} {_with(need, other)} is not known: it goes by addresses or labels that nothing here shows"
            )


def _with(need: _Need, other: EckCluster | None) -> str:
    who = "a cluster that is not shown" if other is None else shorten(called(other), 80)
    return f"{'from' if need.incoming else 'to'} {who}"


def _kept_out(need: _Need, other: EckCluster | None, shut: list[Passage]) -> Finding:
    names = list(dict.fromkeys(policy.name for one in shut for policy in one.selecting))
    rule = "from" if need.incoming else "to"
    return Finding(
        summary=f"{listed(names)} admit{'s' if len(names) == 1 else ''} {need.direction} at port {need.port} for {shorten(called(need.cluster), 80)}, "
        f"{need.why}, and not {_with(need, other)}; expected a rule for it.",
        remedy=f"Add that cluster under {rule} of an {need.direction} rule for port {need.port}: its pods by podSelector, its namespace by namespaceSelector.",
        origin=shut[0].selecting[0].origin,
        facts={"policies": tuple(names), "port": need.port, "direction": need.direction},
    )


def _shut(need: _Need, shut: list[Passage], *, some: bool) -> Finding:
    names = list(dict.fromkeys(policy.name for one in shut for policy in one.selecting))
    which = f"the node sets {listed([one.node_set for one in shut])} of " if some else ""
    return Finding(
        summary=f"{listed(names)} admit{'s' if len(names) == 1 else ''} no {need.direction} at port {need.port} for {which}{shorten(called(need.cluster), 80)}, {need.why}; expected a rule for it.",
        remedy=f"Add an {need.direction} rule for port {need.port}.",
        origin=shut[0].selecting[0].origin,
        facts={"policies": tuple(names), "port": need.port, "direction": need.direction},
    )


def _undecided(need: _Need, undecided: list[Passage]) -> str:
    perhaps = list(dict.fromkeys(policy.name for one in undecided for policy in one.perhaps))
    name = shorten(called(need.cluster), 80)
    if perhaps:
        return f"whether {listed(perhaps)} selects the pods of {name} is not known: it chooses among them by further labels"
    names = list(dict.fromkeys(policy.name for one in undecided for policy in one.selecting))
    return f"whether {listed(names)} admits port {need.port} for {name} is not known: it names a port by a name that the operator does not give"


def _needs(clusters: EckClusters) -> list[_Need]:
    """What has to be let in or out: each port of a cluster once, with everybody who is at the other end."""
    found: dict[tuple[str, bool, int], _Need] = {}
    for one, other in _each_need(clusters):
        need = found.setdefault((called(one.cluster), one.incoming, one.port), one)
        if other not in need.others:
            need.others.append(other)
    return list(found.values())


def _each_need(clusters: EckClusters) -> Iterator[tuple[_Need, EckCluster | None]]:
    for cluster in clusters.all:
        if cluster.has_server:
            need = _Need(
                cluster=cluster, incoming=True, port=REMOTE_CLUSTER_SERVER, why="whose remote cluster server is on"
            )
            yield from ((need, one) for one in _callers(clusters, cluster))
    for cluster, remote, target in uses(clusters):
        alias, port = shorten(text_of(remote.alias), 80), port_of(remote)
        yield _Need(cluster=cluster, incoming=False, port=port, why=f"which has the remote {alias}"), target
        if target is not None and port == TRANSPORT:
            why = f"which is the remote {alias} of {shorten(called(cluster), 80)}"
            yield _Need(cluster=target, incoming=True, port=port, why=why), cluster


def _callers(clusters: EckClusters, cluster: EckCluster) -> list[EckCluster | None]:
    """Who connects to a remote cluster server: who refers to it, else the local cluster, however it registers its remotes."""
    found = [
        one for one, remote, target in uses(clusters) if target is cluster and port_of(remote) == REMOTE_CLUSTER_SERVER
    ]
    local = [one for one in clusters.all if one.is_local and one is not cluster]
    return [*(found or local)] or [None]
