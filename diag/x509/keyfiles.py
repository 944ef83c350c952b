"""Private keys, as Elasticsearch takes them out of a file: by the first BEGIN line, line by line, a few kinds only."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterator
from dataclasses import field
from typing import Any, Final

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_der_private_key,
    load_pem_private_key,
)

from diag.lazy_dataclass import dataclass
from diag.x509.der import Element, elements, first, inside, object_identifier
from diag.x509.library import quiet

_LOCKED: Final = "its key is encrypted, and diag.yaml names no passphrase for it"
_NOT_UNLOCKED: Final = "its key is encrypted, and transport.key_passphrase of diag.yaml does not decrypt it"
_BLANKS: Final = "".join(map(chr, range(33)))
_SEQUENCE, _INTEGER, _OCTETS = 0x30, 0x02, 0x04
# Which element follows the version in each form: that is how Elasticsearch tells a key that has another form than its label.
_SECOND: Final = {
    "PRIVATE KEY": _SEQUENCE,
    "RSA PRIVATE KEY": _INTEGER,
    "DSA PRIVATE KEY": _INTEGER,
    "EC PRIVATE KEY": _OCTETS,
}
_PARAMETERS: Final = {"EC PARAMETERS": "EC PRIVATE KEY", "DSA PARAMETERS": "DSA PRIVATE KEY"}
_ENCRYPTED: Final = "ENCRYPTED PRIVATE KEY"
_ALGORITHMS: Final = {"1.2.840.113549.1.1.1", "1.2.840.10045.2.1", "1.2.840.10040.4.1"}
_NAMES: Final = {
    "1.3.101.112": "Ed25519",
    "1.3.101.113": "Ed448",
    "1.3.101.110": "X25519",
    "1.3.101.111": "X448",
    "1.2.840.113549.1.1.10": "RSA-PSS",
}
_PARAMETERS_TAG: Final = 0xA0
_NO_CURVE_NAME: Final = "its key does not name its curve, or writes it out in numbers, which Java does not read"
_CURVES: Final = {"secp256r1", "secp384r1", "secp521r1"}
_DEK: Final = {"DES-CBC", "DES-EDE3-CBC", "AES-128-CBC", "AES-192-CBC", "AES-256-CBC"}
# What Elasticsearch decrypts and the library of diag does not: RC4 and RC2 of an unusual length, and two old ciphers.
_BEYOND: Final = {"DES-CBC", "AES-192-CBC", "1.2.840.113549.1.12.1.2", "1.2.840.113549.1.12.1.5"}
_BEYOND_US: Final = "its key is encrypted in a way that Elasticsearch decrypts and diag does not"
_PBES2, _PBKDF2 = "1.2.840.113549.1.5.13", "1.2.840.113549.1.5.12"
_CIPHERS: Final = {"2.16.840.1.101.3.4.1.2", "2.16.840.1.101.3.4.1.42"}
_DIGESTS: Final = {f"1.2.840.113549.2.{number}" for number in range(7, 12)}
# MD5 with DES, SHA-1 with triple DES, RC2 and RC4.
_PBES1: Final = {"1.2.840.113549.1.5.3", *(f"1.2.840.113549.1.12.1.{number}" for number in (1, 2, 3, 5, 6))}


@dataclass(frozen=True, slots=True, kw_only=True)
class PrivateKey:
    """What came of a key file. ``public`` (DER) says whose it is, ``pem`` is the key itself, for the wire only.

    ``locked`` is set where it could not be decrypted, which is no fault of the file, ``beyond`` where Elasticsearch could;
    ``unsupported`` where its kind is what is wrong with it.
    """

    public: bytes = b""
    pem: bytes = field(default=b"", repr=False)
    problem: str = ""
    locked: bool = False
    beyond: bool = False
    unsupported: bool = False

    @property
    def digest(self) -> str:
        """What tells whether a certificate is its own: a digest of its public part, empty where it could not be read."""
        return digest_of(self.public)


class UnsupportedKeyError(ValueError):
    """A key of a kind that Elasticsearch does not read, or that Java makes no TLS connection with."""


def digest_of(public: bytes) -> str:
    """Give the digest of a public key in DER, empty for none."""
    return hashlib.sha256(public).hexdigest() if public else ""


def read_private_key(data: bytes, passphrase: bytes | None = None) -> PrivateKey:
    """Read a key file as Elasticsearch does. Never raises; no word of ``problem`` is of the key itself."""
    try:
        label, headers, body = _block(data)
        if label == _ENCRYPTED:
            return _encrypted(base64_of(body), passphrase)
        if headers.get("Proc-Type") == "4,ENCRYPTED":
            return _traditional(label, headers, body, passphrase)
        return _plain(label, base64_of(body))
    except ValueError as error:
        return PrivateKey(problem=str(error), unsupported=isinstance(error, UnsupportedKeyError))


def base64_of(text: str) -> bytes:
    """Decode the text of a key. Raises ValueError with a message for readers of the report."""
    if not re.fullmatch(r"(?:[A-Za-z0-9+/]{4})*+(?:[A-Za-z0-9+/]{2}(?:==)?|[A-Za-z0-9+/]{3}=?)?", text):
        msg = "the text of its key is no base64"
        raise ValueError(msg)
    bare = text.rstrip("=")
    return base64.b64decode(bare + "=" * (-len(bare) % 4))


def _block(data: bytes) -> tuple[str, dict[str, str], str]:
    lines = iter(re.split(r"\r\n|\n|\r", _text(data)))
    begin = next((line for line in lines if line.startswith("-----BEGIN")), "")
    label = _label_of(begin, data)
    if label in _PARAMETERS:
        end, wanted = f"-----END {label}-----", _PARAMETERS[label]
        if not any(line.strip(_BLANKS) == end for line in lines) or next(lines, "") != f"-----BEGIN {wanted}-----":
            msg = f"no line BEGIN {wanted} follows right after the {label} of its key file"
            raise ValueError(msg)
        label = wanted
    return label, *_body(label, lines)


def _text(data: bytes) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        msg = "its key file is no text: Elasticsearch reads keys in PEM alone, not in DER or out of a key store"
        raise ValueError(msg) from None


def _label_of(begin: str, data: bytes) -> str:
    found = re.fullmatch(r"-----BEGIN (.*)-----", begin.strip(_BLANKS))
    if found and found[1] in {*_SECOND, *_PARAMETERS, _ENCRYPTED}:
        return found[1]
    msg = "its key file holds no private key in PEM"
    if not begin and data.startswith(b"\xef\xbb\xbf-----BEGIN"):
        msg = "its key file begins with a byte order mark, so that Elasticsearch finds no BEGIN line: save it without"
    elif not begin and b"-----BEGIN" in data:
        msg = "the BEGIN line of its key file is indented, so that Elasticsearch does not find it"
    elif "-----END" in begin:
        msg = "its key is all on one line: BEGIN and END have to stand on lines of their own"
    elif found and "CERTIFICATE" in found[1]:
        msg = "its key file begins with a certificate, and Elasticsearch looks at the first BEGIN line alone"
    elif found and re.fullmatch(r"[A-Z0-9 ]{1,40}", found[1]):
        msg = f"its key file begins with {found[1]}, which Elasticsearch does not read as a private key"
    elif begin:
        msg = "the first BEGIN line of its key file is not that of a private key"
    raise ValueError(msg)


def _body(label: str, lines: Iterator[str]) -> tuple[dict[str, str], str]:
    headers, body = dict[str, str](), list[str]()
    for line in lines:
        bare = line.strip(_BLANKS)
        if bare == f"-----END {label}-----":
            return headers, "".join(body)
        if ":" in line and label not in {"PRIVATE KEY", _ENCRYPTED}:
            name, value = line.split(":")[:2]
            headers[name.strip(_BLANKS)] = value.strip(_BLANKS)
        else:
            body.append(bare)
    msg = f"its key has no END {label} line"
    raise ValueError(msg)


def _plain(label: str, der: bytes) -> PrivateKey:
    parts = list(_inside(der))
    if len(parts) < 2 or parts[0].tag != _INTEGER or parts[1].tag != _SECOND[label]:  # noqa: PLR2004 -- version and key.
        msg = f"what its key file calls {label} is none"
        raise ValueError(msg)
    if label == "PRIVATE KEY":
        _judge_algorithm(parts[1])
    elif label == "EC PRIVATE KEY":
        _judge_curve(parts)
    try:
        with quiet():
            key: Any = load_der_private_key(der, None, unsafe_skip_rsa_key_validation=True)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        msg = "its key cannot be read"
        raise ValueError(msg) from None
    return of_key(key)


def of_key(key: Any) -> PrivateKey:  # noqa: ANN401 -- any of the library's kinds.
    """Judge a key that could be read. Raises ValueError where Java makes no TLS connection with it."""
    if isinstance(key, ec.EllipticCurvePrivateKey) and key.curve.name not in _CURVES:
        msg = f"its key is on the curve {key.curve.name}, with which Java makes no TLS connection: take P-256, P-384 or P-521"
        raise UnsupportedKeyError(msg)
    public = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return PrivateKey(public=public, pem=key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))


def _inside(der: bytes) -> Iterator[Element]:
    try:
        yield from inside(first(der), _SEQUENCE)
    except ValueError:
        msg = "its key cannot be read"
        raise ValueError(msg) from None


def _judge_algorithm(sequence: Element) -> None:
    oids = list(_oids(sequence.content))
    if not oids or oids[0] not in _ALGORITHMS:
        kind = _NAMES.get(oids[0], f"the algorithm {oids[0]}") if oids else "an unknown algorithm"
        msg = f"its key is of {kind}, which Elasticsearch does not read: take RSA, or EC on P-256, P-384 or P-521"
        raise UnsupportedKeyError(msg)
    if oids[0] == "1.2.840.10045.2.1" and len(oids) == 1:
        raise UnsupportedKeyError(_NO_CURVE_NAME)


def _judge_curve(parts: list[Element]) -> None:
    named = next((list(_oids(part.content)) for part in parts if part.tag == _PARAMETERS_TAG), [])
    if not named:
        raise UnsupportedKeyError(_NO_CURVE_NAME)


def _oids(content: bytes) -> Iterator[str]:
    for one in elements(content):
        if one.number == 6 and not one.constructed:  # noqa: PLR2004 -- the tag of an OBJECT IDENTIFIER.
            yield object_identifier(one.content)


def _encrypted(der: bytes, passphrase: bytes | None) -> PrivateKey:
    try:
        algorithm = next(iter(_inside(der)))
        scheme, *rest = elements(algorithm.content)
        oid = object_identifier(scheme.content)
        how = _pbes2(rest[0]) if oid == _PBES2 else "" if oid in _PBES1 else f"the scheme {oid}"
    except (ValueError, IndexError, StopIteration):
        msg = "its encrypted key cannot be read"
        raise ValueError(msg) from None
    if how:
        msg = f"its key is encrypted with {how}, which Elasticsearch does not read: openssl pkcs8 -topk8 -v2 aes-256-cbc writes one that it does"
        raise ValueError(msg)
    text = (
        b"-----BEGIN ENCRYPTED PRIVATE KEY-----\n" + base64.encodebytes(der) + b"-----END ENCRYPTED PRIVATE KEY-----\n"
    )
    return _unlocked(text, passphrase, oid)


def _pbes2(parameters: Element) -> str:
    """Name what Java's reader of PBES2 does not know; empty where it knows all."""
    function, cipher = (list(elements(one.content)) for one in elements(parameters.content))
    if (oid := object_identifier(function[0].content)) != _PBKDF2:
        return "scrypt" if oid == "1.3.6.1.4.1.11591.4.11" else f"the function {oid}"
    if (oid := object_identifier(cipher[0].content)) not in _CIPHERS:
        return {"2.16.840.1.101.3.4.1.22": "AES-192", "1.2.840.113549.3.7": "triple DES in PBES2"}.get(
            oid, f"the cipher {oid}"
        )
    for one in elements(function[1].content):
        if one.tag == _SEQUENCE and (oid := object_identifier(first(one.content).content)) not in _DIGESTS:
            return f"the pseudo-random function {oid}"
    return ""


def _traditional(label: str, headers: dict[str, str], body: str, passphrase: bytes | None) -> PrivateKey:
    name = headers.get("DEK-Info", "").partition(",")[0]
    if name not in _DEK:
        msg = f"its key is encrypted with {name[:40] or 'nothing that it names'}, which Elasticsearch does not read"
        raise ValueError(msg)
    lines = "\n".join(body[i : i + 64] for i in range(0, len(body), 64))
    reported = f"Proc-Type: 4,ENCRYPTED\nDEK-Info: {headers['DEK-Info']}"
    return _unlocked(
        f"-----BEGIN {label}-----\n{reported}\n\n{lines}\n-----END {label}-----\n".encode(), passphrase, name
    )


def _unlocked(pem: bytes, passphrase: bytes | None, scheme: str) -> PrivateKey:
    if scheme in _BEYOND:
        return PrivateKey(problem=_BEYOND_US, locked=True, beyond=True)
    if passphrase is None:
        return PrivateKey(problem=_LOCKED, locked=True)
    try:
        with quiet():
            return of_key(load_pem_private_key(pem, passphrase, unsafe_skip_rsa_key_validation=True))
    except UnsupportedAlgorithm:
        return PrivateKey(problem=_BEYOND_US, locked=True, beyond=True)
    except (ValueError, TypeError) as error:
        if "curve" in str(error):
            raise
        return PrivateKey(problem=_NOT_UNLOCKED, locked=True)
