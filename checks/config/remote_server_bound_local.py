"""The check config/remote-server-bound-local."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from checks.shared.causes import NO_CONNECTION
from checks.shared.documents import files_of, is_on, written
from checks.shared.fixes import on_remote_nodes, yml
from checks.shared.listening import ON_9443, host_of, is_loopback, reached_server
from checks.tables import docs
from checks.tables.networks import is_here_only
from diag.check import NotApplicable, Yields, check
from diag.model import (
    Endpoints,
    Finding,
    Node,
    Nodes,
    OfRemote,
    SettingsTexts,
    Severity,
    Unavailable,
    as_fact,
    listed,
)

_ENABLED: Final = "remote_cluster_server.enabled"
# What says where it is bound, the first that is there.
_PLACES: Final = ("remote_cluster.bind_host", "remote_cluster.host", "network.bind_host", "network.host")


def _in_documents(texts: SettingsTexts) -> Yields:
    """Judge the files of nodes whose remote cluster server is on: by the first of the settings that say where it listens."""
    serving = [one for one in files_of(texts) if is_on(one.get(_ENABLED))]
    if not serving:
        yield NotApplicable("no document switches a remote cluster server on")
    for text in serving:
        where = next((found for key in _PLACES if (found := text.get(key)) is not None and found.values), None)
        if where is not None and (where.unset or not all(_stays_here(one) for one in where.parts)):
            continue
        place = where or text.get(_ENABLED)
        observed = (
            f"{where.key} is {listed(where.parts)}" if where else "neither remote_cluster.host nor network.host is set"
        )
        yield Finding(
            summary=f"{observed}: the remote cluster server listens on loopback, where only its own machine reaches it; expected an address that the "
            "local cluster reaches.",
            remedy="Let the node listen where others reach it, and restart it.",
            fix=written(text, {"remote_cluster.host": "_site_"}),
            severity=Severity.CRITICAL if where else Severity.WARNING,
            origin=place.origin if place else text.whole,
            facts={
                "setting": where.key if where else "remote_cluster.host",
                "expected": "an address that the local cluster reaches",
            },
        )


def _stays_here(place: str) -> bool:
    return place.lower() in {"_local_", "_local:ipv4_", "_local:ipv6_", "localhost"} or is_loopback(place.strip("[]"))


@check(
    "config/remote-server-bound-local",
    severity=Severity.CRITICAL,
    severities=(Severity.WARNING,),
    applies=ON_9443,
    in_documents=_in_documents,
    once_in_documents=True,
    docs=(docs.NETWORK_SETTINGS, docs.TROUBLESHOOT_ENABLE_SERVER),
    tags=("remote-cluster-server", "nodes"),
    source="documentation: networking settings, remote_cluster.host; elasticsearch#99084; nodes info API",
    explains=("network/tcp-refused", "network/tcp-timeout", "network/sniff-publish-unreachable", *NO_CONNECTION),
)
def remote_server_bound_local(remote_nodes: OfRemote[Nodes], endpoints: Endpoints | Unavailable) -> Yields:
    """The remote cluster server listens on loopback, where only its own machine reaches it.

    Why it matters: it has an address of its own, ``remote_cluster.host``, which follows ``network.host``; where neither is set that
    is loopback. A setting of the transport interface (``transport.host``) does not count for it.

    How to fix: set ``remote_cluster.host`` on each node to an address that the local cluster reaches, and restart the node.

    Example: ``transport.host: 10.0.0.5`` and no ``remote_cluster.host``: 9300 answers from elsewhere, and 9443 on the node alone.
    """
    servers = [node for node in remote_nodes.all if node.server_address]
    local = [node for node in servers if _is_local(node)]
    if not servers:
        yield NotApplicable("no node has a remote cluster server; config/remote-server-disabled is about that")
    elif local and not reached_server(endpoints) and not _opens(endpoints):
        all_of_them = len(local) == len(servers)
        shown = [f"{node.name} {', '.join(node.server_bound) or node.server_address}" for node in local]
        yield Finding(
            summary=f"The remote cluster server is enabled and listens on loopback at {len(local)} of {len(servers)} nodes "
            f"({listed(shown)}); expected an address that the local cluster reaches.",
            remedy=f"Let {'each node' if all_of_them else 'these nodes'} of the remote cluster listen where others reach it, and restart it. "
            "transport.host does not count for this interface.",
            fix=on_remote_nodes(
                yml=[yml("remote_cluster.host", _reachable(local))],
                when="" if all_of_them else f"on {listed([node.name for node in local])}",
            ),
            severity=Severity.CRITICAL if all_of_them else Severity.WARNING,
            facts={
                "setting": "remote_cluster.host",
                "observed": as_fact([node.server_address for node in local]),
                "expected": "an address that the local cluster reaches",
            },
        )


def _is_local(node: Node) -> bool:
    """Where it is bound counts; where that is not known, what it publishes, which follows from it."""
    places = node.server_bound or (node.server_address,)
    return all(is_loopback(host_of(place)) for place in places)


def _reachable(nodes: list[Node]) -> str:
    """What may stand there: the address of the transport interface, where others reach that."""
    hosts = [host_of(node.transport_address) for node in nodes]
    return hosts[0] if len(nodes) == 1 and hosts[0] and not is_here_only(hosts[0]) else "_site_"


def _opens(endpoints: Endpoints | Unavailable) -> bool:
    probes: Iterable[object] = () if isinstance(endpoints, Unavailable) else (p.connection for p in endpoints.probes)
    return any(not isinstance(one, Unavailable) for one in probes)
