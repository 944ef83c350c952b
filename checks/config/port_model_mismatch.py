"""The check config/port-model-mismatch."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from checks.shared.causes import NO_CONNECTION, NOTHING_AFTER_TLS, OTHER_INTERFACE
from checks.shared.dialled_port import DialledPort, places
from checks.shared.fixes import Later, client_certificate, on_local_nodes, store_key
from checks.shared.middleboxes import is_mesh
from checks.shared.peer import NO_ANSWER, is_node, names_own_issuer, speaks_http
from checks.tables import docs
from diag.check import Applies, NotApplicable, Unknown, Yields, check
from diag.model import (
    API_KEY_EXISTS,
    REMOTE_CLUSTER_SERVER,
    TRANSPORT_RANGE,
    AfterHandshake,
    Chain,
    ClientIdentity,
    Endpoint,
    Finding,
    Interface,
    InterfaceTrial,
    KeyTrial,
    LocalCluster,
    Nodes,
    Reason,
    Remote,
    RemoteEvidence,
    RemoteVersion,
    SecurityModel,
    Severity,
    TlsAttempt,
    TransportHello,
    Unavailable,
    http_service,
    is_transport,
    shorten,
)


@check(
    "config/port-model-mismatch",
    severity=Severity.CRITICAL,
    severities=(Severity.WARNING, Severity.ERROR),
    applies=Applies.settings(),
    essential=True,
    while_connected=Severity.WARNING,
    docs=(docs.TROUBLESHOOT_TRANSPORT_PORT, docs.SECURITY_MODELS),
    tags=("ports", "security-model"),
    source="documentation: security models, troubleshoot remote clusters (transport port with API key)",
    explains=(*OTHER_INTERFACE, *NO_CONNECTION),
    leaves_open=NOTHING_AFTER_TLS,
)
def port_model_mismatch(  # noqa: PLR0913, PLR0917 -- each parameter is a piece of evidence, injected by its type.
    cluster: LocalCluster,
    remote: Remote,
    endpoint: Endpoint | Unavailable,
    tls: TlsAttempt | Unavailable,
    hello: TransportHello | Unavailable,
    key: KeyTrial | Unavailable,
    asked_for: InterfaceTrial | Unavailable,
    chain: Chain | Unavailable,
    version: RemoteVersion | Unavailable,
    remote_evidence: RemoteEvidence,
) -> Yields:
    """The port of the remote belongs to the interface of the other security model.

    Why it matters: a cluster listens for remotes on two interfaces. The remote cluster server (9443) wants an API key and no
    client certificate; the transport interface (9300, at Elastic Cloud and ECE 9400) wants a client certificate and knows no
    API keys. At the wrong one each request is refused, and Elasticsearch only says that it can't open any connections.

    How to fix: change the port to the one of the security model. On a self-managed or ECK remote these are
    ``remote_cluster.port`` and ``transport.port`` of its ``elasticsearch.yml``, where somebody changed the defaults.

    Example: ``proxy_address: logs.example:9400`` for a remote with an API key; its port is 9443.
    """
    if (
        remote.security_model is SecurityModel.API_KEY
        and isinstance(version, RemoteVersion)
        and version.number < API_KEY_EXISTS.since
    ):
        yield NotApplicable(f"version/apikey-min is about it: {version} has no remote cluster server")
        return
    if isinstance(tls, Unavailable) and tls.reason is Reason.IN_CLEAR:
        yield NotApplicable(str(tls))  # A node without TLS asks for no certificate, and its interfaces look alike.
        return
    for place in places(
        cluster, remote, endpoint, tls, hello, key=key, asked_for=asked_for, nodes=remote_evidence.api[Nodes]
    ):
        if isinstance(place, Unknown):
            yield place
        elif other := _explained_by(place, chain):
            yield NotApplicable(f"{other} is about port {place.port}")
        elif remote.security_model is SecurityModel.API_KEY:
            yield from _judge_api_key(place, chain, remote_evidence)
        else:
            yield from _judge_certificate(place)
    if isinstance(tls, TlsAttempt) and (why := _may_be_known(tls, hello)):
        yield Unknown(f"what listens there is not known: {why}")


def _explained_by(place: DialledPort, chain: Chain | Unavailable) -> str:
    """The more exact check about this port; empty if there is none."""
    if isinstance(chain, Chain) and is_mesh(chain) and place.interface is None:
        return "network/service-mesh"
    if place.spoke_http or (http_service(place.port) and not place.is_node and not place.asked):
        return "config/http-port-used"
    if place.ports.fixed and place.port == TRANSPORT_RANGE.start and not place.asked:
        return "config/cloud-port-9300"
    return ""


def _may_be_known(tls: TlsAttempt, hello: TransportHello | Unavailable) -> str:
    """Why its behaviour does not show what listens there; empty if it does, or if the refusal of a certificate shows it."""
    if tls.client_certificate_refused or is_node(hello) or speaks_http(hello):
        return ""
    if isinstance(hello, TransportHello):
        return f"it {NO_ANSWER[hello.reply]}; network/not-elasticsearch is about that"
    if tls.after in _NO_NODE:
        return f"after the TLS handshake it {_NO_NODE[tls.after]}, while a node of Elasticsearch waits for the first request"
    return ""


# What no node does after a TLS handshake, before anything was asked of it.
_NO_NODE: Final = {
    AfterHandshake.CLOSED: "closed the connection",
    AfterHandshake.RESET: "reset the connection",
    AfterHandshake.DATA: "spoke first",
}


def _judge_api_key(place: DialledPort, chain: Chain | Unavailable, remote_evidence: RemoteEvidence) -> Yields:
    how = Later(place.change_port)
    wanted = f"a remote with an API key needs the remote cluster server, {place.target}"
    if place.interface is Interface.REMOTE_CLUSTER_SERVER:
        return  # Whatever the number of the port.
    if place.interface is Interface.TRANSPORT:
        yield Finding(
            summary=f"The node on port {place.port} answered that this is not its remote cluster server: it is the transport interface; {wanted}.",
            remedy=how.sentence,
            fix=how.fix,
            facts=place.facts(by="key" if isinstance(place.key, KeyTrial) else "answer_without_key"),
        )
    elif is_transport(place.port):
        yield Finding(
            summary=f"Port {place.port} is the transport interface; {wanted}.",
            remedy=how.sentence,
            fix=how.fix,
            facts=place.facts(by="port"),
        )
    elif place.asked and remote_evidence.connection_established and not place.does_without:
        yield NotApplicable("the local cluster is connected, so the port is that of its security model")
    elif place.asked:
        yield from _asks_a_remote_with_key(
            place, chain, wanted, presents=isinstance(remote_evidence.identity, ClientIdentity)
        )
    elif not place.completed:
        yield from _open_question(place)
    elif _unclear(place):
        yield Unknown(f"which interface port {place.port} belongs to did not show: {_unclear(place)}")


def _asks_a_remote_with_key(place: DialledPort, chain: Chain | Unavailable, wanted: str, *, presents: bool) -> Yields:
    """A request for a client certificate on a port whose interface did not show.

    ``presents``: nodes are declared to present one as well as the key, as they do to a remote cluster server that requires it.
    """
    how = Later(lambda: place.change_port(when=f"if {place.port} is transport.port of the remote cluster"))
    if place.does_without:
        if not place.usual:
            yield Unknown(
                f"the server on port {place.port} asks for a client certificate and does without: either interface may be set up so"
            )
    elif (
        place.usual
        or presents
        or place.published is Interface.REMOTE_CLUSTER_SERVER
        or _trusts_others_only(place, chain)
    ):
        yield NotApplicable(
            f"tls/client-cert-rejected is about the certificate that the server on port {place.port} asks for"
        )
    else:
        yield Finding(
            summary=f"The server on port {place.port} asks for a client certificate: it is the transport interface, or a remote cluster "
            f"server whose client authentication was switched on; {wanted}.",
            remedy=f"{how.sentence} If {place.port} is remote_cluster.port of the remote cluster: its "
            "xpack.security.remote_cluster_server.ssl.client_authentication requires a certificate; give one to the nodes of the local cluster.",
            fix=(
                *how.fix,
                *on_local_nodes(
                    yml=client_certificate(place.remote.security_model),
                    when=f"if {place.port} is remote_cluster.port of the remote cluster",
                ),
            ),
            facts=place.facts(by="client_certificate_requested"),
        )


def _trusts_others_only(place: DialledPort, chain: Chain | Unavailable) -> bool:
    """Whether the CAs that it names are none of its own: nodes have to trust each other on the transport interface."""
    return (
        isinstance(place.tls, TlsAttempt) and isinstance(chain, Chain) and names_own_issuer(place.tls, chain) is False
    )


def _unclear(place: DialledPort) -> str:
    """What a node on an unusual port answered that speaks for neither interface; empty where nothing was asked."""
    asked = place.asked_for
    return asked.detail if isinstance(asked, InterfaceTrial) and place.is_node and not place.usual else ""


def _judge_certificate(place: DialledPort) -> Yields:
    how = Later(place.change_port)
    if place.interface is Interface.TRANSPORT:
        return  # Whatever the number of the port; trust/mtls-disabled is about one that asks for no certificate.
    if place.port == REMOTE_CLUSTER_SERVER:
        yield _server_port_without_key(place)
    elif place.interface is Interface.REMOTE_CLUSTER_SERVER:
        yield Finding(
            summary=f"The node on port {place.port} answered that it wants an API key: it is the remote cluster server; "
            f"a remote of the certificate model needs the transport interface, {place.target}.",
            remedy=how.sentence,
            fix=how.fix,
            facts=place.facts(by="answer_without_key"),
        )
    elif place.completed and not place.asked and place.too_old:
        yield NotApplicable("tls/protocol-mismatch is about it: no node speaks a TLS that old")
    elif place.completed and not place.asked and place.hung_up:
        yield NotApplicable(
            "network/lb-layer7 is about it: what ends TLS there asks for no certificate, and is no node"
        )
    elif place.completed and not place.asked:
        yield _asks_for_none(place)
    elif not place.asked:
        yield from _open_question(place)


def _asks_for_none(place: DialledPort) -> Finding:
    how = place.change_port()
    second = "" if place.is_node else ", or an HTTPS server"
    third = (
        " (or a transport interface with client authentication switched off)" if place.usual or place.is_node else ""
    )
    return Finding(
        summary=f"The server on port {place.port} asks for no client certificate, so it is the remote cluster server, which wants an "
        f"API key{second}{third}; a remote of the certificate model needs the transport interface, {place.target}.",
        remedy=how.sentence
        if place.port != place.target
        else f"On the remote cluster, look up which interface has port {place.port}: transport.port has to be it, and "
        "xpack.security.transport.ssl.client_authentication has to be required.",
        fix=how.fix,
        severity=Severity.ERROR if place.usual or place.is_node else Severity.CRITICAL,
        facts=place.facts(by="client_certificate_requested"),
    )


def _server_port_without_key(place: DialledPort) -> Finding:
    """Port 9443 without an API key; a server that asks for a client certificate there may be a moved transport interface."""
    wanted = f"a remote of the certificate model needs the transport interface, {place.target}"
    how, key = (
        place.change_port(),
        store_key(place.cluster, place.remote.alias, when="if it is meant to use an API key"),
    )
    if place.asked and not place.ports.fixed and place.interface is None:
        return Finding(
            summary=f"Port {place.port} usually is the remote cluster server, which wants an API key, yet the server asks for a client "
            f"certificate, as the transport interface does; {wanted}.",
            remedy=f"On the remote cluster, look up transport.port: if it is {place.port}, acknowledge this finding; else connect to "
            f"port {place.target}.",
            fix=place.change_port(when=f"if transport.port is not {place.port}").fix,
            severity=Severity.WARNING,
            facts=place.facts(by="port"),
        )
    if place.remote.declared_model is None:
        return Finding(
            summary=f"Port {place.port} is the remote cluster server, which wants an API key, and no key is known for alias "
            f"{shorten(place.remote.alias)}, so it would use certificates; {wanted}.",
            remedy=f"If it is meant to use an API key: {key.sentence} If not: connect to port {place.target}.",
            fix=(*key.fix, *place.change_port(when="if it is meant to use certificates").fix),
            facts=place.facts(by="port"),
        )
    return Finding(
        summary=f"Port {place.port} is the remote cluster server, which wants an API key; {wanted}.",
        remedy=how.sentence,
        fix=how.fix,
        facts=place.facts(by="port"),
    )


def _open_question(place: DialledPort) -> Iterable[Unknown]:
    """A usual port needs no proof; what is behind any other is shown by its behaviour only."""
    if not place.usual:
        shown = (
            str(place.tls) if isinstance(place.tls, Unavailable) else f"the TLS handshake ended in: {place.tls.result}"
        )
        yield Unknown(f"port {place.port} is not one of the usual ports, and what listens there is not known ({shown})")
