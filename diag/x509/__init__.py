"""Certificates: from PEM and DER to plain data, and why a chain is trusted or not. Pure: no file and no socket is opened."""

from __future__ import annotations

from typing import TYPE_CHECKING

from diag.lazy_package import imported_when_asked

if TYPE_CHECKING:
    from diag.x509.chain import explain_chain
    from diag.x509.decoding import decode
    from diag.x509.file_reading import (
        own_trusted,
        public_key_digest,
        read_ca_file,
        read_certificates,
        read_identity,
        read_key_store,
        read_pair,
        read_trust_store,
    )
    from diag.x509.keyfiles import PrivateKey, read_private_key
    from diag.x509.roots import PublicRoots, public_roots
    from diag.x509.store_kind import kind_of_store
    from diag.x509.stores import read_store

__all__ = [
    "PrivateKey",
    "PublicRoots",
    "decode",
    "explain_chain",
    "kind_of_store",
    "own_trusted",
    "public_key_digest",
    "public_roots",
    "read_ca_file",
    "read_certificates",
    "read_identity",
    "read_key_store",
    "read_pair",
    "read_private_key",
    "read_store",
    "read_trust_store",
]

# A tenth of the start of a command is the import of cryptography, and most documents hold no certificate.
__getattr__ = imported_when_asked(
    __name__, ("store_kind", "decoding", "chain", "file_reading", "keyfiles", "roots", "stores"), __all__
)
