"""Every kind of document that diag reads: one row for each, in the order in which a text is tried. The first that fits is it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from diag.documents import diag_yaml, elasticsearch_yml, keystore_list, settings_request, trust_file
from diag.documents.candidate import Candidate
from diag.documents.row import KindRow

KINDS: Final[tuple[KindRow, ...]] = (
    diag_yaml.ROW,
    settings_request.ROW,
    elasticsearch_yml.ROW,
    keystore_list.ROW,
    trust_file.ROW,
)


@dataclass(frozen=True, slots=True)
class Recognised:
    """The kind of a text, and by what it was recognised."""

    row: KindRow
    why: str


def recognise(candidate: Candidate) -> Recognised | None:
    """Tell what a text is; None where it is of no known kind."""
    for row in KINDS:
        why = row.recognise(candidate) if row.of_bytes or not candidate.problem else ""
        if why:
            return Recognised(row, why)
    return None
