"""Certificates, keys and key stores: recognised and read by their bytes, as the classes of Elasticsearch read them."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from typing import Final

from diag import x509
from diag.documents.candidate import Candidate
from diag.documents.row import KindRow, Reading
from diag.documents.tree import Places
from diag.evidence.documents.certificate_files import (
    CertificateFile,
    CertificateFiles,
    CertificateUse,
    KeyFile,
    KeyFiles,
    PemBlock,
)
from diag.evidence.documents.kind import DocumentKind
from diag.evidence.documents.origin import Origin, whole
from diag.model import CaFile, Certificate

_BEGIN: Final = re.compile(r"-----BEGIN (?P<label>[^\r\n-]{0,60})-----")
_AT_LINE_START: Final = re.compile(rb"^(?:\xef\xbb\xbf)?[ \t]*-----BEGIN [A-Za-z0-9 ]{1,60}-----", re.MULTILINE)
_GLUED: Final = re.compile(r"-----END [^\r\n-]*-----(?=-----BEGIN)")
_CERTIFICATE: Final = re.compile(r"(?:X509 |TRUSTED )?CERTIFICATE|PKCS7|CMS", re.IGNORECASE)
_KEY: Final = re.compile(r"(?:[A-Z]+ )*PRIVATE KEY", re.IGNORECASE)
_KEY_DER: Final = re.compile(rb"0(?:[\x00-\x7f]|[\x81-\x84].{1,4}?)\x02\x01[\x00\x01][0\x02\x04]", re.DOTALL)
_OF_CAS: Final = re.compile(r"(?:^|[^a-z])(?:ca|cas|cacerts?|roots?|trust(?:ed)?|authorities)(?:[^a-z]|$)")
# What holds PEM among other things, and is read as what it is.
_OTHERS: Final = (".md", ".markdown", ".adoc", ".rst", ".html", ".yml", ".yaml", ".json", ".tf", ".sh", ".py", ".log")
_PARAMETERS: Final = ("EC PARAMETERS", "DSA PARAMETERS")


@functools.lru_cache(maxsize=16)
def _kind(name: str, data: bytes) -> tuple[DocumentKind, str] | None:
    """Tell what a file is, and by what."""
    store = x509.kind_of_store(data)
    if store:
        return DocumentKind.KEY_STORE, f"it begins as {store} does"
    if data[:1] == b"0":
        return _of_der(name, data)
    if b"-----BEGIN" not in data or not _AT_LINE_START.search(data) or name.endswith(_OTHERS) or data.startswith(b"#!"):
        return None
    labels = [found["label"].upper() for found in _BEGIN.finditer(data.decode("latin-1"))]
    certificates = [label for label in labels if _CERTIFICATE.fullmatch(label)]
    keys = [label for label in labels if _KEY.fullmatch(label)]
    if not (certificates or keys):
        return None
    read = x509.read_ca_file(name, data).certificates
    first = next((label for label in labels if label not in _PARAMETERS), "")
    if keys and (not certificates or (first in keys and not (read and all(map(_is_ca, read))))):
        return DocumentKind.PRIVATE_KEY, f"it holds {keys[0]}"
    return _of_certificates(name, read, f"it holds {certificates[0]}")


def _of_der(name: str, data: bytes) -> tuple[DocumentKind, str] | None:
    found = x509.read_ca_file(name, data)
    if found.certificates and not found.problem:
        return _of_certificates(name, found.certificates, f"it is {found.form} of a certificate")
    return (DocumentKind.PRIVATE_KEY, "it begins as a key in DER does") if _KEY_DER.match(data) else None


def _of_certificates(name: str, found: tuple[Certificate, ...], why: str) -> tuple[DocumentKind, str]:
    """A file with a certificate that is no CA is a node's, unless its name says that it is of CAs."""
    of_node = any(not _is_ca(one) for one in found) and not _OF_CAS.search(name)
    return DocumentKind.NODE_CERTIFICATE if of_node else DocumentKind.CA_FILE, why


def _is_ca(certificate: Certificate) -> bool:
    return certificate.is_ca is True or (certificate.is_ca is None and certificate.self_signed)


def _row(kind: DocumentKind, use: CertificateUse | None) -> KindRow:
    def recognise(candidate: Candidate) -> str:
        found = _kind(candidate.name, candidate.data) if candidate.called is None else None
        return found[1] if found is not None and found[0] is kind else ""

    def read(candidate: Candidate, reading: Reading) -> tuple[object, ...]:
        if use is None:
            return (KeyFiles(all=(_key_file(candidate, reading),)),)
        one = _store(candidate, reading) if use is CertificateUse.STORE else _file(candidate, use)
        return (CertificateFiles(all=(one,)),)

    return KindRow(kind=kind, recognise=recognise, read=read, of_bytes=True)


def _file(candidate: Candidate, use: CertificateUse) -> CertificateFile:
    path, data, text = candidate.source.file, candidate.data, _text(candidate)
    if x509.kind_of_store(data):
        # Where PEM is wanted, a key store is none, whatever it holds.
        read = CaFile(path=path, problem=x509.read_identity(path, data, None).problem, form=x509.kind_of_store(data))
    else:
        read = x509.read_ca_file(path, data)
    places = Places(path, text)
    blocks = [
        PemBlock(label=found["label"].upper(), origin=places.origin(*found.span())) for found in _BEGIN.finditer(text)
    ]
    own = [one.origin for one in blocks if _CERTIFICATE.fullmatch(one.label)]
    return CertificateFile(
        path=path,
        use=use,
        form=read.form,
        certificates=read.certificates,
        places=tuple(own) if len(own) == len(read.certificates) else (),
        public_keys=tuple(map(x509.public_key_digest, read.certificates)),
        has_private_key=read.has_private_key,
        problem=read.problem,
        older_java=read.older_java,
        newer_java=read.newer_java,
        fault=read.fault,
        foreign=tuple(one for one in blocks if not _CERTIFICATE.fullmatch(one.label)),
        glued=tuple(places.origin(found.end(), found.end()) for found in _GLUED.finditer(text)),
        origin=blocks[0].origin if blocks else whole(path),
    )


def _store(candidate: Candidate, reading: Reading) -> CertificateFile:
    """Read a key store with the first of the passwords that opens it."""
    path = candidate.source.file
    tried = [x509.read_store(candidate.data, password) for password in (None, *reading.passwords)]
    store = next((one for one in tried if not one.locked), tried[0])
    found = store.chain or store.trusted
    problem = store.problem or (store.key.problem if store.key is not None else "")
    if not problem and store.key is None and not store.trusted:
        problem = f"it is a {store.kind} key store without a key, and it trusts no certificate"
    keys = tuple(map(x509.public_key_digest, found))
    if not problem and store.key is not None and keys[:1] != (store.key.digest,):
        problem = "its key belongs to another certificate than the first"
    return CertificateFile(
        path=path,
        use=CertificateUse.STORE,
        form=store.kind,
        certificates=found,
        public_keys=keys,
        has_private_key=store.key is not None,
        problem=problem,
        locked=store.locked or (store.key is not None and store.key.locked),
        origin=whole(path),
    )


def _key_file(candidate: Candidate, reading: Reading) -> KeyFile:
    path, data = candidate.source.file, candidate.data
    tried = [x509.read_private_key(data, password) for password in (None, *(one.encode() for one in reading.passwords))]
    key = next((one for one in tried if not one.locked), tried[0])
    return KeyFile(
        path=path,
        public_key=key.digest,
        problem=key.problem,
        unsupported=key.unsupported,
        locked=key.locked,
        origin=next(_key_places(path, _text(candidate)), whole(path)),
    )


def _key_places(path: str, text: str) -> Iterator[Origin]:
    places = Places(path, text)
    return (places.origin(*found.span()) for found in _BEGIN.finditer(text) if _KEY.fullmatch(found["label"]))


def _text(candidate: Candidate) -> str:
    return candidate.text or candidate.data.decode("latin-1")


ROWS: Final = (
    _row(DocumentKind.KEY_STORE, CertificateUse.STORE),
    _row(DocumentKind.PRIVATE_KEY, None),
    _row(DocumentKind.NODE_CERTIFICATE, CertificateUse.NODE),
    _row(DocumentKind.CA_FILE, CertificateUse.AUTHORITIES),
)
