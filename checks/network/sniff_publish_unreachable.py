"""The check network/sniff-publish-unreachable."""

from __future__ import annotations

from typing import Final

from checks.network._hops import Hop, State, by_address, by_second_hop
from checks.shared.causes import NO_CONNECTION
from checks.shared.fixes import Remedy, Setting, on_local, on_remote_nodes, put_settings, yml
from checks.shared.reported_errors import reported
from checks.tables import docs
from diag.check import Applies, NotApplicable, Unknown, Yields, check
from diag.model import (
    PROXY_MODE,
    Chain,
    Endpoints,
    Finding,
    Identity,
    LocalVersion,
    LocalView,
    Mode,
    Nodes,
    Probe,
    PublishedEndpoints,
    Remote,
    RemoteApi,
    RemoteInfo,
    Request,
    ResolvedCluster,
    SecurityModel,
    Severity,
    Unavailable,
    as_fact,
    dataclass,
    is_ip,
    listed,
    nodes_behind,
    published_by,
    shorten,
)

_MAX_SHOWN: Final = 4


@check(
    "network/sniff-publish-unreachable",
    severity=Severity.CRITICAL,
    severities=(Severity.INFO, Severity.WARNING, Severity.ERROR),
    essential=True,
    applies=Applies.settings(modes=(Mode.SNIFF,)),
    docs=(docs.CONNECTION_MODES, docs.NETWORK_SETTINGS),
    tags=("sniff", "nodes"),
    source="documentation: connection modes; SniffConnectionStrategy connects to the publish addresses of the nodes",
    explains=NO_CONNECTION,
)
def sniff_publish_unreachable(
    remote: Remote,
    local_version: LocalVersion | Unavailable,
    endpoints: Endpoints,
    published: PublishedEndpoints | Unavailable,
    api: RemoteApi,
    local_view: LocalView,
) -> Yields:
    """The remote's nodes publish addresses that can't be reached from elsewhere.

    Why it matters: in mode sniff the seeds serve for the first question only; the connections go to the addresses that the nodes publish.
    Each node behind a seed has to be reached at what it publishes, or the seed counts as lost. Private addresses, those of
    containers and pods, loopback and a port that is mapped lead nowhere from another network. Where the local cluster says that it
    is connected, that goes before what is seen from this machine.

    How to fix: set ``transport.publish_host`` (API key model: ``remote_cluster.publish_host``) to an address that the local cluster
    reaches, or change this remote to mode proxy.

    Example: the seed is 203.0.113.5:9300, and the node publishes 127.0.0.1:9300.
    """
    opened = tuple(probe for probe in endpoints.probes if not isinstance(probe.connection, Unavailable))
    if remote.proxy or not remote.seeds:
        yield NotApplicable("the connections go through proxy" if remote.proxy else "there are no seeds")
    elif not opened:
        yield NotApplicable(
            "no connection to a seed opens: network/tcp-refused, network/tcp-timeout and network/dns-nxdomain are about that"
        )
    else:
        connected = _connected(local_view)
        hops = _hops(remote, endpoints, published, api, connected=connected)
        found = _Found(
            remote=remote,
            local=local_version,
            endpoints=endpoints,
            opened=opened,
            hops=hops,
            connected=connected,
            left_out=published.left_out if isinstance(published, PublishedEndpoints) else 0,
        )
        if connected and (isinstance(published, Unavailable) or not found.bad):
            return
        yield from _say(found, published, local_view[RemoteInfo], api)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """What is known of the second hop of one remote. ``connected`` is None where the local cluster was not asked.

    ``left_out`` is how many published addresses were not looked at.
    """

    remote: Remote
    local: LocalVersion | Unavailable
    endpoints: Endpoints
    opened: tuple[Probe, ...]
    hops: tuple[Hop, ...]
    connected: bool | None
    left_out: int = 0

    @property
    def bad(self) -> tuple[Hop, ...]:
        """The addresses at which no connection comes about."""
        return tuple(hop for hop in self.hops if hop.bad)

    @property
    def no_way_in(self) -> bool:
        """Whether nothing is left: no published address, or no seed whose own node is reached where it publishes."""
        own = {seed for hop in self.bad for seed in hop.published.seeds}
        return len(self.bad) == len(self.hops) or own >= {str(probe) for probe in self.opened}

    @property
    def by_key(self) -> bool:
        """Whether the remote cluster server is the interface in question."""
        return self.remote.security_model is SecurityModel.API_KEY


def _connected(local_view: LocalView) -> bool | None:
    info, asked = local_view[RemoteInfo], reported(local_view[ResolvedCluster])
    stated = [info.connected] if isinstance(info, RemoteInfo) and info.listed else []
    stated += [asked.connected] if asked is not None else []
    return any(stated) if stated else None


def _hops(
    remote: Remote,
    endpoints: Endpoints,
    published: PublishedEndpoints | Unavailable,
    api: RemoteApi,
    *,
    connected: bool | None,
) -> tuple[Hop, ...]:
    if isinstance(published, PublishedEndpoints):
        return tuple(by_second_hop(published, endpoints))
    known = published_by(
        remote.security_model, endpoints.probes, nodes_behind(endpoints.probes, api[Identity], api[Nodes])
    )
    return tuple(by_address(known, endpoints, connected=connected))


def _say(
    found: _Found, published: PublishedEndpoints | Unavailable, info: RemoteInfo | Unavailable, api: RemoteApi
) -> Yields:
    if found.bad:
        yield _finding(found, _severity(found, info))
    elif not found.hops:
        why = api[Nodes] if _was_asked(api) else published
        yield Unknown(
            f"in mode sniff the connections go to the addresses that the nodes publish, and these are not known: {why}",
            piece=why if isinstance(why, Unavailable) else None,
        )
    elif not any(hop.state is State.REACHED for hop in found.hops):
        yield Unknown(
            f"it is not known whether the published addresses are reached: {listed([str(one) for one in found.hops])}"
        )


def _was_asked(api: RemoteApi) -> bool:
    nodes = api[Nodes]
    return isinstance(nodes, Unavailable) and not nodes.not_configured


def _severity(found: _Found, info: RemoteInfo | Unavailable) -> Severity:
    if found.connected:
        # The local cluster may stand elsewhere; that it has fewer connections than nodes says that it stands no better.
        fewer = (
            isinstance(info, RemoteInfo) and info.mode == Mode.SNIFF and info.open < min(info.wanted, len(found.hops))
        )
        return Severity.WARNING if fewer else Severity.INFO
    if found.connected is False:
        return Severity.CRITICAL if found.no_way_in else Severity.ERROR
    return Severity.ERROR if found.no_way_in else Severity.WARNING


def _finding(found: _Found, severity: Severity) -> Finding:
    bad = found.bad
    others = f" and {len(bad) - _MAX_SHOWN} more" if len(bad) > _MAX_SHOWN else ""
    shown = "; ".join(map(str, bad[:_MAX_SHOWN])) + others
    rest = f" that were looked at, of {len(found.hops) + found.left_out}" if found.left_out else ""
    some = "" if len(bad) == len(found.hops) == 1 else f"{len(bad)} of {len(found.hops)}{rest}: "
    if found.connected:
        tail = " Seen from this machine: the local cluster says that it is connected."
    elif found.no_way_in or found.connected is False:
        tail = ""
    else:
        tail = " The others are reached."
    seeds, how = ", ".join(shorten(str(one.endpoint), 60) for one in found.endpoints.all[:2]), _remedy(found)
    return Finding(
        summary=f"In mode sniff the local cluster connects to what the nodes publish, not to the seeds ({seeds}). {some}{shown}; "
        f"expected addresses that it reaches.{tail}",
        remedy=how.sentence,
        fix=how.fix,
        severity=severity,
        facts={
            "observed": as_fact([hop.published.address for hop in bad]),
            "expected": "published addresses that the local cluster reaches",
            "failed_count": len(bad),
            "published": len(found.hops),
            "reasons": tuple(dict.fromkeys(hop.why for hop in bad)),
            "published_by": tuple(sorted({source for hop in bad for source in _sources(hop)})),
            "not_looked_at": found.left_out,
        },
    )


def _sources(hop: Hop) -> tuple[str, ...]:
    nodes = tuple(f"the node at {seed}" for seed in hop.published.seeds)
    return (*nodes, "GET /_nodes of the remote") if hop.published.by_api else nodes


def _remedy(found: _Found) -> Remedy:
    interface = "remote_cluster" if found.by_key else "transport"
    port, change = _mapped_port(found), _proxy_mode(found)
    publish = (
        "let the nodes of the remote publish the port that the seed has"
        if port is not None
        else f"let each of these nodes publish an address that the local cluster reaches ({interface}.publish_host), and restart it"
    )
    line = (
        yml(f"{interface}.publish_host", "<address that the local cluster reaches>")
        if port is None
        else yml(f"{interface}.publish_port", str(port))
    )
    if change is None:
        return Remedy(f"{publish[0].upper()}{publish[1:]}.", on_remote_nodes(yml=[line]))
    return Remedy(
        f"Use mode proxy, which needs this one address only. Or {publish}.",
        (*on_local(change), *on_remote_nodes(yml=[line], when="or in place of that")),
    )


def _mapped_port(found: _Found) -> int | None:
    """The port of the seed, where a node refuses on the same IP address because it publishes another port."""
    ports = {probe.ip: probe.port for probe in found.opened}
    wanted = {ports.get(hop.published.host) for hop in found.bad if hop.refused or hop.state is State.OTHERS}
    return wanted.pop() if len(wanted) == 1 and len(found.bad) == 1 else None


def _proxy_mode(found: _Found) -> Request | None:
    """Word the call that takes the seed itself as the one address; empty where the release has no mode proxy."""
    if isinstance(found.local, LocalVersion) and found.local.number < PROXY_MODE.since:
        return None
    remote, probe = found.remote, found.opened[0]
    endpoint = next(one.endpoint for one in found.endpoints.all if probe in one.probes)
    values: dict[str, Setting] = {"mode": Mode.PROXY.value, "proxy_address": str(endpoint), "seeds": None}
    leaf = probe.chain.leaf if isinstance(probe.chain, Chain) else None
    if leaf is not None and not leaf.covers(endpoint.host):
        names = [name for name in leaf.dns_names if not name.startswith("*") and not is_ip(name)]
        if names:
            values["server_name"] = names[0]
    return put_settings({remote.setting(name): value for name, value in values.items()})
