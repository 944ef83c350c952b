"""The check runtime/not-connected."""

from __future__ import annotations

from checks.shared.certificate_text import client_prefix
from checks.shared.fixes import call, on_local
from checks.shared.reported_errors import FROM_HERE, MAX_ERROR_LENGTH, meaning, reaches, reported, sockets, what_to_do
from checks.tables import docs
from diag.check import Applies, NotApplicable, Yields, check
from diag.model import (
    Endpoints,
    Finding,
    RemoteEvidence,
    RemoteInfo,
    ResolvedCluster,
    Severity,
    Unavailable,
    in_path,
    shorten,
)


@check(
    "runtime/not-connected",
    severity=Severity.CRITICAL,
    severities=(Severity.INFO, Severity.ERROR),
    applies=Applies.settings(),
    docs=(docs.TROUBLESHOOT_CHECK_CONNECTION, docs.API_REMOTE_INFO, docs.API_RESOLVE_CLUSTER),
    tags=("connection", "reported"),
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
    remote_evidence: RemoteEvidence,
    info: RemoteInfo,
    resolved: ResolvedCluster | Unavailable,
    endpoints: Endpoints | Unavailable,
) -> Yields:
    """The local cluster reports that it is not connected to the remote.

    Why it matters: searches of this remote fail or skip it, and followers stand still. ``GET _remote/info`` gives no reason; what
    the socket showed from here mostly does. Where the release has ``GET _resolve/cluster``, which tries to connect, both have to
    say no.

    How to fix: fix the cause that is named before this one. If everything is well from this machine, look at the way from the
    nodes: routes, firewalls, name service, and the log of the node that was asked.

    Example: ``connected: false`` after the certificate of the remote had expired.
    """
    tried = reported(resolved)
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
        yield _down(remote_evidence, info, tried, endpoints)


def _down(
    remote_evidence: RemoteEvidence, info: RemoteInfo, tried: ResolvedCluster | None, endpoints: Endpoints | Unavailable
) -> Finding:
    remote = remote_evidence.remote
    # What was dialled from here says nothing where the cluster has another address.
    here = None if remote_evidence.leads_elsewhere else reaches(endpoints, remote.security_model)
    what, advice = (meaning(tried.error), what_to_do(tried.error)) if tried is not None else ("", "")
    stated = f" It says: {shorten(tried.error, MAX_ERROR_LENGTH)}." if tried is not None and tried.error else ""
    view = {
        True: f" The same address answers in the transport protocol ({FROM_HERE}).",
        False: f" No connection opens from here either ({FROM_HERE}).",
        None: " It has another address than the one that was looked at from here."
        if remote_evidence.leads_elsewhere
        else "",
    }[here]
    sure = tried is not None or here is False
    return Finding(
        summary=f"The local cluster is not connected ({sockets(info)}); expected connected: true{f': {what}' if what else ''}.{stated}{view}",
        remedy=f"{advice} The log of the nodes says more for [{shorten(remote.alias)}]."
        if advice
        else "Compare the nodes with what was looked at from here: name service, routes, firewalls, keystore, and what no API shows "
        f"of {client_prefix(remote)} in their elasticsearch.yml: supported_protocols, cipher_suites, certificate_authorities, "
        f"verification_mode. Their log says it for [{shorten(remote.alias)}]."
        if here
        else "Fix the cause named first; without one, look into the log of the local cluster "
        f"for [{shorten(remote.alias)}], and try to connect.",
        fix=on_local(call("GET", f"_resolve/cluster/{in_path(remote.alias)}:*"), when="to try; 8.13 and later"),
        severity=Severity.CRITICAL if sure else Severity.ERROR,
        facts={
            "observed": "connected: false",
            "expected": "connected: true",
            "open": info.open,
            "wanted": info.wanted,
            "error": shorten(tried.error, MAX_ERROR_LENGTH) if tried is not None else "",
            "meaning": what,
            "reached_from_here": {True: "yes", False: "no", None: "not known"}[here],
        },
    )
