"""Fenced blocks of Markdown: each is read as if it were a file of its own, at the lines of the Markdown file."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Final

from diag.documents.candidate import Candidate
from diag.documents.row import KindRow, Reading, Recognised
from diag.documents.source import Part, Source
from diag.evidence.documents.kind import DocumentKind

_FENCE: Final = re.compile(r"^(?P<indent>[ \t]*(?:>[ \t]?)*)(?P<fence>`{3,}|~{3,})[^`\n]*$", re.MULTILINE)
_SUFFIXES: Final = (".md", ".markdown", ".mdx", ".qmd", ".rmd")


def blocks(source: Source) -> Iterator[Source]:
    """The text of every fenced block, without the indentation of the fence; one that nobody closed goes on to the end."""
    opened: re.Match[str] | None = None
    for found in _FENCE.finditer(source.text):
        if opened is None:
            opened = found
        elif found["fence"].startswith(opened["fence"]) and found[0].strip(" \t>") == found["fence"]:
            yield _block(source, opened, found.start())
            opened = None
    if opened is not None:
        yield _block(source, opened, len(source.text))


def _block(source: Source, opened: re.Match[str], end: int) -> Source:
    indent = len(opened["indent"])
    parts: list[Part] = []
    at = min(opened.end() + 1, end)
    while at < end:
        behind = source.text.find("\n", at, end) + 1 or end
        line = source.text[at:behind]
        taken = next((i for i, sign in enumerate(line[:indent]) if sign not in " \t>"), min(indent, len(line) - 1))
        parts.append(Part(at + taken, behind))
        at = behind
    return source.joined(parts)


def row(inside: Callable[[Candidate], Recognised | None]) -> KindRow:
    """The kind, with what tells the documents inside of it."""

    def documents(candidate: Candidate) -> Iterator[tuple[Candidate, Recognised]]:
        for block in blocks(candidate.source):
            inner = Candidate(block, called="")
            found = inside(inner) if block.text.strip() else None
            if found is not None:
                yield inner, found

    def recognise(candidate: Candidate) -> str:
        named = candidate.name.endswith(_SUFFIXES)
        if not named and (_FENCE.search(candidate.text) is None or candidate.branch is not None):
            return ""
        why = next((found.why for _, found in documents(candidate)), "")
        return f"in a block of it: {why}" if why else ""

    def read(candidate: Candidate, reading: Reading) -> tuple[object, ...]:
        return tuple(noun for inner, found in documents(candidate) for noun in found.row.read(inner, reading))

    return KindRow(kind=DocumentKind.MARKDOWN, recognise=recognise, read=read, depth=2)
