"""Whether the remote cluster server listens at all, and where others reach it, as the API of the remote cluster tells."""

from __future__ import annotations

from collections.abc import Iterable

from checks.causes import NO_CONNECTION
from checks.peer import is_remote_cluster_server
from checks.tables import docs, versions
from checks.tables.networks import is_here_only
from diag.check import Applies, NotApplicable, Yields, check
from diag.model import (
    Endpoints,
    Finding,
    Kind,
    Node,
    Remote,
    RemoteNodes,
    SecurityModel,
    Severity,
    Unavailable,
    as_fact,
    listed,
)

_SETTLED = (Kind.SELF_MANAGED, Kind.ECK)
_ON_9443 = Applies.settings(models=(SecurityModel.API_KEY,), remote_kinds=_SETTLED)


@check(
    "config/remote-server-disabled",
    severity=Severity.CRITICAL,
    applies=_ON_9443,
    docs=(docs.TRB_ENABLE, docs.NET),
    tags=("remote-cluster-server", "nodes"),
    source="documentation: troubleshoot remote clusters, enable the remote cluster server; nodes info API",
    explains=("network/tcp-refused", *NO_CONNECTION),
)
def remote_server_disabled(remote: Remote, nodes: RemoteNodes, endpoints: Endpoints | Unavailable) -> Yields:
    """No node of the remote cluster has a remote cluster server.

    Why it matters: it is the interface for remotes with an API key (port 9443), and it is off unless somebody switches it on. The
    transport interface takes no such key.

    How to fix: set ``remote_cluster_server.enabled: true`` in ``elasticsearch.yml`` of each node and restart it; on ECK set
    ``spec.remoteClusterServer.enabled: true``.

    Example: the key was made and stored, and port 9443 refuses connections.
    """
    able = [node for node in nodes.all if node.version is None or node.version >= versions.API_KEY_EXISTS.since]
    lacking = [node for node in able if not node.server_address]
    if not able:
        yield NotApplicable("the nodes are too old for it; version/apikey-min is about that")
    elif _met_the_server(endpoints) or not lacking:
        return
    elif len(lacking) == len(able):
        yield _not_enabled(remote, lacking, Severity.CRITICAL)
    elif behind := [node for node in lacking if _host(node.transport_address) in _dialled(endpoints)]:
        yield _not_enabled(remote, behind, Severity.ERROR)


def _not_enabled(remote: Remote, lacking: list[Node], severity: Severity) -> Finding:
    many = "no node of the remote cluster has" if severity is Severity.CRITICAL else "these nodes do not have"
    where = (
        "In the manifest of the remote cluster set spec.remoteClusterServer.enabled: true."
        if remote.kind is Kind.ECK
        else "In elasticsearch.yml of each node of the remote cluster set remote_cluster_server.enabled: true, with a certificate under "
        "xpack.security.remote_cluster_server.ssl, and restart it."
    )
    return Finding(
        summary=f"By its own API {many} a remote cluster server ({listed([node.name for node in lacking])}); "
        "a remote with an API key connects to that and to nothing else.",
        remedy=where,
        severity=severity,
        facts={
            "setting": "remote_cluster_server.enabled",
            "observed": as_fact([node.name for node in lacking]),
            "expected": "true on every node",
        },
    )


@check(
    "config/remote-server-bound-local",
    severity=Severity.CRITICAL,
    applies=_ON_9443,
    docs=(docs.NET, docs.TRB_ENABLE),
    tags=("remote-cluster-server", "nodes"),
    source="documentation: networking settings, remote_cluster.host; elasticsearch#99084; nodes info API",
    explains=("network/tcp-refused", "network/tcp-timeout", "network/sniff-publish-unreachable", *NO_CONNECTION),
)
def remote_server_bound_local(nodes: RemoteNodes, endpoints: Endpoints | Unavailable) -> Yields:
    """The remote cluster server listens on loopback, where only its own machine reaches it.

    Why it matters: it has an address of its own, ``remote_cluster.host``, which follows ``network.host``; where neither is set that
    is loopback. A setting of the transport interface (``transport.host``) does not count for it.

    How to fix: set ``remote_cluster.host`` on each node to an address that the local cluster reaches, and restart the node.

    Example: ``transport.host: 10.0.0.5`` and no ``remote_cluster.host``: 9300 answers from elsewhere, and 9443 on the node alone.
    """
    servers = [node for node in nodes.all if node.server_address]
    local = [node for node in servers if _is_local(node)]
    if not servers:
        yield NotApplicable("no node has a remote cluster server; config/remote-server-disabled is about that")
    elif local and not _met_the_server(endpoints) and not _opens(endpoints):
        all_of_them = len(local) == len(servers)
        shown = [f"{node.name} {', '.join(node.server_bound) or node.server_address}" for node in local]
        yield Finding(
            summary=f"The remote cluster server is enabled and listens on loopback at {len(local)} of {len(servers)} nodes "
            f"({listed(shown)}); expected an address that the local cluster reaches.",
            remedy=f"In elasticsearch.yml of {'each node' if all_of_them else 'these nodes'} of the remote cluster set remote_cluster.host: "
            f"{_reachable(local)}, and restart it. transport.host does not count for this interface.",
            severity=Severity.CRITICAL if all_of_them else Severity.WARNING,
            facts={
                "setting": "remote_cluster.host",
                "observed": as_fact([node.server_address for node in local]),
                "expected": "an address that the local cluster reaches",
            },
        )


def _is_local(node: Node) -> bool:
    """Where it is bound counts; where that was not told, what it publishes, which follows from it."""
    places = node.server_bound or (node.server_address,)
    return all(is_loopback(_host(place)) for place in places)


def is_loopback(host: str) -> bool:
    """Tell loopback from the unspecified address, to which a server is bound that listens everywhere."""
    return is_here_only(host) and host not in {"0.0.0.0", "::", "0:0:0:0:0:0:0:0"}  # noqa: S104 -- compared, not bound.


def _reachable(nodes: list[Node]) -> str:
    """What may stand there: the address of the transport interface, where others reach that."""
    hosts = [_host(node.transport_address) for node in nodes]
    return hosts[0] if len(nodes) == 1 and hosts[0] and not is_here_only(hosts[0]) else "_site_"


def _host(address: str) -> str:
    return address.rpartition(":")[0].rpartition("/")[2].strip("[]")


def _dialled(endpoints: Endpoints | Unavailable) -> frozenset[str]:
    return frozenset() if isinstance(endpoints, Unavailable) else frozenset(probe.ip for probe in endpoints.probes)


def _met_the_server(endpoints: Endpoints | Unavailable) -> bool:
    return not isinstance(endpoints, Unavailable) and any(
        is_remote_cluster_server(probe.key) for probe in endpoints.probes
    )


def _opens(endpoints: Endpoints | Unavailable) -> bool:
    probes: Iterable[object] = () if isinstance(endpoints, Unavailable) else (p.connection for p in endpoints.probes)
    return any(not isinstance(one, Unavailable) for one in probes)


CHECKS = (remote_server_disabled, remote_server_bound_local)
