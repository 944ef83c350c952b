"""The check tls/key-cert-mismatch."""

from __future__ import annotations

from typing import Final

from checks.shared.causes import NO_CONNECTION, NOTHING_AFTER_TCP
from checks.shared.fixes import Remedy, here, inspect
from checks.shared.java import is_store, read_by_some_java
from checks.tables import docs
from diag.check import Applies, Yields, check, missing
from diag.model import (
    ClientIdentity,
    Finding,
    LocalVersion,
    SecurityModel,
    Severity,
    Unavailable,
    shorten,
)

_IN_STORED: Final = "diag needs one without a passphrase"  # The words of evidence that an earlier diag stored.


@check(
    "tls/key-cert-mismatch",
    severity=Severity.ERROR,
    severities=(Severity.INFO, Severity.WARNING),
    applies=Applies(models=(SecurityModel.CERTIFICATE,)),
    docs=(docs.TROUBLESHOOT_HANDSHAKE, docs.TRANSPORT_TLS_SETTINGS),
    tags=("tls", "mutual-tls", "offline"),
    source="documentation: troubleshoot TLS handshakes; Elasticsearch PemKeyConfig",
    explains=("tls/client-cert-rejected", *NO_CONNECTION),
    leaves_open=NOTHING_AFTER_TCP,
)
def key_cert_mismatch(identity: ClientIdentity | Unavailable, version: LocalVersion | Unavailable) -> Yields:
    """The client certificate can't be used: its key is another one's, or a file is not what Elasticsearch reads.

    Why it matters: in the certificate model the local nodes prove themselves with a certificate and its private key. With a key that
    belongs to another certificate no handshake succeeds, and with a file that Elasticsearch does not read a node does not start:
    a certificate file with anything but certificates in it, a key file that does not begin with the key, a key of
    Ed25519, RSA-PSS or another curve than P-256, P-384 and P-521.

    How to fix: put certificate and key of one pair together, the certificate of the node first in its file, the key in a file of its
    own. diag reads an encrypted key with ``transport.key_passphrase``, and a key store with ``transport.keystore``.

    Example: the certificate was renewed, and ``transport.key`` is still the key of the old one.
    """
    if isinstance(identity, Unavailable):
        yield missing(identity)
    elif identity.problem:
        yield _not_usable(identity)
    elif identity.older_java or identity.newer_java:
        yield read_by_some_java(
            shorten(identity.path), shorten(identity.older_java), shorten(identity.newer_java), version
        )


def _repair(identity: ClientIdentity, path: str, *, locked: bool) -> Remedy:
    problem, store = identity.problem, is_store(identity.form, identity.problem)
    if "and diag does not" in problem:
        return Remedy(
            "Give diag the key encrypted with AES, as transport.key in diag.yaml. Elasticsearch reads that one, too.",
            here("openssl", "pkcs8", "-topk8", "-v2", "aes-256-cbc", "-in", "<key>", "-out", "new.key"),
        )
    if locked:
        key = "transport.keystore.password" if store else "transport.key_passphrase"
        return Remedy(f"Set {key} in diag.yaml to {{file: …}} or {{env: …}}; Elasticsearch has it in its keystore.")
    if store:
        return Remedy(
            "Look what is in it. For diag.yaml: transport.keystore takes a key store, transport.certificate and transport.key take PEM.",
            inspect("keytool", "-list", "-v", "-keystore", identity.path),
        )
    if "belongs to" in problem:
        return Remedy(
            f"Put the pair together: transport.certificate ({path}) and transport.key in diag.yaml, and "
            "xpack.security.transport.ssl.certificate and .key on the nodes where they are the same files. Compare the two.",
            (
                *inspect("openssl", "x509", "-in", identity.path, "-noout", "-pubkey"),
                *inspect("openssl", "pkey", "-in", "<key>", "-pubout"),
            ),
        )
    return Remedy(
        f"Correct the file: transport.certificate ({path}) holds certificates alone, transport.key begins with the key, in a form that "
        "Elasticsearch reads, on the nodes likewise.",
        here("openssl", "pkcs8", "-topk8", "-nocrypt", "-in", "<key>", "-out", "new.key"),
    )


def _not_usable(identity: ClientIdentity) -> Finding:
    locked = identity.locked or _IN_STORED in identity.problem
    path, problem = shorten(identity.path), shorten(identity.problem)
    how = _repair(identity, path, locked=locked)
    return Finding(
        summary=f"The client certificate {path} can't be used: {problem}; expected a certificate with its own key.",
        remedy=how.sentence,
        fix=how.fix,
        severity=Severity.WARNING if locked else None,
        facts={"path": path, "observed": problem, "expected": "a certificate with its own private key"},
    )
