"""The certificate builder of the lab, and short ways to what tests need often."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import serialization

from diag.lab.der_writer import COMMON_NAME, sign_weakly, tlv
from diag.lab.pki import (
    CA,
    Issued,
    PrivateKey,
    Spec,
    Unset,
    bundle,
    extended_key_usage,
    key_usage,
    new_ca,
    new_key,
    other_name,
    self_signed,
    subject_name,
)
from tests import der_edit

__all__ = [
    "CA",
    "Issued",
    "PrivateKey",
    "Spec",
    "Unset",
    "alternative_names_der",
    "bundle",
    "days",
    "encrypted_key_pem",
    "extended_key_usage",
    "key_usage",
    "leaf",
    "new_ca",
    "new_key",
    "other_name",
    "other_name_der",
    "self_signed",
    "sign_weakly",
    "subject_name",
    "tlv",
    "without_extensions",
]


def days(count: float) -> datetime:
    """Give the time so many days from now."""
    return datetime.now(UTC).replace(microsecond=0) + timedelta(days=count)


def leaf(ca: CA, name: str = "logs.example", **fields: Any) -> Issued:
    """Issue a certificate for a host name; any field of ``Spec`` bends it."""
    return ca.issue(Spec(**{"subject": name, "dns": (name,), **fields}))


def other_name_der(value: bytes, *, oid: str = COMMON_NAME, value_tag: int = 0xA0) -> bytes:
    """Write an otherName around any bytes, also such as are no DER at all; the tag before them is ``[0] EXPLICIT``."""
    return tlv(0xA0, _oid(oid) + tlv(value_tag, value))


def alternative_names_der(*names: bytes) -> bytes:
    """Write the value of a subjectAltName extension from the bytes of its names."""
    return tlv(0x30, b"".join(names))


def _oid(text: str) -> bytes:
    first, second, *rest = (int(number) for number in text.split("."))
    content = b""
    for number in (first * 40 + second, *rest):
        digits = [number & 0x7F]
        while number := number >> 7:
            digits.append(number & 0x7F | 0x80)
        content += bytes(reversed(digits))
    return tlv(0x06, content)


def without_extensions(certificate: x509.Certificate, key: object) -> x509.Certificate:
    """Make a version 1 certificate out of a version 3 one; ``key`` is the one that signs it."""
    bare = {der_edit.VERSION: b"", der_edit.EXTENSIONS: b""}
    return x509.load_der_x509_certificate(der_edit.changed(certificate, key, bare))


def encrypted_key_pem(issued: Issued, password: str) -> bytes:
    """The private key of a certificate in PEM, encrypted."""
    encryption = serialization.BestAvailableEncryption(password.encode())
    return issued.key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, encryption)
