"""Key stores: PKCS#12, and Java's own older form (JKS). What they hold is read with their password."""

from __future__ import annotations

import hashlib
import hmac
import struct
from dataclasses import field
from typing import Any, Final

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding, load_der_private_key

from diag.lazy_dataclass import dataclass
from diag.model import Certificate
from diag.x509.decoding import decode
from diag.x509.der import first, inside
from diag.x509.keyfiles import PrivateKey, of_key
from diag.x509.library import quiet
from diag.x509.store_kind import JKS, OF_JKS, PKCS12, kind_of_store

MAX_ENTRIES: Final = 10_000
# The text that Java mixes into the digest of such a store, for want of a real key.
_WHITENER: Final = b"Mighty Aphrodite"
_DIGEST: Final = 20
_TRUSTED, _KEY = 2, 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Store:
    """What a key store holds: certificates that it trusts, and the key with its chain. ``locked``: the password is missing or wrong."""

    kind: str
    trusted: tuple[Certificate, ...] = ()
    chain: tuple[Certificate, ...] = ()
    key: PrivateKey | None = field(default=None, repr=False)
    problem: str = ""
    locked: bool = False


def read_store(data: bytes, password: str | None) -> Store:
    """Read a key store; without a password, as one that has none or an empty one. Never raises."""
    kind = kind_of_store(data)
    if not kind:
        return Store(kind="", problem="it is no PKCS#12 or JKS key store")
    try:
        return (
            _read_pkcs12(data, password)
            if kind == PKCS12
            else _read_jks(data, password or "", reported=password is not None)
        )
    except (ValueError, TypeError, OverflowError, UnsupportedAlgorithm, struct.error, IndexError):
        return Store(kind=kind, problem="it is a broken key store, or one of a form that diag does not read")


def _locked(kind: str, *, reported: bool) -> Store:
    problem = "its password is another one" if reported else "it needs its password"
    return Store(kind=kind, problem=f"it is a {kind} key store, and {problem}", locked=True)


def _read_pkcs12(data: bytes, password: str | None) -> Store:
    from cryptography.hazmat.primitives.serialization import pkcs12  # noqa: PLC0415 -- slow to import, and most files are PEM.

    from diag.x509.pkcs12 import trusted_by_java  # noqa: PLC0415 -- as above.

    found: Any = None
    for attempt in (None, b"") if not password else (password.encode(),):
        try:
            with quiet():
                found = pkcs12.load_pkcs12(data, attempt)
            break
        except UnsupportedAlgorithm:
            raise
        except (ValueError, TypeError):
            continue
    if found is None:
        return _locked(PKCS12, reported=password is not None)
    others = [_certificate(one.certificate) for one in found.additional_certs[:MAX_ENTRIES]]
    marked = trusted_by_java(data, password)
    if marked is None:
        # Old encryption, or a form that is not read here: what Java marked as trusted has an alias, and most of what others put there none.
        entries = found.additional_certs if found.cert is None or found.key else [found.cert, *found.additional_certs]
        trusted = [_certificate(one.certificate) for one in entries[:MAX_ENTRIES] if one.friendly_name]
    else:
        trusted = [decode(der) for der in marked[:MAX_ENTRIES]]
    if found.key is None:
        return Store(kind=PKCS12, trusted=tuple(trusted))
    chain = _ordered([_certificate(found.cert.certificate), *others] if found.cert is not None else others)
    return Store(kind=PKCS12, trusted=tuple(trusted), chain=chain, key=_judged(found.key))


def _certificate(found: x509.Certificate) -> Certificate:
    return decode(found.public_bytes(Encoding.DER))


def _ordered(found: list[Certificate]) -> tuple[Certificate, ...]:
    """Put the issuers behind the certificate of the key, each behind what it issued."""
    chain = found[:1]
    while chain and not chain[-1].self_signed:
        issuer = next((one for one in found if one.subject == chain[-1].issuer and one not in chain), None)
        if issuer is None:
            break
        chain.append(issuer)
    return tuple(chain)


def _judged(key: Any) -> PrivateKey:  # noqa: ANN401 -- any of the library's kinds.
    try:
        return of_key(key)
    except ValueError as error:
        return PrivateKey(problem=str(error), unsupported=True)


@dataclass(slots=True)
class _Reading:
    """A place in the bytes of a store."""

    data: bytes
    at: int = 0

    def take(self, size: int) -> bytes:
        taken = self.data[self.at : self.at + size]
        if size < 0 or len(taken) != size:
            msg = "it ends too early"
            raise ValueError(msg)
        self.at += size
        return taken

    def number(self, size: int = 4) -> int:
        return int.from_bytes(self.take(size), "big")

    def certificate(self) -> Certificate:
        self.take(self.number(2))  # Its type: X.509.
        return decode(self.take(self.number()))


def _read_jks(data: bytes, password: str, *, reported: bool) -> Store:
    """Read Java's own form: entries, then a digest over the password and all of it."""
    if not data.startswith(OF_JKS):
        return Store(kind=JKS, problem="it is a JCEKS key store, which Elasticsearch does not read as jks")
    secret = password.encode("utf-16-be")
    body, digest = data[:-_DIGEST], data[-_DIGEST:]
    if not hmac.compare_digest(hashlib.sha1(secret + _WHITENER + body).digest(), digest):  # noqa: S324 -- its only digest.
        return _locked(JKS, reported=reported)
    reading, trusted, chain, key = _Reading(body, 8), list[Certificate](), list[Certificate](), None
    for _ in range(min(reading.number(), MAX_ENTRIES)):
        tag = reading.number()
        reading.take(reading.number(2))  # The alias.
        reading.take(8)  # The time of its making.
        if tag == _TRUSTED:
            trusted.append(reading.certificate())
        elif tag == _KEY:
            protected = reading.take(reading.number())
            chain = [reading.certificate() for _ in range(min(reading.number(), MAX_ENTRIES))]
            key = _unprotected(protected, secret)
    return Store(kind=JKS, trusted=tuple(trusted), chain=tuple(chain), key=key)


def _unprotected(protected: bytes, secret: bytes) -> PrivateKey:
    """Undo what Java does to a key in such a store: a stream of digests over it, and a digest to check."""
    *_, sealed = inside(first(protected), 0x30)
    salt, hidden, check = sealed.content[:_DIGEST], sealed.content[_DIGEST:-_DIGEST], sealed.content[-_DIGEST:]
    stream, last = bytearray(), salt
    while len(stream) < len(hidden):
        last = hashlib.sha1(secret + last).digest()  # noqa: S324 -- as above.
        stream += last
    plain = bytes(a ^ b for a, b in zip(hidden, stream, strict=False))
    if not hmac.compare_digest(hashlib.sha1(secret + plain).digest(), check):  # noqa: S324 -- as above.
        return PrivateKey(problem="its key has another password than the store", locked=True)
    with quiet():
        return _judged(load_der_private_key(plain, None, unsafe_skip_rsa_key_validation=True))
