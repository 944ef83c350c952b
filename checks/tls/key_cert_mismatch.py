"""The check tls/key-cert-mismatch."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from checks.shared.causes import NO_CONNECTION, NOTHING_AFTER_TCP
from checks.shared.certificate_files import has_fault_of_its_own
from checks.shared.fixes import Remedy, here, inspect
from checks.shared.java import is_store, read_by_some_java
from checks.tables import docs
from diag.check import Applies, Yields, check, missing
from diag.model import (
    CertificateFile,
    CertificateFiles,
    CertificateUse,
    ClientIdentity,
    FileFault,
    Finding,
    KeyFile,
    KeyFiles,
    LocalVersion,
    Origin,
    SecurityModel,
    Severity,
    Unavailable,
    shorten,
)


def _documents(files: CertificateFiles | Unavailable, keys: KeyFiles | Unavailable) -> Yields:
    if isinstance(files, Unavailable) and isinstance(keys, Unavailable):
        yield missing(files)
    stores = () if isinstance(files, Unavailable) else files.all
    for file in stores:
        yield from _certificate(file)
    # A certificate that signed itself is often a CA too, and presented all the same.
    presented = [one for one in stores if one.use is not CertificateUse.STORE]
    read = () if isinstance(keys, Unavailable) else keys.all
    for key in read:
        yield from _key(key, presented, alone=len(read) == 1)


def _certificate(file: CertificateFile) -> Iterator[Finding]:
    if file.use is CertificateUse.AUTHORITIES or file.locked or has_fault_of_its_own(file):
        return
    if file.problem:
        yield _unusable(file.path, file.problem, file.origin)
    elif file.older_java or file.newer_java:
        yield replace(read_by_some_java(shorten(file.path), file.older_java, file.newer_java, None), origin=file.origin)


def _key(key: KeyFile, presented: list[CertificateFile], *, alone: bool) -> Iterator[Finding]:
    """Judge a key, and whose it is: that of a certificate with the same public key, else of the one that its name says."""
    if key.unsupported or key.locked:
        return
    if key.problem:
        yield _unusable(key.path, key.problem, key.origin)
        return
    if any(key.public_key == one.public_keys[0] for one in presented if one.public_keys):
        return
    holders = [one for one in presented if key.public_key in one.public_keys]
    for one in holders:
        problem = f"its key, in {shorten(key.path)}, belongs to certificate {one.public_keys.index(key.public_key) + 1} of the file: that one has to be the first"
        yield _unusable(one.path, problem, one.place(0))
    if not holders:
        of_nodes = [one for one in presented if one.use is CertificateUse.NODE]
        named_alike = [one for one in presented if _stem(one.path) == _stem(key.path)]
        near = named_alike or (of_nodes if alone and len(of_nodes) == 1 else [])
        for one in near:
            yield _unusable(one.path, f"its key, in {shorten(key.path)}, belongs to another certificate", key.origin)


def _stem(path: str) -> str:
    return path.rpartition(".")[0] or path


def _unusable(path: str, problem: str, origin: Origin) -> Finding:
    return Finding(
        summary=f"{shorten(path)} can't be used: {shorten(problem)}; expected a certificate with its own key. A node does not start with it.",
        remedy="A file of certificates holds certificates alone, that of the node first; a file of a key begins with it. Compare the two.",
        fix=inspect("openssl", "x509", "-in", "<node.pem>", "-noout", "-pubkey"),
        facts={
            "path": shorten(path),
            "observed": shorten(problem),
            "expected": "a certificate with its own private key",
        },
        origin=origin,
    )


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
    in_documents=_documents,
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


def _repair(identity: ClientIdentity, path: str) -> Remedy:
    store = is_store(identity.form)
    if identity.fault is FileFault.DECRYPTED_BY_OTHERS:
        return Remedy(
            "Give diag the key encrypted with AES, as transport.key in diag.yaml. Elasticsearch reads that one, too.",
            here("openssl", "pkcs8", "-topk8", "-v2", "aes-256-cbc", "-in", "<key>", "-out", "new.key"),
        )
    if identity.locked:
        key = "transport.keystore.password" if store else "transport.key_passphrase"
        return Remedy(f"Set {key} in diag.yaml to {{file: …}} or {{env: …}}; Elasticsearch has it in its keystore.")
    if store:
        return Remedy(
            "Look what is in it. For diag.yaml: transport.keystore takes a key store, transport.certificate and transport.key take PEM.",
            inspect("keytool", "-list", "-v", "-keystore", identity.path),
        )
    if identity.fault is FileFault.OTHER_KEY:
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
    path, problem = shorten(identity.path), shorten(identity.problem)
    how = _repair(identity, path)
    return Finding(
        summary=f"The client certificate {path} can't be used: {problem}; expected a certificate with its own key.",
        remedy=how.sentence,
        fix=how.fix,
        severity=Severity.WARNING if identity.locked else None,
        facts={"path": path, "observed": problem, "expected": "a certificate with its own private key"},
    )
