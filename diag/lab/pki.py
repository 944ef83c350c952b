"""Certificates of every shape: each extension has a good default, and can be replaced or left out.

``new_ca("Lab CA").issue(Spec(subject="logs.example", dns=("logs.example",)))`` gives a good certificate; every further field of
``Spec`` bends it. Keys are P-256 unless asked otherwise, because making one costs next to nothing.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from dataclasses import field, replace
from datetime import UTC, datetime, timedelta
from enum import Enum
from pathlib import Path
from typing import Final, Literal

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed25519, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, ExtensionOID, NameOID

from diag.lab.der_writer import COMMON_NAME, sign_weakly, tlv
from diag.lazy_dataclass import dataclass
from diag.x509.decoding import KEY_USAGES

PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey | dsa.DSAPrivateKey

STRING_TAGS: Final = {
    "OCTET STRING": 4,
    "UTF8String": 12,
    "NumericString": 18,
    "PrintableString": 19,
    "T61String": 20,
    "IA5String": 22,
    "VisibleString": 26,
    "GeneralString": 27,
    "UniversalString": 28,
    "BMPString": 30,
}
_CODECS: Final = {"UTF8String": "utf-8", "UniversalString": "utf-32-be", "BMPString": "utf-16-be"}


class Unset(Enum):
    """Stands for "as a good certificate of this kind has it"; None means "leave the extension out"."""

    DEFAULT = "default"


@dataclass(frozen=True, slots=True, kw_only=True)
class Spec:
    """What goes into one certificate. A plain ``subject`` text is a common name; a plain ``other_names`` text a UTF8String.

    ``alternative_names_der`` takes the place of all alternative names, byte for byte. ``signature_hash`` may be SHA-1 (and MD5
    with an RSA key): the certificate is then signed by hand. ``key_bits`` 0 is the usual size of ``key_type``.
    """

    subject: str | x509.Name = "leaf"
    dns: tuple[str, ...] = ()
    ips: tuple[str, ...] = ()
    other_names: tuple[str | x509.OtherName, ...] = ()
    not_before: datetime | None = None
    not_after: datetime | None = None
    serial: int | None = None
    key: PrivateKey | None = field(default=None, repr=False)
    key_type: Literal["ec", "rsa", "ed25519", "dsa"] = "ec"
    key_bits: int = 0
    signature_hash: hashes.HashAlgorithm | None = None
    basic_constraints: x509.BasicConstraints | Unset | None = Unset.DEFAULT
    key_usage: x509.KeyUsage | Unset | None = Unset.DEFAULT
    extended_key_usage: x509.ExtendedKeyUsage | Unset | None = Unset.DEFAULT
    subject_key_id: bool = True
    authority_key_id: bool = True
    issuer_name: x509.Name | None = None
    alternative_names_der: bytes | None = None
    more_extensions: tuple[tuple[x509.ExtensionType, bool], ...] = ()


@dataclass(frozen=True, slots=True)
class Issued:
    """A certificate with its private key. ``issuers`` are the intermediates up to the root, the root left out."""

    certificate: x509.Certificate
    key: PrivateKey = field(repr=False)
    issuers: tuple[x509.Certificate, ...] = ()

    @property
    def der(self) -> bytes:
        """The certificate in DER."""
        return self.certificate.public_bytes(serialization.Encoding.DER)

    @property
    def pem(self) -> bytes:
        """The certificate in PEM."""
        return self.certificate.public_bytes(serialization.Encoding.PEM)

    @property
    def chain_pem(self) -> bytes:
        """The certificate and its intermediates in PEM, as a server is configured."""
        return bundle((self.certificate, *self.issuers))

    @property
    def key_pem(self) -> bytes:
        """The private key in PEM, PKCS#8, not encrypted."""
        return self.key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )

    def write(self, folder: Path, stem: str) -> tuple[Path, Path]:
        """Write ``<stem>.pem`` (the chain) and ``<stem>.key``; give both paths."""
        folder.mkdir(parents=True, exist_ok=True)
        certificate, key = folder / f"{stem}.pem", folder / f"{stem}.key"
        certificate.write_bytes(self.chain_pem)
        key.touch(mode=0o600)
        key.write_bytes(self.key_pem)
        return certificate, key


@dataclass(frozen=True, slots=True)
class CA:
    """A certificate authority: it issues leaves and further authorities."""

    own: Issued
    is_root: bool = True

    @property
    def certificate(self) -> x509.Certificate:
        """The certificate of the authority itself."""
        return self.own.certificate

    @property
    def pem(self) -> bytes:
        """The certificate of the authority in PEM: what others put into their ``certificate_authorities``."""
        return self.own.pem

    def issue(self, spec: Spec) -> Issued:
        """Issue the certificate of a node."""
        return _issue(spec, self)

    def leaf(self, name: str, *more_dns: str, ips: tuple[str, ...] = (), other_names: tuple[str, ...] = ()) -> Issued:
        """Issue a good certificate for a host name: the short way to ``issue``."""
        return self.issue(Spec(subject=name, dns=(name, *more_dns), ips=ips, other_names=other_names))

    def intermediate(self, spec: Spec | str) -> CA:
        """Issue an authority below this one."""
        return CA(_issue(_for_ca(spec), self), is_root=False)


def new_ca(spec: Spec | str = "Lab CA") -> CA:
    """Make a root authority."""
    return CA(self_signed(_for_ca(spec)))


def self_signed(spec: Spec) -> Issued:
    """Make a certificate that signs itself."""
    return _issue(spec, None)


def new_key(key_type: str = "ec", bits: int = 0) -> PrivateKey:
    """Make a private key; ``bits`` 0 is the usual size of the type."""
    match key_type:
        case "ec":
            curves: dict[int, ec.EllipticCurve] = {0: ec.SECP256R1(), 256: ec.SECP256R1(), 384: ec.SECP384R1()}
            return ec.generate_private_key(curves[bits])
        case "rsa":
            return rsa.generate_private_key(public_exponent=65537, key_size=bits or 2048)
        case "ed25519":
            return ed25519.Ed25519PrivateKey.generate()
        case "dsa":
            return dsa.generate_private_key(bits or 2048)
        case _:
            msg = f"{key_type!r} is no type of key: expected ec, rsa, ed25519 or dsa"
            raise ValueError(msg)


def bundle(certificates: Sequence[x509.Certificate | Issued | CA]) -> bytes:
    """Put certificates into one PEM text, in the order given."""
    own = (c if isinstance(c, x509.Certificate) else c.certificate for c in certificates)
    return b"".join(c.public_bytes(serialization.Encoding.PEM) for c in own)


def other_name(
    text: str, *, encoding: str = "UTF8String", oid: str = COMMON_NAME, wrapped_in: int = 0
) -> x509.OtherName:
    """Make an otherName of any string type; ``wrapped_in`` is the tag of one more constructed level around the value."""
    value = tlv(STRING_TAGS[encoding], text.encode(_CODECS.get(encoding, "latin-1")))
    return x509.OtherName(x509.ObjectIdentifier(oid), tlv(wrapped_in, value) if wrapped_in else value)


def key_usage(*names: str) -> x509.KeyUsage:
    """Make a keyUsage extension from the names of its bits, such as ``digital_signature``."""
    unknown = set(names) - set(KEY_USAGES)
    if unknown:
        msg = f"no bits of keyUsage: {', '.join(sorted(unknown))}"
        raise ValueError(msg)
    return x509.KeyUsage(**{bit: bit in names for bit in KEY_USAGES})


def extended_key_usage(*names: Literal["server_auth", "client_auth"]) -> x509.ExtendedKeyUsage:
    """Make an extendedKeyUsage extension."""
    known = {"server_auth": ExtendedKeyUsageOID.SERVER_AUTH, "client_auth": ExtendedKeyUsageOID.CLIENT_AUTH}
    return x509.ExtendedKeyUsage([known[name] for name in names])


def subject_name(spec: Spec) -> x509.Name:
    """Give the subject of a certificate; an empty text is the empty name."""
    if isinstance(spec.subject, x509.Name):
        return spec.subject
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, spec.subject)] if spec.subject else [])


def _for_ca(spec: Spec | str) -> Spec:
    """Fill in what makes a certificate that of an authority, where the wish leaves it open."""
    spec = Spec(subject=spec) if isinstance(spec, str) else spec
    constraints, usage, extended = spec.basic_constraints, spec.key_usage, spec.extended_key_usage
    return replace(
        spec,
        not_after=spec.not_after or _now() + timedelta(days=3650),
        basic_constraints=x509.BasicConstraints(ca=True, path_length=None)
        if constraints is Unset.DEFAULT
        else constraints,
        key_usage=key_usage("key_cert_sign", "crl_sign") if usage is Unset.DEFAULT else usage,
        extended_key_usage=None if extended is Unset.DEFAULT else extended,
    )


def _now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)


def _issue(spec: Spec, issuer: CA | None) -> Issued:
    key = spec.key or new_key(spec.key_type, spec.key_bits)
    signing_key = issuer.own.key if issuer else key
    issuer_name = issuer.certificate.subject if issuer else subject_name(spec)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject_name(spec))
        .issuer_name(spec.issuer_name or issuer_name)
        .public_key(key.public_key())
        .serial_number(spec.serial or x509.random_serial_number())
        .not_valid_before(spec.not_before or _now() - timedelta(days=1))
        .not_valid_after(spec.not_after or _now() + timedelta(days=365))
    )
    for extension, critical in _extensions(spec, key, signing_key):
        builder = builder.add_extension(extension, critical=critical)
    certificate = _sign(builder, signing_key, spec.signature_hash or hashes.SHA256())
    issuers = (issuer.certificate, *issuer.own.issuers) if issuer and not issuer.is_root else ()
    return Issued(certificate, key, issuers)


def _sign(builder: x509.CertificateBuilder, key: PrivateKey, algorithm: hashes.HashAlgorithm) -> x509.Certificate:
    if isinstance(key, ed25519.Ed25519PrivateKey):
        return builder.sign(key, None)
    if isinstance(algorithm, hashes.SHA256 | hashes.SHA384 | hashes.SHA512):
        return builder.sign(key, algorithm)
    if isinstance(key, dsa.DSAPrivateKey):
        msg = "a DSA key signs with SHA-256 and longer only"
        raise TypeError(msg)
    return sign_weakly(builder.sign(key, hashes.SHA256()), key, algorithm)


def _extensions(spec: Spec, key: PrivateKey, signing_key: PrivateKey) -> list[tuple[x509.ExtensionType, bool]]:
    constraints, usage, extended = spec.basic_constraints, spec.key_usage, spec.extended_key_usage
    if constraints is Unset.DEFAULT:
        constraints = x509.BasicConstraints(ca=False, path_length=None)
    if usage is Unset.DEFAULT:
        usage = key_usage("digital_signature", "key_encipherment")
    if extended is Unset.DEFAULT:
        extended = extended_key_usage("server_auth", "client_auth")
    found: list[tuple[x509.ExtensionType | None, bool]] = [(constraints, True), (usage, True), (extended, False)]
    if spec.subject_key_id:
        found.append((x509.SubjectKeyIdentifier.from_public_key(key.public_key()), False))
    if spec.authority_key_id:
        found.append((x509.AuthorityKeyIdentifier.from_issuer_public_key(signing_key.public_key()), False))
    names = _alternative_names(spec)
    if spec.alternative_names_der is not None:
        raw = x509.UnrecognizedExtension(ExtensionOID.SUBJECT_ALTERNATIVE_NAME, spec.alternative_names_der)
        found.append((raw, False))
    elif names:
        found.append((x509.SubjectAlternativeName(names), not subject_name(spec).rdns))
    return [(extension, critical) for extension, critical in found if extension is not None] + list(
        spec.more_extensions
    )


def _alternative_names(spec: Spec) -> list[x509.GeneralName]:
    names: list[x509.GeneralName] = [x509.DNSName(name) for name in spec.dns]
    names += [x509.IPAddress(ipaddress.ip_address(text)) for text in spec.ips]
    names += [other_name(name) if isinstance(name, str) else name for name in spec.other_names]
    return names
