"""Certificates that no library writes: one made well, changed byte for byte, and signed again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

from diag.lab.der_writer import tlv
from diag.x509.der import elements, first

# The places of the fields in the signed part of a version 3 certificate (RFC 5280, 4.1).
VERSION: Final = 0
SERIAL: Final = 1
VALIDITY: Final = 4
EXTENSIONS: Final = 7
UTC_TIME: Final = 0x17
GENERALIZED_TIME: Final = 0x18


def changed(certificate: x509.Certificate, key: object, fields: Mapping[int, bytes]) -> bytes:
    """Put other bytes in the place of fields of the signed part (empty: leave it out), and sign it again with the key of the issuer."""
    parts = [tlv(part.tag, part.content) for part in elements(first(certificate.tbs_certificate_bytes).content)]
    body = tlv(0x30, b"".join(fields.get(place, part) for place, part in enumerate(parts)))
    if isinstance(key, rsa.RSAPrivateKey):
        signature = key.sign(body, padding.PKCS1v15(), hashes.SHA256())
    else:
        assert isinstance(key, ec.EllipticCurvePrivateKey)
        signature = key.sign(body, ec.ECDSA(hashes.SHA256()))
    return tlv(0x30, body + parts[2] + tlv(0x03, b"\x00" + signature))


def validity(begin: str, end: str, *, tag: int = GENERALIZED_TIME) -> bytes:
    """Write the dates as given, whether they exist or not."""
    return tlv(0x30, tlv(tag, begin.encode()) + tlv(tag, end.encode()))
