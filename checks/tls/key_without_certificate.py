"""The check tls/key-without-certificate."""

from __future__ import annotations

from checks.shared.documents import files_of, is_loaded
from checks.tables import docs
from checks.tables.settings import CLIENT_TLS, TRANSPORT_TLS
from diag.check import NotApplicable, Yields, check
from diag.model import Finding, SettingsTexts, Severity, shorten


@check(
    "tls/key-without-certificate",
    severity=Severity.CRITICAL,
    docs=(docs.TRANSPORT_TLS_SETTINGS, docs.CLIENT_TLS_SETTINGS),
    tags=("documents", "tls"),
    source="Elasticsearch 8.19.0: a node with one of the two does not start (cannot specify [key] without also setting [certificate])",
)
def key_without_certificate(texts: SettingsTexts) -> Yields:
    """A node is given a private key without its certificate, or a certificate without its key.

    Why it matters: neither can be presented without the other, and the node does not start. Of the remote cluster server
    config/remote-server-ssl-incomplete says so.

    How to fix: set the other one as well.

    Example: ``xpack.security.transport.ssl.key`` alone.
    """
    files = files_of(texts)
    if not files:
        yield NotApplicable("no document is the file of a node")
    for text in files:
        for prefix in (TRANSPORT_TLS, CLIENT_TLS):
            key, certificate = text.get(f"{prefix}key"), text.get(f"{prefix}certificate")
            one = key if key is not None and key.values else certificate
            other = certificate if one is key else key
            if one is None or not one.values or (other is not None and other.values) or not is_loaded(text, prefix):
                continue
            lacking = f"{prefix}{'certificate' if one is key else 'key'}"
            yield Finding(
                summary=f"{shorten(one.key)} is set, and {lacking} is not: the node does not start; expected both.",
                remedy=f"Set {lacking} as well.",
                origin=one.origin,
                facts={"setting": one.key, "expected": lacking},
            )
