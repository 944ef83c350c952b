"""Secrets: the names of keystore entries in them, and certificates; certificates that cert-manager makes."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator
from typing import Final

from diag import x509
from diag.documents.cloud.bodies import plain
from diag.documents.kubernetes.objects import name_of, namespace_of
from diag.documents.tree import Branch, Entry, Text, items, text
from diag.evidence.documents.keystore_list import KeystoreEntry
from diag.evidence.documents.kubernetes import MountedCertificate

_REMOTE: Final = "cluster.remote."
_CERTIFICATES: Final = (".crt", ".pem", ".cert")
_BEGIN: Final = b"-----BEGIN CERTIFICATE-----"


def _entries(one: Branch) -> Iterator[tuple[Entry, bytes]]:
    """The entries of a Secret with their values, which are base64 under ``data`` and plain under ``stringData``."""
    for key in ("data", "stringData"):
        held = one.get(key)
        for entry in held.entries if isinstance(held, Branch) else ():
            value = entry.value.value if isinstance(entry.value, Text) else ""
            yield entry, _decoded(value) if key == "data" else value.encode()


def _decoded(value: str) -> bytes:
    try:
        return base64.b64decode("".join(value.split()), validate=True)
    except (ValueError, binascii.Error):
        return b""


def keystore_entries(one: Branch) -> tuple[KeystoreEntry, ...]:
    """The names in a Secret that holds keys of remotes: ``spec.secureSettings`` puts each of them into the keystore."""
    names = [(entry.key, entry.origin) for entry, _ in _entries(one)]
    if not any(name.startswith(_REMOTE) for name, _ in names):
        return ()
    return tuple(KeystoreEntry(name=name, origin=origin) for name, origin in names)


def certificates(one: Branch) -> Iterator[MountedCertificate]:
    """The certificates in a Secret that are no CAs."""
    for entry, value in _entries(one):
        if not entry.key.endswith(_CERTIFICATES) or _BEGIN not in value:
            continue
        read = x509.read_ca_file(entry.key, value).certificates
        if read and not read[0].is_ca:
            yield MountedCertificate(
                secret=name_of(one), namespace=namespace_of(one), names=read[0].dns_names, origin=entry.value.origin
            )


def ordered_certificate(one: Branch) -> MountedCertificate | None:
    """What cert-manager is asked for; None where it is a CA."""
    if plain(one, "spec", "isCA") == "true":
        return None
    names = one.get("spec", "dnsNames")
    return MountedCertificate(
        secret=plain(one, "spec", "secretName"),
        namespace=namespace_of(one),
        names=tuple(text(name) for name in items(names)),
        origin=one.origin if names is None else names.origin,
    )
