"""``trust_restrictions`` files as documents: what each admits, and where its patterns stand."""

from __future__ import annotations

from typing import Final

from diag.evidence.documents.absent import NO_DOCUMENT
from diag.evidence.documents.origin import Origin
from diag.evidence.key_material import TrustRestrictions
from diag.evidence.piece import Piece, Subject
from diag.lazy_dataclass import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustFile:
    """One file. ``origin`` is the place of what makes it unusable, else its first character; ``places`` are those of its values.

    ``unquoted`` are the places of items that begin with a star and stand without quotes, with their texts.

    What it holds is read whatever its name; whether Elasticsearch would read a file of that name, ``restrictions.path`` tells.
    """

    restrictions: TrustRestrictions
    origin: Origin
    places: tuple[tuple[str, Origin], ...] = ()
    unquoted: tuple[tuple[str, Origin], ...] = ()

    def place(self, value: str) -> Origin:
        """The place of a value, that of the file where it is not found as it stands."""
        return dict(self.places).get(value, self.origin)


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustFiles:
    """Every ``trust_restrictions`` file that was given."""

    all: tuple[TrustFile, ...] = ()


PIECE: Final = Piece(name="trust_files", noun=TrustFiles, subjects=(Subject.SURROUNDINGS,), absent=NO_DOCUMENT)
