"""Certificates: from PEM and DER to plain data, and why a chain is trusted or not. Pure: no file and no socket is opened."""

from diag.x509.certificate_files import (
    own_trusted,
    read_ca_file,
    read_certificates,
    read_identity,
    read_key_store,
    read_pair,
    read_trust_store,
)
from diag.x509.chain import explain_chain
from diag.x509.decoding import decode
from diag.x509.keyfiles import PrivateKey
from diag.x509.roots import PublicRoots, public_roots

__all__ = [
    "PrivateKey",
    "PublicRoots",
    "decode",
    "explain_chain",
    "own_trusted",
    "public_roots",
    "read_ca_file",
    "read_certificates",
    "read_identity",
    "read_key_store",
    "read_pair",
    "read_trust_store",
]
