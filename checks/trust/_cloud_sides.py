"""The two deployments of one platform: whether the trust settings of one cover the other, and what its nodes present."""

from __future__ import annotations

from checks.shared.cloud_trust import admits_cluster
from checks.shared.deployments import platform_of
from checks.shared.payloads import text_of
from diag.model import (
    ClientIdentity,
    DeploymentAuthority,
    LinkedDeployment,
    LinkedDeployments,
    Platforms,
    TrustPayload,
    Unavailable,
    shorten,
)


def account_of(platforms: Platforms | Unavailable, one: LinkedDeployment) -> str:
    """The id of the organization that a deployment belongs to; empty where the platform does not show it."""
    platform = platform_of(platforms, one)
    return "" if platform is None or isinstance(platform.account, Unavailable) else platform.account.id


def not_covered(trust: TrustPayload, account: str, cluster_id: str) -> str:
    """Say why trust settings do not cover a cluster of an organization; empty where they do."""
    own = [one for one in trust.entities if one.group == "accounts" and text_of(one.id) == account]
    if any(admits_cluster(one, cluster_id) for one in own):
        return ""
    state = "has an entry for its organization without this cluster" if own else "has no entry for its organization"
    return f"accounts {state}"


def stand_in(linked: LinkedDeployments | Unavailable) -> ClientIdentity | None:
    """What the nodes of the local deployment present, as far as its platform shows it: the CA that signs their certificates."""
    local = None if isinstance(linked, Unavailable) else linked.local
    authority = None if local is None else local.authority
    if local is None or not isinstance(authority, DeploymentAuthority) or not authority.active:
        return None
    return ClientIdentity(path=f"the deployment {shorten(local.reference, 60)}", chain=authority.active)


def node_name(linked: LinkedDeployments | Unavailable) -> tuple[str, str]:
    """The name that a node of the local deployment has in its certificate, and the id of its cluster; empty where it is not known."""
    local = None if isinstance(linked, Unavailable) else linked.local
    if local is None or isinstance(local.deployment, Unavailable) or isinstance(local.authority, Unavailable):
        return "", ""
    pattern = local.authority.restriction
    return pattern.replace("*", "instance-0000000000", 1), local.deployment.cluster_id
