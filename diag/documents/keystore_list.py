"""The output of ``elasticsearch-keystore list``: one name on each line."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from diag.documents.candidate import Candidate
from diag.documents.row import KindRow, Reading
from diag.evidence.documents.keystore_list import KeystoreEntry, KeystoreLists
from diag.evidence.documents.kind import DocumentKind

_NAME: Final = re.compile(r"^[ \t]*(?P<name>[A-Za-z0-9_\-.]+)[ \t\r]*$", re.MULTILINE)
# What stands around the names where somebody copied all of a terminal: the command itself, what Java and the tool say before.
_LINE: Final = re.compile(
    r"^[ \t]*(?:[A-Za-z0-9_\-.]+|\$ .*|#.*|(?:warning|openjdk|picked up|enter password)\b.*|[^:]*elasticsearch-keystore(?:\.bat)?\b.*)?[ \t\r]*$",
    re.IGNORECASE,
)
_SIGNS: Final = ("keystore.seed", ".credential", ".credentials", "xpack.security.", ".secure_")


def _recognise(candidate: Candidate) -> str:
    lines = candidate.text.splitlines()
    names = [found["name"] for found in _NAME.finditer(candidate.text) if "." in found["name"]]
    sign = next((name for name in names if name.endswith(_SIGNS) or name.startswith(_SIGNS)), "")
    if not sign or not all(_LINE.match(line) for line in lines):
        return ""
    return f"it lists {sign}"


def _read(candidate: Candidate, reading: Reading) -> tuple[object, ...]:
    del reading
    return (KeystoreLists(all=tuple(_entries(candidate))),)


def _entries(candidate: Candidate) -> Iterator[KeystoreEntry]:
    for found in _NAME.finditer(candidate.text):
        if found["name"]:
            yield KeystoreEntry(
                name=found["name"], origin=candidate.source.places.origin(found.start("name"), found.end("name"))
            )


ROW: Final = KindRow(kind=DocumentKind.KEYSTORE_LIST, recognise=_recognise, read=_read)
