"""What stands between the two clusters and does more than pass the connection on: balancers that end TLS, meshes."""

from __future__ import annotations

from typing import Final

from checks.between import default_certificate, interface_port, is_mesh, pass_through
from checks.causes import NO_CONNECTION, NOTHING_AFTER_TLS
from checks.peer import is_node, stands
from checks.tables import docs
from diag.check import NotApplicable, Unknown, Yields, check
from diag.model import (
    Chain,
    Endpoint,
    Finding,
    Kind,
    Layer,
    Remote,
    RemoteEvidence,
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
_OF_ANOTHER: Final = (
    "tls/hostname-mismatch",
    "tls/no-san",
    "tls/ip-without-ip-san",
    "tls/untrusted-issuer",
    "tls/chain-incomplete",
    "tls/private-ca-missing",
    "tls/public-vs-private-ca",
    "tls/wrong-cert-for-sni",
    "trust/othername-missing",
    "trust/othername-encoding",
    "trust/restrictions-no-match",
    "trust/ca-same-dn-other-key",
)


@check(
    "network/lb-layer7",
    severity=Severity.ERROR,
    layer=Layer.TLS,
    docs=(docs.ECE_LB, docs.TRB_HS),
    tags=("balancer", "ingress"),
    source="documentation: ECE load balancers; elasticsearch#49067, PR 112025; what nodes do after a TLS handshake (measured)",
    explains=(*_OF_ANOTHER, "network/not-elasticsearch", "config/http-port-used", *NO_CONNECTION),
    leaves_open=NOTHING_AFTER_TLS,
)
def lb_layer7(
    remote: Remote,
    endpoint: Endpoint,
    attempt: TlsAttempt,
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
    asked = attempt.client_certificate_requested
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
    elif attempt.result is not TlsResult.COMPLETED:
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
        yield Unknown(str(hello))


@check(
    "network/service-mesh",
    severity=Severity.CRITICAL,
    layer=Layer.TLS,
    docs=(docs.ECK, docs.TRB_HS),
    tags=("mesh", "kubernetes"),
    source="istio#16851, #22220, #55880; SPIFFE X.509-SVID: the id of a workload is a URI, and no host name",
    explains=(
        *_OF_ANOTHER,
        "tls/client-cert-rejected",
        "tls/eku-missing",
        "network/not-elasticsearch",
        "config/port-model-mismatch",
        "config/http-port-used",
        "auth/key-invalid",
        *NO_CONNECTION,
    ),
    leaves_open=NOTHING_AFTER_TLS,
)
def service_mesh(
    remote: Remote,
    endpoint: Endpoint,
    attempt: TlsAttempt,
    chain: Chain,
    hello: TransportHello | Unavailable,
    about: RemoteEvidence,
) -> Yields:
    """A sidecar of a service mesh answers in place of the node.

    Why it matters: with strict mutual TLS a sidecar takes in nobody but members of its mesh, by a certificate of the mesh. A
    cluster outside is refused, and no setting of Elasticsearch changes that.

    How to fix: take the port of the remote cluster out of the mesh, on the pods of the nodes.

    Example: Istio with ``PeerAuthentication`` mode STRICT in the namespace of the remote cluster.
    """
    if not is_mesh(chain):
        return
    if is_node(hello) or stands(about):
        yield NotApplicable("a node answers behind the certificate of a mesh")
        return
    name = next(iter((*chain.leaf.uris, *chain.leaf.dns_names)), "") or chain.leaf.subject
    asks = " and asks for a client certificate of the mesh" if attempt.client_certificate_requested else ""
    yield Finding(
        summary=f"{shorten(str(endpoint))} shows the certificate of a service mesh ({shorten(name, 120)}, no host name, issued by "
        f"{shorten(chain.leaf.issuer, 80)}){asks}: a sidecar answers in place of the node.",
        remedy=f"Exclude {interface_port(remote)} from the mesh on the pods of the remote cluster: for Istio the annotation "
        f'traffic.sidecar.istio.io/excludeInboundPorts: "{_node_port(remote)}", or a PeerAuthentication with portLevelMtls '
        f"{_node_port(remote)}: DISABLE{_service(remote)}.",
        facts={"observed": shorten(name, 120), "expected": "the certificate of a node", "port": endpoint.port},
    )


def _node_port(remote: Remote) -> int:
    return 9443 if remote.security_model is SecurityModel.API_KEY else 9300


def _service(remote: Remote) -> str:
    return "; name the port of the Service tcp-…" if remote.kind in {Kind.ECK, Kind.SELF_MANAGED} else ""


CHECKS = (lb_layer7, service_mesh)
