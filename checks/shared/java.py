"""Which Java a release of Elasticsearch brings along, and what that means for files that one Java reads and another does not."""

from __future__ import annotations

from checks.shared.fixes import here
from checks.tables.versions import JAVA_25
from diag.model import Finding, LocalVersion, Severity, Unavailable


def is_store(form: str) -> bool:
    """Tell a key store by its form."""
    return form in {"PKCS#12", "JKS"}


def read_by_some_java(path: str, older: str, newer: str, version: LocalVersion | Unavailable | None) -> Finding:
    """Say that a file of certificates is read by one Java and not by another, as severe as it is for the release in use, where that is known."""
    reported = (
        f"Java before 25 (Elasticsearch before 9.2): {older}"
        if older
        else f"Java 25 (Elasticsearch 9.2 and later): {newer}"
    )
    severity = Severity.WARNING
    if isinstance(version, LocalVersion):
        has_newer = version.number >= JAVA_25.since
        if has_newer is bool(newer):
            severity = Severity.ERROR
        elif has_newer:
            severity = Severity.INFO
    return Finding(
        summary=f"{path} is not read by every Java. Not by {reported}. The other one reads it.",
        remedy="Write it anew, nothing but certificates, BEGIN and END at the beginning of lines of their own and nothing behind them.",
        fix=here("openssl", "x509", "-in", path, "-out", "new.pem", when="a file with one certificate"),
        severity=severity,
        facts={"path": path, "observed": older or newer, "expected": "a file that every Java reads"},
    )
