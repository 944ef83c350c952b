"""Ports: the interface that fits the security model, and ports that are no interface for remotes at all.

Two sources decide: the table of usual ports, before anything is connected, and what the server did on the wire. A server that
asks for a client certificate is the transport interface, whatever its number (measured on real nodes: 9300 always asks, 9443 does not).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from checks.config.place import Place, change_port, places
from checks.remedies import shorten, store_key
from checks.tables import docs
from checks.tables.ports import (
    CLOUD_TRANSPORT,
    REMOTE_CLUSTER_SERVER,
    TRANSPORT_RANGE,
    at_cloud,
    http_service,
    is_transport,
    ports_of,
)
from diag.check import Applies, NotApplicable, Unknown, Yields, check
from diag.model import (
    After,
    ClearReply,
    Endpoint,
    Finding,
    Kind,
    LocalCluster,
    Remote,
    SecurityModel,
    Severity,
    TlsAttempt,
    TlsResult,
    Unavailable,
)


@check(
    "config/port-model-mismatch",
    severity=Severity.CRITICAL,
    applies=Applies.settings(),
    essential=True,
    docs=(docs.TRB_PORT, docs.MODELS),
    tags=("ports", "security-model"),
    source="documentation: security models, troubleshoot remote clusters (transport port with API key)",
)
def port_model_mismatch(
    cluster: LocalCluster, remote: Remote, endpoint: Endpoint | Unavailable, tls: TlsAttempt | Unavailable
) -> Yields:
    """The port of the remote belongs to the interface of the other security model.

    Why it matters: a cluster listens for remotes on two interfaces. The remote cluster server (9443) wants an API key and no
    client certificate; the transport interface (9300, at Elastic Cloud and ECE 9400) wants a client certificate and knows no
    API keys. At the wrong one each request is refused, and Elasticsearch only says that it can't open any connections.

    How to fix: change the port to the one of the security model. On a self-managed or ECK remote these are
    ``remote_cluster.port`` and ``transport.port`` of its ``elasticsearch.yml``, where somebody changed the defaults.

    Example: ``proxy_address: logs.example:9400`` for a remote with an API key; its port is 9443.
    """
    for place in places(cluster, remote, endpoint, tls):
        if isinstance(place, Unknown):
            yield place
        elif (other := _explained_by(place)) and not place.asked:
            yield NotApplicable(f"{other} is about port {place.port}")
        elif remote.security_model is SecurityModel.API_KEY:
            yield from _judge_api_key(place)
        else:
            yield from _judge_certificate(place)
    if isinstance(tls, TlsAttempt) and not tls.client_certificate_refused and tls.after in _NO_NODE:
        yield Unknown(
            f"what listens there could not be told: after the TLS handshake it {_NO_NODE[tls.after]}, "
            "while a node of Elasticsearch waits for the first request"
        )


def _explained_by(place: Place) -> str:
    """The more exact check about this port; empty if there is none."""
    if place.spoke_http or http_service(place.port):
        return "config/http-port-used"
    if place.ports.fixed and place.port == TRANSPORT_RANGE.start:
        return "config/cloud-port-9300"
    return ""


# What no node does after a TLS handshake, before anything was asked of it.
_NO_NODE: Final = {
    After.CLOSED: "closed the connection",
    After.RESET: "reset the connection",
    After.DATA: "spoke first",
}


def _judge_api_key(place: Place) -> Yields:
    wanted = f"a remote with an API key needs the remote cluster server, {place.expected}"
    if is_transport(place.port):
        yield Finding(
            summary=f"Port {place.port} is the transport interface; {wanted}.",
            remedy=place.change_port(),
            facts=place.facts(by="port"),
        )
    elif place.asked and place.port == place.expected:
        yield Finding(
            summary=f"The server on port {place.port} asks for a client certificate, as the transport interface does; the remote "
            "cluster server, which a remote with an API key needs, asks for none unless client authentication is switched on there.",
            remedy=f"On the remote cluster, compare transport.port and remote_cluster.port with {place.port}; if the latter is {place.port}, "
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


def _judge_certificate(place: Place) -> Yields:
    if place.port == REMOTE_CLUSTER_SERVER:
        yield _server_port_without_key(place)
    elif place.completed and not place.asked:
        third = " (or a transport interface with client authentication switched off)" if place.usual else ""
        yield Finding(
            summary=f"The server on port {place.port} asks for no client certificate, so it is the remote cluster server, which wants an "
            f"API key, or an HTTPS server{third}; a remote of the certificate model needs the transport interface, {place.expected}.",
            remedy=place.change_port()
            if place.port != place.expected
            else f"On the remote cluster, look up which interface has port {place.port}: transport.port has to be it, and "
            "xpack.security.transport.ssl.client_authentication has to be required.",
            severity=Severity.ERROR if place.usual else Severity.CRITICAL,
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


@check(
    "config/http-port-used",
    severity=Severity.CRITICAL,
    applies=Applies.settings(),
    docs=(docs.TRB_PORT, docs.TRB_SSL),
    tags=("ports",),
    source="elasticsearch#45964, elasticsearch#12355; documentation: networking settings (http.port)",
)
def http_port_used(
    cluster: LocalCluster, remote: Remote, endpoint: Endpoint | Unavailable, tls: TlsAttempt | Unavailable
) -> Yields:
    """The address of the remote is that of an HTTP service.

    Why it matters: clusters talk to each other over the transport protocol. The REST interface (9200, at Elastic Cloud 443 or
    9243) and Kibana (5601) speak HTTP, so the connection breaks right after it opens.

    How to fix: use the remote cluster server (9443) for a remote with an API key, the transport interface (9300, at Elastic
    Cloud and ECE 9400) for the certificate model.

    Example: ``proxy_address: logs.example:9200``, copied from the address that ``curl`` is used with.
    """
    for place in places(cluster, remote, endpoint, tls):
        if isinstance(place, Unknown):
            yield place
            continue
        service = http_service(place.port)
        wanted = f"a remote of the {_model(remote)} model needs port {place.expected}"
        if place.spoke_http:
            yield Finding(
                summary=f"The server on port {place.port} answered in HTTP; {wanted}.",
                remedy=place.change_port(),
                facts=place.facts(confirmed=True),
            )
        elif service and not place.asked:
            yield Finding(
                summary=f"Port {place.port} is {service}; {wanted}.",
                remedy=place.change_port(),
                severity=Severity.ERROR,
                facts=place.facts(confirmed=False),
            )
        elif not place.asked and not is_transport(place.port) and place.port != REMOTE_CLUSTER_SERVER:
            yield from _perhaps_http(place)


def _perhaps_http(place: Place) -> Iterable[Unknown]:
    """Behind a port that is in no table, only a peer that spoke in clear has shown what it is."""
    match place.tls:
        case Unavailable():
            yield Unknown(f"port {place.port} is not one of the usual ports: {place.tls}")
        case TlsAttempt(result=TlsResult.NOT_TLS) | TlsAttempt(clear_reply=ClearReply.ELASTICSEARCH):
            return
        case _:
            yield Unknown(
                f"port {place.port} is not one of the usual ports, and TLS does not show what is spoken inside it"
            )


@check(
    "config/cloud-port-9300",
    severity=Severity.ERROR,
    applies=Applies.settings(),
    docs=(docs.MODELS, docs.ECE_NET),
    tags=("ports", "cloud"),
    source="documentation: security models, ECE networking prerequisites",
)
def cloud_port_9300(remote: Remote) -> Yields:
    """The remote is on Elastic Cloud or ECE, and its port is 9300.

    Why it matters: the proxies in front of these deployments offer 9400 (certificates) and 9443 (API key) to remote clusters.
    9300 is the port of a node, which is not reachable from outside: the connection times out or is refused.

    How to fix: use 9400 for the certificate model, 9443 for a remote with an API key.

    Example: ``proxy_address: abc.eu-west-1.aws.found.io:9300``.
    """
    usable = [address for address in remote.dialled if address.parts]
    proxied = [address for address in usable if (ports := ports_of(remote.kind, address.host or "")) and ports.fixed]
    if not proxied and (usable or remote.kind not in {Kind.HOSTED, Kind.ECE}):
        yield NotApplicable(f"the remote cluster is {remote.kind}")
    elif not usable:
        yield Unknown("no usable address is configured")
    wrong = [address for address in proxied if address.port == TRANSPORT_RANGE.start]
    if wrong:
        ports = ports_of(Kind.HOSTED)
        expected = ports.expected(remote.security_model) if ports else CLOUD_TRANSPORT
        yield Finding(
            summary=f"Port {TRANSPORT_RANGE.start} is not offered by the proxies of Elastic Cloud and ECE; a remote of the "
            f"{_model(remote)} model needs {expected} there.",
            remedy=change_port(remote, TRANSPORT_RANGE.start, expected),
            facts={
                "setting": wrong[0].setting,
                "observed": TRANSPORT_RANGE.start,
                "expected": expected,
                "security_model": str(remote.security_model),
            },
        )


@check(
    "config/self-managed-cloud-port",
    severity=Severity.WARNING,
    applies=Applies.settings(remote_kinds=(Kind.SELF_MANAGED, Kind.ECK)),
    docs=(docs.EC_SELF, docs.MODELS),
    tags=("ports", "cloud"),
    source="documentation: remote clusters from Elastic Cloud Hosted to self-managed; networking settings (transport.port)",
)
def self_managed_cloud_port(
    cluster: LocalCluster, remote: Remote, endpoint: Endpoint | Unavailable, tls: TlsAttempt | Unavailable
) -> Yields:
    """The remote is self-managed or on ECK, and its port is that of Elastic Cloud's proxies.

    Why it matters: 9400 stands in examples for Elastic Cloud, also on pages about self-managed remotes. A node listens on
    9300 unless ``transport.port`` says otherwise, so the connection is refused or times out.

    How to fix: use 9300, or what ``transport.port`` of the remote says. If that is 9400, and the server asks for a client certificate,
    nothing is reported.

    Example: ``proxy_address: audit.example:9400`` for a self-managed remote with certificates.
    """
    for place in places(cluster, remote, endpoint, tls):
        if isinstance(place, Unknown):
            yield place
        elif at_cloud(place.host):
            yield NotApplicable(f"{shorten(place.host)} is an endpoint of Elastic Cloud")
        elif place.port == CLOUD_TRANSPORT and remote.security_model is SecurityModel.API_KEY:
            yield NotApplicable(f"config/port-model-mismatch is about port {CLOUD_TRANSPORT}")
        elif place.port == CLOUD_TRANSPORT and not place.asked:
            yield Finding(
                summary=f"Port {CLOUD_TRANSPORT} is that of Elastic Cloud's proxies; a {_kind(remote)} remote of the certificate model is "
                f"reached at {place.expected}, unless its transport.port says otherwise.",
                remedy=place.change_port(),
                facts=place.facts(),
            )


def _model(remote: Remote) -> str:
    return "API key" if remote.security_model is SecurityModel.API_KEY else "certificate"


def _kind(remote: Remote) -> str:
    return "self-managed" if remote.kind is Kind.SELF_MANAGED else "ECK"


CHECKS = (port_model_mismatch, http_port_used, cloud_port_9300, self_managed_cloud_port)
