"""The check tls/key-usage."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from checks.shared.causes import NO_CONNECTION, NOTHING_AFTER_TLS
from checks.shared.certificate_files import leaves
from checks.shared.certificate_text import server_prefix, subject
from checks.shared.chain_not_judged import unverified
from checks.shared.fixes import inspect
from checks.tables import docs
from checks.tls._handshake import has_static_rsa
from diag.check import Applies, Unknown, Yields, check
from diag.model import (
    Certificate,
    CertificateFiles,
    Chain,
    ClientIdentity,
    ClusterEvidence,
    Finding,
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


def _documents(files: CertificateFiles) -> Yields:
    for one in leaves(files):
        for found in _lacking(one.certificate, _SIGNS, f"in {one.path}", "xpack.security.transport.ssl"):
            yield replace(found, origin=one.origin)


@check(
    "tls/key-usage",
    second_hop=True,
    severity=Severity.ERROR,
    applies=Applies.settings(),
    while_connected=Severity.WARNING,
    docs=(docs.EXTERNAL_CA, docs.CERTUTIL),
    tags=("tls", "mutual-tls"),
    source="JDK EndEntityChecker, measured with Java 17 and 25; RFC 5280 section 4.2.1.3",
    explains=("tls/client-cert-rejected", *NO_CONNECTION),
    leaves_open=NOTHING_AFTER_TLS,
    in_documents=_documents,
)
def key_usage(
    cluster_evidence: ClusterEvidence,
    remote_evidence: RemoteEvidence,
    tls: TlsAttempt | Unavailable,
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
        yield Unknown(str(chain), piece=chain)
    elif taken := unverified(cluster_evidence, remote_evidence):
        yield taken
    elif not _is_its_own_anchor(chain):
        old = isinstance(tls, TlsAttempt) and has_static_rsa(tls.cipher)
        where = f"{server_prefix(remote_evidence.remote)} of the remote cluster"
        yield from _lacking(chain.leaf, _DECRYPTS if old else _SIGNS, "of the peer", where)
    if remote_evidence.remote.security_model is not SecurityModel.CERTIFICATE:
        return
    if isinstance(identity, ClientIdentity):
        for leaf in identity.chain[:1]:
            local_side = "xpack.security.transport.ssl of the local cluster"
            yield from _lacking(leaf, _SIGNS, f"that we present ({shorten(identity.path)})", local_side)
    elif not identity.not_configured:
        yield Unknown(str(identity), piece=identity)


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
        remedy=f"Have it reissued with {spoken} in its key usage, or without the extension, and configure it under {where}.",
        fix=inspect("openssl", "x509", "-in", "<node.pem>", "-noout", "-ext", "keyUsage"),
        facts={"observed": as_fact(leaf.key_usage), "expected": spoken, "subject": subject(leaf)},
    )
