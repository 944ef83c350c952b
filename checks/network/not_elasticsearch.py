"""The check network/not-elasticsearch."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from checks.shared.causes import NO_CONNECTION, NOTHING_AFTER_TLS
from checks.shared.fixes import call, on_local, on_remote
from checks.shared.middleboxes import default_certificate, pass_through
from checks.shared.peer import first_words, is_node, opted_out, quote
from checks.tables import docs
from diag.check import NotApplicable, Unknown, Yields, check
from diag.model import (
    Chain,
    Endpoint,
    Finding,
    Fix,
    Kind,
    Layer,
    LocalCluster,
    Remote,
    Reply,
    SecurityModel,
    Severity,
    TlsAttempt,
    TransportHello,
    Unavailable,
    ports_of,
    shorten,
)

_CLOUD: Final = frozenset({Kind.HOSTED, Kind.ECE, Kind.SERVERLESS})
_HUNG_UP: Final = frozenset({Reply.CLOSED, Reply.RESET})
_MARKER: Final = b"ES"
_OPENSEARCH: Final = 0x08000000  # The bit that OpenSearch sets in its ids of releases.


@check(
    "network/not-elasticsearch",
    severity=Severity.CRITICAL,
    severities=(Severity.ERROR,),
    layer=Layer.TLS,  # It shows after the TLS handshake, so that what is wrong with that is found as well.
    essential=True,
    docs=(docs.TROUBLESHOOT_NOT_REACHABLE, docs.TROUBLESHOOT_TRANSPORT_PORT),
    tags=("ports", "filter"),
    source="Elasticsearch TransportHandshaker: each node answers internal:tcp/handshake before any authentication; TcpTransport, IPFilter",
    explains=NO_CONNECTION,
    leaves_open=NOTHING_AFTER_TLS,
)
def not_elasticsearch(
    cluster: LocalCluster,
    remote: Remote,
    endpoint: Endpoint,
    tls: TlsAttempt,
    hello: TransportHello | Unavailable,
    chain: Chain | Unavailable,
) -> Yields:
    """What is behind the connection does not answer as a node of Elasticsearch does.

    Why it matters: the first thing a local cluster says is the handshake of the transport protocol, and each node answers it
    before it asks who is there. Without an answer there is no remote, however well TLS works. Not every peer that hangs up is
    no node: a node that starts does so (8.2 and newer), an IP filter does, and a release too old or too new to talk to.

    How to fix: correct host and port, where something else listens there. Where the peer hangs up, try again in a minute; then look
    into the log of the remote cluster's nodes.

    Example: ``proxy_address`` leads to a balancer with TLS whose backend is not the remote cluster.
    """
    if isinstance(hello, Unavailable):
        if opted_out(hello, tls):
            yield NotApplicable("the transport protocol was not spoken: probe.transport is false")
        else:
            yield Unknown(str(hello), piece=hello)
        return
    requested = tls.client_certificate_requested
    match hello.reply:
        case Reply.ANSWERED if hello.clear:
            yield NotApplicable("a node answers without TLS; tls/plaintext-endpoint is about that")
        case Reply.ANSWERED:
            yield from _of_no_release(endpoint, hello)
        case Reply.CLOSED | Reply.RESET | Reply.ALERT if _ends_in_between(remote, tls, hello):
            yield NotApplicable("what ends TLS there is no node; network/lb-layer7 is about that")
        case _ if _is_ingress(chain, hello):
            yield NotApplicable("an ingress shows its own certificate; network/lb-layer7 is about that")
        case Reply.ALERT if requested:
            yield NotApplicable("it asked for a client certificate; tls/client-cert-rejected is about its alert")
        case Reply.CLOSED | Reply.RESET if requested and not tls.client_certificate_sent:
            yield Unknown(
                "the peer asks for a client certificate, and hung up without one: it shows to nobody else what it is"
            )
        case Reply.HTTP if remote.registered and cluster.kind is not Kind.SERVERLESS:
            yield NotApplicable("it speaks HTTP; config/http-port-used is about that")
        case _:
            yield from _unknown(remote, endpoint, tls, hello)


def _ends_in_between(remote: Remote, tls: TlsAttempt, hello: TransportHello) -> bool:
    by_certificate = remote.security_model is SecurityModel.CERTIFICATE
    return by_certificate and not tls.client_certificate_requested and not is_node(hello)


def _is_ingress(chain: Chain | Unavailable, hello: TransportHello) -> bool:
    return not is_node(hello) and isinstance(chain, Chain) and bool(default_certificate(chain.leaf))


def _of_no_release(endpoint: Endpoint, hello: TransportHello) -> Iterator[Finding | Unknown]:
    """A node that says it is of a release that Elasticsearch never had."""
    stated = hello.transport_version
    if hello.version is not None or not stated:
        return
    if not stated & _OPENSEARCH:
        yield Unknown(
            f"it answers the handshake with the id {stated}, which belongs to no release of Elasticsearch known here"
        )
        return
    number = stated ^ _OPENSEARCH
    release = f"{number // 1_000_000}.{number // 10_000 % 100}.{number // 100 % 100}"
    yield Finding(
        summary=f"{shorten(str(endpoint))} answers the handshake as OpenSearch {release} does (id {stated}); expected a node of Elasticsearch.",
        remedy="Lead the remote to a cluster of Elasticsearch: the two can't be each other's remote clusters.",
        facts={
            "observed": f"OpenSearch {release}",
            "expected": "Elasticsearch",
            "transport_version": stated,
            "port": endpoint.port,
        },
    )


def _unknown(remote: Remote, endpoint: Endpoint, tls: TlsAttempt, hello: TransportHello) -> Iterator[Finding]:
    stated = first_words(hello.first_bytes)
    unlike = hello.reply is Reply.HTTP or (hello.reply is Reply.OTHER and not stated.startswith(_MARKER))
    yield Finding(
        summary=f"{shorten(str(endpoint))} {_what_it_did(hello, tls, stated)}; expected the answer of a node. {_probable_cause(remote, hello, tls)}",
        remedy=_next_step(remote, endpoint, hello, unlike=unlike),
        fix=_show_releases() if hello.reply is Reply.REFUSED else (),
        severity=Severity.CRITICAL if unlike else Severity.ERROR,
        facts={
            "observed": str(hello.reply),
            "expected": "an answer to the transport handshake",
            "port": endpoint.port,
            "tried": tuple(str(version) for version in hello.tried),
            "first_bytes": stated.hex(),
        },
    )


_DID: Final = {
    Reply.CLOSED: "completes the TLS handshake and closes the connection upon the transport handshake",
    Reply.RESET: "completes the TLS handshake and resets the connection upon the transport handshake",
    Reply.REFUSED: "speaks the transport protocol and refuses the handshake with an error",
    Reply.HTTP: "answered in HTTP inside TLS",
}


def _what_it_did(hello: TransportHello, tls: TlsAttempt, stated: bytes) -> str:
    if hello.reply in _DID:
        return _DID[hello.reply]
    if hello.reply is Reply.SILENT:
        return f"left the transport handshake without an answer for {hello.seconds:.3g} s"
    if hello.reply is Reply.ALERT:
        return f"completes the TLS handshake and answers the transport handshake with TLS alert {tls.alert}"
    if stated.startswith(_MARKER):
        return "gave an answer that begins like one of the transport protocol and can't be read"
    return f"answered the transport handshake with {quote(stated) if stated else 'something else'}"


def _probable_cause(remote: Remote, hello: TransportHello, tls: TlsAttempt) -> str:
    """Name what does such a thing, the most frequent first."""
    match hello.reply:
        case Reply.CLOSED | Reply.RESET:
            return _closing_party(remote, hello, tls)
        case Reply.SILENT:
            also = f"; {hello.detail}" if hello.detail else ""
            return (
                f"So do a balancer without a node behind it, a node that hangs, and services of other protocols{also}."
            )
        case Reply.REFUSED:
            return "Nodes of 6.8 and 7.x refuse a release like that with which they can't work."
        case Reply.ALERT:
            return "A balancer ends TLS there, and did not take the connection over to a node."
        case _:
            return "What listens there is no interface for remote clusters."


_OFFLOAD: Final = {
    SecurityModel.API_KEY: "a balancer that ends TLS and sends the bytes in clear to a node whose port speaks TLS, or that has no healthy "
    "node behind it",
    SecurityModel.CERTIFICATE: "a balancer that ends TLS, so that the certificate of the local nodes gets lost there, or that has no healthy "
    "node behind it",
}


def _closing_party(remote: Remote, hello: TransportHello, tls: TlsAttempt) -> str:
    offload = _OFFLOAD[remote.security_model]
    causes = [
        offload,
        "a node that is still starting (8.2 and newer)",
        "an IP filter that does not admit this machine",
        "a release that is too old or too new to talk to",
    ]
    if remote.kind in _CLOUD:
        causes.insert(0, "a proxy that knows no deployment of this server name")
    if tls.client_certificate_sent:
        causes.insert(0, "a node that refuses the client certificate of the local cluster without a word")
    if is_node(hello):
        causes.remove(offload)
        return f"It is a node, for it says that it is no HTTP port; likely causes: {', '.join(causes)}."
    return f"Likely causes: {', '.join(causes)}, or a service that is no Elasticsearch."


def _next_step(remote: Remote, endpoint: Endpoint, hello: TransportHello, *, unlike: bool) -> str:
    where = endpoint.setting if remote.registered else "the address"
    if unlike or hello.reply is Reply.SILENT:
        return f"Correct host and port in {where}: {_interface(remote, endpoint)}."
    if hello.reply in _HUNG_UP and remote.kind in _CLOUD:
        return (
            "Compare the server name with the endpoint name of the remote deployment, then look at the network security "
            "policies of that deployment."
        )
    if hello.reply is Reply.REFUSED:
        return "Look at the releases of both clusters: update the older one until they may connect."
    if is_node(hello):
        return _again(where)
    return f"Balancer in between: {pass_through(remote, endpoint.port)} None: {_again(where)}"


def _show_releases() -> tuple[Fix, ...]:
    root = call("GET", "/")
    return (*on_local(root), *on_remote(root))


def _again(where: str) -> str:
    return (
        "Run this again in a minute. If it stays so, read the log of the remote cluster's nodes at that moment: it names the filter or "
        f"the release that was refused; no line there means that {where} leads elsewhere."
    )


def _interface(remote: Remote, endpoint: Endpoint) -> str:
    by_key = remote.security_model is SecurityModel.API_KEY
    ports = ports_of(remote.kind, endpoint.host)
    name, key = ("the remote cluster server", "remote_cluster") if by_key else ("the transport interface", "transport")
    usual = f", usually {ports.expected(remote.security_model)}" if ports else ""
    return f"a remote of this security model needs {name} ({key}.port of the remote cluster{usual})"
