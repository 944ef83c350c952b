"""The check auth/traffic-filter-seed-rule."""

from __future__ import annotations

from checks.auth._policies import FOR_REMOTES, Caller, caller_of, incoming, verdict
from checks.shared.deployments import platform_of
from checks.tables import docs
from diag.check import Applies, NotApplicable, Yields, check, missing
from diag.model import (
    Finding,
    LinkedDeployment,
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
    "auth/traffic-filter-seed-rule",
    severity=Severity.WARNING,
    severities=(Severity.INFO,),
    applies=Applies(models=(SecurityModel.API_KEY,)),
    docs=(docs.REMOTE_CLUSTERS_NETWORK, docs.REMOTE_CLUSTER_FILTERING),
    tags=("cloud", "platform", "filter"),
    source="documentation: access clusters of a self-managed environment, API keys cannot be combined with traffic filters; withdrawn in "
    "remote clusters, network security",
    while_connected=Severity.INFO,
)
def traffic_filter_seed_rule(remote: Remote, linked: LinkedDeployments, platforms: Platforms | Unavailable) -> Yields:
    """A deployment has traffic filters, and the remote uses an API key.

    Why it matters: older pages forbid the two together. Newer ones allow it, where the remote deployment has a policy that admits the local
    cluster. Filters of the local deployment are about who comes in there, and change nothing of the remote.

    How to fix: see that the remote deployment has a policy of the type remote cluster, or an IP filter with the outgoing addresses.

    Example: the remote deployment has an IP filter for the office alone.
    """
    sides = {"local": linked.local, "remote": linked.of(remote.alias)}
    known = {side: one for side, one in sides.items() if one is not None}
    if not known:
        yield NotApplicable("no deployment of either side is configured")
        return
    for side, one in known.items():
        if isinstance(one.filters, Unavailable):
            yield missing(one.filters)
        else:
            caller = caller_of(
                linked.local, one, None if linked.local is None else platform_of(platforms, linked.local)
            )
            yield from _judged(side, one, incoming(one.filters), caller)


def _judged(side: str, one: LinkedDeployment, policies: list[TrafficFilter], caller: Caller) -> Yields:
    if not policies:
        return
    names = listed([shorten(policy.name, 60) for policy in policies])
    if side == "remote" and not any(verdict(policy, caller) for policy in policies):
        yield Finding(
            summary=f"The remote deployment {one.reference} has the policies {names}, and none of them admits the local cluster for sure; "
            "expected one for remote clusters, or an IP filter with its outgoing addresses.",
            remedy="Add a policy of the type remote cluster where both are on one platform; else see that an IP filter admits the outgoing addresses.",
            facts={"observed": names, "expected": FOR_REMOTES},
        )
        return
    yield Finding(
        summary=f"The {side} deployment {one.reference} has the policies {names}: older documentation forbids them together with API keys, newer one "
        "asks for a policy at the remote deployment that admits the local cluster.",
        remedy="Nothing, where the connection works.",
        severity=Severity.INFO,
        facts={"observed": names},
    )
