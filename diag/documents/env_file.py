"""A file of ``NAME=value`` lines that becomes the environment of a container, where settings of a node stand among the variables."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from diag.documents.candidate import Candidate
from diag.documents.node_options import settings_text
from diag.documents.row import KindRow, Reading
from diag.documents.source import Part, Source
from diag.evidence.documents.kind import DocumentKind

_LINE: Final = re.compile(
    r"^[ \t]*(?:#[^\n]*|(?:export[ \t]+)?(?P<pair>[A-Za-z_][\w.*-]*=[^\n\r]*))?[ \t\r]*$", re.MULTILINE
)


def _recognise(candidate: Candidate) -> str:
    lines = candidate.text.splitlines()
    if not all(_LINE.fullmatch(line) for line in lines):
        return ""
    found = settings_text(_pairs(candidate.source), None)
    return f"it holds {found.all[0].all[0].key}=" if found else ""


def _pairs(source: Source) -> Iterator[Source]:
    for found in _LINE.finditer(source.text):
        if found["pair"]:
            name, _, value = found["pair"].partition("=")
            start, end = found.span("pair")
            quoted = len(value) > 1 and value[0] == value[-1] and value[0] in "'\""
            yield source.part(start, end) if not quoted else _unquoted(source, start, len(name), end)


def _unquoted(source: Source, start: int, name: int, end: int) -> Source:
    return source.joined([Part(start, start + name + 1), Part(start + name + 2, end - 1)])


def _read(candidate: Candidate, reading: Reading) -> tuple[object, ...]:
    found = settings_text(_pairs(candidate.source), reading.side)
    return (found,) if found else ()


ROW: Final = KindRow(kind=DocumentKind.ENV_FILE, recognise=_recognise, read=_read)
