"""The files that an ``elasticsearch.yml`` names, as far as they lie where it does."""

from __future__ import annotations

from typing import Final

from diag.evidence.documents.absent import NO_DOCUMENT
from diag.evidence.documents.origin import Origin
from diag.evidence.key_material import CaFile
from diag.evidence.piece import Piece, Subject
from diag.lazy_dataclass import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedFile:
    """One file that a setting names.

    ``document`` is the file of settings, ``setting`` the key, ``path`` what it says, ``origin`` the place of that. ``exists`` says whether it
    is there, ``others_exist`` whether any other file is that the same document names: where none is, the document is a copy without them.
    ``ca`` is what a file of CAs holds, None for any other one and where it cannot be read.
    """

    document: str
    setting: str
    path: str
    origin: Origin
    exists: bool
    others_exist: bool = False
    ca: CaFile | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedFiles:
    """The files that every document names."""

    all: tuple[NamedFile, ...] = ()


PIECE: Final = Piece(name="named_files", noun=NamedFiles, subjects=(Subject.SURROUNDINGS,), absent=NO_DOCUMENT)
