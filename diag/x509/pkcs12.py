"""Which certificates of a PKCS#12 key store Java trusts: those that bear an attribute of its own, whatever their alias.

The library that reads such stores gives no attributes, so that the bags are read here (RFC 7292). Measured with Java 17 and 25: an alias
without the attribute counts for nothing, the attribute without an alias is enough, and of two entries of one alias the later one stays.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Final

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.decrepit.ciphers.algorithms import TripleDES
from cryptography.hazmat.primitives import hashes, padding
from cryptography.hazmat.primitives.ciphers import Cipher, CipherAlgorithm
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC
from cryptography.hazmat.primitives.kdf.pbkdf2 import PBKDF2HMAC

from diag.x509.der import Element, first, inside, object_identifier

_SEQUENCE, _SET, _OCTETS, _IMPLICIT = 0x30, 0x31, 0x04, 0x80
_DATA, _ENCRYPTED = "1.2.840.113549.1.7.1", "1.2.840.113549.1.7.6"
_CERTIFICATE_BAG: Final = "1.2.840.113549.1.12.10.1.3"
_ALIAS: Final = "1.2.840.113549.1.9.20"
_TRUSTED: Final = "2.16.840.1.113894.746875.1.1"
_PBES2, _PBKDF2 = "1.2.840.113549.1.5.13", "1.2.840.113549.1.5.12"
# The sizes of the keys: of AES by its mode CBC, and of Triple-DES by the older derivation of PKCS#12 itself.
_AES: Final = {"2.16.840.1.101.3.4.1.2": 16, "2.16.840.1.101.3.4.1.22": 24, "2.16.840.1.101.3.4.1.42": 32}
_OLD_TRIPLE_DES: Final = {"1.2.840.113549.1.12.1.3": 24, "1.2.840.113549.1.12.1.4": 16}
_PRF: Final[dict[str, hashes.HashAlgorithm]] = {
    "1.2.840.113549.2.7": hashes.SHA1(),  # noqa: S303 -- what such stores are made with.
    "1.2.840.113549.2.8": hashes.SHA224(),
    "1.2.840.113549.2.9": hashes.SHA256(),
    "1.2.840.113549.2.10": hashes.SHA384(),
    "1.2.840.113549.2.11": hashes.SHA512(),
}
_BLOCK: Final = 64  # Of SHA-1, in bytes.
_MAX_ROUNDS: Final = 1_000_000
_KEY, _VECTOR = 1, 2  # What the older derivation is asked for.


def trusted_by_java(data: bytes, password: str | None) -> tuple[bytes, ...] | None:
    """Give the certificates (DER) that Java takes for trusted ones; None where the store is of a form that is not read here."""
    try:
        return tuple(_by_alias(_bags(data, password)))
    except (ValueError, TypeError, OverflowError, StopIteration, IndexError, UnsupportedAlgorithm):
        return None


def _by_alias(bags: Iterator[tuple[bytes, str | None]]) -> Iterator[bytes]:
    found: dict[str, bytes] = {}
    for number, (certificate, alias) in enumerate(bags):
        # One without an alias gets a number for its name, each another one.
        name = f"\0{number}" if alias is None else alias.lower()
        found.pop(name, None)
        found[name] = certificate
    yield from found.values()


def _bags(data: bytes, password: str | None) -> Iterator[tuple[bytes, str | None]]:
    """The certificates that bear the attribute, each with its alias, in the order of the store."""
    _, safe, *_ = inside(first(data), _SEQUENCE)
    for info in inside(first(_plain(safe, password)), _SEQUENCE):
        for bag in inside(first(_plain(info, password)), _SEQUENCE):
            kind, value, *attributes = inside(bag, _SEQUENCE)
            if object_identifier(kind.content) != _CERTIFICATE_BAG:
                continue
            named = dict(_named(one) for each in attributes for one in inside(each, _SET))
            if _TRUSTED in named:
                _, certificate = inside(first(value.content), _SEQUENCE)
                alias = named.get(_ALIAS)
                yield first(certificate.content).content, None if alias is None else alias.decode("utf-16-be")


def _named(attribute: Element) -> tuple[str, bytes]:
    kind, values = inside(attribute, _SEQUENCE)
    return object_identifier(kind.content), first(values.content).content


def _plain(info: Element, password: str | None) -> bytes:
    """What one piece of the store holds, decrypted where it is encrypted."""
    kind, wrapped = inside(info, _SEQUENCE)
    name, content = object_identifier(kind.content), first(wrapped.content)
    if name == _DATA and content.tag == _OCTETS:
        return content.content
    if name != _ENCRYPTED:
        msg = f"content of the kind {name}"
        raise ValueError(msg)
    _, encrypted, *_ = inside(content, _SEQUENCE)
    _, algorithm, sealed = inside(encrypted, _SEQUENCE)
    if sealed.tag != _IMPLICIT:
        msg = "encrypted content in pieces"
        raise ValueError(msg)
    # Without a password some write none at all into the derivation, and some the empty one.
    for text in (password,) if password else ("", None):
        found = _decrypted(algorithm, sealed.content, text)
        if found.startswith(b"\x30"):
            return found
    msg = "it does not decrypt to what it should"
    raise ValueError(msg)


def _decrypted(algorithm: Element, sealed: bytes, password: str | None) -> bytes:
    kind, parameters = inside(algorithm, _SEQUENCE)
    name = object_identifier(kind.content)
    if name == _PBES2:
        cipher, vector = _of_pbes2(parameters, (password or "").encode())
    elif name in _OLD_TRIPLE_DES:
        salt, rounds = inside(parameters, _SEQUENCE)
        own = b"" if password is None else (password + "\0").encode("utf-16-be")
        size = _OLD_TRIPLE_DES[name]
        key = _derived(_KEY, own, salt.content, _count(rounds), size)
        cipher = TripleDES(key if size > 16 else key + key[:8])  # noqa: PLR2004 -- of two keys the first one is the third.
        vector = _derived(_VECTOR, own, salt.content, _count(rounds), 8)
    else:
        msg = f"encrypted with {name}"
        raise ValueError(msg)
    decryptor = Cipher(cipher, CBC(vector)).decryptor()
    padded = decryptor.update(sealed) + decryptor.finalize()
    unpadder = padding.PKCS7(len(vector) * 8).unpadder()
    try:
        return unpadder.update(padded) + unpadder.finalize()
    except ValueError:
        return b""  # Another password.


def _of_pbes2(parameters: Element, password: bytes) -> tuple[CipherAlgorithm, bytes]:
    derivation, encryption = inside(parameters, _SEQUENCE)
    kind, details = inside(derivation, _SEQUENCE)
    name, vector = inside(encryption, _SEQUENCE)
    if object_identifier(kind.content) != _PBKDF2:
        msg = "another derivation than PBKDF2"
        raise ValueError(msg)
    salt, rounds, *rest = inside(details, _SEQUENCE)
    prf = [object_identifier(first(one.content).content) for one in rest if one.tag == _SEQUENCE]
    digest = _PRF.get(prf[0]) if prf else hashes.SHA1()  # noqa: S303 -- the default of the standard.
    size = _AES.get(object_identifier(name.content))
    if size is None or digest is None:
        msg = "another cipher or digest than those in use"
        raise ValueError(msg)
    key = PBKDF2HMAC(digest, size, salt.content, _count(rounds)).derive(password)
    return AES(key), vector.content


def _count(rounds: Element) -> int:
    count = int.from_bytes(rounds.content, "big")
    if not 0 < count <= _MAX_ROUNDS:
        msg = "more rounds than anybody uses"
        raise ValueError(msg)
    return count


def _derived(purpose: int, password: bytes, salt: bytes, rounds: int, size: int) -> bytes:
    """Derive bytes of a password as PKCS#12 itself does (RFC 7292, appendix B.2)."""
    blocks, made = _filled(salt) + _filled(password), b""
    while len(made) < size:
        digest = bytes([purpose]) * _BLOCK + blocks
        for _ in range(rounds):
            digest = hashlib.sha1(digest).digest()  # noqa: S324 -- its only digest.
        made += digest
        step = int.from_bytes(_filled(digest)[:_BLOCK], "big") + 1
        added = (int.from_bytes(blocks[at : at + _BLOCK], "big") + step for at in range(0, len(blocks), _BLOCK))
        blocks = b"".join((one % (1 << 8 * _BLOCK)).to_bytes(_BLOCK, "big") for one in added)
    return made[:size]


def _filled(data: bytes) -> bytes:
    """Repeat it until it fills whole blocks."""
    size = -(-len(data) // _BLOCK) * _BLOCK
    return (data * (size // len(data) + 1))[:size] if data else b""
