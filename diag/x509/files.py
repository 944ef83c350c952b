"""Files of certificates and keys: what is in them, and what they are instead of PEM."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key

from diag.model import CaFile, Certificate, ClientIdentity
from diag.x509.decoding import decode, from_pem
from diag.x509.library import load, quiet

MOST_BYTES: Final = 8_000_000
MOST_CERTIFICATES: Final = 10_000
_BEGIN: Final = b"-----BEGIN CERTIFICATE-----"
_END: Final = b"-----END CERTIFICATE-----"
_KEY_LINE: Final = re.compile(rb"-----BEGIN ((?:RSA |EC |DSA |ENCRYPTED )?PRIVATE KEY)-----")
_PKCS12: Final = re.compile(rb"0(?:\x80|[\x00-\x7f]|[\x81-\x84].{1,4}?)\x02\x01\x03", re.DOTALL)


def read_certificates(data: bytes) -> tuple[Certificate, ...]:
    """Read the certificates of a PEM file, one or many.

    Raises ValueError with a clear text where there is none, or where one of them cannot be read.
    """
    found, problem = _read(data)
    if problem:
        raise ValueError(problem)
    return found


def read_ca_file(path: str, data: bytes) -> CaFile:
    """Read a file of trusted certificates. Never raises: ``problem`` says what is wrong with it."""
    found, problem = _read(data)
    return CaFile(
        path=path, certificates=found, has_private_key=_KEY_LINE.search(data[:MOST_BYTES]) is not None, problem=problem
    )


def read_identity(path: str, certificate: bytes, key: bytes | None) -> ClientIdentity:
    """Read the certificate that nodes present, with its key where there is one. Never raises: ``problem`` says what is wrong."""
    found, problem = _read(certificate)
    if not problem and key is not None:
        problem = _judge_key(found, key)
    return ClientIdentity(path=path, chain=found, problem=problem)


def _read(data: bytes) -> tuple[tuple[Certificate, ...], str]:
    """Give what can be read, and a word on what can't."""
    if len(data) > MOST_BYTES:
        return (), f"it is larger than {MOST_BYTES // 1_000_000} MB: no file of certificates"
    found = list[Certificate]()
    problem = _marked_wrong(data)
    for number, block in enumerate(_blocks(data), start=1):
        if number > MOST_CERTIFICATES:
            return tuple(found), f"it holds more than {MOST_CERTIFICATES} certificates"
        try:
            found.append(decode(from_pem(block.decode("latin-1"))))
        except ValueError as error:
            problem = problem or f"certificate {number} in it cannot be read: {error}"
    if found and not problem and data.count(_BEGIN) != data.count(_END):
        problem = "a certificate in it has no END line"
    if not found and not problem:
        return _what_else(data)
    return tuple(found), problem


def _blocks(data: bytes) -> Iterator[bytes]:
    start = data.find(_BEGIN)
    while start >= 0:
        end = data.find(_END, start)
        if end < 0:
            return
        end += len(_END)
        yield data[start:end]
        start = data.find(_BEGIN, end)


def _marked_wrong(data: bytes) -> str:
    """Tell of bytes in front of the text that make Elasticsearch miss the BEGIN line."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "it is text in UTF-16: save it as plain ASCII"
    if data.startswith(b"\xef\xbb\xbf-----BEGIN"):
        return "it begins with a byte order mark: save it without"
    return ""


def _what_else(data: bytes) -> tuple[tuple[Certificate, ...], str]:  # noqa: PLR0911 -- one line for each kind of file.
    """Say what a file without a PEM certificate is. A single certificate in DER is given, too: the JDK reads it."""
    if not data.strip():
        return (), "it is empty"
    if data.startswith((b"\xfe\xed\xfe\xed", b"\xce\xce\xce\xce")):
        return (), "it is a Java key store (JKS), not PEM"
    if _PKCS12.match(data):
        return (), "it is a PKCS#12 key store, not PEM"
    try:
        return (decode(data),), "it is a certificate in DER, not PEM"
    except ValueError:
        pass
    if _BEGIN in data:
        return (), "its certificate has no END line"
    if _KEY_LINE.search(data):
        return (), "it holds a private key and no certificate"
    label = re.search(rb"-----BEGIN ([A-Z0-9 ]{1,40})-----", data)
    if label:
        return (), f"it holds a {label[1].decode()} and no certificate"
    return (), "it is no PEM: there is no BEGIN CERTIFICATE line in it"


def _judge_key(chain: tuple[Certificate, ...], data: bytes) -> str:
    """Say what is wrong with the private key of a certificate; no word of the key itself."""
    label = _KEY_LINE.search(data)
    if label is None:
        return "its key file holds no private key in PEM"
    end = data.find(b"-----END " + label[1] + b"-----", label.end())
    block = data[label.start() : end + len(label[1]) + 15] if end >= 0 else b""
    if label[1] == b"ENCRYPTED PRIVATE KEY" or b"Proc-Type: 4,ENCRYPTED" in block:
        return "its key is encrypted: diag needs one without a passphrase"
    try:
        with quiet():
            key = load_pem_private_key(block, None, unsafe_skip_rsa_key_validation=True).public_key()
            own = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        return "its key cannot be read"
    fits = [i for i, certificate in enumerate(chain) if _key_of(certificate) == own]
    if not fits:
        return "its key belongs to another certificate"
    return (
        ""
        if fits[0] == 0
        else f"its key belongs to certificate {fits[0] + 1} of the file: that one has to be the first"
    )


def _key_of(certificate: Certificate) -> bytes:
    try:
        key = load(from_pem(certificate.pem)).public_key()
        return key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        return b""
