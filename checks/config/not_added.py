"""The check config/not-added."""

from __future__ import annotations

from checks.shared.causes import NO_CONNECTION
from checks.shared.direction import leading_here
from checks.shared.fixes import call, on_local, register, unset
from checks.tables import docs
from diag.check import Applies, NotApplicable, Yields, check
from diag.model import (
    Finding,
    FollowedRemotes,
    LocalCluster,
    Nodes,
    OfLocal,
    OfRemote,
    Registration,
    Registrations,
    Remote,
    RemoteInfo,
    Severity,
    Unavailable,
    as_fact,
    listed,
    shorten,
)


@check(
    "config/not-added",
    severity=Severity.ERROR,
    applies=Applies.settings(),
    docs=(docs.API_PUT_SETTINGS, docs.REMOTE_CLUSTER_SETTINGS),
    tags=("settings", "reported"),
    source="documentation: cluster settings API; RemoteConnectionStrategy",
    explains=("ccr/remote-removed", *NO_CONNECTION),
)
def not_added(  # noqa: PLR0913, PLR0917 -- each parameter is a piece of evidence, injected by its type.
    cluster: LocalCluster,
    remote: Remote,
    registration: Registration,
    info: RemoteInfo | Unavailable,
    remote_side: OfRemote[Registrations] | Unavailable,
    local_nodes: OfLocal[Nodes] | Unavailable,
    follows: FollowedRemotes | Unavailable,
) -> Yields:
    """The remote is declared for diag, and the local cluster has no such remote, or takes no notice of its settings.

    Why it matters: trust and keys alone make no connection. Searches say ``no such remote cluster``. They say so too where the settings
    are there and the node that is asked does not name the alias.

    How to fix: register it, with Kibana or the cluster settings API. Where the settings are there: look why the node leaves them alone.

    Example: the key is in the keystore, and nobody registered the address.
    """
    if registration.exists:
        yield from _not_taken_up(remote, registration, info, local_nodes)
        return
    if isinstance(remote_side, Registrations) and any(
        leading_here(remote_side, cluster, local_nodes, follows).values()
    ):
        yield NotApplicable("it is registered at the other end; config/added-on-wrong-side is about that")
    else:
        yield Finding(
            summary=f"The local cluster has no setting cluster.remote.{shorten(remote.alias, 80)}.*; expected a registered remote.",
            remedy="Register it.",
            fix=on_local(register(remote)),
            facts={"observed": "not registered", "expected": "registered"},
        )


def _not_taken_up(
    remote: Remote, registration: Registration, info: RemoteInfo | Unavailable, local_nodes: Nodes | Unavailable
) -> Yields:
    """The settings are there: the node that answered has to name the alias."""
    if isinstance(info, Unavailable) or info.listed or not registration.enabled:
        return  # Without an address there is nothing to name; config/leftover-settings is about that.
    known = () if isinstance(local_nodes, Unavailable) else local_nodes.all
    lacking = [node.name for node in known if not node.connects]
    if any(node.connect is False for node in known):
        yield NotApplicable("cluster.remote.connect is false; config/remote-connect-disabled is about that")
    elif known and len(lacking) == len(known):
        yield NotApplicable("no node has the role remote_cluster_client; config/client-role-missing is about that")
    else:
        of_nodes = f" Without the role remote_cluster_client are {listed(lacking)}." if lacking else ""
        alias = shorten(remote.alias, 80)
        yield Finding(
            summary=f"The settings cluster.remote.{alias}.* are there, and GET _remote/info does not name {alias}: the node that was asked "
            f"has no such remote, and a search sent to it says so.{of_nodes}",
            remedy="Ask the other nodes too (other_urls in diag.yaml does). Where a node lacks the role remote_cluster_client, add it and "
            f"restart the node, or send searches elsewhere; else look into its log for [{alias}], and register the remote anew.",
            fix=(
                *on_local(call("GET", "_remote/info")),
                *on_local(unset(remote), register(remote), when="to register it anew"),
            ),
            facts={
                "observed": "not in GET _remote/info",
                "expected": "listed",
                "nodes_without_role": as_fact(lacking),
            },
        )
