"""The check network/lb-proxy-protocol."""

from __future__ import annotations

from checks.shared.causes import NO_CONNECTION, NOTHING_AFTER_TCP
from checks.tables import docs
from diag.check import NotApplicable, Yields, check
from diag.model import Endpoint, Finding, Remote, Severity, TlsAttempt, TlsResult, shorten


@check(
    "network/lb-proxy-protocol",
    severity=Severity.ERROR,
    docs=(docs.ECE_LOAD_BALANCERS, docs.REMOTE_CLUSTERS_NETWORK),
    tags=("balancer", "tcp"),
    source="the PROXY protocol (haproxy), versions 1 and 2; haproxy and nginx that expect it, in front of real nodes (measured)",
    explains=("network/accept-then-close", *NO_CONNECTION),
    leaves_open=NOTHING_AFTER_TCP,
)
def lb_proxy_protocol(remote: Remote, endpoint: Endpoint, tls: TlsAttempt) -> Yields:
    """The port expects each connection to begin with a header of the PROXY protocol.

    Why it matters: a balancer that stands behind another one learns the address of the client that way, and hangs up on whoever does
    not send it. Elasticsearch begins with TLS and never sends such a header, so that no connection opens. The other way round, a
    balancer that sends the header to a node, looks like any balancer without a node: network/accept-then-close names it.

    How to fix: let the local cluster dial the outermost balancer, or a port that does not expect the header.

    Example: ``bind :9443 accept-proxy`` in haproxy, ``listen 9443 proxy_protocol`` in nginx.
    """
    if tls.expects_proxy_header:
        where = endpoint.setting if remote.registered else "the address"
        yield Finding(
            summary=f"{shorten(str(endpoint))} hangs up on TLS, and answers it where a header of the PROXY protocol precedes it: a balancer "
            "there expects that header, which Elasticsearch does not send.",
            remedy=f"Balancer: have port {endpoint.port} accept connections without the PROXY protocol (haproxy: bind without accept-proxy; "
            "nginx: listen without proxy_protocol; Envoy: no proxy_protocol listener filter), or give the local cluster a port of its own "
            f"there. If another balancer in front sends the header, correct host and port in {where}: that one is to be dialled.",
            facts={"observed": "the PROXY protocol is expected", "expected": "TLS", "port": endpoint.port},
        )
    elif tls.expects_proxy_header is None and tls.result in {TlsResult.CLOSED, TlsResult.RESET}:
        yield NotApplicable("no header of the PROXY protocol was tried there")
