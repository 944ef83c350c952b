"""From the bytes of a certificate to plain data."""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final, TypeVar

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed448, ed25519, rsa

from diag.model import Certificate
from diag.x509.der import elements, first, inside, object_identifier
from diag.x509.library import Signature, check_signature, load, quiet
from diag.x509.names import AlternativeNames, read_alternative_names

_T = TypeVar("_T")
_BOOLEAN: Final = 0x01
_INTEGER: Final = 0x02
_SEQUENCE: Final = 0x30
_KEY_ID: Final = 0x80  # [0] of authorityKeyIdentifier.
_EXTENSIONS: Final = 0xA3  # [3] EXPLICIT of the certificate (RFC 5280, 4.1).
_USAGES: Final = (
    "digital_signature",
    "content_commitment",
    "key_encipherment",
    "data_encipherment",
    "key_agreement",
    "key_cert_sign",
    "crl_sign",
    "encipher_only",
    "decipher_only",
)
_EXTENDED_USAGES: Final = {
    "1.3.6.1.5.5.7.3.1": "server_auth",
    "1.3.6.1.5.5.7.3.2": "client_auth",
    "1.3.6.1.5.5.7.3.3": "code_signing",
    "1.3.6.1.5.5.7.3.4": "email_protection",
    "1.3.6.1.5.5.7.3.8": "time_stamping",
    "1.3.6.1.5.5.7.3.9": "ocsp_signing",
    "2.5.29.37.0": "any",
}


@dataclass(slots=True)
class Extensions:
    """The extensions that matter here, and what is wrong with them."""

    has_san: bool = False
    names: AlternativeNames = field(default_factory=AlternativeNames)
    is_ca: bool | None = None
    path_length: int | None = None
    key_usage: tuple[str, ...] | None = None
    extended_key_usage: tuple[str, ...] | None = None
    subject_key_id: str = ""
    authority_key_id: str = ""
    critical: tuple[str, ...] = ()
    repeated: bool = False
    problem: str = ""


@lru_cache(maxsize=2048)
def decode(der: bytes) -> Certificate:
    """Decode a certificate; what cannot be decoded is told in its ``problem``.

    Raises ValueError only where the bytes are no certificate at all.
    """
    certificate = load(der)
    found = read_extensions(certificate.tbs_certificate_bytes)
    problems = [found.problem]
    with quiet():
        subject = _attempt(lambda: _text(certificate.subject), "", problems, "its subject is malformed")
        issuer = _attempt(lambda: _text(certificate.issuer), "", problems, "its issuer is malformed")
        key_type, key_bits = _attempt(lambda: _key(certificate), ("", 0), problems, "its key cannot be read")
        signature = _attempt(lambda: _hash(certificate), "", problems, "its signature scheme is not known")
        common_name = _attempt(lambda: _common_name(certificate), "", [], "")
        serial = certificate.serial_number
    text = f"{abs(serial):x}"
    return Certificate(
        subject=subject,
        issuer=issuer,
        common_name=common_name,
        serial=("-" if serial < 0 else "") + text.zfill(len(text) + len(text) % 2),
        fingerprint=hashlib.sha256(der).hexdigest(),
        not_before=certificate.not_valid_before_utc,
        not_after=certificate.not_valid_after_utc,
        has_san=found.has_san,
        dns_names=found.names.dns_names,
        ip_addresses=found.names.ip_addresses,
        other_names=found.names.other_names,
        is_ca=found.is_ca,
        key_usage=found.key_usage,
        extended_key_usage=found.extended_key_usage,
        key_type=key_type,
        key_bits=key_bits,
        signature_hash=signature,
        subject_key_id=found.subject_key_id,
        authority_key_id=found.authority_key_id,
        self_signed=_signs_itself(certificate),
        problem="; ".join(filter(None, problems)),
        pem=to_pem(der),
    )


def to_pem(der: bytes) -> str:
    """Write a certificate as PEM."""
    body = base64.b64encode(der).decode()
    lines = (body[at : at + 64] for at in range(0, len(body), 64))
    return "\n".join(("-----BEGIN CERTIFICATE-----", *lines, "-----END CERTIFICATE-----", ""))


def from_pem(pem: str) -> bytes:
    """Give the bytes of one certificate in PEM. Raises ValueError where the text is none."""
    body = pem.partition("-----BEGIN CERTIFICATE-----")[2].partition("-----END CERTIFICATE-----")[0]
    try:
        return base64.b64decode("".join(body.split()), validate=True)
    except binascii.Error:
        msg = "the text between its BEGIN and END lines is no base64"
        raise ValueError(msg) from None


def read_extensions(body: bytes) -> Extensions:
    """Read the extensions from the signed part of a certificate. Never raises."""
    found = Extensions()
    seen, critical = list[str](), list[str]()
    try:
        for part in inside(first(body), _SEQUENCE):
            if part.tag != _EXTENSIONS:
                continue
            for entry in inside(first(part.content), _SEQUENCE):
                oid, *rest = inside(entry, _SEQUENCE)
                seen.append(object_identifier(oid.content))
                if rest[0].tag == _BOOLEAN and any(rest[0].content):
                    critical.append(seen[-1])
                _read_extension(found, seen[-1], rest[-1].content)
    except (ValueError, IndexError):
        found.problem = "its extensions are malformed"
    if len(set(seen)) != len(seen):
        found.repeated, found.problem = True, "it has an extension twice"
    found.critical = tuple(critical)
    found.problem = "; ".join(filter(None, (found.problem, found.names.problem)))
    return found


def _read_extension(found: Extensions, oid: str, value: bytes) -> None:
    match oid:
        case "2.5.29.17":
            found.has_san, found.names = True, read_alternative_names(value)
        case "2.5.29.19":
            parts = {part.tag: part.content for part in inside(first(value), _SEQUENCE)}
            found.is_ca = any(parts.get(_BOOLEAN, b""))
            found.path_length = int.from_bytes(parts[_INTEGER], "big") if _INTEGER in parts else None
        case "2.5.29.15":
            found.key_usage = _bits(first(value).content)
        case "2.5.29.37":
            oids = (object_identifier(part.content) for part in inside(first(value), _SEQUENCE))
            found.extended_key_usage = tuple(_EXTENDED_USAGES.get(one, one) for one in oids)
        case "2.5.29.14":
            found.subject_key_id = first(value).content.hex()
        case "2.5.29.35":
            keys = [part.content.hex() for part in elements(first(value).content) if part.tag == _KEY_ID]
            found.authority_key_id = keys[0] if keys else ""


def _bits(content: bytes) -> tuple[str, ...]:
    """Read a BIT STRING: the number of unused bits, then the bits, the first one highest."""
    bits = content[1:]
    return tuple(name for i, name in enumerate(_USAGES) if i // 8 < len(bits) and bits[i // 8] & 0x80 >> i % 8)


def _attempt(read: Callable[[], _T], otherwise: _T, problems: list[str], problem: str) -> _T:
    try:
        return read()
    except (ValueError, TypeError, OverflowError, UnsupportedAlgorithm):
        problems.append(problem)
        return otherwise


def _text(name: x509.Name) -> str:
    return name.rfc4514_string()


def _key(certificate: x509.Certificate) -> tuple[str, int]:
    match certificate.public_key():
        case rsa.RSAPublicKey(key_size=bits):
            return "RSA", bits
        case ec.EllipticCurvePublicKey(key_size=bits):
            return "EC", bits
        case dsa.DSAPublicKey(key_size=bits):
            return "DSA", bits
        case ed25519.Ed25519PublicKey():
            return "Ed25519", 256
        case ed448.Ed448PublicKey():
            return "Ed448", 456
        case other:
            return type(other).__name__.removesuffix("PublicKey"), 0


def _hash(certificate: x509.Certificate) -> str:
    algorithm = certificate.signature_hash_algorithm
    return algorithm.name if algorithm else ""


def _common_name(certificate: x509.Certificate) -> str:
    found = certificate.subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME)
    return str(found[-1].value) if found else ""


def _signs_itself(certificate: x509.Certificate) -> bool:
    with quiet():
        same = _attempt(lambda: certificate.subject == certificate.issuer, otherwise=False, problems=[], problem="")
    return same and check_signature(certificate, certificate) is Signature.GOOD
