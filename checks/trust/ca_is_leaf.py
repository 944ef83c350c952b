"""The check trust/ca-is-leaf."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from checks.shared.causes import CHAIN_NOT_VERIFIED, NO_CONNECTION, NOTHING_AFTER_TLS
from checks.shared.certificate_files import authorities
from checks.shared.chain_not_judged import unverified
from checks.shared.fixes import at, inspect
from checks.shared.payloads import certificates_in
from checks.tables import docs
from checks.trust._anchors import NO_FILE
from diag.check import NotApplicable, Yields, check, missing
from diag.model import (
    Certificate,
    CertificateFiles,
    Chain,
    ClusterEvidence,
    Endpoints,
    Finding,
    Layer,
    RemoteEvidence,
    Severity,
    Trust,
    TrustPayloads,
    Unavailable,
    Where,
    as_fact,
    command,
    shorten,
)

_EXPORT: Final = ("openssl", "pkcs12", "-out", "ca.pem")


def _documents(files: CertificateFiles | Unavailable, payloads: TrustPayloads | Unavailable) -> Yields:
    absent = [one for one in (files, payloads) if isinstance(one, Unavailable)]
    if lost := [one for one in absent if not one.not_configured]:
        yield missing(lost[0])
    elif len(absent) > 1:
        yield missing(absent[0])
    for pem, name in certificates_in(payloads):
        leaves = [one for one in pem.file.certificates if not _may_sign(one)]
        if leaves:
            yield replace(
                _no_ca(f"The certificate of the {name}", leaves, Severity.ERROR, of_peers=False), origin=pem.origin
            )
    for file in () if isinstance(files, Unavailable) else authorities(files):
        no_ca = [index for index, one in enumerate(file.certificates) if not _may_sign(one)]
        if no_ca:
            severity = Severity.WARNING if len(no_ca) < len(file.certificates) else Severity.ERROR
            found = _no_ca(file.path, [file.certificates[index] for index in no_ca], severity, of_peers=False)
            yield replace(found, origin=file.place(no_ca[0]))


@check(
    "trust/ca-is-leaf",
    severity=Severity.ERROR,
    severities=(Severity.WARNING,),
    layer=Layer.TLS,  # It shows as a chain that leads nowhere.
    docs=(docs.HOSTED_TO_SELF_MANAGED, docs.CERTUTIL),
    tags=("ca", "offline"),
    source="RFC 5280 section 4.2.1.9; JDK PKIXValidator: a trust anchor has to be a CA certificate",
    explains=(*CHAIN_NOT_VERIFIED, "trust/ca-not-signing-all-nodes", *NO_CONNECTION),
    leaves_open=NOTHING_AFTER_TLS,
    in_documents=_documents,
)
def ca_is_leaf(
    cluster_evidence: ClusterEvidence, remote_evidence: RemoteEvidence, trust: Trust, endpoints: Endpoints | Unavailable
) -> Yields:
    """A file of trusted CAs holds a certificate that is not a CA.

    Why it matters: such a certificate is trusted for itself alone, never for what its key signed. Trust that is built on
    the certificate of one node breaks with the next node.

    How to fix: export the certificate of the CA: from ``elastic-stack-ca.p12``, not from ``elastic-certificates.p12``.

    Example: ``openssl pkcs12 -clcerts -nokeys`` was run on the keystore of a node; ``-cacerts`` gives the CA.
    """
    if not trust.anchors:
        yield NotApplicable(NO_FILE if not trust.files else "no certificate could be read from the CA files")
        return
    probes = endpoints.probes if isinstance(endpoints, Endpoints) else ()
    chains = [probe.chain for probe in probes if isinstance(probe.chain, Chain)]
    pinned = {chain.leaf.fingerprint for chain in chains}
    trusted = all(chain.trusted for chain in chains) if chains else any(map(_may_sign, trust.anchors))
    harmless = trusted or unverified(cluster_evidence, remote_evidence) is not None
    for file in trust.files:
        no_ca = [ca for ca in file.certificates if not _may_sign(ca)]
        if no_ca:
            of_peers = all(ca.fingerprint in pinned for ca in no_ca)
            yield _no_ca(
                file.path, no_ca, Severity.WARNING if harmless or of_peers else Severity.ERROR, of_peers=of_peers
            )


def _no_ca(path: str, found: list[Certificate], severity: Severity, *, of_peers: bool) -> Finding:
    names = [shorten(certificate.subject, 120) for certificate in found]
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""  # noqa: PLR2004 -- three are enough to know it by.
    return Finding(
        summary=f"{shorten(path)} holds certificates that are not CAs; expected trusted CAs only: {', '.join(names[:3])}{more}. "
        "Their basicConstraints do not say CA:TRUE."
        + (
            " It is what the remote node presents itself: it is trusted for that node, until its next certificate."
            if of_peers
            else ""
        ),
        remedy="Put the certificate of the CA there, exported from the file of the CA or from the key store of a node (old ones need -legacy).",
        fix=(
            *at(
                Where.REMOTE,
                command(*_EXPORT, "-in", "elastic-stack-ca.p12", "-nokeys"),
                when="from the file of the CA",
            ),
            *at(
                Where.REMOTE,
                command(*_EXPORT, "-in", "elastic-certificates.p12", "-cacerts", "-nokeys"),
                when="from the key store of a node",
            ),
            *inspect("openssl", "x509", "-in", "ca.pem", "-noout", "-ext", "basicConstraints"),
        ),
        severity=severity,
        facts={
            "path": shorten(path),
            "observed": "no CA:TRUE",
            "expected": "CA:TRUE",
            "subjects": as_fact(names),
        },
    )


def _may_sign(certificate: Certificate) -> bool:
    """Whether a certificate is a CA. A self-signed one without any extension is of version 1, and may be."""
    if certificate.is_ca is not None:
        return certificate.is_ca
    extended = (certificate.key_usage, certificate.extended_key_usage) != (None, None)
    return certificate.self_signed and not (extended or certificate.has_san or certificate.subject_key_id)
