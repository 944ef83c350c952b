"""The files of trusted certificates: whether they are what they should be, and hold the CA that is meant."""

from __future__ import annotations

import shlex

from checks.causes import NO_CONNECTION, NOT_VOUCHED_FOR, NOTHING_AFTER_TCP, NOTHING_AFTER_TLS
from checks.remedies import shorten
from checks.tables import docs
from diag.check import NotApplicable, Yields, check
from diag.model import (
    CaFile,
    Certificate,
    Chain,
    ChainFault,
    Endpoints,
    Finding,
    Layer,
    Severity,
    Trust,
    Unavailable,
)

_NO_FILE = "no CA file is configured for this remote: the public roots are trusted"


@check(
    "trust/ca-same-dn-other-key",
    severity=Severity.ERROR,
    docs=(docs.TRB_TLS, docs.DIFFCA),
    tags=("ca", "trust"),
    source="Elasticsearch SslDiagnostics: signatures do not match",
    explains=(*NOT_VOUCHED_FOR, "trust/ca-not-signing-all-nodes", *NO_CONNECTION),
    leaves_open=NOTHING_AFTER_TLS,
)
def ca_same_dn_other_key(trust: Trust, chain: Chain) -> Yields:
    """A CA has the right name and another key than the one that signed the certificate of the peer.

    Why it matters: the names agree, so that everything looks right in a listing, and the signature does not verify. This
    is what a CA looks like that was made anew: its certificate has to be handed out again.

    How to fix: take the certificate of the CA that signs now, and put it beside the old one until every node has a new
    certificate; then take the old one out.

    Example: ``elasticsearch-certutil ca`` was run a second time, and the nodes got certificates of the new CA.
    """
    found = [fault for fault in chain.faults if fault.fault is ChainFault.SAME_NAME_OTHER_KEY]
    if not found and trust.public_roots:
        yield NotApplicable(_NO_FILE)
    for fault in found[:1]:
        issuer = shorten(fault.issuer or fault.subject)
        yield Finding(
            summary=f"{shorten(fault.subject)} names {issuer} as its issuer, and the CA of that name did not sign it: "
            f"{shorten(fault.detail) or 'it has another key'}.",
            remedy="Get the certificate of the CA that signs now from the remote cluster, add it to certificate_authorities of the "
            "local cluster and to ca in diag.yaml, and keep the old one until every node has a new certificate. "
            "To compare: openssl x509 -in ca.pem -noout -fingerprint -sha256.",
            facts={
                "observed": f"a CA named {issuer} with another key",
                "expected": f"the CA named {issuer} that signed the certificate",
                "subject": shorten(fault.subject),
                "issuer": issuer,
            },
        )


@check(
    "trust/ca-not-pem",
    severity=Severity.ERROR,
    layer=Layer.TLS,  # It shows as a chain that leads nowhere.
    docs=(docs.EC_SELF, docs.SEC_TR),
    tags=("ca", "offline"),
    source="documentation: remote clusters with self-managed clusters, upload the CA in PEM; RFC 7468",
    explains=(*NOT_VOUCHED_FOR, "tls/private-ca-missing", *NO_CONNECTION),
    leaves_open=NOTHING_AFTER_TCP,
)
def ca_not_pem(trust: Trust) -> Yields:
    """A file of trusted certificates is no PEM, or not all of it can be read.

    Why it matters: ``certificate_authorities`` and the upload in the console take PEM: text between BEGIN CERTIFICATE and
    END CERTIFICATE. From anything else no CA is trusted, and the upload is refused.

    How to fix: convert the file: ``openssl pkcs12 -in elastic-stack-ca.p12 -out ca.pem -clcerts -nokeys`` for PKCS#12,
    ``openssl x509 -inform der -in ca.der -out ca.pem`` for DER. Text before the BEGIN line does no harm.

    Example: ``ca: [certs/elastic-stack-ca.p12]``.
    """
    if not trust.files:
        yield NotApplicable(_NO_FILE)
    for file in trust.files:
        if file.problem:
            yield Finding(
                summary=f"{shorten(file.path)} does not hold certificates in PEM: {shorten(file.problem)}.",
                remedy=_conversion(file),
                facts={"path": shorten(file.path), "observed": shorten(file.problem), "expected": "PEM certificates"},
            )


@check(
    "trust/ca-has-private-key",
    severity=Severity.CRITICAL,
    docs=(docs.EC_SELF, docs.CERTUTIL),
    tags=("ca", "offline", "secrets"),
    source="documentation: remote clusters with self-managed clusters, the file must not contain the private key",
    explains=NO_CONNECTION,
)
def ca_has_private_key(trust: Trust) -> Yields:
    """A file of trusted certificates holds a private key.

    Why it matters: the file is copied to other clusters and uploaded to consoles. Whoever has the key of the CA can make
    certificates that every node here trusts. The upload is refused as well.

    How to fix: export the certificate alone (``-nokeys``). If the file has already been handed out, the key counts as
    known to others: make a new CA and replace the certificates it signed.

    Example: ``openssl pkcs12 -in elastic-stack-ca.p12 -out ca.pem -nodes``, without ``-nokeys``.
    """
    if not trust.files:
        yield NotApplicable(_NO_FILE)
    for file in trust.files:
        if file.has_private_key:
            path = shorten(file.path)
            yield Finding(
                summary=f"{path} holds a private key beside the certificates of trusted CAs; expected are certificates alone.",
                remedy=f"Write the certificates alone: openssl crl2pkcs7 -nocrl -certfile {shlex.quote(path)} | openssl pkcs7 "
                "-print_certs -out ca-only.pem, and use that file. If this one was uploaded or copied, replace the CA.",
                facts={"path": path, "observed": "PRIVATE KEY", "expected": "certificates alone"},
            )


@check(
    "trust/ca-is-leaf",
    severity=Severity.ERROR,
    layer=Layer.TLS,  # It shows as a chain that leads nowhere.
    docs=(docs.EC_SELF, docs.CERTUTIL),
    tags=("ca", "offline"),
    source="RFC 5280 section 4.2.1.9; JDK PKIXValidator: a trust anchor has to be a CA certificate",
    explains=(*NOT_VOUCHED_FOR, "trust/ca-not-signing-all-nodes", *NO_CONNECTION),
    leaves_open=NOTHING_AFTER_TLS,
)
def ca_is_leaf(trust: Trust, endpoints: Endpoints | Unavailable) -> Yields:
    """A file of trusted CAs holds a certificate that is no CA.

    Why it matters: such a certificate is trusted for itself alone, never for what its key signed. Trust that is built on
    the certificate of one node breaks with the next node.

    How to fix: export the certificate of the CA: from ``elastic-stack-ca.p12``, not from ``elastic-certificates.p12``.

    Example: ``openssl pkcs12 -clcerts -nokeys`` was run on the keystore of a node.
    """
    if not trust.anchors:
        yield NotApplicable(_NO_FILE if not trust.files else "no certificate could be read from the CA files")
        return
    probes = endpoints.probes if isinstance(endpoints, Endpoints) else ()
    chains = [probe.chain for probe in probes if isinstance(probe.chain, Chain)]
    pinned = {chain.leaf.fingerprint for chain in chains}
    harmless = all(chain.trusted for chain in chains) if chains else any(map(_may_sign, trust.anchors))
    for file in trust.files:
        strange = [ca for ca in file.certificates if not _may_sign(ca) and ca.fingerprint not in pinned]
        if strange:
            yield _no_ca(file, strange, Severity.WARNING if harmless else Severity.ERROR)


def _no_ca(file: CaFile, found: list[Certificate], severity: Severity) -> Finding:
    names = [shorten(certificate.subject, 120) for certificate in found]
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""  # noqa: PLR2004 -- three are enough to know it by.
    return Finding(
        summary=f"{shorten(file.path)} is to hold trusted CAs, and holds certificates that are none: {', '.join(names[:3])}{more}. "
        "Their basicConstraints do not say CA:TRUE.",
        remedy="Put the certificate of the CA there: openssl pkcs12 -in elastic-stack-ca.p12 -out ca.pem -clcerts -nokeys. "
        "To look: openssl x509 -in ca.pem -noout -ext basicConstraints.",
        severity=severity,
        facts={
            "path": shorten(file.path),
            "observed": "no CA:TRUE",
            "expected": "CA:TRUE",
            "subjects": tuple(names[:20]),
        },
    )


def _may_sign(certificate: Certificate) -> bool:
    """Tell whether a certificate is a CA. A self-signed one without any extension is of version 1, and may be."""
    if certificate.is_ca is not None:
        return certificate.is_ca
    extended = (certificate.key_usage, certificate.extended_key_usage) != (None, None)
    return certificate.self_signed and not (extended or certificate.has_san or certificate.subject_key_id)


def _conversion(file: CaFile) -> str:
    path = shlex.quote(shorten(file.path))
    if "PKCS#12" in file.problem:
        return f"Convert it: openssl pkcs12 -in {path} -out ca.pem -clcerts -nokeys, and use ca.pem."
    if "DER" in file.problem:
        return f"Convert it: openssl x509 -inform der -in {path} -out ca.pem, and use ca.pem."
    if "JKS" in file.problem:
        return f"Export the CA: keytool -exportcert -rfc -keystore {path} -alias ca -file ca.pem, and use ca.pem."
    return f"Replace it by the CA certificate in PEM; openssl x509 -in {path} -noout -subject has to print its name."


CHECKS = (ca_same_dn_other_key, ca_not_pem, ca_has_private_key, ca_is_leaf)
