"""The check trust/ca-has-private-key."""

from __future__ import annotations

from dataclasses import replace

from checks.shared.causes import NO_CONNECTION
from checks.shared.certificate_files import authorities
from checks.shared.fixes import at
from checks.shared.payloads import certificates_in
from checks.tables import docs
from checks.trust._anchors import NO_FILE
from diag.check import NotApplicable, Yields, check, missing
from diag.model import (
    CertificateFiles,
    Finding,
    Severity,
    Trust,
    TrustPayloads,
    Unavailable,
    Where,
    command,
    shorten,
)


def _documents(files: CertificateFiles | Unavailable, payloads: TrustPayloads | Unavailable) -> Yields:
    absent = [one for one in (files, payloads) if isinstance(one, Unavailable)]
    if lost := [one for one in absent if not one.not_configured]:
        yield missing(lost[0])
    elif len(absent) > 1:
        yield missing(absent[0])
    for pem, name in certificates_in(payloads):
        if pem.file.has_private_key:
            yield Finding(
                summary=f"The {name} brings a private key along with its certificate; expected the certificate alone: the key of the CA is sent away.",
                remedy="Take the key out. If the payload was sent or committed already, replace the CA.",
                origin=pem.origin,
                facts={"observed": "PRIVATE KEY", "expected": "certificates only"},
            )
    for file in () if isinstance(files, Unavailable) else authorities(files):
        if file.has_private_key and file.certificates:
            key = next((one.origin for one in file.foreign if one.label.endswith("PRIVATE KEY")), file.origin)
            yield replace(_with_key(file.path), origin=key)


@check(
    "trust/ca-has-private-key",
    severity=Severity.CRITICAL,
    docs=(docs.HOSTED_TO_SELF_MANAGED, docs.CERTUTIL),
    tags=("ca", "offline", "secrets"),
    source="documentation: remote clusters with self-managed clusters, the file must not contain the private key",
    explains=NO_CONNECTION,
    in_documents=_documents,
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
        yield NotApplicable(NO_FILE)
    for file in trust.files:
        if file.has_private_key:
            yield _with_key(file.path)


def _with_key(name: str) -> Finding:
    path = shorten(name)
    return Finding(
        summary=f"{path} holds a private key as well as certificates of trusted CAs; expected certificates only. "
        "Elasticsearch takes the key for a certificate and refuses the file: a node does not start with it.",
        remedy="Write the certificates without the key into a new file, and use that. If this one was uploaded or copied, replace the CA.",
        fix=at(
            Where.HERE,
            f"{command('openssl', 'crl2pkcs7', '-nocrl', '-certfile', name)} | "
            f"{command('openssl', 'pkcs7', '-print_certs', '-out', 'ca-only.pem')}",
        ),
        facts={"path": path, "observed": "PRIVATE KEY", "expected": "certificates only"},
    )
