"""The check config/http-port-used."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from checks.config._ports import model
from checks.shared.causes import NO_CONNECTION, NOTHING_AFTER_TCP, OTHER_INTERFACE
from checks.shared.dialled_port import DialledPort, places
from checks.shared.middleboxes import pass_through
from checks.shared.peer import NO_ANSWER
from checks.tables import docs
from diag.check import Applies, NotApplicable, Unknown, Yields, check
from diag.model import (
    REMOTE_CLUSTER_SERVER,
    ClearReply,
    Endpoint,
    Finding,
    LocalCluster,
    Remote,
    SecurityModel,
    Severity,
    TlsAttempt,
    TlsResult,
    TransportHello,
    Unavailable,
    http_service,
    is_transport,
)

_FORBIDDEN: Final = 403


@check(
    "config/http-port-used",
    severity=Severity.CRITICAL,
    severities=(Severity.ERROR,),
    applies=Applies.settings(),
    while_connected=Severity.WARNING,
    docs=(docs.TROUBLESHOOT_TRANSPORT_PORT, docs.TROUBLESHOOT_SSL),
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
        wanted = f"a remote of the {model(remote)} model needs port {place.target}"
        if place.spoke_http and place.ports.fixed and place.status == _FORBIDDEN and not service:
            yield NotApplicable("auth/traffic-filter-blocks is about the refusal in HTTP (403)")
        elif place.spoke_http:
            yield _answered_in_http(place, wanted)
        elif place.is_node or place.asked:
            continue
        elif service:
            if remote.model_guessed and isinstance(tls, Unavailable):
                yield _of_either_model(place, service)
                continue
            yield Finding(
                summary=f"Port {place.port} is {service}; {wanted}.",
                remedy=place.change_port().sentence,
                fix=place.change_port().fix,
                severity=Severity.ERROR,
                facts=place.facts(confirmed=False),
            )
        elif not is_transport(place.port) and place.port != REMOTE_CLUSTER_SERVER:
            yield from _perhaps_http(place)


def _of_either_model(place: DialledPort, service: str) -> Finding:
    """Where nobody says by which model the remote is secured, neither port is the right one for sure."""
    server, transport = (place.ports.expected(model_) for model_ in (SecurityModel.API_KEY, SecurityModel.CERTIFICATE))
    return Finding(
        summary=f"Port {place.port} is {service}; a remote with an API key needs port {server}, one of the certificate model {transport}.",
        remedy=f"Connect to port {server} or {transport} instead, by the security model of the remote.",
        severity=Severity.ERROR,
        facts=place.facts(confirmed=False) | {"expected": (str(server), str(transport))},
    )


def _answered_in_http(place: DialledPort, wanted: str) -> Finding:
    """HTTP on the right port comes from what stands in between: another port would be the wrong one."""
    status = f" (status {place.status})" if place.status else ""
    stated = f"answered in HTTP{status}{' inside TLS' if place.completed else ''}"
    right = place.usual or place.port == place.target
    instead = f"a balancer, an ingress or a service mesh in front of the nodes takes port {place.port} for HTTP; expected the transport protocol"
    through, how = pass_through(place.remote, place.port), place.change_port()
    return Finding(
        summary=f"The server on port {place.port} {stated}; {instead if right else wanted}.",
        remedy=through
        if right
        else how.sentence + ("" if http_service(place.port) else f" If a balancer stands there: {through}"),
        fix=() if right else how.fix,
        facts=place.facts(confirmed=True) | ({"expected": "the transport protocol"} if right else {}),
    )


def _perhaps_http(place: DialledPort) -> Iterable[Unknown]:
    """Behind a port that is in no table, only a peer that spoke in clear has shown what it is."""
    match place.tls:
        case Unavailable():
            yield Unknown(f"port {place.port} is not one of the usual ports: {place.tls}", piece=place.tls)
        case TlsAttempt(result=TlsResult.NOT_TLS) | TlsAttempt(clear_reply=ClearReply.ELASTICSEARCH):
            return
        case _:
            what = "TLS does not show what is spoken inside it"
            if isinstance(place.hello, TransportHello):
                what = f"what listens there has shown neither HTTP nor the transport protocol: it {NO_ANSWER[place.hello.reply]}"
            yield Unknown(f"port {place.port} is not one of the usual ports, and {what}")
