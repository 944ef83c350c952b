"""The check auth/network-policy-refuses."""

from __future__ import annotations

from checks.auth._policies import caller_of, incoming, verdict
from checks.shared.causes import NO_CONNECTION, NOTHING_AFTER_TLS
from checks.shared.deployments import deployment_of, name_of, platform_of
from checks.tables import docs
from diag.check import Applies, NotApplicable, Unknown, Yields, check, missing
from diag.model import (
    Finding,
    LinkedDeployments,
    Platforms,
    Remote,
    SecurityModel,
    Severity,
    TrafficFilter,
    Unavailable,
    listed,
    shorten,
)


@check(
    "auth/network-policy-refuses",
    severity=Severity.CRITICAL,
    applies=Applies(models=(SecurityModel.API_KEY,)),
    docs=(docs.REMOTE_CLUSTERS_NETWORK, docs.REMOTE_CLUSTER_FILTERING),
    tags=("cloud", "platform", "filter"),
    source="documentation: remote clusters and network security; remote cluster filtering; Elastic Cloud API: TrafficFilterRule",
    explains=("auth/traffic-filter-blocks", "auth/traffic-filter-seed-rule", *NO_CONNECTION),
    leaves_open=NOTHING_AFTER_TLS,
    while_connected=Severity.WARNING,
)
def network_policy_refuses(remote: Remote, linked: LinkedDeployments, platforms: Platforms | Unavailable) -> Yields:
    """No network security policy of the remote deployment admits the local cluster.

    Why it matters: a deployment without policies lets everybody in; once it has some, its proxy answers 403 to whoever none of them matches. A
    rule for remote clusters counts between deployments of one platform only; from anywhere else it takes a rule with the outgoing addresses.

    How to fix: add a policy of the type remote cluster with the organization or the cluster of the local side to the remote deployment, made in
    its region; from another platform, or from self-managed, an IP filter with the outgoing addresses.

    Example: the policy of the remote names the id of the deployment in place of that of its Elasticsearch cluster.
    """
    found = deployment_of(linked, remote.alias)
    if not isinstance(found, tuple):
        yield found
        return
    link, deployment = found
    if isinstance(link.filters, Unavailable):
        yield missing(link.filters)
        return
    policies, local = incoming(link.filters), linked.local
    if not policies:
        yield NotApplicable("the remote deployment has no policy: everybody is let in")
        return
    caller = caller_of(local, link, None if local is None else platform_of(platforms, local))
    verdicts = {shorten(one.name, 60): verdict(one, caller) for one in policies}
    open_ = [name for name, admits in verdicts.items() if admits is None]
    if True in verdicts.values():
        return
    if open_:
        yield Unknown(
            f"whether {listed(open_)} admits the local cluster depends on its outgoing addresses, or on an id, that nobody declares"
        )
        return
    yield Finding(
        summary=f"No policy of the remote deployment {name_of(deployment)} admits the local cluster ({listed(list(verdicts))}); "
        f"expected one that does: its proxy answers 403.",
        remedy=_remedy(policies[0], same=caller.same, cluster_id=caller.cluster_id),
        origin=policies[0].origin,
        facts={"observed": tuple(verdicts), "expected": caller.cluster_id or "the outgoing addresses"},
    )


def _remedy(policy: TrafficFilter, *, same: bool, cluster_id: str) -> str:
    region = f" in region {shorten(policy.region, 40)}" if policy.region else ""
    if same:
        return f"Add a policy of the type remote cluster with the cluster {cluster_id}, or with its organization,{region} to the remote deployment."
    return f"Add an IP filter with the outgoing addresses of the local cluster{region} to the remote deployment."
