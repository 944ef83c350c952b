"""The check network/ip-filter-denies."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from typing import Final

from checks.shared.causes import NO_CONNECTION, NOTHING_AFTER_TCP
from checks.shared.fixes import on_remote, put_settings
from checks.tables import docs
from diag.check import Applies, NotApplicable, Unknown, Yields, check
from diag.model import (
    Finding,
    IpFilters,
    Nodes,
    OfLocal,
    OfRemote,
    Remote,
    RemoteInfo,
    SecurityModel,
    Severity,
    Unavailable,
    as_fact,
    listed,
)

_ALL: Final = "_all"


@check(
    "network/ip-filter-denies",
    severity=Severity.ERROR,
    severities=(Severity.WARNING,),
    applies=Applies.settings(),
    docs=(docs.IP_FILTER_SETTINGS, docs.REMOTE_CLUSTER_FILTERING),
    tags=("firewall",),
    source="documentation: IP filtering settings; IPFilter: what is allowed goes before what is denied",
    explains=("network/accept-then-close", "network/not-elasticsearch", *NO_CONNECTION),
    leaves_open=NOTHING_AFTER_TCP,
)
def ip_filter_denies(
    remote: Remote,
    filters: IpFilters,
    local_nodes: OfLocal[Nodes],
    remote_nodes: OfRemote[Nodes] | Unavailable,
    info: RemoteInfo | Unavailable,
) -> Yields:
    """An IP filter of the remote cluster denies the addresses of the local nodes.

    Why it matters: the connection is accepted and closed at once, without a word in TLS. Connections from before the filter stay, so that
    it shows when a node starts again; while the local cluster is connected this is a warning.

    How to fix: add the addresses from which the local nodes come to ``xpack.security.remote_cluster.filter.allow`` (certificate model:
    ``xpack.security.transport.filter.allow``) of the remote cluster. The addresses that the nodes publish are compared; behind address
    translation they come from others.

    Example: ``xpack.security.transport.filter.deny: _all`` with an allow list of the own subnet.
    """
    name = (
        "remote_cluster" if remote.security_model is SecurityModel.API_KEY and filters.own_for_server else "transport"
    )
    allow, deny = filters.of(name)
    addresses = _published(local_nodes)
    if not filters.enabled(name) or not deny:
        return
    if not any(addresses):
        yield NotApplicable("the addresses of the local nodes are not known")
        return
    own = _own_everywhere(remote_nodes) if filters.bound_allowed else frozenset()
    connected = isinstance(info, RemoteInfo) and info.connected
    judged = [
        (address, _matches(address, deny), address in own or _matches(address, allow))
        for address in addresses
        if address
    ]
    denied = [address for address, no, yes in judged if no and yes is False]
    if denied:
        yield Finding(
            summary=f"xpack.security.{name}.filter of the remote cluster denies {listed(denied)} "
            f"({len(denied)} of {len(judged)} local nodes); deny: {listed(deny)}."
            f"{' The local cluster is connected; new connections will be refused.' if connected else ''}",
            remedy="Allow the addresses of all local nodes, as well as those that are allowed already.",
            fix=on_remote(
                put_settings({f"xpack.security.{name}.filter.allow": list(dict.fromkeys((*allow, *denied)))})
            ),
            severity=Severity.WARNING if connected else None,
            facts={"observed": as_fact(denied), "expected": "allowed", "filter": name},
        )
    elif any(no is None or yes is None for _, no, yes in judged):
        yield Unknown("the filter names hosts, which are not looked up here")


def _own_everywhere(remote_nodes: Nodes | Unavailable) -> frozenset[str]:
    """The addresses that each remote node publishes as its own, which no node refuses: there are some where all run on one machine."""
    if isinstance(remote_nodes, Unavailable) or remote_nodes.failed or not remote_nodes.all:
        return frozenset()
    own = (frozenset(map(_host, (one.transport_address, one.server_address))) for one in remote_nodes.all)
    return frozenset.intersection(*own) - {""}


def _published(nodes: Nodes) -> tuple[str, ...]:
    """The IP addresses that nodes publish; empty text where a node reports none."""
    return tuple(_host(one.transport_address) for one in nodes.all)


def _host(address: str) -> str:
    return address.rpartition(":")[0].rpartition("/")[2].strip("[]")


def _matches(address: str, rules: Iterable[str]) -> bool | None:
    """Whether a rule fits; None where one is a name, and no other fits."""
    unsure = False
    for rule in rules:
        if rule == _ALL:
            return True
        try:
            if ipaddress.ip_address(address) in ipaddress.ip_network(rule, strict=False):
                return True
        except ValueError:
            unsure = True
        except TypeError:
            continue
    return None if unsure else False
