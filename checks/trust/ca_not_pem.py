"""The check trust/ca-not-pem."""

from __future__ import annotations

from dataclasses import replace

from checks.shared.causes import CHAIN_NOT_VERIFIED, NO_CONNECTION, NOTHING_AFTER_TCP
from checks.shared.certificate_files import authorities, has_fault_of_its_own
from checks.shared.fixes import Remedy, here, inspect
from checks.shared.java import is_store, read_by_some_java
from checks.tables import docs
from checks.trust._anchors import NO_FILE
from diag.check import NotApplicable, Unknown, Yields, check
from diag.model import (
    CaFile,
    CertificateFiles,
    FileFault,
    Finding,
    Kind,
    Layer,
    LocalCluster,
    LocalVersion,
    Severity,
    Trust,
    Unavailable,
    shorten,
)

_NO_UPLOAD = frozenset({"DER", "PKCS#7"})
_UNLOCK = "Name it under truststore with its password, in diag.yaml: transport.truststore.path and .password: {file: …} or {env: …}"


def _documents(files: CertificateFiles) -> Yields:
    for file in authorities(files):
        as_ca = CaFile(
            path=file.path, certificates=file.certificates, problem=file.problem, form=file.form, fault=file.fault
        )
        with_key = file.has_private_key and file.certificates
        if file.problem and not (with_key or has_fault_of_its_own(file)):
            yield replace(_refused(as_ca), origin=file.origin)
        elif not file.problem and (file.older_java or file.newer_java):
            yield replace(
                read_by_some_java(shorten(file.path), file.older_java, file.newer_java, None), origin=file.origin
            )
        elif not file.problem and file.form in _NO_UPLOAD:
            yield replace(_no_upload(as_ca), origin=file.origin)


@check(
    "trust/ca-not-pem",
    severity=Severity.ERROR,
    severities=(Severity.INFO, Severity.WARNING),
    layer=Layer.TLS,  # It shows as a chain that leads nowhere.
    docs=(docs.TRANSPORT_TLS_SETTINGS, docs.HOSTED_TO_SELF_MANAGED),
    tags=("ca", "offline"),
    source="Elasticsearch PemTrustConfig; JDK CertificateFactory of 17 and 25; RFC 7468",
    explains=(*CHAIN_NOT_VERIFIED, "tls/private-ca-missing", *NO_CONNECTION),
    leaves_open=NOTHING_AFTER_TCP,
    in_documents=_documents,
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
        yield NotApplicable(NO_FILE)
    for file in trust.files:
        path = shorten(file.path)
        # Evidence of an earlier diag has no form: what was not read may be a key store, which that one did not open.
        if file.locked or (file.problem and not file.form):
            yield Unknown(f"which CAs {path} trusts is not known: {shorten(file.problem)}. {_UNLOCK}")
        elif file.problem and not (file.has_private_key and file.certificates):
            yield _refused(file)
        elif file.older_java or file.newer_java:
            yield read_by_some_java(path, file.older_java, file.newer_java, version)
        elif file.form in _NO_UPLOAD and cluster.kind is not Kind.SELF_MANAGED:
            yield _no_upload(file)


def _refused(file: CaFile) -> Finding:
    path, how = shorten(file.path), _remedy(file)
    return Finding(
        summary=f"{path} cannot be read as a file of trusted certificates: {shorten(file.problem)}; Elasticsearch refuses it, "
        "and a node does not start with it.",
        remedy=how.sentence,
        fix=how.fix,
        facts={"path": path, "observed": shorten(file.problem), "expected": "certificates only, in PEM"},
    )


def _no_upload(file: CaFile) -> Finding:
    path, form = shorten(file.path), file.form
    reader = ("pkcs7", "-print_certs") if form == "PKCS#7" else ("x509",)
    return Finding(
        summary=f"{path} is {form}: certificate_authorities takes it, and the upload in the console takes PEM only.",
        remedy="For an upload, write it as PEM (without -inform der where it is text already).",
        fix=here("openssl", *reader, "-inform", "der", "-in", file.path, "-out", "ca.pem"),
        severity=Severity.INFO,
        facts={"path": path, "observed": form, "expected": "PEM, for an upload"},
    )


def _remedy(file: CaFile) -> Remedy:
    listing = inspect("keytool", "-list", "-v", "-keystore", file.path)
    if file.fault is FileFault.TRUSTS_NOTHING:
        imported = here("keytool", "-importcert", "-alias", "ca", "-file", "ca.pem", "-keystore", file.path)
        return Remedy("Put the CA into it.", (*listing, *imported))
    if is_store(file.form):
        return Remedy("See what is in it; or export the CA certificate as PEM, and name that file.", listing)
    if file.certificates:
        return Remedy(
            "Leave only certificates in it, each BEGIN and END on a line of its own. OpenSSL writes the first of them.",
            here("openssl", "x509", "-in", file.path, "-out", "ca.pem"),
        )
    return Remedy(f"Replace {shorten(file.path)} by the CA certificate in PEM.")
