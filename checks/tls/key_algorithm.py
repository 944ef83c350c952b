"""The check tls/key-algorithm."""

from __future__ import annotations

from checks.shared.fixes import here
from checks.tables import docs
from diag.check import Yields, check
from diag.model import Finding, KeyFiles, Severity, shorten


@check(
    "tls/key-algorithm",
    severity=Severity.ERROR,
    docs=(docs.TRANSPORT_TLS_SETTINGS,),
    tags=("pem", "documents"),
    source="Elasticsearch PemUtils of 8.19.0 and 9.2.0, asked with each kind of key; a node of 8.19.0 that did not start",
)
def key_algorithm(keys: KeyFiles) -> Yields:
    """A private key is of a kind that Elasticsearch does not read.

    Why it matters: Elasticsearch reads RSA, DSA and EC keys, and Java makes TLS connections with three curves. A node with another key
    does not start.

    How to fix: make a key of RSA, or of EC on P-256, P-384 or P-521, and have the certificate issued anew for it.

    Example: ``openssl genpkey -algorithm ed25519``.
    """
    for key in keys.all:
        if key.unsupported:
            yield Finding(
                summary=f"{shorten(key.path)}: {shorten(key.problem)}. A node does not start with it.",
                remedy="Make a new key, and have a certificate issued for it.",
                fix=here(
                    "openssl", "genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", "new.key"
                ),
                facts={
                    "path": shorten(key.path),
                    "observed": shorten(key.problem),
                    "expected": "RSA, or EC on P-256, P-384 or P-521",
                },
                origin=key.origin,
            )
