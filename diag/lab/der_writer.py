"""Bytes that a well-behaved library refuses to write: signatures with SHA-1 or MD5."""

from __future__ import annotations

from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

COMMON_NAME: Final = "2.5.4.3"
_LONG_FORM: Final = 0x80

# AlgorithmIdentifiers of the schemes that are no longer signed with (RFC 3279).
_WEAK: Final = {
    ("rsa", "md5"): bytes.fromhex("300d06092a864886f70d0101040500"),
    ("rsa", "sha1"): bytes.fromhex("300d06092a864886f70d0101050500"),
    ("ec", "sha1"): bytes.fromhex("300906072a8648ce3d0401"),
}
# What the same key writes with SHA-256.
_USUAL: Final = {
    "rsa": bytes.fromhex("300d06092a864886f70d01010b0500"),
    "ec": bytes.fromhex("300a06082a8648ce3d040302"),
}


def tlv(tag: int, content: bytes) -> bytes:
    """Write one DER element."""
    size = len(content)
    if size < _LONG_FORM:
        return bytes([tag, size]) + content
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([tag, _LONG_FORM | len(length)]) + length + content


def sign_weakly(
    certificate: x509.Certificate, key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey, algorithm: hashes.HashAlgorithm
) -> x509.Certificate:
    """Sign a certificate, made with SHA-256, again with SHA-1 or MD5."""
    kind = "rsa" if isinstance(key, rsa.RSAPrivateKey) else "ec"
    scheme = _WEAK[kind, algorithm.name]
    body = certificate.tbs_certificate_bytes
    header = len(body) - int.from_bytes(body[2 : 2 + (body[1] & 0x7F)], "big") if body[1] & _LONG_FORM else 2
    body = tlv(0x30, body[header:].replace(_USUAL[kind], scheme, 1))
    if isinstance(key, rsa.RSAPrivateKey):
        signature = key.sign(body, padding.PKCS1v15(), algorithm)
    else:
        signature = key.sign(body, ec.ECDSA(algorithm))
    return x509.load_der_x509_certificate(tlv(0x30, body + scheme + tlv(0x03, b"\x00" + signature)))
