"""The names of keystore entries, as ``elasticsearch-keystore list`` prints them."""

from __future__ import annotations

from typing import Final

from diag.evidence.documents.absent import NO_DOCUMENT
from diag.evidence.documents.origin import Origin
from diag.evidence.piece import Piece, Subject
from diag.lazy_dataclass import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class KeystoreEntry:
    """One line: the name of an entry, and where it stands."""

    name: str
    origin: Origin


@dataclass(frozen=True, slots=True, kw_only=True)
class KeystoreLists:
    """The entries of every list that was given."""

    all: tuple[KeystoreEntry, ...] = ()


PIECE: Final = Piece(name="keystore_lists", noun=KeystoreLists, subjects=(Subject.SURROUNDINGS,), absent=NO_DOCUMENT)
