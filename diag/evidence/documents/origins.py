"""Where each setting of a cluster was read from, so that a finding about it can name file, line and column."""

from __future__ import annotations

import re
from typing import Final

from diag.evidence.documents.absent import NO_DOCUMENT
from diag.evidence.documents.origin import Origin
from diag.evidence.piece import Piece, Subject
from diag.lazy_dataclass import dataclass

_ITEM: Final = re.compile(r"\[\d+\]$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Origins:
    """The place of each setting, by its whole key; of a list the place of each item too (``cluster.remote.logs.seeds[0]``)."""

    all: tuple[tuple[str, Origin], ...] = ()

    def of(self, key: str) -> Origin | None:
        """The place of a setting, or of what stands under it; None where it was read from no document."""
        known = dict(self.all)
        # A text with commas has one place for all of its items.
        for name in (key, _ITEM.sub("", key)):
            if name in known:
                return known[name]
        return next((origin for one, origin in self.all if one.startswith(f"{key}.")), None)


PIECE: Final = Piece(name="origins", noun=Origins, subjects=(Subject.SURROUNDINGS,), absent=NO_DOCUMENT)
