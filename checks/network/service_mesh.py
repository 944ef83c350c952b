"""The check network/service-mesh."""

from __future__ import annotations

from checks.shared.causes import NO_CONNECTION, NOTHING_AFTER_TLS, SEEN_OF_SOMETHING_BETWEEN
from checks.shared.fixes import at
from checks.shared.middleboxes import interface_port, is_mesh
from checks.shared.peer import is_node
from checks.tables import docs
from diag.check import NotApplicable, Yields, check
from diag.model import (
    Chain,
    Endpoint,
    Finding,
    Kind,
    Layer,
    Remote,
    RemoteEvidence,
    SecurityModel,
    Severity,
    TlsAttempt,
    TransportHello,
    Unavailable,
    Where,
    shorten,
)


@check(
    "network/service-mesh",
    severity=Severity.CRITICAL,
    layer=Layer.TLS,
    docs=(docs.ECK_REMOTE_CLUSTERS, docs.TROUBLESHOOT_HANDSHAKE),
    tags=("mesh", "kubernetes"),
    source="istio#16851, #22220, #55880; SPIFFE X.509-SVID: the id of a workload is a URI, and no host name",
    explains=(
        *SEEN_OF_SOMETHING_BETWEEN,
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
    tls: TlsAttempt,
    chain: Chain,
    hello: TransportHello | Unavailable,
    remote_evidence: RemoteEvidence,
) -> Yields:
    """A sidecar of a service mesh answers in place of the node.

    Why it matters: with strict mutual TLS a sidecar takes in nobody but members of its mesh, by a certificate of the mesh. A
    cluster outside is refused, and no setting of Elasticsearch changes that.

    How to fix: take the port of the remote cluster out of the mesh, on the pods of the nodes.

    Example: Istio with ``PeerAuthentication`` mode STRICT in the namespace of the remote cluster.
    """
    if not is_mesh(chain):
        return
    if is_node(hello) or remote_evidence.connection_established:
        yield NotApplicable("a node answers behind the certificate of a mesh")
        return
    name = next(iter((*chain.leaf.uris, *chain.leaf.dns_names)), "") or chain.leaf.subject
    asks = " and asks for a client certificate of the mesh" if tls.client_certificate_requested else ""
    yield Finding(
        summary=f"{shorten(str(endpoint))} shows the certificate of a service mesh ({shorten(name, 120)}, no host name, issued by "
        f"{shorten(chain.leaf.issuer, 80)}){asks}: a sidecar answers in place of the node.",
        remedy=f"Exclude {interface_port(remote)} from the mesh on the pods of the remote cluster: for Istio by an annotation of them, or by a "
        f"PeerAuthentication with portLevelMtls {_node_port(remote)}: DISABLE{_service(remote)}.",
        fix=at(
            Where.BETWEEN,
            yml=[f'traffic.sidecar.istio.io/excludeInboundPorts: "{_node_port(remote)}"'],
            when="Istio, annotation of the pods",
        ),
        facts={"observed": shorten(name, 120), "expected": "the certificate of a node", "port": endpoint.port},
    )


def _node_port(remote: Remote) -> int:
    return 9443 if remote.security_model is SecurityModel.API_KEY else 9300


def _service(remote: Remote) -> str:
    return "; name the port of the Service tcp-…" if remote.kind in {Kind.ECK, Kind.SELF_MANAGED} else ""
