"""The check tls/key-identifier-mismatch."""

from __future__ import annotations

from checks.shared.causes import CHAIN_NOT_VERIFIED, NO_CONNECTION, NOTHING_AFTER_TLS
from checks.shared.certificate_text import named, server_prefix
from checks.shared.chain_not_judged import unverified
from checks.shared.fixes import inspect
from checks.tables import docs
from checks.tls._java_path import facts
from diag.check import NotApplicable, Yields, check
from diag.model import (
    Chain,
    ChainFault,
    ClusterEvidence,
    Finding,
    RemoteEvidence,
    Severity,
    shorten,
)


@check(
    "tls/key-identifier-mismatch",
    second_hop=True,
    severity=Severity.CRITICAL,
    while_connected=Severity.WARNING,
    docs=(docs.TROUBLESHOOT_TLS_TRUST, docs.CLIENT_TLS_SETTINGS),
    tags=("tls", "trust"),
    source="cloud-on-k8s#9197 (known issue of ECK 3.3.0 to 3.3.2); measured with Java 17 and 25; RFC 5280 section 4.2.1.1",
    explains=(*CHAIN_NOT_VERIFIED, "tls/public-vs-private-ca", *NO_CONNECTION),
    leaves_open=NOTHING_AFTER_TLS,
)
def key_identifier_mismatch(cluster_evidence: ClusterEvidence, remote_evidence: RemoteEvidence, chain: Chain) -> Yields:
    """A certificate names another key of its issuer than the trusted CA of that name says it has.

    Why it matters: the signature is right and the name too, and still Java finds no way to the CA: it compares the authority key
    identifier of the certificate with the subject key identifier of the trusted CA (and the serial number, where it is named).

    How to fix: issue the certificate anew by the CA as it is now, or trust the CA certificate that was there when it was issued.

    Example: ECK 3.3.0 to 3.3.2 renewed its CA with another key identifier. Delete the secrets of the transport and HTTP certificates,
    so that the operator issues them anew, and upgrade it to 3.4.
    """
    if taken := unverified(cluster_evidence, remote_evidence):
        yield taken
        return
    found = [fault for fault in chain.faults if fault.fault is ChainFault.KEY_IDENTIFIER]
    if not found and not chain.trusted:
        yield NotApplicable("no trusted CA issued the certificate")
    for fault in found[:1]:
        yield Finding(
            summary=f"{named(fault.subject)} was signed by the trusted CA {shorten(fault.issuer, 120)}, but {shorten(fault.detail)}: Java does not "
            "take the one for the issuer of the other.",
            remedy="Have the certificate issued anew by the CA as it is now, on every node of the remote cluster "
            f"({server_prefix(remote_evidence.remote)}); on ECK delete the secrets of its certificates, and upgrade the operator to 3.4.",
            fix=inspect(
                "openssl", "x509", "-in", "<file>", "-noout", "-ext", "authorityKeyIdentifier,subjectKeyIdentifier"
            ),
            facts=facts(fault, "the key identifiers of a certificate and its CA agree"),
        )
