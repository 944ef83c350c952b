"""The check tls/pem-foreign-block."""

from __future__ import annotations

from checks.shared.fixes import here
from checks.tables import docs
from diag.check import Yields, check
from diag.model import CertificateFiles, CertificateUse, Finding, Severity, shorten


@check(
    "tls/pem-foreign-block",
    severity=Severity.ERROR,
    docs=(docs.TRANSPORT_TLS_SETTINGS,),
    tags=("pem", "documents"),
    source="JDK CertificateFactory of 17 and 25, asked with each kind of block; nodes of 8.19.0 that did not start",
)
def pem_foreign_block(files: CertificateFiles) -> Yields:
    """A file of certificates holds a block that is no certificate.

    Why it matters: Java takes every block of the file for a certificate, whatever its label, and refuses the whole file where one is
    none: a node does not start with it.

    How to fix: leave nothing but certificates in the file. A private key belongs into a file of its own.

    Example: certificate and key in one file, as HAProxy wants it; ``cat node.pem dhparam.pem``.
    """
    for file in files.all:
        for block in file.foreign if file.problem else ():
            if file.use is CertificateUse.AUTHORITIES and block.label.endswith("PRIVATE KEY"):
                continue  # trust/ca-has-private-key is about that.
            yield Finding(
                summary=f"{shorten(file.path)} holds a block {shorten(block.label, 60)} among its certificates: Java takes it for a certificate, and "
                "Elasticsearch refuses the file: a node does not start with it.",
                remedy="Take that block out of the file, from its BEGIN line to its END line.",
                fix=here(
                    "openssl",
                    "x509",
                    "-in",
                    file.path,
                    "-out",
                    "new.pem",
                    when="if the first certificate is the only one",
                ),
                facts={"path": shorten(file.path), "observed": shorten(block.label, 60), "expected": "CERTIFICATE"},
                origin=block.origin,
            )
