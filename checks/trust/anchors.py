"""The files of trusted certificates: whether they are what they should be, and hold the CA that is meant."""

from __future__ import annotations

import shlex

from checks.causes import NO_CONNECTION, NOT_VOUCHED_FOR, NOTHING_AFTER_TCP, NOTHING_AFTER_TLS
from checks.java import is_store, read_by_some_java
from checks.tables import docs
from diag.check import NotApplicable, Unknown, Yields, check
from diag.model import (
    CaFile,
    Certificate,
    Chain,
    ChainFault,
    Endpoints,
    Finding,
    Kind,
    Layer,
    LocalCluster,
    LocalVersion,
    Severity,
    Trust,
    Unavailable,
    as_fact,
    shorten,
)

_NO_UPLOAD = frozenset({"DER", "PKCS#7"})
_UNLOCK = "Name it under truststore with its password, in diag.yaml: transport.truststore.path and .password: {file: …} or {env: …}"
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
    docs=(docs.SEC_TR, docs.EC_SELF),
    tags=("ca", "offline"),
    source="Elasticsearch PemTrustConfig; JDK CertificateFactory of 17 and 25; RFC 7468",
    explains=(*NOT_VOUCHED_FOR, "tls/private-ca-missing", *NO_CONNECTION),
    leaves_open=NOTHING_AFTER_TCP,
)
def ca_not_pem(trust: Trust, version: LocalVersion | Unavailable, cluster: LocalCluster) -> Yields:
    """A file of trusted certificates cannot be read, or not by every Java that Elasticsearch runs on.

    Why it matters: Elasticsearch reads ``certificate_authorities`` with Java, which takes every block of the file for a certificate,
    whatever its label, and refuses the whole file where one is not: a node does not start then. DER and PKCS#7 are read as
    well. The upload in the console takes PEM alone.

    How to fix: leave nothing but certificates in the file, BEGIN and END on lines of their own. A PKCS#12 or JKS key store is
    named under ``truststore``, for Elasticsearch and for diag, or its certificates are exported.

    Example: ``cat a.pem b.pem > ca.pem``, and the last line of a.pem has no line break.
    """
    if not trust.files:
        yield NotApplicable(_NO_FILE)
    for file in trust.files:
        path = shorten(file.path)
        if file.locked or (not file.form and is_store(file.form, file.problem)):
            yield Unknown(f"which CAs {path} trusts could not be told: {shorten(file.problem)}. {_UNLOCK}")
        elif file.problem and not (file.has_private_key and file.certificates):
            yield Finding(
                summary=f"{path} cannot be read as a file of trusted certificates: {shorten(file.problem)}; Elasticsearch refuses it, "
                "and a node does not start with it.",
                remedy=_mend(file),
                facts={"path": path, "observed": shorten(file.problem), "expected": "certificates alone, in PEM"},
            )
        elif file.older_java or file.newer_java:
            yield read_by_some_java(path, file.older_java, file.newer_java, version)
        elif file.form in _NO_UPLOAD and cluster.kind is not Kind.SELF_MANAGED:
            yield _no_upload(path, file.form)


def _no_upload(path: str, form: str) -> Finding:
    inform = "pkcs7 -print_certs" if form == "PKCS#7" else "x509"
    return Finding(
        summary=f"{path} is {form}: certificate_authorities takes it, and the upload in the console takes PEM alone.",
        remedy=f"For an upload, write it as PEM: openssl {inform} -inform der -in {shlex.quote(path)} -out ca.pem "
        "(without -inform der where it is text already).",
        severity=Severity.INFO,
        facts={"path": path, "observed": form, "expected": "PEM, for an upload"},
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
    certificates that every node here trusts. Elasticsearch refuses such a file, and so does the upload: a node does not start with it.

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
                summary=f"{path} holds a private key beside the certificates of trusted CAs; expected are certificates alone. "
                "Elasticsearch takes the key for a certificate and refuses the file: a node does not start with it.",
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

    Example: ``openssl pkcs12 -clcerts -nokeys`` was run on the keystore of a node; ``-cacerts`` gives the CA.
    """
    if not trust.anchors:
        yield NotApplicable(_NO_FILE if not trust.files else "no certificate could be read from the CA files")
        return
    probes = endpoints.probes if isinstance(endpoints, Endpoints) else ()
    chains = [probe.chain for probe in probes if isinstance(probe.chain, Chain)]
    pinned = {chain.leaf.fingerprint for chain in chains}
    harmless = all(chain.trusted for chain in chains) if chains else any(map(_may_sign, trust.anchors))
    for file in trust.files:
        strange = [ca for ca in file.certificates if not _may_sign(ca)]
        if strange:
            of_peers = all(ca.fingerprint in pinned for ca in strange)
            yield _no_ca(file, strange, Severity.WARNING if harmless or of_peers else Severity.ERROR, of_peers=of_peers)


def _no_ca(file: CaFile, found: list[Certificate], severity: Severity, *, of_peers: bool) -> Finding:
    names = [shorten(certificate.subject, 120) for certificate in found]
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""  # noqa: PLR2004 -- three are enough to know it by.
    return Finding(
        summary=f"{shorten(file.path)} is to hold trusted CAs, and holds certificates that are none: {', '.join(names[:3])}{more}. "
        "Their basicConstraints do not say CA:TRUE."
        + (
            " It is what the remote node presents itself: it is trusted for that node, until its next certificate."
            if of_peers
            else ""
        ),
        remedy="Put the certificate of the CA there: openssl pkcs12 -in elastic-stack-ca.p12 -out ca.pem -nokeys, or out of the "
        "key store of a node: openssl pkcs12 -in elastic-certificates.p12 -out ca.pem -cacerts -nokeys (with -legacy for old ones). "
        "To look: openssl x509 -in ca.pem -noout -ext basicConstraints.",
        severity=severity,
        facts={
            "path": shorten(file.path),
            "observed": "no CA:TRUE",
            "expected": "CA:TRUE",
            "subjects": as_fact(names),
        },
    )


def _may_sign(certificate: Certificate) -> bool:
    """Tell whether a certificate is a CA. A self-signed one without any extension is of version 1, and may be."""
    if certificate.is_ca is not None:
        return certificate.is_ca
    extended = (certificate.key_usage, certificate.extended_key_usage) != (None, None)
    return certificate.self_signed and not (extended or certificate.has_san or certificate.subject_key_id)


def _mend(file: CaFile) -> str:
    path = shlex.quote(shorten(file.path))
    if "trusts no certificate" in file.problem:
        return f"Look what is in it: keytool -list -keystore {path}. Put the CA in: keytool -importcert -alias ca -file ca.pem -keystore {path}."
    if is_store(file.form, file.problem):
        return f"Look what is in it: keytool -list -v -keystore {path}; or export the CA certificate as PEM, and name that file."
    if file.certificates:
        return f"Leave the certificates alone in it, each BEGIN and END on a line of its own: openssl x509 -in {path} writes the first of them."
    return f"Replace {path} by the CA certificate in PEM."


CHECKS = (ca_same_dn_other_key, ca_not_pem, ca_has_private_key, ca_is_leaf)
