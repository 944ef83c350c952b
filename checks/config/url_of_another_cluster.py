"""The check config/url-of-another-cluster."""

from __future__ import annotations

from checks.config._same import place_of, places
from checks.tables import docs
from diag.check import NotApplicable, Yields, check
from diag.model import (
    Endpoints,
    Finding,
    Identity,
    KeyTrial,
    Nodes,
    OfRemote,
    Remote,
    Severity,
    Unavailable,
    shorten,
)


@check(
    "config/url-of-another-cluster",
    severity=Severity.ERROR,
    docs=(docs.REMOTE_CLUSTERS, docs.TROUBLESHOOT),
    tags=("identity", "url"),
    source="the handshake with the key shows the name of the cluster; GET / of its API does too",
)
def url_of_another_cluster(
    remote: Remote, remote_side: OfRemote[Identity], remote_nodes: OfRemote[Nodes] | Unavailable, endpoints: Endpoints
) -> Yields:
    """The API that is asked as the remote's belongs to another cluster than the one behind the address.

    Why it matters: keys, roles, license and indices are then judged at a cluster that no search reaches; or the address leads to
    the wrong cluster, and the searches do.

    How to fix: correct ``url`` of the remote in diag.yaml, or the address of the remote on the local cluster: whichever is wrong.

    Example: the key is accepted by ``logs``, and the API under ``url`` says ``billing``.
    """
    trials = [
        (str(probe), probe.key)
        for probe in endpoints.probes
        if isinstance(probe.key, KeyTrial) and probe.key.cluster_name
    ]
    if not trials:
        yield NotApplicable("no node behind the address has reported its cluster: that takes an accepted API key")
    for place, key in trials:
        if key.cluster_name != remote_side.name:
            yield _another(remote, remote_side, place, key.cluster_name, f"the cluster {shorten(key.cluster_name, 80)}")
            return
        if isinstance(remote_nodes, Nodes) and not remote_nodes.failed and _unknown_to(remote_nodes, key):
            where = f"the node {shorten(key.node_name, 60)} at {shorten(key.publish_address, 80)}"
            yield _another(remote, remote_side, place, key.node_name, f"{where}, which that cluster does not have")
            return


def _unknown_to(remote_nodes: Nodes, key: KeyTrial) -> bool:
    """Both name and address have to be unknown: behind a proxy or after a change one of them may differ."""
    named = {node.name for node in remote_nodes.all}
    return (
        bool(key.node_name) and key.node_name not in named and place_of(key.publish_address) not in places(remote_nodes)
    )


def _another(remote: Remote, remote_side: Identity, place: str, observed: str, who: str) -> Finding:
    return Finding(
        summary=f"The API under url of the remote is that of the cluster {shorten(remote_side.name, 80)}, and behind the address "
        f"{shorten(place, 80)} answers {who}; expected one cluster. What the API reports is not about the cluster that is searched.",
        remedy=f"Correct url of {shorten(remote.alias, 80)} in diag.yaml; or, if {shorten(remote_side.name, 80)} is the cluster that is "
        f"meant, correct {shorten(remote.setting(remote.dialled[0].setting.partition('[')[0] if remote.dialled else 'seeds'), 120)}.",
        facts={"observed": observed, "expected": remote_side.name, "uuid_of_the_api": remote_side.uuid},
    )
