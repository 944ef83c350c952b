"""Ports that are no interface for remotes at all, or not one of this cluster: those of HTTP, and those of the other platform."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from checks.between import pass_through
from checks.causes import NO_CONNECTION, NOTHING_AFTER_TCP, OTHER_INTERFACE
from checks.config import interface
from checks.config.place import Place, change_port, places
from checks.peer import NO_ANSWER
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
    TransportHello,
    Unavailable,
    shorten,
)

_FORBIDDEN: Final = 403


@check(
    "config/http-port-used",
    severity=Severity.CRITICAL,
    applies=Applies.settings(),
    beside_connection=Severity.WARNING,
    docs=(docs.TRB_PORT, docs.TRB_SSL),
    tags=("ports",),
    source="elasticsearch#45964, elasticsearch#12355; documentation: networking settings (http.port)",
    explains=("config/port-model-mismatch", *OTHER_INTERFACE, *NO_CONNECTION),
    leaves_open=NOTHING_AFTER_TCP,
)
def http_port_used(
    cluster: LocalCluster,
    remote: Remote,
    endpoint: Endpoint | Unavailable,
    tls: TlsAttempt | Unavailable,
    hello: TransportHello | Unavailable,
) -> Yields:
    """The address of the remote is that of an HTTP service.

    Why it matters: clusters talk to each other over the transport protocol. The REST interface (9200, at Elastic Cloud 443 or
    9243) and Kibana (5601) speak HTTP, so the connection breaks right after it opens.

    How to fix: use the remote cluster server (9443) for a remote with an API key, the transport interface (9300, at Elastic
    Cloud and ECE 9400) for the certificate model.

    Example: ``proxy_address: logs.example:9200``, copied from the address that ``curl`` is used with.
    """
    for place in places(cluster, remote, endpoint, tls, hello):
        if isinstance(place, Unknown):
            yield place
            continue
        service = http_service(place.port)
        wanted = f"a remote of the {_model(remote)} model needs port {place.target}"
        if place.spoke_http and place.ports.fixed and place.status == _FORBIDDEN and not service:
            yield NotApplicable("auth/traffic-filter-blocks is about the refusal in HTTP (403)")
        elif place.spoke_http:
            yield _answered_in_http(place, wanted)
        elif place.is_node or place.asked:
            continue
        elif service:
            yield Finding(
                summary=f"Port {place.port} is {service}; {wanted}.",
                remedy=place.change_port(),
                severity=Severity.ERROR,
                facts=place.facts(confirmed=False),
            )
        elif not is_transport(place.port) and place.port != REMOTE_CLUSTER_SERVER:
            yield from _perhaps_http(place)


def _answered_in_http(place: Place, wanted: str) -> Finding:
    """HTTP on the right port comes from what stands in between: another port would be the wrong one."""
    status = f" (status {place.status})" if place.status else ""
    said = f"answered in HTTP{status}{' inside TLS' if place.completed else ''}"
    right = place.usual or place.port == place.target
    instead = f"a balancer, an ingress or a service mesh in front of the nodes takes port {place.port} for HTTP; expected the transport protocol"
    through = pass_through(place.remote, place.port)
    return Finding(
        summary=f"The server on port {place.port} {said}; {instead if right else wanted}.",
        remedy=through
        if right
        else place.change_port() + ("" if http_service(place.port) else f" If a balancer stands there: {through}"),
        facts=place.facts(confirmed=True) | ({"expected": "the transport protocol"} if right else {}),
    )


def _perhaps_http(place: Place) -> Iterable[Unknown]:
    """Behind a port that is in no table, only a peer that spoke in clear has shown what it is."""
    match place.tls:
        case Unavailable():
            yield Unknown(f"port {place.port} is not one of the usual ports: {place.tls}")
        case TlsAttempt(result=TlsResult.NOT_TLS) | TlsAttempt(clear_reply=ClearReply.ELASTICSEARCH):
            return
        case _:
            what = "TLS does not show what is spoken inside it"
            if isinstance(place.hello, TransportHello):
                what = f"what listens there has shown neither HTTP nor the transport protocol: it {NO_ANSWER[place.hello.reply]}"
            yield Unknown(f"port {place.port} is not one of the usual ports, and {what}")


@check(
    "config/cloud-port-9300",
    severity=Severity.ERROR,
    applies=Applies.settings(),
    beside_connection=Severity.WARNING,
    docs=(docs.MODELS, docs.ECE_NET),
    tags=("ports", "cloud"),
    source="documentation: security models, ECE networking prerequisites",
    explains=(*OTHER_INTERFACE, *NO_CONNECTION),
    leaves_open=NOTHING_AFTER_TCP,
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
                f"reached at {place.target}, unless its transport.port says otherwise.",
                remedy=place.change_port(),
                facts=place.facts(),
            )


def _model(remote: Remote) -> str:
    return "API key" if remote.security_model is SecurityModel.API_KEY else "certificate"


def _kind(remote: Remote) -> str:
    return "self-managed" if remote.kind is Kind.SELF_MANAGED else "ECK"


CHECKS = (*interface.CHECKS, http_port_used, cloud_port_9300, self_managed_cloud_port)
