"""From the bytes of a certificate to plain data."""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Callable
from dataclasses import field
from functools import lru_cache
from typing import Final, TypeVar

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed448, ed25519, rsa

from diag.lazy_dataclass import dataclass
from diag.model import Certificate
from diag.x509.constraints import NameConstraints, read_name_constraints
from diag.x509.dates import read_validity
from diag.x509.der import Element, first, inside, object_identifier
from diag.x509.library import JAVA_CURVES, Signature, check_signature, load, quiet, signed_part
from diag.x509.names import AlternativeNames, read_alternative_names
from diag.x509.policies import PolicyRules, read_policies

_T = TypeVar("_T")
_SHORTEST_CURVE: Final = 224  # Below it a key is refused for its length.
_BOOLEAN: Final = 0x01
_INTEGER: Final = 0x02
_BIT_STRING: Final = 0x03
_EXTENDED_USAGE: Final = "2.5.29.37"
_SEQUENCE: Final = 0x30
_KEY_ID: Final = 0x80  # [0] of authorityKeyIdentifier.
_KEY_SERIAL: Final = 0x82  # [2] of it.
_EXTENSIONS: Final = 0xA3  # [3] EXPLICIT of the certificate (RFC 5280, 4.1).
# In the order of their bits (RFC 5280, 4.2.1.3).
KEY_USAGES: Final = (
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
    # What browsers once asked of servers for strong ciphers: Java takes either for serverAuth (17 and 25; measured).
    "2.16.840.1.113730.4.1": "server_auth",
    "1.3.6.1.4.1.311.10.3.3": "server_auth",
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
    has_any: bool = False
    malformed: bool = False
    name_constraints: NameConstraints | None = None
    alternative_names: bytes | None = None
    policy: PolicyRules = field(default_factory=PolicyRules)
    issuer_serial: int | None = None
    netscape_type: int | None = None
    problem: str = ""


@lru_cache(maxsize=2048)
def decode(der: bytes) -> Certificate:
    """Decode a certificate; what cannot be decoded is named in its ``problem``.

    Raises ValueError only where the bytes are no certificate at all.
    """
    certificate = load(der)
    signed = signed_part(der)
    found, validity = read_extensions(signed), read_validity(signed)
    problems = [found.problem, validity.problem]
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
        not_before=validity.not_before,
        not_after=validity.not_after,
        has_san=found.has_san,
        dns_names=found.names.dns_names,
        ip_addresses=found.names.ip_addresses,
        other_names=found.names.other_names,
        uris=found.names.uris,
        is_ca=found.is_ca,
        key_usage=found.key_usage,
        extended_key_usage=found.extended_key_usage,
        key_type=key_type,
        key_bits=key_bits,
        signature_hash=signature,
        subject_key_id=found.subject_key_id,
        authority_key_id=found.authority_key_id,
        self_signed=_signs_itself(certificate, signed),
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
                is_critical = rest[0].tag == _BOOLEAN and any(rest[0].content)
                critical += seen[-1:] if is_critical else []
                _try_extension(found, seen[-1], rest[-1].content, critical=is_critical)
    except (ValueError, IndexError):
        found.problem, found.malformed = "its extensions are malformed", True
    if len(set(seen)) != len(seen):
        found.repeated, found.problem = True, "it has an extension twice"
    found.critical, found.has_any = tuple(critical), bool(seen)
    found.problem = "; ".join(filter(None, (found.problem, found.names.problem)))
    return found


def _try_extension(found: Extensions, oid: str, value: bytes, *, critical: bool) -> None:
    """Read one extension. One that makes no sense is passed over by Java, unless it is critical or names usages (measured)."""
    try:
        _read_extension(found, oid, value)
    except (ValueError, IndexError):
        found.problem = "its extensions are malformed"
        found.malformed = found.malformed or critical or oid == _EXTENDED_USAGE


def _read_extension(found: Extensions, oid: str, value: bytes) -> None:
    match oid:
        case "2.5.29.17":
            found.has_san, found.names, found.alternative_names = True, read_alternative_names(value), value
        case "2.5.29.19":
            parts = {part.tag: part.content for part in inside(first(value), _SEQUENCE)}
            found.is_ca = any(parts.get(_BOOLEAN, b""))
            found.path_length = int.from_bytes(parts[_INTEGER], "big") if _INTEGER in parts else None
        case "2.5.29.15":
            found.key_usage = _bits(first(value))
        case "2.5.29.37":
            oids = (object_identifier(part.content) for part in inside(first(value), _SEQUENCE))
            found.extended_key_usage = tuple(_EXTENDED_USAGES.get(one, one) for one in oids)
        case "2.5.29.14":
            found.subject_key_id = first(value).content.hex()
        case "2.5.29.35":
            parts = {part.tag: part.content for part in inside(first(value), _SEQUENCE)}
            found.authority_key_id = parts.get(_KEY_ID, b"").hex()
            serial = parts.get(_KEY_SERIAL)
            found.issuer_serial = None if serial is None else int.from_bytes(serial, "big", signed=True)
        case "2.5.29.30":
            found.name_constraints = read_name_constraints(value)
        case "2.16.840.1.113730.1.1":
            found.netscape_type = (first(value).content[1:2] or b"\x00")[0]
        case "2.5.29.32" | "2.5.29.33" | "2.5.29.36" | "2.5.29.54":
            read_policies(found.policy, oid, value)


def _bits(element: Element) -> tuple[str, ...]:
    """Read a BIT STRING: the number of unused bits, then the bits, the first one highest."""
    if element.tag != _BIT_STRING:
        msg = "no BIT STRING"
        raise ValueError(msg)
    bits = element.content[1:]
    return tuple(name for i, name in enumerate(KEY_USAGES) if i // 8 < len(bits) and bits[i // 8] & 0x80 >> i % 8)


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
        case ec.EllipticCurvePublicKey(key_size=bits, curve=curve):
            return "EC" if curve.name in JAVA_CURVES or bits < _SHORTEST_CURVE else f"EC {curve.name}", bits
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


def _signs_itself(certificate: x509.Certificate, signed: bytes) -> bool:
    with quiet():
        same = _attempt(lambda: certificate.subject == certificate.issuer, otherwise=False, problems=[], problem="")
    return same and check_signature(certificate, certificate, signed) is Signature.GOOD
