"""The check network/accept-then-close."""

from __future__ import annotations

from checks.shared.causes import NO_CONNECTION, NOTHING_AFTER_TCP
from checks.shared.fixes import Remedy, on_local, on_remote, put_settings
from checks.shared.middleboxes import interface_port
from checks.tables import docs
from diag.check import NotApplicable, Yields, check
from diag.model import (
    Chain,
    ClearReply,
    Endpoint,
    Finding,
    Kind,
    Remote,
    SecurityModel,
    Severity,
    TlsAttempt,
    TlsResult,
    Unavailable,
    shorten,
)

_HANDSHAKE_BEGUN = "the TLS handshake began, the connection broke off later"


@check(
    "network/accept-then-close",
    severity=Severity.ERROR,
    docs=(docs.IP_FILTERING, docs.IP_FILTER_SETTINGS, docs.REMOTE_CLUSTERS_NETWORK),
    tags=("tcp", "filter"),
    source="documentation: IP filtering (a connection is accepted first, then dropped)",
    explains=NO_CONNECTION,
    leaves_open=NOTHING_AFTER_TCP,
)
def accept_then_close(remote: Remote, endpoint: Endpoint, tls: TlsAttempt, chain: Chain | Unavailable) -> Yields:
    """The port accepts a connection and closes it before any answer to TLS.

    Why it matters: something listens and turns this connection away. Mostly that is, in this order: a balancer without a healthy
    node behind it; a balancer that sends the PROXY protocol, which a node takes for a broken message; an IP filter of the remote
    cluster; a port that speaks no TLS. In front of Elastic Cloud: a server name of no deployment; a network security policy.

    How to fix: look at the balancer's backends, switch off its PROXY protocol, and admit the addresses of the local cluster in the
    filter of the remote. What is refused is the address that asks: a filter may admit the local cluster and refuse this machine.

    Example: ``xpack.security.remote_cluster.filter.allow: 10.0.0.0/8`` on the remote, and a local cluster at 203.0.113.7.
    """
    if tls.result not in {TlsResult.CLOSED, TlsResult.RESET}:
        return
    if isinstance(chain, Chain) or tls.protocol or tls.first_bytes:
        yield NotApplicable(_HANDSHAKE_BEGUN)
        return
    match tls.clear_reply:
        case ClearReply.ELASTICSEARCH:
            yield NotApplicable("the port speaks the transport protocol without TLS, see tls/plaintext-endpoint")
        case ClearReply.HTTP:
            yield NotApplicable("the port speaks HTTP without TLS, see config/http-port-used")
        case _ if tls.expects_proxy_header:
            yield NotApplicable("TLS is answered behind a PROXY header, see network/lb-proxy-protocol")
        case reply:
            how = "reset" if tls.result is TlsResult.RESET else "closed"
            open_filter = _open_filter(remote, endpoint, reply)
            yield Finding(
                summary=(
                    f"{endpoint} accepts the connection, and it is {how} before a single byte of TLS; expected a TLS answer. "
                    f"Likely causes: {_causes(remote, endpoint, reply)}."
                ),
                remedy=open_filter.sentence,
                fix=open_filter.fix,
                facts={
                    "observed": how,
                    "expected": "TLS",
                    "port": endpoint.port,
                    "server_name": shorten(endpoint.server_name),
                    "reply_in_clear": str(reply),
                },
            )


def _causes(remote: Remote, endpoint: Endpoint, reply: ClearReply) -> str:
    if reply is ClearReply.OTHER:
        return "a service that speaks another protocol listens there, without TLS"
    sent = shorten(endpoint.server_name, 80) or "none is sent"
    name = f"a proxy that knows no deployment of this server name ({sent})"
    policy = "a network security policy"
    if remote.kind in {Kind.HOSTED, Kind.ECE, Kind.SERVERLESS}:
        return f"{name}, {policy}"
    kinds = [
        "an IP filter on the remote cluster",
        "a balancer without a healthy node behind it",
        "a balancer that sends the PROXY protocol, which no node reads",
        name,
        "a port without TLS",
    ]
    return ", ".join(kinds)


def _open_filter(remote: Remote, endpoint: Endpoint, reply: ClearReply) -> Remedy:
    if reply is ClearReply.OTHER:
        where = endpoint.setting if remote.registered else "the address"
        return Remedy(f"Correct host and port in {where}: what listens there is no Elasticsearch.")
    if remote.kind in {Kind.HOSTED, Kind.ECE, Kind.SERVERLESS}:
        setting = put_settings({remote.setting("server_name"): "<endpoint name of the remote deployment>"})
        return Remedy(
            "Compare the server name with the endpoint name of the remote deployment; then look at its network security policies.",
            on_local(setting, when="if they differ") if remote.registered else (),
        )
    profile = "remote_cluster" if remote.security_model is SecurityModel.API_KEY else "transport"
    allow = {f"xpack.security.{profile}.filter.allow": ["<those that are there>", "<addresses of the local nodes>"]}
    return Remedy(
        f"IP filter: on the remote cluster, look at xpack.security.{profile}.filter.deny and add the addresses of the local cluster to "
        f"xpack.security.{profile}.filter.allow. Balancer in between: see that a backend is up that leads to {interface_port(remote)}, "
        "and switch the PROXY protocol off towards the nodes (haproxy: no send-proxy; nginx: proxy_protocol off; AWS: "
        f"proxy_protocol_v2.enabled false). Neither: see whether port {endpoint.port} has TLS.",
        on_remote(put_settings(allow), when="if there is such a filter"),
    )
