"""The check network/k8s-policy."""

from __future__ import annotations

from collections.abc import Iterator

from checks.network._pod_policies import Passage, Way, is_meant, passages
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
    the connection times out. Which pods a policy selects is judged for each node set, by the labels that ECK gives (cluster, roles, node set) and
    those of the pod template; whom a rule is for (``from``, ``to``) is not.

    How to fix: add a rule for port 9443 (API keys) or 9300 (certificates): under ``ingress`` for the remote cluster, under ``egress`` for the
    local one.

    Example: a policy for the pods of a remote that admits 9200 and 9300, and the remote cluster server listens at 9443.
    """
    if isinstance(clusters, Unavailable):
        if any(map(is_meant, policies.all)):
            yield Unknown("no document shows the Elasticsearch resources behind the policies")
        return
    wanted = list(_wanted(clusters))
    if not wanted or not policies.all:
        yield NotApplicable("it takes a policy with an ECK cluster that has, or is, a remote")
    for cluster, incoming, port, why in wanted:
        found = passages(policies.all, cluster, port, incoming=incoming)
        shut = [one for one in found if one.way is Way.SHUT]
        if shut:
            yield _shut(cluster, shut, port, why, "ingress" if incoming else "egress", some=len(shut) < len(found))
        elif undecided := [one for one in found if one.way is Way.PERHAPS]:
            yield Unknown(_undecided(cluster, undecided, port))


def _shut(cluster: EckCluster, shut: list[Passage], port: int, why: str, way: str, *, some: bool) -> Finding:
    names = list(dict.fromkeys(policy.name for one in shut for policy in one.selecting))
    which = f"the node sets {listed([one.node_set for one in shut])} of " if some else ""
    return Finding(
        summary=f"{listed(names)} admit{'s' if len(names) == 1 else ''} no {way} at port {port} for {which}{shorten(called(cluster), 80)}, {why}; expected a rule for it.",
        remedy=f"Add an {way} rule for port {port}.",
        origin=shut[0].selecting[0].origin,
        facts={"policies": tuple(names), "port": port, "direction": way},
    )


def _undecided(cluster: EckCluster, undecided: list[Passage], port: int) -> str:
    perhaps = list(dict.fromkeys(policy.name for one in undecided for policy in one.perhaps))
    name = shorten(called(cluster), 80)
    if perhaps:
        return f"whether {listed(perhaps)} selects the pods of {name} is not known: it chooses among them by further labels"
    names = list(dict.fromkeys(policy.name for one in undecided for policy in one.selecting))
    return f"whether {listed(names)} admits port {port} for {name} is not known: it names a port by a name that the operator does not give"


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
