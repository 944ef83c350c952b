"""The check config/remote-is-self."""

from __future__ import annotations

from checks.config._same import place_of, places
from checks.shared.aliases import NO_UUID
from checks.shared.direction import leads_here
from checks.shared.fixes import on_local, unset
from checks.tables import docs
from checks.tables.networks import is_here_only
from diag.check import Yields, check, missing
from diag.model import (
    Endpoints,
    Finding,
    Identity,
    KeyTrial,
    LocalCluster,
    Nodes,
    OfLocal,
    OfRemote,
    Registration,
    Registrations,
    Remote,
    Resolution,
    Severity,
    Unavailable,
    shorten,
)


@check(
    "config/remote-is-self",
    severity=Severity.WARNING,
    docs=(docs.REMOTE_CLUSTERS, docs.API_REMOTE_INFO),
    tags=("identity",),
    source="elasticsearch#96650; documentation: remote clusters",
)
def remote_is_self(
    cluster: LocalCluster,
    remote: Remote,
    local: OfLocal[Identity] | Unavailable,
    local_nodes: OfLocal[Nodes] | Unavailable,
    remote_side: OfRemote[Identity] | Unavailable,
    endpoints: Endpoints | Unavailable,
) -> Yields:
    """The remote leads to the local cluster itself.

    Why it matters: searches of ``*:`` find local data twice, and a node that starts waits for connections to itself. Mostly the
    address is a mistake: ``localhost`` in a container, or the wrong end of a pair.

    How to fix: take the remote away, or set the address of the cluster that is meant. Local data need no remote.

    Example: ``seeds: ["localhost:9300"]`` on a node that listens there itself.
    """
    uuids = [one.uuid for one in (local, remote_side) if not isinstance(one, Unavailable) and one.uuid not in NO_UUID]
    same_node = _same_node_here(local, local_nodes, endpoints)
    if len(uuids) == 2 and uuids[0] != uuids[1] and not same_node:  # noqa: PLR2004 -- both.
        return
    # What says where the local cluster is at home: without it, an address says nothing.
    known = bool(cluster.hosts) or not isinstance(local_nodes, Unavailable)
    at_home = known and (
        _on_local_loopback(remote, local_nodes, endpoints)
        or leads_here(_registration(remote), _resolved(endpoints), cluster, local_nodes)
    )
    how = (
        f"both APIs give the UUID {shorten(uuids[0], 40)}"
        if len(uuids) == 2 and uuids[0] == uuids[1]  # noqa: PLR2004 -- both.
        else same_node or ("the address is one that a node of the local cluster publishes" if at_home else "")
    )
    if how:
        yield _is_self(remote, how)
    elif isinstance(local, Unavailable) and isinstance(local_nodes, Unavailable):
        yield missing(local)


def _is_self(remote: Remote, how: str) -> Finding:
    return Finding(
        summary=f"The remote leads to the local cluster itself: {how}; expected another cluster.",
        remedy="Set the address of the cluster that is meant, or take the remote away.",
        fix=on_local(unset(remote), when="to take it away"),
        facts={"observed": how, "expected": "another cluster"},
    )


def _same_node_here(
    local: Identity | Unavailable, local_nodes: Nodes | Unavailable, endpoints: Endpoints | Unavailable
) -> str:
    """Say which local node answered as the remote; empty for none. Names alone are not enough: clusters are copied with them."""
    if isinstance(local, Unavailable) or isinstance(local_nodes, Unavailable) or isinstance(endpoints, Unavailable):
        return ""
    names = {node.name for node in local_nodes.all}
    for probe in endpoints.probes:
        key = probe.key
        if not isinstance(key, KeyTrial) or key.cluster_name != local.name or key.node_name not in names:
            continue
        if place_of(key.publish_address) in places(local_nodes):
            return f"the node {shorten(key.node_name, 60)} of the local cluster answered"
    return ""


def _on_local_loopback(remote: Remote, local_nodes: Nodes | Unavailable, endpoints: Endpoints | Unavailable) -> bool:
    """Loopback on the port of a local node is that node, wherever diag runs; unless another cluster answered here."""
    if isinstance(local_nodes, Unavailable):
        return False
    others = () if isinstance(endpoints, Unavailable) else endpoints.probes
    if any(isinstance(probe.key, KeyTrial) and probe.key.cluster_name for probe in others):
        return False
    ports = {place.rpartition(":")[2] for place in places(local_nodes)}
    dialled = [address.parts for address in remote.dialled if address.parts]
    return bool(dialled) and all(is_here_only(host) and str(port) in ports for host, port in dialled)


def _registration(remote: Remote) -> Registration:
    """The dialled addresses as the settings of a remote."""
    texts = ",".join(address.text for address in remote.dialled)
    return Registration(alias=remote.alias, values=(("seeds", texts), ("server_name", "")))


def _resolved(endpoints: Endpoints | Unavailable) -> Registrations:
    found = () if isinstance(endpoints, Unavailable) else endpoints.all
    known = tuple(
        (one.endpoint.host, one.resolution.addresses) for one in found if isinstance(one.resolution, Resolution)
    )
    return Registrations(all=(), resolved=known)
