"""The check tls/weak-signature."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from checks.shared.causes import NO_CONNECTION
from checks.shared.certificate_files import placed
from checks.shared.certificate_text import subject, unread
from checks.shared.chain_not_judged import unverified
from checks.tables import docs
from diag.check import NotApplicable, Unknown, Yields, check
from diag.model import (
    Certificate,
    CertificateFiles,
    Chain,
    ClusterEvidence,
    Finding,
    Kind,
    RemoteEvidence,
    Severity,
    shorten,
)

_BROKEN_HASHES: Final = frozenset({"md2", "md4", "md5"})
_WEAK_HASHES: Final = frozenset({"sha1"})


def _documents(files: CertificateFiles) -> Yields:
    for one in placed(files):
        if not one.certificate.self_signed:
            for found in _judged(one.certificate, looked_at=True, by_ece=False):
                yield replace(found, origin=one.origin) if isinstance(found, Finding) else found


@check(
    "tls/weak-signature",
    severity=Severity.WARNING,
    severities=(Severity.ERROR,),
    docs=(docs.ECE_SHA1_CERTIFICATES, docs.TLS_VERSIONS_BY_JDK),
    tags=("tls", "strength"),
    source="documentation: allow SHA-1 signed certificates (ECE); Java: jdk.certpath.disabledAlgorithms",
    explains=NO_CONNECTION,
    in_documents=_documents,
)
def weak_signature(cluster_evidence: ClusterEvidence, remote_evidence: RemoteEvidence, chain: Chain) -> Yields:
    """A certificate is signed with a broken hash.

    Why it matters: Java refuses signatures with MD5, and with SHA-1 below public roots. Elastic Cloud Enterprise refuses
    SHA-1 from 3.5.0 on. The signature of a root on itself is of no account: it is trusted as it stands.

    How to fix: reissue the certificate; today's CAs sign with SHA-256.

    Example: a company CA that was set up with ``default_md = sha1``.
    """
    signed = [
        one for one in chain.certificates if not one.self_signed and (one is chain.leaf or one.subject != one.issuer)
    ]
    if not signed:
        yield NotApplicable("the only certificate is signed by itself")
    looked_at = unverified(cluster_evidence, remote_evidence) is None
    for certificate in signed:
        yield from _judged(certificate, looked_at=looked_at, by_ece=remote_evidence.remote.kind is Kind.ECE)


def _judged(certificate: Certificate, *, looked_at: bool, by_ece: bool) -> Iterator[Finding | Unknown]:
    hashed = certificate.signature_hash.lower().replace("-", "")
    broken, weak = hashed in _BROKEN_HASHES, hashed in _WEAK_HASHES
    if broken or weak:
        refused = " Java refuses it." if broken and looked_at else ""
        ece = " Elastic Cloud Enterprise 3.5.0 and newer refuses it." if weak and by_ece else ""
        yield Finding(
            summary=f"The certificate {subject(certificate)} is signed with {hashed.upper()}; expected SHA-256 or better.{refused}{ece}",
            remedy=f"Have it reissued with SHA-256 by {shorten(certificate.issuer, 120)}, on every node of the remote cluster.",
            severity=Severity.ERROR if refused else Severity.WARNING,
            facts={"observed": hashed, "expected": "sha256", "subject": subject(certificate)},
        )
    elif not hashed and certificate.problem:
        yield Unknown(unread(certificate))
