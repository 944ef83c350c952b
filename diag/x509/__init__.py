"""Certificates: from PEM and DER to plain data, and why a chain is trusted or not. Pure: no file and no socket is opened."""

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
from diag.x509.stores import kind_of_store, read_store

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
