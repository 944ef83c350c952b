"""Whether the local cluster is connected, by its own word, and whether that word holds."""

from __future__ import annotations

from checks.runtime.wording import FROM_HERE, meaning, reaches, sockets, told
from checks.tables import docs
from checks.tls.wording import client_prefix
from diag.check import Applies, NotApplicable, Unknown, Yields, check
from diag.model import (
    Endpoints,
    Finding,
    Remote,
    RemoteEvidence,
    RemoteInfo,
    RemoteNodes,
    ResolvedCluster,
    Severity,
    Unavailable,
    shorten,
)

_LONGEST = 300


@check(
    "runtime/not-connected",
    severity=Severity.CRITICAL,
    applies=Applies.settings(),
    docs=(docs.TRB_CHECK, docs.A_INFO, docs.A_RESOLVE),
    tags=("connection", "belief"),
    source="documentation: remote cluster info API, resolve cluster API; elasticsearch#114020; states observed on 6.8 to 9.2",
    explains=(
        "runtime/ccs-fails-whole",
        "runtime/skipped-clusters",
        "runtime/no-matching-indices",
        "runtime/old-slow-unavailable",
        "runtime/resolve-slow",
        "ccr/fatal-exception",
        "ccr/read-exceptions",
        "ccr/follower-lag",
        "ccr/autofollow-errors",
    ),
)
def not_connected(
    about: RemoteEvidence, info: RemoteInfo, resolved: ResolvedCluster | Unavailable, endpoints: Endpoints | Unavailable
) -> Yields:
    """The local cluster is not connected to the remote, and says so itself.

    Why it matters: searches of this remote fail or skip it, and followers stand still. ``GET _remote/info`` gives no reason; what
    the socket showed from here mostly does. Where the release has ``GET _resolve/cluster``, which tries to connect, both have to
    say no.

    How to fix: mend the cause that is named before this one. If everything is well from this machine, look at the way from the
    nodes: routes, firewalls, name service, and the log of the node that was asked.

    Example: ``connected: false`` after the certificate of the remote had expired.
    """
    tried = told(resolved)
    if not info.listed:
        yield NotApplicable("the local cluster does not name this alias; config/not-added says why")
    elif info.connected:
        return
    elif tried is not None and tried.connected:
        yield Finding(
            summary="GET _remote/info says that it is not connected, and GET _resolve/cluster connects: it was idle, which is no outage.",
            remedy="Nothing is to be done; the next search opens the connections.",
            severity=Severity.INFO,
            facts={"observed": "connects when asked", "expected": "connected"},
        )
    else:
        yield _down(about, info, tried, endpoints)


def _down(
    about: RemoteEvidence, info: RemoteInfo, tried: ResolvedCluster | None, endpoints: Endpoints | Unavailable
) -> Finding:
    remote = about.remote
    # What was dialled from here says nothing where the cluster has another address.
    here = None if about.leads_elsewhere else reaches(endpoints, remote.security_model)
    what = meaning(tried.error) if tried is not None else ""
    said = f" It says: {shorten(tried.error, _LONGEST)}." if tried is not None and tried.error else ""
    view = {
        True: f" The same address answers in the transport protocol ({FROM_HERE}).",
        False: f" No connection opens from here either ({FROM_HERE}).",
        None: " It has another address than the one that was looked at from here." if about.leads_elsewhere else "",
    }[here]
    sure = tried is not None or here is False
    return Finding(
        summary=f"The local cluster is not connected ({sockets(info)}); expected connected: true{f': {what}' if what else ''}.{said}{view}",
        remedy="Compare the nodes with what was looked at from here: name service, routes, firewalls, keystore, and what no API shows "
        f"of {client_prefix(remote)} in their elasticsearch.yml: supported_protocols, cipher_suites, certificate_authorities, "
        f"verification_mode. Their log says it for [{shorten(remote.alias)}]."
        if here
        else "Mend the cause named first; without one, look into the log of the local cluster "
        f"for [{shorten(remote.alias)}], and try GET _resolve/cluster/{shorten(remote.alias)}:*",
        severity=Severity.CRITICAL if sure else Severity.ERROR,
        facts={
            "observed": "connected: false",
            "expected": "connected: true",
            "open": info.open,
            "wanted": info.wanted,
            "error": shorten(tried.error, _LONGEST) if tried is not None else "",
            "meaning": what,
            "reached_from_here": {True: "yes", False: "no", None: "not told"}[here],
        },
    )


@check(
    "runtime/connected-not-proof",
    severity=Severity.ERROR,
    applies=Applies.settings(),
    docs=(docs.CCS_RESOLVE, docs.A_RESOLVE),
    tags=("connection", "belief"),
    source="documentation: resolve cluster API; elasticsearch#119793; error texts observed on 8.19 and 9.2",
    explains=("runtime/skipped-clusters", "ccr/read-exceptions"),
)
def connected_not_proof(info: RemoteInfo, resolved: ResolvedCluster) -> Yields:
    """The local cluster is connected, and requests to the remote fail.

    Why it matters: an open connection says nothing of keys, licences and privileges; these are judged with the first request.

    How to fix: do what the error says; the checks of groups auth and license name the setting.

    Example: the API key was invalidated while the connections stood: ``connected: true``, and each search ends with 401.
    """
    tried = told(resolved)
    if not info.connected:
        yield NotApplicable("the local cluster is not connected; runtime/not-connected is about that")
    elif tried is None:
        yield Unknown("the login lacks the index privileges with which the remote could be asked through the cluster")
    elif tried.error:
        what = meaning(tried.error)
        yield Finding(
            summary=f"Connected, and a request to the remote fails{f': {what}' if what else ''}. "
            f"It says: {shorten(tried.error, _LONGEST)}",
            remedy="Do what the error says, then try GET _resolve/cluster again.",
            facts={"observed": shorten(tried.error, _LONGEST), "expected": "no error", "meaning": what},
        )
    elif not tried.connected:
        yield Finding(
            summary="GET _remote/info says connected, and GET _resolve/cluster could not connect just now.",
            remedy="Look at the log of the local cluster; a connection that stands on some nodes only looks like this.",
            severity=Severity.WARNING,
            facts={"observed": "connected: false when asked", "expected": "connected: true"},
        )


@check(
    "runtime/connected-unreachable-here",
    severity=Severity.INFO,
    applies=Applies.settings(),
    docs=(docs.TRB_UNREACH,),
    tags=("connection", "belief", "vantage"),
    source="remote cluster info API beside a connection of our own",
)
def connected_unreachable_here(remote: Remote, info: RemoteInfo, endpoints: Endpoints) -> Yields:
    """The local cluster is connected, and from this machine no connection opens.

    Why it matters: names, ports and certificates are looked at from here. What the groups network and tls find is then about the
    way from this machine, not about that of the nodes.

    How to fix: run diag in the network of the nodes, or take its findings about the way with that in mind.

    Example: the security group of the remote admits the nodes of the local cluster, and not the machine that diag runs on.
    """
    if not info.connected:
        yield NotApplicable("the local cluster is not connected")
    elif reaches(endpoints, remote.security_model) is False:
        yield Finding(
            summary=f"The local cluster is connected ({sockets(info)}), and from this machine no connection opens.",
            remedy="Run diag where the nodes of the local cluster run.",
            facts={"observed": "no connection from here", "expected": "a connection"},
        )


@check(
    "runtime/partial-connections",
    severity=Severity.INFO,
    applies=Applies.settings(),
    docs=(docs.A_INFO, docs.MODES),
    tags=("connection",),
    source="documentation: remote cluster info API; ProxyConnectionStrategy, SniffConnectionStrategy",
)
def partial_connections(info: RemoteInfo, nodes: RemoteNodes | Unavailable) -> Yields:
    """Fewer connections to the remote stand than there should be.

    Why it matters: the rest carries all the load, and what keeps the others from opening may soon keep all. Right after the remote
    was registered, and with fewer remote nodes than connections wanted, it means nothing.

    How to fix: if it lasts, look at the checks of group network: one of several addresses or nodes may be out of reach.

    Example: 9 of 18 sockets: one of two addresses behind the name refuses.
    """
    wanted = info.wanted
    if info.mode == "sniff":
        if isinstance(nodes, Unavailable):
            yield NotApplicable(f"how many nodes there are to connect to is not known: {nodes}")
            return
        wanted = min(wanted, len(nodes.all))
    if not info.connected:
        yield NotApplicable("the local cluster is not connected; runtime/not-connected is about that")
    elif info.open < wanted:
        yield Finding(
            summary=f"{info.open} of {wanted} connections stand on the node that was asked; expected all of them.",
            remedy="Look again in a minute; if it lasts, see what the checks of group network say of each address.",
            facts={"observed": info.open, "expected": wanted},
        )


CHECKS = (not_connected, connected_not_proof, connected_unreachable_here, partial_connections)
