"""The check network/lb-layer7."""

from __future__ import annotations

from typing import Final

from checks.shared.causes import NO_CONNECTION, NOTHING_AFTER_TLS, SEEN_OF_SOMETHING_BETWEEN
from checks.shared.middleboxes import default_certificate, pass_through
from checks.shared.peer import is_node
from checks.tables import docs
from diag.check import NotApplicable, Unknown, Yields, check
from diag.model import (
    Chain,
    Endpoint,
    Finding,
    Layer,
    Remote,
    Reply,
    SecurityModel,
    Severity,
    TlsAttempt,
    TlsResult,
    TransportHello,
    Unavailable,
    shorten,
)

_ENDED: Final = frozenset({Reply.CLOSED, Reply.RESET, Reply.ALERT})


@check(
    "network/lb-layer7",
    severity=Severity.ERROR,
    layer=Layer.TLS,
    docs=(docs.ECE_LOAD_BALANCERS, docs.TROUBLESHOOT_HANDSHAKE),
    tags=("balancer", "ingress"),
    source="documentation: ECE load balancers; elasticsearch#49067, PR 112025; what nodes do after a TLS handshake (measured)",
    explains=(*SEEN_OF_SOMETHING_BETWEEN, "network/not-elasticsearch", "config/http-port-used", *NO_CONNECTION),
    leaves_open=NOTHING_AFTER_TLS,
)
def lb_layer7(
    remote: Remote,
    endpoint: Endpoint,
    tls: TlsAttempt,
    chain: Chain | Unavailable,
    hello: TransportHello | Unavailable,
) -> Yields:
    """Something in front of the nodes ends the TLS connection itself: a balancer, an ingress or a gateway.

    Why it matters: with certificates, the one that the local cluster presents does not get past what ends TLS. And a node whose
    port speaks TLS hangs up on bytes that come to it in clear. Behind an ingress with a certificate of its own there is no node at all.

    How to fix: pass the connection through at layer 4, with TLS unopened, to the port of the nodes.

    Example: ``mode http`` in haproxy, or an Ingress whose host is unknown, so that it shows its “Fake Certificate”.
    """
    made_up = default_certificate(chain.leaf) if isinstance(chain, Chain) else ""
    ended = isinstance(hello, TransportHello) and hello.reply in _ENDED and not is_node(hello)
    asked = tls.client_certificate_requested
    if made_up and not is_node(hello):
        yield Finding(
            summary=f"{shorten(str(endpoint))} shows the certificate “{shorten(made_up, 80)}”, which an ingress controller shows for a name "
            "that it has no route for; expected that of the remote cluster.",
            remedy=pass_through(remote, endpoint.port),
            facts={
                "observed": shorten(made_up, 80),
                "expected": "the certificate of the remote cluster",
                "port": endpoint.port,
            },
        )
    elif tls.result is not TlsResult.COMPLETED:
        yield NotApplicable("no TLS handshake came to its end there")
    elif remote.security_model is SecurityModel.CERTIFICATE and ended and not asked:
        yield Finding(
            summary=f"{shorten(str(endpoint))} completes TLS, asks for no client certificate, and ends the connection upon the first "
            "frame; a node asks for one, and answers. So a balancer ends TLS in front of it, and the certificate of the local nodes "
            "gets lost there; less likely, another service listens there.",
            remedy=pass_through(remote, endpoint.port),
            facts={
                "observed": "TLS ends in front of the nodes",
                "expected": "TLS is passed through",
                "port": endpoint.port,
            },
        )
    elif isinstance(hello, Unavailable):
        yield Unknown(str(hello), piece=hello)
