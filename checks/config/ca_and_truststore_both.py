"""The check config/ca-and-truststore-both."""

from __future__ import annotations

from typing import Final

from checks.shared.documents import files_of, is_loaded
from checks.tables import docs
from checks.tables.settings import CLIENT_TLS, SERVER_TLS, TRANSPORT_TLS
from diag.check import NotApplicable, Yields, check
from diag.model import Finding, Setting, SettingsTexts, Severity, shorten

_PAIRS: Final = (
    ("certificate_authorities", "truststore.path"),
    ("key", "keystore.path"),
    ("certificate", "keystore.path"),
)


@check(
    "config/ca-and-truststore-both",
    severity=Severity.CRITICAL,
    docs=(docs.TRANSPORT_TLS_SETTINGS, docs.CLIENT_TLS_SETTINGS),
    tags=("documents", "tls"),
    source="Elasticsearch 8.19.0: a node with both does not start (cannot specify both)",
)
def ca_and_truststore_both(texts: SettingsTexts) -> Yields:
    """The same thing is said of TLS twice: by PEM files and by a key store.

    Why it matters: what an interface trusts is either ``certificate_authorities`` or ``truststore``, what it presents either ``key`` and
    ``certificate`` or ``keystore``. With both the node does not start.

    How to fix: keep one of them.

    Example: ``certificate_authorities`` together with the ``truststore.path`` that was there from the installation on.
    """
    files = files_of(texts)
    if not files:
        yield NotApplicable("no document is the file of a node")
    for text in files:
        for prefix in (TRANSPORT_TLS, CLIENT_TLS, SERVER_TLS):
            seen: set[str] = set()
            for one, other in _PAIRS:
                first, second = text.get(f"{prefix}{one}"), text.get(f"{prefix}{other}")
                if first is None or second is None or not (first.values and second.values) or other in seen:
                    continue
                if is_loaded(text, prefix):
                    seen.add(other)
                    yield _finding(*sorted((first, second), key=lambda setting: setting.origin))


def _finding(first: Setting, second: Setting) -> Finding:
    return Finding(
        summary=f"{shorten(first.key)} excludes {shorten(second.key)} in line {second.origin.line}: the node does not start; expected one of them.",
        remedy="Keep one of the two.",
        origin=first.origin,
        facts={"setting": first.key, "observed": (first.key, second.key), "expected": "one of them"},
    )
