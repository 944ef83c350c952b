"""Files of certificates and keys as documents: what Elasticsearch reads in each, and where it stands. A private key itself is never kept."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from diag.evidence.certificate import Certificate
from diag.evidence.documents.absent import NO_DOCUMENT
from diag.evidence.documents.origin import Origin
from diag.evidence.key_material import FileFault
from diag.evidence.piece import Piece, Subject
from diag.lazy_dataclass import dataclass


class CertificateUse(StrEnum):
    """What a file is for; the value is how output calls it."""

    AUTHORITIES = "CA file"
    NODE = "node certificate"
    STORE = "key store"


@dataclass(frozen=True, slots=True, kw_only=True)
class PemBlock:
    """A BEGIN line of a text: its label, and its place."""

    label: str
    origin: Origin


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateFile:
    """One file. ``problem``, ``older_java``, ``newer_java``, ``form`` and ``fault`` as in ``CaFile``.

    ``certificates`` are in the order of the file, of a key store the certificate of its key with those behind it, else those that it trusts;
    ``places`` are their BEGIN lines, and ``public_keys`` digests of their keys. ``foreign`` are blocks that are no certificates, ``glued`` the places where two lines are one.
    """

    path: str
    use: CertificateUse
    form: str = ""
    certificates: tuple[Certificate, ...] = ()
    places: tuple[Origin, ...] = ()
    public_keys: tuple[str, ...] = ()
    has_private_key: bool = False
    problem: str = ""
    older_java: str = ""
    newer_java: str = ""
    locked: bool = False
    fault: FileFault | None = None
    foreign: tuple[PemBlock, ...] = ()
    glued: tuple[Origin, ...] = ()
    origin: Origin

    def place(self, index: int) -> Origin:
        """The place of a certificate, that of the file where it has none of its own."""
        return self.places[index] if index < len(self.places) else self.origin

    @property
    def leaf(self) -> Certificate | None:
        """The certificate that a node presents from it, None where it holds none for that."""
        presented = self.use is CertificateUse.NODE or (self.use is CertificateUse.STORE and self.has_private_key)
        return self.certificates[0] if presented and self.certificates else None


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateFiles:
    """Every file of certificates that was given."""

    all: tuple[CertificateFile, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyFile:
    """One file with a private key. ``public_key`` is a digest of its public part, empty where it could not be read.

    ``problem`` says why Elasticsearch does not read it, ``unsupported`` whether its kind is the reason; ``locked``: its passphrase is missing.
    """

    path: str
    public_key: str = ""
    problem: str = ""
    unsupported: bool = False
    locked: bool = False
    origin: Origin


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyFiles:
    """Every file of a private key that was given."""

    all: tuple[KeyFile, ...] = ()


CERTIFICATES: Final = Piece(
    name="certificate_files", noun=CertificateFiles, subjects=(Subject.SURROUNDINGS,), absent=NO_DOCUMENT
)
KEYS: Final = Piece(name="key_files", noun=KeyFiles, subjects=(Subject.SURROUNDINGS,), absent=NO_DOCUMENT)
