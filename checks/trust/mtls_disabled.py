"""The check trust/mtls-disabled."""

from __future__ import annotations

from collections.abc import Iterable

from checks.shared.applies import CERTIFICATE_MODEL
from checks.shared.fixes import on_remote_nodes, yml
from checks.shared.peer import interface_of, is_node
from checks.tables import docs
from diag.check import NotApplicable, Unknown, Yields, check
from diag.model import (
    Endpoint,
    Finding,
    Interface,
    Nodes,
    OfRemote,
    Probe,
    Severity,
    TlsAttempt,
    TlsResult,
    Unavailable,
)


@check(
    "trust/mtls-disabled",
    severity=Severity.WARNING,
    applies=CERTIFICATE_MODEL,
    docs=(docs.EXTERNAL_CA,),
    tags=("mutual-tls",),
    source="documentation: transport TLS, client_authentication; the two interfaces distinguished by the nodes' own addresses",
)
def mtls_disabled(
    endpoint: Endpoint, tls: TlsAttempt, probe: Probe, remote_nodes: OfRemote[Nodes] | Unavailable
) -> Yields:
    """The transport interface of the remote asks for no client certificate.

    Why it matters: whoever reaches the port may talk to the node. Only users and passwords protect it then.

    How to fix: ``xpack.security.transport.ssl.client_authentication: required``, the default, and restart the nodes.

    Example: it was switched off while certificates were exchanged, and stayed off.
    """
    if tls.result is not TlsResult.COMPLETED:
        yield Unknown("the TLS handshake did not get as far as a request for a client certificate")
    elif tls.client_certificate_requested:
        return
    elif not is_node(probe.transport):
        yield NotApplicable("what answers there has not shown to be a node")
    elif (shown := interface_of(probe.key, probe.interface)) is Interface.REMOTE_CLUSTER_SERVER:
        yield NotApplicable("it is the remote cluster server; config/port-model-mismatch is about that")
    elif shown is Interface.TRANSPORT:
        yield _asks_for_nothing(endpoint, "according to the node's own answer")
    elif isinstance(remote_nodes, Unavailable) and not remote_nodes.not_configured:
        yield Unknown(str(remote_nodes), piece=remote_nodes)
    elif isinstance(remote_nodes, Unavailable):
        yield NotApplicable(
            "which interface this is a socket alone does not show; config/port-model-mismatch is about that"
        )
    elif _has_port(endpoint.port, (node.server_address for node in remote_nodes.all)):
        yield NotApplicable(
            "a node publishes this port as its remote cluster server; config/port-model-mismatch is about that"
        )
    elif _has_port(endpoint.port, (node.transport_address for node in remote_nodes.all)):
        yield _asks_for_nothing(endpoint, "according to the API of its nodes")
    else:
        yield NotApplicable("no node of the remote publishes this port as its transport interface")


def _asks_for_nothing(endpoint: Endpoint, reported: str) -> Finding:
    return Finding(
        summary=f"Port {endpoint.port} is the transport interface {reported}, and it asks for no client certificate.",
        remedy="Require client certificates on the remote's nodes, and restart them. If a balancer terminates TLS there, let it pass TLS through.",
        fix=on_remote_nodes(yml=[yml("xpack.security.transport.ssl.client_authentication", "required")]),
        facts={"observed": "none is requested", "expected": "required", "port": endpoint.port},
    )


def _has_port(port: int, addresses: Iterable[str]) -> bool:
    return any(address.rpartition(":")[2] == str(port) for address in addresses)
