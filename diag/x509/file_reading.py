"""Files of certificates and keys: what Elasticsearch reads in them, with which Java, and what they are where it reads nothing."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from typing import Final

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from diag.lazy_dataclass import dataclass
from diag.model import CaFile, Certificate, ClientIdentity, FileFault
from diag.x509 import javapem
from diag.x509.decoding import decode, from_pem
from diag.x509.keyfiles import PrivateKey, digest_of, read_private_key
from diag.x509.library import load, quiet
from diag.x509.store_kind import kind_of_store
from diag.x509.stores import Store, read_store

MAX_BYTES: Final = 8_000_000
MAX_CERTIFICATES: Final = 10_000
_BEGIN: Final = b"-----BEGIN CERTIFICATE-----"
_END: Final = b"-----END CERTIFICATE-----"
_KEY_LINE: Final = re.compile(rb"-----BEGIN ((?:RSA |EC |DSA |ENCRYPTED )?PRIVATE KEY)-----", re.IGNORECASE)
_SIGNED_DATA: Final = bytes.fromhex("06092a864886f70d010702")
_ANY_BEGIN: Final = re.compile(rb"-----BEGIN [A-Z0-9 ]*CERTIFICATE-----", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Read:
    """What was read in a file: by both readers of Java, or what each of them says against it."""

    certificates: tuple[Certificate, ...] = ()
    problem: str = ""
    older_java: str = ""
    newer_java: str = ""
    form: str = "PEM"


def read_certificates(data: bytes) -> tuple[Certificate, ...]:
    """Read the certificates of a file, one or many.

    Raises ValueError with a clear text where there is none, or where no Java reads the file.
    """
    read = _read(data)
    if read.problem:
        raise ValueError(read.problem)
    return read.certificates


@functools.lru_cache(maxsize=256)
def read_ca_file(path: str, data: bytes, password: str | None = None) -> CaFile:
    """Read a file of trusted certificates. Never raises: ``problem`` says what is wrong with it."""
    if kind_of_store(data):
        return _ca_store(path, read_store(data, password))
    read = _read(data)
    return CaFile(
        path=path,
        certificates=read.certificates,
        has_private_key=_KEY_LINE.search(data[:MAX_BYTES]) is not None,
        problem=read.problem,
        older_java=read.older_java,
        newer_java=read.newer_java,
        form=read.form,
    )


@functools.lru_cache(maxsize=64)
def read_trust_store(path: str, data: bytes, password: str | None) -> CaFile:
    """Read the store of ``truststore.path``, which has to be one. Never raises."""
    return _ca_store(path, read_store(data, password))


@functools.lru_cache(maxsize=64)
def own_trusted(data: bytes, password: str | None, *, in_store: bool) -> tuple[Certificate, ...]:
    """What a node trusts of the file that its own key is from, where no CA is configured. Never raises."""
    if not in_store:
        return _read(data).certificates
    store = read_store(data, password)
    return (*store.trusted, *store.chain[:1]) if store.key is not None else store.trusted


def _ca_store(path: str, store: Store) -> CaFile:
    problem, fault = store.problem, None
    if not problem and not store.trusted:
        problem, fault = f"it is a {store.kind} key store that trusts no certificate", FileFault.TRUSTS_NOTHING
    return CaFile(
        path=path,
        certificates=store.trusted,
        problem=problem,
        form=store.kind or "other",
        locked=store.locked,
        fault=fault,
    )


def read_identity(path: str, certificate: bytes, key: bytes | None, passphrase: str | None = None) -> ClientIdentity:
    """Read the certificate that nodes present, with its key where there is one. Never raises: ``problem`` says what is wrong."""
    return read_pair(path, certificate, key, passphrase)[0]


@functools.lru_cache(maxsize=64)
def read_pair(
    path: str, certificate: bytes, key: bytes | None, passphrase: str | None = None
) -> tuple[ClientIdentity, PrivateKey | None]:
    """Read certificate and key of the nodes; the key itself is given for the wire alone."""
    read, own, problem = _read(certificate), None, ""
    if not read.problem and key is not None:
        own = read_private_key(key, None if passphrase is None else passphrase.encode())
        problem = own.problem or _not_its_key(read.certificates, own.public)
    identity = ClientIdentity(
        path=path,
        chain=read.certificates,
        problem=read.problem or problem,
        older_java=read.older_java,
        newer_java=read.newer_java,
        form=read.form,
        locked=own is not None and own.locked,
        fault=None if read.problem or own is None else _fault(own, problem),
    )
    return identity, own


@functools.lru_cache(maxsize=64)
def read_key_store(path: str, data: bytes, password: str | None) -> tuple[ClientIdentity, PrivateKey | None]:
    """Read the store of ``keystore.path``: the certificate of its key, and the key for the wire alone. Never raises."""
    store = read_store(data, password)
    problem, locked = store.problem, store.locked
    if not problem and store.key is None:
        problem = f"it is a {store.kind} key store without a private key"
    elif not problem and store.key is not None:
        problem = store.key.problem or _not_its_key(store.chain, store.key.public)
        locked = store.key.locked
    identity = ClientIdentity(
        path=path,
        chain=store.chain,
        problem=problem,
        locked=locked,
        form=store.kind or "other",
        fault=None if store.key is None else _fault(store.key, problem),
    )
    return identity, store.key


def _fault(key: PrivateKey, problem: str) -> FileFault | None:
    """What is wrong with a key, or with the certificate before it."""
    if key.beyond:
        return FileFault.DECRYPTED_BY_OTHERS
    return FileFault.OTHER_KEY if problem and not key.problem else None


def _read(data: bytes) -> _Read:
    """Read a file as both readers of Java do, and tell where they differ."""
    if len(data) > MAX_BYTES:
        return _Read(problem=f"it is larger than {MAX_BYTES // 1_000_000} MB: no file of certificates")
    if (kind := kind_of_store(data)) or not data.strip():
        return _Read(problem=f"it is a {kind} key store, not PEM" if kind else "it is empty", form=kind or "PEM")
    older, newer = (_as_java(data, read) for read in (javapem.before_java_25, javapem.since_java_25))
    if older.problem and newer.problem:
        return _Read(certificates=_whatever_is_there(data), problem=_what_it_is(data) or older.problem, form=older.form)
    best = newer if older.problem or len(older.certificates) < len(newer.certificates) else older
    return (
        _Read(
            certificates=best.certificates,
            form=best.form,
            older_java=_marked(data) or older.problem or _fewer(older, best),
            newer_java=newer.problem or _fewer(newer, best),
        )
        if older.problem or newer.problem or len(older.certificates) != len(newer.certificates)
        else best
    )


def _fewer(read: _Read, best: _Read) -> str:
    few, all_of_them = len(read.certificates), len(best.certificates)
    return f"it takes {few} of the {all_of_them} certificates and passes over the rest" if few < all_of_them else ""


def _as_java(data: bytes, reader: javapem.ReadBlock) -> _Read:
    found, form = list[Certificate](), "PEM"
    try:
        for number, block in enumerate(javapem.blocks(data, reader), start=1):
            if number > MAX_CERTIFICATES:
                return _Read(problem=f"it holds more than {MAX_CERTIFICATES} certificates")
            form = form if block.label else "DER"
            if number == 1 and _SIGNED_DATA in block.der[:24]:
                # Java takes the certificates of the first block then, and never looks at the others.
                return _of_pkcs7(block.der)
            found.append(_certificate(block, number))
    except ValueError as error:
        return _Read(problem=str(error), form=form)
    return _Read(certificates=tuple(found), form=form) if found else _Read(problem=_nothing(data))


def _of_pkcs7(der: bytes) -> _Read:
    from cryptography.hazmat.primitives.serialization import pkcs7  # noqa: PLC0415 -- slow to import, and rarely met.

    try:
        with quiet():
            found = pkcs7.load_der_pkcs7_certificates(der)
            return _Read(certificates=tuple(decode(one.public_bytes(Encoding.DER)) for one in found), form="PKCS#7")
    except (ValueError, TypeError, UnsupportedAlgorithm):
        return _Read(problem="it is PKCS#7 without a certificate that can be read", form="PKCS#7")


def _refuse_more(der: bytes) -> None:
    if der[:1] == b"0" and javapem.binary_block(der, 0).end < len(der):
        msg = "bytes stand behind it, as the trust settings of OpenSSL's TRUSTED CERTIFICATE do"
        raise ValueError(msg)


def _certificate(block: javapem.Block, number: int) -> Certificate:
    """Decode one block. Java takes nothing behind the certificate: OpenSSL's TRUSTED CERTIFICATE may have settings there."""
    try:
        _refuse_more(block.der)
        return decode(block.der)
    except ValueError as error:
        label = block.label.upper()
        if block.label and not label.endswith("CERTIFICATE"):
            shown = block.label[:60] if block.label.isprintable() else "block of another kind"
            msg = f"it holds a {shown} among the certificates, and Java takes every block for a certificate"
        elif block.label:
            msg = f"certificate {number} in it cannot be read: {error}"
        else:
            msg = "a line in it begins with the character 0, which Java takes for a binary certificate"
        raise ValueError(msg) from None


def _marked(data: bytes) -> str:
    """Tell of a byte order mark, which makes Java before 25 miss the BEGIN line."""
    return "it begins with a byte order mark: save it without" if data.startswith(b"\xef\xbb\xbf-----BEGIN") else ""


def _what_it_is(data: bytes) -> str:
    """Say what a file is that no Java reads, where that says more than what is wrong with its lines."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "it is text in UTF-16: save it as plain ASCII"
    if _ANY_BEGIN.search(data):
        return ""
    if _KEY_LINE.search(data):
        return "it holds a private key and no certificate"
    label = re.search(rb"-----BEGIN ([A-Z0-9 ]{1,40})-----", data)
    if label and label[1] not in {b"PKCS7", b"CMS"}:
        return f"it holds a {label[1].decode()} and no certificate"
    return ""


def _nothing(data: bytes) -> str:
    if _ANY_BEGIN.search(data):
        return "its BEGIN line does not begin a line, or its certificate has no END line"
    return "it is no PEM: there is no BEGIN CERTIFICATE line in it"


def _whatever_is_there(data: bytes) -> tuple[Certificate, ...]:
    """Give what certificates can be seen in a file that no Java reads, so that the rest of them can be judged."""
    found = list[Certificate]()
    for block in _blocks(data):
        try:
            found.append(decode(from_pem(block.decode("latin-1"))))
        except ValueError:
            continue
        if len(found) == MAX_CERTIFICATES:
            break
    return tuple(found)


def _blocks(data: bytes) -> Iterator[bytes]:
    start = data.find(_BEGIN)
    while start >= 0:
        end = data.find(_END, start)
        if end < 0:
            return
        end += len(_END)
        yield data[start:end]
        start = data.find(_BEGIN, end)


def _not_its_key(chain: tuple[Certificate, ...], public: bytes) -> str:
    """Say whose key it is, where it is not that of the first certificate."""
    fits = [i for i, certificate in enumerate(chain) if _key_of(certificate) == public]
    if not fits:
        return "its key belongs to another certificate"
    another = f"its key belongs to certificate {fits[0] + 1} of the file: that one has to be the first"
    return another if fits[0] else ""


def public_key_digest(certificate: Certificate) -> str:
    """Give what is compared with a private key to tell whether it belongs to a certificate; empty where its key can't be read."""
    return digest_of(_key_of(certificate))


def _key_of(certificate: Certificate) -> bytes:
    try:
        key = load(from_pem(certificate.pem)).public_key()
        return key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        return b""
