"""The check tls/pem-glued."""

from __future__ import annotations

from checks.tables import docs
from diag.check import Yields, check
from diag.model import CertificateFiles, Finding, Severity, shorten


@check(
    "tls/pem-glued",
    severity=Severity.ERROR,
    docs=(docs.TRANSPORT_TLS_SETTINGS,),
    tags=("pem", "documents"),
    source="JDK CertificateFactory of 17 and 25; nodes of 8.19.0 and 9.2.0 that did not start",
)
def pem_glued(files: CertificateFiles) -> Yields:
    """The end of one certificate and the begin of the next are one line.

    Why it matters: a BEGIN line has to begin a line. Java refuses the whole file, and a node does not start with it.

    How to fix: put a line break between END and BEGIN.

    Example: ``cat a.pem b.pem > ca.pem``, and the last line of a.pem has no line break.
    """
    for file in files.all:
        for origin in file.glued if file.problem else ():
            yield Finding(
                summary=f"In {shorten(file.path)} an END line and the next BEGIN line are one line: Java refuses the file, and a node does not start "
                "with it.",
                remedy="Put a line break between them.",
                facts={
                    "path": shorten(file.path),
                    "observed": "END and BEGIN on one line",
                    "expected": "lines of their own",
                },
                origin=origin,
                replacement="\n",
            )
