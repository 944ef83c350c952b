"""The check tls/weak-key."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from checks.shared.causes import NO_CONNECTION
from checks.shared.certificate_files import placed
from checks.shared.certificate_text import subject
from checks.shared.chain_not_judged import unverified
from checks.shared.fixes import certutil
from checks.tables import docs
from diag.check import Applies, Unknown, Yields, check
from diag.model import (
    Certificate,
    CertificateFiles,
    Chain,
    ClusterEvidence,
    Finding,
    RemoteEvidence,
    Severity,
    shorten,
)

# Below the first number Java refuses the key, below the second it is weak by today's measure.
_KEY_BITS: Final = {"RSA": (1024, 2048), "DSA": (1024, 2048), "EC": (224, 256)}
_STRONG_KEYS: Final = frozenset({"ED25519", "ED448"})


def _documents(files: CertificateFiles) -> Yields:
    for one in placed(files):
        who = f"In {one.path} the certificate" if one.is_leaf else f"In {one.path} the CA certificate"
        for found in _judged(one.certificate, who, looked_at=True):
            yield replace(found, origin=one.origin) if isinstance(found, Finding) else found


@check(
    "tls/weak-key",
    severity=Severity.WARNING,
    severities=(Severity.ERROR,),
    applies=Applies.settings(),
    docs=(docs.TLS_VERSIONS_BY_JDK,),
    tags=("tls", "strength"),
    source="documentation: supported TLS versions by JDK version; Java: jdk.certpath.disabledAlgorithms",
    explains=NO_CONNECTION,
    in_documents=_documents,
)
def weak_key(cluster_evidence: ClusterEvidence, remote_evidence: RemoteEvidence, chain: Chain) -> Yields:
    """A certificate has a key that is too short.

    Why it matters: Java refuses RSA keys below 1024 bits and elliptic curves below 224. Keys below 2048 and 256 work
    until an update raises the limit.

    How to fix: reissue the certificate with a key of RSA 2048 or more, or of a curve of 256 bits or more.

    Example: a CA made years ago with ``openssl req -newkey rsa:1024``.
    """
    if not chain.certificates:
        yield Unknown("the peer presented no certificate")
    looked_at = unverified(cluster_evidence, remote_evidence) is None
    for position, certificate in enumerate(chain.certificates):
        who = "The CA certificate" if position else "The certificate"
        yield from _judged(certificate, who, looked_at=looked_at)


def _judged(certificate: Certificate, who: str, *, looked_at: bool) -> Iterator[Finding | Unknown]:
    kind = certificate.key_type.upper().replace("-", "").replace("_", "")
    limits = next((bits for name, bits in _KEY_BITS.items() if kind.startswith(name)), None)
    if kind in _STRONG_KEYS:
        return
    if limits is None or certificate.key_bits <= 0:
        yield Unknown(
            f"the key of {subject(certificate)} is of a kind that is not known here: {shorten(certificate.key_type, 40) or 'it could not be read'}"
        )
    elif certificate.key_bits < limits[1]:
        refused = certificate.key_bits < limits[0] and looked_at
        yield Finding(
            summary=f"{who} {subject(certificate)} has a key of {shorten(certificate.key_type, 40)} {certificate.key_bits} bits"
            f"{', which Java refuses' if refused else ''}; expected at least {limits[1]}.",
            remedy="Reissue it with a longer key, on every node of the remote cluster; a CA likewise.",
            fix=certutil("--keysize", "2048"),
            severity=Severity.ERROR if refused else Severity.WARNING,
            facts={
                "observed": certificate.key_bits,
                "expected": limits[1],
                "key_type": shorten(certificate.key_type, 40),
                "subject": subject(certificate),
            },
        )
