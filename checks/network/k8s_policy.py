"""The check network/k8s-policy."""

from __future__ import annotations

from collections.abc import Iterator

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
    NetworkPolicy,
    PolicyRule,
    Severity,
    Unavailable,
    listed,
    shorten,
)


@check(
    "network/k8s-policy",
    severity=Severity.ERROR,
    docs=(docs.K8S_NETWORK_POLICIES,),
    tags=("documents", "eck", "firewall"),
    source="documentation: Kubernetes network policies; Kubernetes: policies that select a pod admit what any one of them names",
)
def k8s_policy(policies: NetworkPolicies, clusters: EckClusters | Unavailable) -> Yields:
    """A NetworkPolicy does not admit the port of a remote.

    Why it matters: as soon as one policy selects the pods, only what some policy names is let through. Packets to another port are dropped:
    the connection times out.

    How to fix: add a rule for port 9443 (API keys) or 9300 (certificates): under ``ingress`` for the remote cluster, under ``egress`` for the
    local one.

    Example: a policy for the pods of a remote that admits 9200 and 9300, and the remote cluster server listens at 9443.
    """
    if isinstance(clusters, Unavailable):
        if policies.all:
            yield Unknown("no document shows the Elasticsearch resources behind the policies")
        return
    wanted = list(_wanted(clusters))
    if not wanted or not policies.all:
        yield NotApplicable("it takes a policy with an ECK cluster that has, or is, a remote")
    for cluster, incoming, port, why in wanted:
        selecting = [one for one in policies.all if _selects(one, cluster)]
        relevant = [one for one in selecting if not one.some_pods]
        rules = [rule for one in relevant for rule in (one.ingress if incoming else one.egress) or ()]
        ruled = [one for one in relevant if (one.ingress if incoming else one.egress) is not None]
        if not ruled or any(_admits(rule, port) for rule in rules):
            continue
        way = "ingress" if incoming else "egress"
        perhaps = [one.name for one in selecting if one.some_pods and _rules_admit(one, port, incoming=incoming)]
        if perhaps:
            yield Unknown(
                f"whether {listed(perhaps)} selects the pods of {shorten(called(cluster), 80)} is not known: it chooses among them by further labels"
            )
            continue
        yield Finding(
            summary=f"{listed([one.name for one in ruled])} admit{'s' if len(ruled) == 1 else ''} no {way} at port {port} for {shorten(called(cluster), 80)}, {why}; expected a rule for it.",
            remedy=f"Add an {way} rule for port {port}.",
            origin=ruled[0].origin,
            facts={"policies": tuple(one.name for one in ruled), "port": port, "direction": way},
        )


def _rules_admit(policy: NetworkPolicy, port: int, *, incoming: bool) -> bool:
    return any(_admits(rule, port) for rule in (policy.ingress if incoming else policy.egress) or ())


def _wanted(clusters: EckClusters) -> Iterator[tuple[EckCluster, bool, int, str]]:
    """Who has to be let in or out, at which port, and why."""
    seen: set[tuple[str, bool, int]] = set()
    for cluster, incoming, port, why in _needs(clusters):
        if (called(cluster), incoming, port) not in seen:
            seen.add((called(cluster), incoming, port))
            yield cluster, incoming, port, why


def _needs(clusters: EckClusters) -> Iterator[tuple[EckCluster, bool, int, str]]:
    for cluster in clusters.all:
        if cluster.has_server:
            yield cluster, True, REMOTE_CLUSTER_SERVER, "whose remote cluster server is on"
    for cluster, remote, target in uses(clusters):
        alias = shorten(text_of(remote.alias), 80)
        yield cluster, False, port_of(remote), f"which has the remote {alias}"
        if target is not None and port_of(remote) == TRANSPORT:
            yield target, True, TRANSPORT, f"which is the remote {alias} of {shorten(called(cluster), 80)}"


def _selects(policy: NetworkPolicy, cluster: EckCluster) -> bool:
    return policy.namespace == cluster.namespace and policy.cluster in {"", cluster.name}


def _admits(rule: PolicyRule, port: int) -> bool:
    """Whether a rule admits a port: one without ports admits all, one that is named by the pods may be it."""
    return (not rule.ports and not rule.named) or rule.named or any(first <= port <= last for first, last in rule.ports)
