"""What gives away a balancer, an ingress or a service mesh between the two clusters: pure words and signs, shared by several checks."""

from __future__ import annotations

from typing import Final

from diag.model import REMOTE_CLUSTER_SERVER, Certificate, Chain, Kind, Remote, SecurityModel

# Common names of the certificates that ingress controllers and balancers make up for names which they do not know.
_DEFAULT_CERTIFICATES: Final = (
    "kubernetes ingress controller fake certificate",
    "traefik default cert",
    "openshift-ingress",
    "ingress-operator",
    "acme co",
    "haproxy-ingress",
    "kong",
)


_SPIFFE: Final = "spiffe://"
_LINKERD: Final = ".serviceaccount.identity."


def is_mesh(chain: Chain) -> bool:
    """Tell the certificate of a sidecar: it names a workload by its SPIFFE id, and no host at all."""
    leaf = chain.leaf
    if any(_LINKERD in name for name in leaf.dns_names):
        return True
    if leaf.names or leaf.other_names:
        return False
    # Evidence of before identifiers were kept has none: alternative names without a host are then theirs.
    return any(uri.lower().startswith(_SPIFFE) for uri in leaf.uris) or (
        leaf.has_san and not leaf.uris and _local(leaf)
    )


def _local(leaf: Certificate) -> bool:
    """Whether the issuer goes by the domain that Kubernetes gives to its inside, as that of a mesh does by default."""
    return "=cluster.local" in leaf.issuer.lower()


def default_certificate(leaf: Certificate) -> str:
    """Give the common name of a certificate that an ingress or balancer made up for itself; empty for any other."""
    name = leaf.common_name.strip()
    return name if any(name.lower().startswith(known) for known in _DEFAULT_CERTIFICATES) else ""


def interface_port(remote: Remote, ports: tuple[int, int] = (REMOTE_CLUSTER_SERVER, 9300)) -> str:
    """Name the port of the nodes that a remote of this security model has to reach."""
    by_key = remote.security_model is SecurityModel.API_KEY
    return f"remote_cluster.port ({ports[0]})" if by_key else f"transport.port ({ports[1]})"


def pass_through(remote: Remote, port: int) -> str:
    """Say how what stands in between is made to hand the connection on as it is."""
    words = (
        f"Let port {port} pass through at layer 4 (TCP), with TLS passed on unopened, to {interface_port(remote)} of the nodes: "
        "haproxy mode tcp, nginx stream, a network load balancer, or an ingress with TLS passthrough"
    )
    kubernetes = "; in Kubernetes name the port of the Service tcp-… or set its appProtocol: tcp, and do not route it through an HTTP ingress"
    return words + (kubernetes if remote.kind in {Kind.ECK, Kind.SELF_MANAGED} else "") + "."
