"""The interface of a cluster that a remote leads to, and whether it is the one of the security model.

Two sources decide: the table of usual ports, before anything is connected, and what the server did on the wire. A server that
asks for a client certificate is the transport interface, whatever its number (measured on real nodes: 9300 always asks, 9443 does not).
What became of the configured API key is proof either way: only the remote cluster server looks at it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from checks.causes import NO_CONNECTION, NOTHING_AFTER_TLS, OTHER_INTERFACE
from checks.config.place import Place, places
from checks.peer import NO_ANSWER, is_node, speaks_http
from checks.remedies import shorten, store_key
from checks.tables import docs
from checks.tables.ports import REMOTE_CLUSTER_SERVER, TRANSPORT_RANGE, http_service, is_transport
from diag.check import Applies, NotApplicable, Unknown, Yields, check
from diag.model import (
    After,
    Endpoint,
    Finding,
    KeyTrial,
    LocalCluster,
    Reason,
    Remote,
    RemoteVersion,
    SecurityModel,
    Severity,
    TlsAttempt,
    TransportHello,
    Unavailable,
    Version,
)

# The first release with an interface for remotes with an API key (a preview; documented since 8.10).
_FIRST_SERVER: Final = Version(8, 10, 0)


@check(
    "config/port-model-mismatch",
    severity=Severity.CRITICAL,
    applies=Applies.settings(),
    essential=True,
    beside_connection=Severity.WARNING,
    docs=(docs.TRB_PORT, docs.MODELS),
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
    version: RemoteVersion | Unavailable,
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
        and version.number < _FIRST_SERVER
    ):
        yield NotApplicable(f"version/apikey-min is about it: {version} has no remote cluster server")
        return
    if isinstance(tls, Unavailable) and tls.reason is Reason.IN_CLEAR:
        yield NotApplicable(str(tls))  # A node without TLS asks for no certificate, and its interfaces look alike.
        return
    for place in places(cluster, remote, endpoint, tls, hello, key):
        if isinstance(place, Unknown):
            yield place
        elif other := _explained_by(place):
            yield NotApplicable(f"{other} is about port {place.port}")
        elif remote.security_model is SecurityModel.API_KEY:
            yield from _judge_api_key(place)
        else:
            yield from _judge_certificate(place)
    if isinstance(tls, TlsAttempt) and (why := _who_knows(tls, hello)):
        yield Unknown(f"what listens there could not be told: {why}")


def _explained_by(place: Place) -> str:
    """The more exact check about this port; empty if there is none."""
    if place.spoke_http or (http_service(place.port) and not place.is_node and not place.asked):
        return "config/http-port-used"
    if place.ports.fixed and place.port == TRANSPORT_RANGE.start and not place.asked:
        return "config/cloud-port-9300"
    return ""


def _who_knows(tls: TlsAttempt, hello: TransportHello | Unavailable) -> str:
    """Say why it can't be told by its behaviour what listens there; empty if it can, or if the refusal of a certificate tells."""
    if tls.client_certificate_refused or is_node(hello) or speaks_http(hello):
        return ""
    if isinstance(hello, TransportHello):
        return f"it {NO_ANSWER[hello.reply]}; network/not-elasticsearch is about that"
    if tls.after in _NO_NODE:
        return f"after the TLS handshake it {_NO_NODE[tls.after]}, while a node of Elasticsearch waits for the first request"
    return ""


# What no node does after a TLS handshake, before anything was asked of it.
_NO_NODE: Final = {
    After.CLOSED: "closed the connection",
    After.RESET: "reset the connection",
    After.DATA: "spoke first",
}


def _judge_api_key(place: Place) -> Yields:
    wanted = f"a remote with an API key needs the remote cluster server, {place.expected}"
    if place.is_server:
        return  # Whatever the number of the port.
    if place.is_server is False:
        yield Finding(
            summary=f"The node on port {place.port} answered that this is not its remote cluster server: it is the transport interface; {wanted}.",
            remedy=_compare_ports(place) if place.port == place.expected else place.change_port(),
            facts=place.facts(by="key"),
        )
    elif is_transport(place.port):
        yield Finding(
            summary=f"Port {place.port} is the transport interface; {wanted}.",
            remedy=place.change_port(),
            facts=place.facts(by="port"),
        )
    elif place.asked and place.port == place.expected:
        yield Finding(
            summary=f"The server on port {place.port} asks for a client certificate, as the transport interface does; the remote "
            "cluster server, which a remote with an API key needs, asks for none unless client authentication is switched on there.",
            remedy=f"{_compare_ports(place)} If the latter is {place.port}, "
            "set xpack.security.remote_cluster_server.ssl.client_authentication: none in elasticsearch.yml.",
            facts=place.facts(by="client_certificate_requested"),
        )
    elif place.asked:
        yield Finding(
            summary=f"The server on port {place.port} asks for a client certificate: it is the transport interface; {wanted}.",
            remedy=place.change_port(),
            facts=place.facts(by="client_certificate_requested"),
        )
    elif not place.completed:
        yield from _open_question(place)


def _compare_ports(place: Place) -> str:
    return f"On the remote cluster, compare transport.port and remote_cluster.port with {place.port}."


def _judge_certificate(place: Place) -> Yields:
    if place.port == REMOTE_CLUSTER_SERVER:
        yield _server_port_without_key(place)
    elif place.completed and not place.asked and place.too_old:
        yield NotApplicable("tls/protocol-mismatch is about it: no node speaks a TLS that old")
    elif place.completed and not place.asked:
        second = "" if place.is_node else ", or an HTTPS server"
        third = (
            " (or a transport interface with client authentication switched off)"
            if place.usual or place.is_node
            else ""
        )
        yield Finding(
            summary=f"The server on port {place.port} asks for no client certificate, so it is the remote cluster server, which wants an "
            f"API key{second}{third}; a remote of the certificate model needs the transport interface, {place.expected}.",
            remedy=place.change_port()
            if place.port != place.expected
            else f"On the remote cluster, look up which interface has port {place.port}: transport.port has to be it, and "
            "xpack.security.transport.ssl.client_authentication has to be required.",
            severity=Severity.ERROR if place.usual or place.is_node else Severity.CRITICAL,
            facts=place.facts(by="client_certificate_requested"),
        )
    elif not place.asked:
        yield from _open_question(place)


def _server_port_without_key(place: Place) -> Finding:
    """Port 9443 without an API key; a server that asks for a client certificate there may be a moved transport interface."""
    wanted = f"a remote of the certificate model needs the transport interface, {place.expected}"
    if place.asked and not place.ports.fixed:
        return Finding(
            summary=f"Port {place.port} usually is the remote cluster server, which wants an API key, yet the server asks for a client "
            f"certificate, as the transport interface does; {wanted}.",
            remedy=f"On the remote cluster, look up transport.port: if it is {place.port}, acknowledge this finding; else "
            + place.change_port(),
            severity=Severity.WARNING,
            facts=place.facts(by="port"),
        )
    if place.remote.declared_model is None:
        return Finding(
            summary=f"Port {place.port} is the remote cluster server, which wants an API key, and no key is known for alias "
            f"{shorten(place.remote.alias)}, so it would use certificates; {wanted}.",
            remedy=f"If it is meant to use an API key: {store_key(place.cluster, place.remote.alias)} If not: {place.change_port()}",
            facts=place.facts(by="port"),
        )
    return Finding(
        summary=f"Port {place.port} is the remote cluster server, which wants an API key; {wanted}.",
        remedy=place.change_port(),
        facts=place.facts(by="port"),
    )


def _open_question(place: Place) -> Iterable[Unknown]:
    """A usual port needs no proof; what is behind any other can only be told by its behaviour."""
    if not place.usual:
        shown = (
            str(place.tls) if isinstance(place.tls, Unavailable) else f"the TLS handshake ended in: {place.tls.result}"
        )
        yield Unknown(
            f"port {place.port} is not one of the usual ports, and what listens there could not be told ({shown})"
        )


CHECKS = (port_model_mismatch,)
