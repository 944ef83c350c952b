"""Whether the peer asks for a client certificate, and whether it takes ours."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from checks.tables import docs
from checks.tls.wording import cut, fact, several, subject
from diag.check import NotApplicable, Unknown, Yields, check
from diag.model import (
    After,
    Certificate,
    ClientIdentity,
    Endpoint,
    Finding,
    Remote,
    SecurityModel,
    Severity,
    TlsAttempt,
    TlsResult,
    Unavailable,
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
# A node that takes the certificate waits for the first request; whatever speaks first is something else.
_HEARD: Final = frozenset({After.QUIET, After.ANSWERED})


@check(
    "tls/client-cert-rejected",
    severity=Severity.ERROR,
    essential=True,
    docs=(docs.TRB_PORT, docs.TRB_HS, docs.CERT),
    tags=("tls", "mutual-tls"),
    source="documentation: troubleshoot remote clusters, TLS trust; RFC 8446 section 6.2; RFC 5246 section 7.2.2",
)
def client_cert_rejected(
    remote: Remote, endpoint: Endpoint, attempt: TlsAttempt, identity: ClientIdentity | Unavailable
) -> Yields:
    """The peer does not take our client certificate, or asks for one where the security model has none.

    Why it matters: in the certificate model both sides prove themselves with certificates, and a node that is refused
    can't connect. In the API key model the remote cluster server asks for no certificate: a peer that does is another
    interface, or one that requires what the local cluster will not send.

    How to fix: certificate model: let the remote cluster trust the CA of our certificate, and admit our names in its
    ``trust_restrictions``. API key model: correct the port to the remote cluster server (9443), or set
    ``xpack.security.remote_cluster_server.ssl.client_authentication: none``.

    Example: alert 46 (certificate_unknown) right after the handshake: the remote's ``certificate_authorities`` lacks our CA.
    """
    asked = attempt.client_certificate_requested
    if not asked and attempt.result is not TlsResult.COMPLETED:
        yield Unknown("the TLS handshake did not get as far as a request for a client certificate")
    elif remote.security_model is SecurityModel.API_KEY:
        if asked:
            yield _asked_for_nothing(remote.setting(endpoint.setting), attempt)
    elif not asked:
        yield NotApplicable("the peer asks for no client certificate; config/port-model-mismatch is about that")
    elif isinstance(identity, Unavailable):
        yield Unknown(
            f"the peer asks for a client certificate and none could be shown: {cut(str(identity))}; "
            "set transport.certificate and transport.key of this cluster in diag.yaml"
        )
    elif identity.problem:
        yield Unknown(f"our client certificate {identity.path} is not usable: {cut(identity.problem)}")
    else:
        yield from _answer_to(attempt, identity)


def _asked_for_nothing(setting: str, attempt: TlsAttempt) -> Finding:
    seen = f" (it names {several(attempt.acceptable_cas)})" if attempt.acceptable_cas else ""
    return Finding(
        summary=f"The peer asks for a client certificate{seen}; the remote cluster server of the API key model asks for none. "
        "Either this is the transport interface, or that server has client_authentication switched on.",
        remedy=f"Correct the port in {setting} (the remote cluster server is 9443), or on the remote "
        "cluster set xpack.security.remote_cluster_server.ssl.client_authentication: none.",
        facts={
            "observed": "a client certificate is requested",
            "expected": "none is requested",
            "acceptable_cas": fact(attempt.acceptable_cas),
        },
    )


def _answer_to(attempt: TlsAttempt, identity: ClientIdentity) -> Iterator[Finding | Unknown]:
    if not attempt.client_certificate_sent:
        yield Unknown("the peer asks for a client certificate, and ours was not sent")
    elif attempt.client_certificate_refused:
        yield _refused(attempt, identity)
    elif attempt.alert >= 0:
        yield Unknown(f"our client certificate was sent, and the peer answered with alert {attempt.alert}")
    elif attempt.after in {After.CLOSED, After.RESET} or attempt.result in {TlsResult.CLOSED, TlsResult.RESET}:
        yield Unknown(
            "the peer closed the connection after our client certificate without saying why: "
            "look for the reason in the log of the remote cluster"
        )
    elif attempt.result is not TlsResult.COMPLETED or attempt.after not in _HEARD:
        yield Unknown("our client certificate was sent, and the peer's answer to it was not heard")


def _refused(attempt: TlsAttempt, identity: ClientIdentity) -> Finding:
    name, meaning = _ALERTS[attempt.alert]
    ours = subject(identity.chain[0]) if identity.chain else identity.path
    issuer = cut(identity.chain[-1].issuer, 120) if identity.chain else ""
    known = _is_acceptable(identity.chain, attempt.acceptable_cas)
    if not attempt.acceptable_cas:
        where = "The peer does not say which CAs it accepts."
    elif known:
        where = "Our CA is among those the peer names: look at dates, usages and trust_restrictions first."
    else:
        where = f"Our CA {issuer} is not among those the peer names: {several(attempt.acceptable_cas)}."
    return Finding(
        summary=f"The peer refuses our client certificate {ours} with alert {attempt.alert} ({name}): {meaning}. {where}",
        remedy=f"On every node of the remote cluster add the CA {issuer} to xpack.security.transport.ssl.certificate_authorities "
        "(hosted: to the trusted environment), and see that the file of "
        "xpack.security.transport.ssl.trust_restrictions.path, if there is one, admits the otherName of our certificate.",
        facts={
            "observed": f"alert {attempt.alert} ({name})",
            "expected": "our certificate is accepted",
            "alert": attempt.alert,
            "certificate": ours,
            "our_ca": issuer,
            "our_ca_accepted": known,
            "acceptable_cas": fact(attempt.acceptable_cas),
        },
    )


def _is_acceptable(chain: tuple[Certificate, ...], acceptable: tuple[str, ...]) -> bool:
    named = {_canonical(name) for name in acceptable}
    return any(_canonical(name) in named for certificate in chain for name in (certificate.issuer, certificate.subject))


def _canonical(name: str) -> tuple[str, ...]:
    """Bring a distinguished name into a form that does not depend on the order and spacing of its writer."""
    return tuple(sorted(part.strip().lower() for part in name.split(",")))


CHECKS = (client_cert_rejected,)
