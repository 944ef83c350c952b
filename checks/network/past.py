"""What changed in the network between two looks, and which addresses a remote gives away."""

from __future__ import annotations

import ipaddress
from typing import Final

from checks.causes import NO_CONNECTION
from checks.remedies import shorten
from checks.tables import docs
from diag.check import Applies, NotApplicable, Yields, check
from diag.model import (
    Endpoints,
    Finding,
    Mode,
    NodeViews,
    Past,
    Remote,
    RemoteInfo,
    RemoteNodes,
    Resolution,
    SecurityModel,
    Severity,
)

_MOST_SHOWN: Final = 5
_ROUNDS: Final = 2  # So many rounds before this one have to have found it not connected as well.


@check(
    "network/dns-changed",
    severity=Severity.WARNING,
    applies=Applies.settings(),
    docs=(docs.DNSTTL, docs.TRB_UNREACH),
    tags=("dns", "history"),
    source="documentation: important settings, networkaddress.cache.ttl; InetAddress of the JDK",
)
def dns_changed(endpoints: Endpoints, info: RemoteInfo, past: Past) -> Yields:
    """The name of the remote leads to other addresses than before, and the local cluster is not connected.

    Why it matters: Elasticsearch keeps what it looked up for a while, and may go on with the old addresses. It is said once the
    outage has lasted for more than two rounds: a name that gives its addresses in turn changes all the time.

    How to fix: lower ``networkaddress.cache.ttl`` in the security properties of the JDK; change any setting of the remote and back, which
    makes Elasticsearch connect anew.

    Example: the balancer of the remote was replaced, and got another address.
    """
    now = {ip for one in endpoints.all if isinstance(one.resolution, Resolution) for ip in one.resolution.addresses}
    known = [set(look.addresses) for look in past.looks if look.addresses]
    lasting = [look.connected for look in past.looks][-_ROUNDS:] == [False] * _ROUNDS
    if not known or not now:
        yield NotApplicable("no earlier look knew the addresses" if now else "the names do not resolve")
    elif info.connected or not lasting:
        return
    elif any(before != now for before in known[-3:]):
        before = next(before for before in known[-3:] if before != now)
        yield Finding(
            summary=f"The name leads to {_some(now)} now, to {_some(before)} before, and the local cluster is not connected.",
            remedy="Make it connect anew: change skip_unavailable of the remote and back. For the future lower networkaddress.cache.ttl.",
            facts={"observed": tuple(sorted(now)), "expected": tuple(sorted(before))},
        )


def _some(addresses: set[str]) -> str:
    return ", ".join(sorted(addresses)[:_MOST_SHOWN])


@check(
    "network/sniff-publish-unreachable",
    severity=Severity.ERROR,
    applies=Applies.settings(modes=(Mode.SNIFF,)),
    docs=(docs.MODES, docs.NET),
    tags=("sniff", "nodes"),
    source="documentation: connection modes; SniffConnectionStrategy connects to the publish addresses of the nodes",
    explains=NO_CONNECTION,
)
def sniff_publish_unreachable(remote: Remote, nodes: RemoteNodes, endpoints: Endpoints) -> Yields:
    """The remote's nodes publish addresses that can't be reached from elsewhere.

    Why it matters: in mode sniff the seeds serve for the first question only; the connections go to the addresses that the nodes publish.
    A loopback address leads the local cluster to itself.

    How to fix: set ``transport.publish_host`` (API key model: ``remote_cluster.publish_host``) to an address that the local cluster
    reaches, or change this remote to mode proxy.

    Example: the seed is 203.0.113.5:9300, and the node publishes 127.0.0.1:9300.
    """
    by_key = remote.security_model is SecurityModel.API_KEY
    published = [node.server_address if by_key else node.transport_address for node in nodes.all]
    hosts = {address.rpartition(":")[0].rpartition("/")[2].strip("[]") for address in published if address}
    seeds = {ip for one in endpoints.all if isinstance(one.resolution, Resolution) for ip in one.resolution.addresses}
    here_only = sorted(host for host in hosts if _is(host, "is_loopback") or _is(host, "is_unspecified"))
    if not hosts or not seeds:
        yield NotApplicable("no publish address is known" if seeds else "no seed resolves")
    elif here_only and not all(_is(ip, "is_loopback") for ip in seeds):
        yield _unreachable(
            here_only, Severity.CRITICAL if len(here_only) == len(hosts) else Severity.ERROR, by_key=by_key
        )
    elif all(_is(ip, "is_global") for ip in seeds) and any(_is(host, "is_private") for host in hosts):
        yield _unreachable(sorted(host for host in hosts if _is(host, "is_private")), Severity.WARNING, by_key=by_key)


def _unreachable(hosts: list[str], severity: Severity, *, by_key: bool) -> Finding:
    return Finding(
        summary=f"The nodes publish {', '.join(shorten(host, 60) for host in hosts[:_MOST_SHOWN])}; "
        "expected addresses that the local cluster reaches as it reaches the seeds.",
        remedy=f"Set {'remote_cluster' if by_key else 'transport'}.publish_host on the nodes of the remote to reachable addresses, "
        "or use mode proxy.",
        severity=severity,
        facts={"observed": tuple(hosts[:20]), "expected": "reachable publish addresses"},
    )


def _is(host: str, quality: str) -> bool:
    try:
        return bool(getattr(ipaddress.ip_address(host), quality))
    except ValueError:
        return False


@check(
    "network/partial-client-nodes",
    severity=Severity.WARNING,
    applies=Applies.settings(),
    docs=(docs.TRB_UNREACH, docs.A_INFO),
    tags=("connection", "nodes"),
    source="documentation: remote cluster info API: each node has connections of its own",
)
def partial_client_nodes(views: NodeViews) -> Yields:
    """Some nodes of the local cluster are connected to the remote, and some are not.

    Why it matters: a search works or fails by the node that it is sent to.

    How to fix: compare routes, name service, keystores and certificate files of the nodes that fail with those of the others.

    Example: the key was added to the keystore of two of three nodes.
    """
    failing = [url for url, connected in views.all if not connected]
    if failing and len(failing) < len(views.all):
        shown = ", ".join(shorten(url, 80) for url in failing[:_MOST_SHOWN])
        yield Finding(
            summary=f"{len(failing)} of {len(views.all)} addresses of the local cluster are not connected to the remote: {shown}.",
            remedy="Compare keystore, certificate files, routes and name service of those nodes with the others.",
            facts={"observed": tuple(shorten(url) for url in failing[:20]), "expected": "connected on all"},
        )


CHECKS = (dns_changed, sniff_publish_unreachable, partial_client_nodes)
