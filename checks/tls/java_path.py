"""What Java's validation of a path refuses in certificates that a trusted CA issued."""

from __future__ import annotations

from collections.abc import Iterator

from checks.causes import NO_CONNECTION, NOT_VOUCHED_FOR, NOTHING_AFTER_TLS
from checks.tables import docs
from checks.tls.handshake import has_static_rsa
from checks.tls.wording import server_prefix, subject
from diag.check import Applies, NotApplicable, Unknown, Yields, check
from diag.model import (
    Certificate,
    Chain,
    ChainFault,
    ClientIdentity,
    FaultFound,
    Finding,
    Reason,
    RemoteEvidence,
    SecurityModel,
    Severity,
    TlsAttempt,
    Unavailable,
    as_fact,
    listed,
    shorten,
)

_SIGNS = "digital_signature"
_DECRYPTS = "key_encipherment"
_SPOKEN = {_SIGNS: "digitalSignature", _DECRYPTS: "keyEncipherment"}


@check(
    "tls/key-usage",
    second_hop=True,
    severity=Severity.ERROR,
    applies=Applies.settings(),
    beside_connection=Severity.WARNING,
    docs=(docs.EXTCA, docs.CERTUTIL),
    tags=("tls", "mutual-tls"),
    source="JDK EndEntityChecker, measured with Java 17 and 25; RFC 5280 section 4.2.1.3",
    explains=("tls/client-cert-rejected", *NO_CONNECTION),
    leaves_open=NOTHING_AFTER_TLS,
)
def key_usage(
    about: RemoteEvidence,
    attempt: TlsAttempt | Unavailable,
    chain: Chain | Unavailable,
    identity: ClientIdentity | Unavailable,
) -> Yields:
    """The key usage of a certificate leaves out what TLS does with its key.

    Why it matters: in TLS 1.3, and in TLS 1.2 with ECDHE, a server signs with its key: Java refuses a certificate whose key usage lacks
    digitalSignature, where OpenSSL and browsers may not look. With the old RSA key exchange keyEncipherment is wanted instead. A
    client always signs. Without the extension every use is fine.

    How to fix: have the certificate reissued with digitalSignature (and keyEncipherment for an RSA key), or without the extension.

    Example: a company CA has a template for encryption, keyEncipherment alone, and issued the certificate of the node by it.
    """
    if isinstance(chain, Unavailable):
        yield Unknown(str(chain))
    elif not _is_its_own_anchor(chain):
        old = isinstance(attempt, TlsAttempt) and has_static_rsa(attempt.cipher)
        where = f"{server_prefix(about.remote)} of the remote cluster"
        yield from _lacking(chain.leaf, _DECRYPTS if old else _SIGNS, "of the peer", where)
    if about.remote.security_model is not SecurityModel.CERTIFICATE:
        return
    if isinstance(identity, ClientIdentity):
        for leaf in identity.chain[:1]:
            ours = "xpack.security.transport.ssl of the local cluster"
            yield from _lacking(leaf, _SIGNS, f"that we present ({shorten(identity.path)})", ours)
    elif identity.reason is not Reason.NOT_TOLD:
        yield Unknown(str(identity))


def _is_its_own_anchor(chain: Chain) -> bool:
    """Tell whether the certificate of the peer is trusted itself: Java looks at no usage of such a one."""
    return chain.trusted and len(chain.path) == 1


def _lacking(leaf: Certificate, wanted: str, whose: str, where: str) -> Iterator[Finding]:
    if leaf.key_usage is None or wanted in leaf.key_usage:
        return
    spoken = _SPOKEN[wanted]
    yield Finding(
        summary=f"The certificate {whose} ({subject(leaf)}) may not be used in TLS: its key usage is {listed(leaf.key_usage) or 'empty'}; "
        f"expected {spoken}. Java refuses it.",
        remedy=f"Have it reissued with {spoken} in its key usage, or without the extension, and configure it under {where}. "
        "To look: openssl x509 -in node.pem -noout -ext keyUsage.",
        facts={"observed": as_fact(leaf.key_usage), "expected": spoken, "subject": subject(leaf)},
    )


@check(
    "tls/key-identifier-mismatch",
    second_hop=True,
    severity=Severity.CRITICAL,
    beside_connection=Severity.WARNING,
    docs=(docs.TRB_TLS, docs.SEC_CLI),
    tags=("tls", "trust"),
    source="cloud-on-k8s#9197 (known issue of ECK 3.3.0 to 3.3.2); measured with Java 17 and 25; RFC 5280 section 4.2.1.1",
    explains=(*NOT_VOUCHED_FOR, "tls/public-vs-private-ca", *NO_CONNECTION),
    leaves_open=NOTHING_AFTER_TLS,
)
def key_identifier_mismatch(about: RemoteEvidence, chain: Chain) -> Yields:
    """A certificate names another key of its issuer than the trusted CA of that name says it has.

    Why it matters: the signature is right and the name too, and still Java finds no way to the CA: it compares the authority key
    identifier of the certificate with the subject key identifier of the trusted CA (and the serial number, where it is named).

    How to fix: issue the certificate anew by the CA as it is now, or trust the CA certificate that was there when it was issued.

    Example: ECK 3.3.0 to 3.3.2 renewed its CA with another key identifier. Delete the secrets of the transport and HTTP certificates,
    so that the operator issues them anew, and upgrade it to 3.4.
    """
    found = [fault for fault in chain.faults if fault.fault is ChainFault.KEY_IDENTIFIER]
    if not found and not chain.trusted:
        yield NotApplicable("no trusted CA issued the certificate")
    for fault in found[:1]:
        yield Finding(
            summary=f"{shorten(fault.subject, 120)} was signed by the trusted CA {shorten(fault.issuer, 120)}, but {shorten(fault.detail)}: Java does not "
            "take the one for the issuer of the other.",
            remedy="Have the certificate issued anew by the CA as it is now, on every node of the remote cluster "
            f"({server_prefix(about.remote)}); on ECK delete the secrets of its certificates, and upgrade the operator to 3.4. "
            "To compare: openssl x509 -noout -ext authorityKeyIdentifier,subjectKeyIdentifier.",
            facts=_facts(fault, "the key identifiers of a certificate and its CA agree"),
        )


@check(
    "tls/name-constraints",
    second_hop=True,
    severity=Severity.CRITICAL,
    beside_connection=Severity.WARNING,
    docs=(docs.TRB_TLS, docs.EXTCA),
    tags=("tls", "trust", "names"),
    source="RFC 5280 section 4.2.1.10; measured with Java 17 and 25",
    explains=(*NOT_VOUCHED_FOR, "tls/public-vs-private-ca", *NO_CONNECTION),
    leaves_open=NOTHING_AFTER_TLS,
)
def name_constraints(about: RemoteEvidence, chain: Chain) -> Yields:
    """A CA of the chain is not allowed to issue certificates for the names of the peer.

    Why it matters: a company CA is often bound to the domains of the company. Java refuses a certificate when one of its names lies
    outside, whether that name is looked for or not, and whether the extension is critical or not.

    How to fix: have the certificate issued by a CA that may issue these names, or without the names outside.

    Example: the CA permits ``corp.example``, and the certificate carries ``logs.example.org`` besides ``logs.corp.example``.
    """
    found = [fault for fault in chain.faults if fault.fault is ChainFault.NAME_CONSTRAINTS]
    if not found and not chain.trusted:
        yield NotApplicable("no trusted CA issued the certificate")
    for fault in found[:1]:
        yield Finding(
            summary=f"The CA {shorten(fault.subject, 120)} may not issue the certificate of the peer ({subject(chain.leaf)}): {shorten(fault.detail)}. "
            "Java refuses it.",
            remedy="Have the certificate reissued without the names that this CA may not issue, or by another CA, and configure it under "
            f"{server_prefix(about.remote)} on every node of the remote cluster. To look: openssl x509 -in ca.pem -noout -ext nameConstraints.",
            facts=_facts(fault, "names that the CA may issue"),
        )


def _facts(fault: FaultFound, expected: str) -> dict[str, str]:
    return {
        "observed": shorten(fault.detail),
        "expected": expected,
        "subject": shorten(fault.subject),
        "issuer": shorten(fault.issuer),
    }


CHECKS = (key_usage, key_identifier_mismatch, name_constraints)
