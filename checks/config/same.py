"""Which cluster is behind a remote: not the local cluster itself, and the one whose API is asked."""

from __future__ import annotations

from checks.config.direction import leads_here
from checks.config.siblings import NO_UUID
from checks.remedies import put_settings
from checks.tables import docs
from checks.tables.networks import is_here_only
from diag.check import NotApplicable, Unknown, Yields, check
from diag.model import (
    Endpoints,
    Finding,
    KeyTrial,
    LocalCluster,
    LocalIdentity,
    LocalNodes,
    Nodes,
    Reason,
    Registration,
    Remote,
    RemoteIdentity,
    RemoteNodes,
    RemoteRegistrations,
    Resolution,
    Severity,
    Unavailable,
    shorten,
)


@check(
    "config/remote-is-self",
    severity=Severity.WARNING,
    docs=(docs.RC, docs.A_INFO),
    tags=("identity",),
    source="elasticsearch#96650; documentation: remote clusters",
)
def remote_is_self(
    cluster: LocalCluster,
    remote: Remote,
    local: LocalIdentity | Unavailable,
    nodes: LocalNodes | Unavailable,
    theirs: RemoteIdentity | Unavailable,
    endpoints: Endpoints | Unavailable,
) -> Yields:
    """The remote leads to the local cluster itself.

    Why it matters: searches of ``*:`` find local data twice, and a node that starts waits for connections to itself. Mostly the
    address is a mistake: ``localhost`` in a container, or the wrong end of a pair.

    How to fix: take the remote away, or set the address of the cluster that is meant. Local data need no remote.

    Example: ``seeds: ["localhost:9300"]`` on a node that listens there itself.
    """
    uuids = [one.uuid for one in (local, theirs) if not isinstance(one, Unavailable) and one.uuid not in NO_UUID]
    met = _met_here(local, nodes, endpoints)
    at_home = _on_own_loopback(remote, nodes, endpoints) or leads_here(
        _registration(remote), _resolved(endpoints), cluster, nodes
    )
    if len(uuids) == 2 and uuids[0] != uuids[1] and not met:  # noqa: PLR2004 -- both.
        return
    how = (
        f"both APIs give the UUID {shorten(uuids[0], 40)}"
        if len(uuids) == 2 and uuids[0] == uuids[1]  # noqa: PLR2004 -- both.
        else met or ("the address is one that a node of the local cluster publishes" if at_home else "")
    )
    if how:
        yield _is_self(remote, how)
    elif isinstance(local, Unavailable) and isinstance(nodes, Unavailable):
        asked = local.reason is not Reason.NOT_ASKED
        yield Unknown(str(local)) if asked else NotApplicable(str(local))


def _is_self(remote: Remote, how: str) -> Finding:
    keys = ("mode", "proxy_address", "server_name", "seeds", "proxy", "skip_unavailable")
    there = [key for key in keys if getattr(remote, key) not in ("", (), None)]
    return Finding(
        summary=f"The remote leads to the local cluster itself: {how}; expected another cluster.",
        remedy=f"Set the address of the cluster that is meant, or take the remote away: {put_settings({remote.setting(key): None for key in there})}",
        facts={"observed": how, "expected": "another cluster"},
    )


def _met_here(
    local: LocalIdentity | Unavailable, nodes: LocalNodes | Unavailable, endpoints: Endpoints | Unavailable
) -> str:
    """Say which local node answered as the remote; empty for none. Names alone are not enough: clusters are copied with them."""
    if isinstance(local, Unavailable) or isinstance(nodes, Unavailable) or isinstance(endpoints, Unavailable):
        return ""
    names = {node.name for node in nodes.all}
    for probe in endpoints.probes:
        key = probe.key
        if not isinstance(key, KeyTrial) or key.cluster_name != local.name or key.node_name not in names:
            continue
        if _place(key.publish_address) in _places(nodes):
            return f"the node {shorten(key.node_name, 60)} of the local cluster answered"
    return ""


def _on_own_loopback(remote: Remote, nodes: LocalNodes | Unavailable, endpoints: Endpoints | Unavailable) -> bool:
    """Loopback on the port of a local node is that node, wherever diag runs; unless another cluster answered here."""
    if isinstance(nodes, Unavailable):
        return False
    others = () if isinstance(endpoints, Unavailable) else endpoints.probes
    if any(isinstance(probe.key, KeyTrial) and probe.key.cluster_name for probe in others):
        return False
    ports = {place.rpartition(":")[2] for place in _places(nodes)}
    dialled = [address.parts for address in remote.dialled if address.parts]
    return bool(dialled) and all(is_here_only(host) and str(port) in ports for host, port in dialled)


def _registration(remote: Remote) -> Registration:
    """The dialled addresses as the settings of a remote."""
    texts = ",".join(address.text for address in remote.dialled)
    return Registration(alias=remote.alias, values=(("seeds", texts), ("server_name", "")))


def _resolved(endpoints: Endpoints | Unavailable) -> RemoteRegistrations:
    found = () if isinstance(endpoints, Unavailable) else endpoints.all
    known = tuple(
        (one.endpoint.host, one.resolution.addresses) for one in found if isinstance(one.resolution, Resolution)
    )
    return RemoteRegistrations(all=(), resolved=known)


@check(
    "config/url-of-another-cluster",
    severity=Severity.ERROR,
    docs=(docs.RC, docs.TRB),
    tags=("identity", "url"),
    source="the handshake with the key tells the name of the cluster; GET / of its API does too",
)
def url_of_another_cluster(
    remote: Remote, theirs: RemoteIdentity, nodes: RemoteNodes | Unavailable, endpoints: Endpoints
) -> Yields:
    """The API that is asked as the remote's belongs to another cluster than the one behind the address.

    Why it matters: keys, roles, licence and indices are then judged at a cluster that no search reaches; or the address leads to
    the wrong cluster, and the searches do.

    How to fix: correct ``url`` of the remote in diag.yaml, or the address of the remote on the local cluster: whichever is wrong.

    Example: the key is accepted by ``logs``, and the API under ``url`` says ``billing``.
    """
    met = [
        (str(probe), probe.key)
        for probe in endpoints.probes
        if isinstance(probe.key, KeyTrial) and probe.key.cluster_name
    ]
    if not met:
        yield NotApplicable("no node behind the address has told its cluster: that takes an accepted API key")
    for place, key in met:
        if key.cluster_name != theirs.name:
            yield _another(remote, theirs, place, key.cluster_name, f"the cluster {shorten(key.cluster_name, 80)}")
            return
        if isinstance(nodes, RemoteNodes) and not nodes.failed and _unknown_to(nodes, key):
            where = f"the node {shorten(key.node_name, 60)} at {shorten(key.publish_address, 80)}"
            yield _another(remote, theirs, place, key.node_name, f"{where}, which that cluster does not have")
            return


def _unknown_to(nodes: RemoteNodes, key: KeyTrial) -> bool:
    """Both name and address have to be unknown: behind a proxy or after a change one of them may differ."""
    named = {node.name for node in nodes.all}
    return bool(key.node_name) and key.node_name not in named and _place(key.publish_address) not in _places(nodes)


def _another(remote: Remote, theirs: RemoteIdentity, place: str, observed: str, who: str) -> Finding:
    return Finding(
        summary=f"The API under url of the remote is that of the cluster {shorten(theirs.name, 80)}, and behind the address "
        f"{shorten(place, 80)} answers {who}; expected one cluster. What the API tells is not about the cluster that is searched.",
        remedy=f"Correct url of {shorten(remote.alias, 80)} in diag.yaml; or, if {shorten(theirs.name, 80)} is the cluster that is "
        f"meant, correct {shorten(remote.setting(remote.dialled[0].setting.partition('[')[0] if remote.dialled else 'seeds'), 120)}.",
        facts={"observed": observed, "expected": theirs.name, "uuid_of_the_api": theirs.uuid},
    )


def _places(nodes: Nodes) -> frozenset[str]:
    told = (address for node in nodes.all for address in (node.transport_address, node.server_address))
    return frozenset(_place(address) for address in told if address)


def _place(address: str) -> str:
    return address.rpartition("/")[2]


CHECKS = (remote_is_self, url_of_another_cluster)
