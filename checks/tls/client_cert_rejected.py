"""The check tls/client-cert-rejected."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from checks.shared.causes import NO_CONNECTION, NOTHING_AFTER_TLS
from checks.shared.certificate_text import server_prefix, subject
from checks.shared.client_certificate import TAKEN, accepted_certificate, is_acceptable
from checks.shared.fixes import client_certificate, on_local_nodes, on_remote_nodes, yml
from checks.shared.peer import canonical, interface_of
from checks.tables import docs
from diag.check import NotApplicable, Unknown, Yields, check
from diag.model import (
    AfterHandshake,
    ClientIdentity,
    Endpoint,
    Finding,
    Kind,
    Probe,
    Remote,
    RemoteEvidence,
    SecurityModel,
    Severity,
    TlsAttempt,
    TlsResult,
    TransportHello,
    Trust,
    Unavailable,
    alert_text,
    as_fact,
    listed,
    shorten,
)

_ALERTS: Final = {
    40: ("handshake_failure", "the peer broke off, as Java 25 does for an empty certificate message"),
    42: ("bad_certificate", "the peer holds the certificate for broken, or got none"),
    43: ("unsupported_certificate", "the certificate is of a kind or usage that the peer does not take"),
    44: ("certificate_revoked", "the peer holds the certificate for revoked"),
    45: ("certificate_expired", "the certificate is out of its dates for the peer"),
    46: (
        "certificate_unknown",
        "from Java this one alert stands for an unknown CA, for an expired certificate and for one that trust_restrictions rejects",
    ),
    48: ("unknown_ca", "the peer does not know the CA of the certificate"),
    49: ("access_denied", "the certificate is valid, and the peer does not let it in"),
    116: ("certificate_required", "the peer got no certificate"),
}


_UNKNOWN_CA: Final = 48
_LEFT: Final = frozenset({AfterHandshake.CLOSED, AfterHandshake.RESET, AfterHandshake.ALERT})
_LEFT_EARLY: Final = frozenset({TlsResult.CLOSED, TlsResult.RESET, TlsResult.ALERT})


@check(
    "tls/client-cert-rejected",
    second_hop=True,
    severity=Severity.ERROR,
    severities=(Severity.INFO,),
    essential=True,
    while_connected=Severity.WARNING,
    docs=(docs.TROUBLESHOOT_TRANSPORT_PORT, docs.TROUBLESHOOT_HANDSHAKE, docs.CERTIFICATE_MODEL),
    tags=("tls", "mutual-tls"),
    source="documentation: troubleshoot remote clusters, TLS trust; RFC 8446 section 6.2; RFC 5246 section 7.2.2",
    explains=NO_CONNECTION,
    leaves_open=NOTHING_AFTER_TLS,
)
def client_cert_rejected(
    remote: Remote,
    endpoint: Endpoint,
    tls: TlsAttempt,
    probe: Probe,
    identity: ClientIdentity | Unavailable,
    remote_evidence: RemoteEvidence,
) -> Yields:
    """The peer does not take the client certificate of the local cluster, or requires one that was not shown.

    Why it matters: in the certificate model both sides prove themselves with certificates, and a node that is refused
    can't connect. In the API key model the remote cluster server asks for a certificate only where its client authentication was
    switched on; where that says ``required``, the nodes of the local cluster have to present one as well as the key.

    How to fix: certificate model: let the remote cluster trust the CA of the local cluster's certificate, and admit its names in its
    ``trust_restrictions``. API key model: set ``xpack.security.remote_cluster_client.ssl.certificate`` and ``.key`` on the local
    nodes, or ``xpack.security.remote_cluster_server.ssl.client_authentication: none`` on the remote ones.

    Example: alert 46 (certificate_unknown) right after the handshake: the remote's ``certificate_authorities`` lacks the local cluster's CA.
    """
    asked = tls.client_certificate_requested
    if not asked and tls.result is not TlsResult.COMPLETED:
        yield Unknown("the TLS handshake did not get as far as a request for a client certificate")
    elif remote.security_model is SecurityModel.API_KEY:
        if asked:
            yield from _with_api_key(
                remote_evidence, endpoint, tls, probe, identity, remote_evidence.connection_established
            )
    elif not asked:
        yield NotApplicable("the peer asks for no client certificate; config/port-model-mismatch is about that")
    elif remote_evidence.connection_established and (isinstance(identity, Unavailable) or identity.problem):
        yield NotApplicable(
            "the peer asks for a client certificate that diag has not; the local cluster is connected, so that of its nodes was taken"
        )
    elif isinstance(identity, Unavailable):
        how = (
            "set transport.certificate and transport.key of this cluster in diag.yaml"
            if remote.registered
            else "give --client-cert and --client-key"
        )
        yield Unknown(
            f"the peer asks for a client certificate and none could be shown: {shorten(str(identity))}; {how}",
            piece=identity,
        )
    elif identity.problem:
        yield Unknown(
            f"the client certificate of the local cluster {identity.path} is not usable: {shorten(identity.problem)}"
        )
    else:
        yield from _answer_to(remote_evidence, tls, probe.transport, identity)


def _with_api_key(
    remote_evidence: RemoteEvidence,
    endpoint: Endpoint,
    tls: TlsAttempt,
    probe: Probe,
    identity: ClientIdentity | Unavailable,
    connected: bool,  # noqa: FBT001 -- said at the one place of its call.
) -> Iterator[Finding | Unknown | NotApplicable]:
    """A remote cluster server that asks for a certificate: it may do without, or require one as well as the key."""
    remote, hello = remote_evidence.remote, probe.transport
    answered = isinstance(hello, TransportHello) and hello.reply in TAKEN
    if interface_of(probe.key, probe.interface) is not None or answered:
        return  # Whoever answers has taken what was shown, or does without.
    if isinstance(identity, ClientIdentity) and tls.client_certificate_sent:
        yield from _answer_to(remote_evidence, tls, hello, identity)
    elif connected:
        yield NotApplicable(
            "the peer wants a client certificate that diag was not given; the local cluster is connected"
        )
    elif isinstance(identity, ClientIdentity) and identity.problem:
        yield Unknown(
            f"the client certificate of the local cluster {identity.path} is not usable: {shorten(identity.problem)}"
        )
    elif tls.client_certificate_refused or tls.after in _LEFT or tls.result in _LEFT_EARLY:
        yield _required(remote, endpoint, tls)
    else:
        yield Unknown("the peer asks for a client certificate, and whether it requires one is not known")


def _required(remote: Remote, endpoint: Endpoint, tls: TlsAttempt) -> Finding:
    seen = f" (it names {listed(tls.acceptable_cas)})" if tls.acceptable_cas else ""
    how = f"refuses the connection without it (alert {tls.alert})" if tls.alert >= 0 else "hung up without it"
    here = (
        "client_certificate and client_key of this remote in diag.yaml"
        if remote.registered
        else "--client-cert and --client-key"
    )
    return Finding(
        summary=f"The peer asks for a client certificate{seen}, {how}, and none was presented: the remote cluster server on port "
        f"{endpoint.port} has client authentication set to required, or the port is that of the transport interface.",
        remedy="Give the nodes of the local cluster a pair whose CA the remote trusts in "
        f"xpack.security.remote_cluster_server.ssl.certificate_authorities (and give diag the same: {here}); "
        "or let the remote nodes ask for none. "
        f"If transport.port of the remote cluster is {endpoint.port}, use its remote_cluster.port instead.",
        fix=(
            *on_local_nodes(yml=client_certificate(remote.security_model)),
            *on_remote_nodes(
                yml=[yml("xpack.security.remote_cluster_server.ssl.client_authentication", "none")],
                when="in place of that",
            ),
        ),
        facts={
            "observed": "a client certificate is required",
            "expected": "one is presented, or none is required",
            "acceptable_cas": as_fact(tls.acceptable_cas),
        },
    )


def _answer_to(
    remote_evidence: RemoteEvidence, tls: TlsAttempt, hello: TransportHello | Unavailable, identity: ClientIdentity
) -> Iterator[Finding | Unknown]:
    unwanted = bool(tls.acceptable_cas) and not is_acceptable(identity.chain, tls.acceptable_cas)
    if not tls.client_certificate_sent and unwanted and accepted_certificate(tls, hello):
        yield _does_without(tls, identity)
    elif not tls.client_certificate_sent:
        yield Unknown("the peer asks for a client certificate, and none was sent")
    elif tls.client_certificate_refused:
        yield _refused(remote_evidence.remote, tls, identity, remote_evidence.trust)
    elif tls.alert >= 0:
        yield Unknown(
            f"the client certificate of the local cluster was sent, and the peer answered with alert {alert_text(tls.alert)}"
        )
    elif tls.after in {AfterHandshake.CLOSED, AfterHandshake.RESET} or tls.result in {
        TlsResult.CLOSED,
        TlsResult.RESET,
    }:
        yield Unknown(
            "the peer closed the connection after the client certificate of the local cluster without saying why: "
            "look for the reason in the log of the remote cluster"
        )
    elif not accepted_certificate(tls, hello):
        yield Unknown(
            "the client certificate of the local cluster was sent, and no answer of the peer to it was received"
        )


def _does_without(tls: TlsAttempt, identity: ClientIdentity) -> Finding:
    our_ca = shorten(identity.chain[-1].issuer, 120) if identity.chain else identity.path
    return Finding(
        summary=f"The peer asks for a client certificate, names other CAs than that of the local cluster ({listed(tls.acceptable_cas)}; the local certificate is issued by {our_ca}), and "
        "answers without one: Elasticsearch, which presents none there, is let in as well.",
        remedy="For the connection nothing has to be done. To have the nodes of the local cluster known by their certificate, add the CA "
        f"{our_ca} to xpack.security.transport.ssl.certificate_authorities on every node of the remote cluster.",
        severity=Severity.INFO,
        facts={
            "observed": "the peer does without a client certificate",
            "expected": "the local cluster's certificate is presented",
            "our_ca": our_ca,
            "acceptable_cas": as_fact(tls.acceptable_cas),
        },
    )


def _refused(remote: Remote, tls: TlsAttempt, identity: ClientIdentity, trust: Trust | Unavailable) -> Finding:
    name, meaning = _ALERTS[tls.alert]
    local_side = subject(identity.chain[0]) if identity.chain else identity.path
    issuer = shorten(identity.chain[-1].issuer, 120) if identity.chain else ""
    known = is_acceptable(identity.chain, tls.acceptable_cas)
    if not tls.acceptable_cas:
        where = "The peer does not say which CAs it accepts."
    elif known:
        where = _of_that_name(tls, issuer, trust)
    else:
        where = f"The local cluster's CA {issuer} is not among those the peer names: {listed(tls.acceptable_cas)}."
    return Finding(
        summary=f"The peer refuses the client certificate of the local cluster {local_side} with alert {tls.alert} ({name}): {meaning}. {where}",
        remedy=f"On every node of the remote cluster add the CA {issuer} to {server_prefix(remote)}.certificate_authorities "
        f"(hosted: to the trusted environment), and see that the file of {server_prefix(remote)}.trust_restrictions.path, "
        "if there is one, admits the otherName of the local cluster's certificate.",
        fix=on_remote_nodes(
            yml=[
                yml(f"{server_prefix(remote)}.certificate_authorities", ["<those that are there>", "<file of that CA>"])
            ]
        )
        if remote.kind in {Kind.SELF_MANAGED, Kind.ECK}
        else (),
        facts={
            "observed": f"alert {tls.alert} ({name})",
            "expected": "the local cluster's certificate is accepted",
            "alert": tls.alert,
            "certificate": local_side,
            "our_ca": issuer,
            "our_ca_accepted": known,
            "acceptable_cas": as_fact(tls.acceptable_cas),
        },
    )


def _of_that_name(tls: TlsAttempt, issuer: str, trust: Trust | Unavailable) -> str:
    """What it means that the peer names the local cluster's CA: it names it without its key, and certutil gives every CA the same name."""
    anchors = () if isinstance(trust, Unavailable) else trust.anchors
    same_name = {one.fingerprint for one in anchors if canonical(one.subject) == canonical(issuer)}
    if len(same_name) > 1:
        return (
            f"The peer accepts a CA of the name {issuer}, and {len(same_name)} of the trusted CAs here have that name and different "
            "keys: the one that it has is most likely the other one. Add the CA of the local cluster there."
        )
    if tls.alert == _UNKNOWN_CA:
        return f"The peer accepts a CA of the name {issuer}, and does not know the key of the local one: it has another CA of that name."
    return (
        f"The peer accepts a CA of the name {issuer}; it names no key, so that it may be another CA of that name. "
        "Compare the fingerprints; if it is the issuer of the local certificate, look at trust_restrictions, usages and dates."
    )
