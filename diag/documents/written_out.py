"""Findings in the words of their documents: with the references that stand there, in place of what was put there to judge the rest."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from diag.documents.document import Document
from diag.documents.fixes import as_written
from diag.documents.templates import references_in
from diag.documents.unresolved import stand_ins_in
from diag.evidence.documents.origin import Origin
from diag.evidence.documents.settings import SettingsTexts
from diag.model import Finding

_QUOTES: Final = "\"'\\"


class WrittenOut:
    """The documents, with what stands in each for what is filled in later."""

    def __init__(self, documents: Iterable[Document]) -> None:
        self._values: dict[str, list[tuple[str, Origin]]] = {}
        for document in documents:
            for noun in document.nouns:
                for text in noun.all if isinstance(noun, SettingsTexts) else ():
                    for value, place in stand_ins_in(text):
                        self._values.setdefault(place.file, []).append((value, place))

    def of(self, document: Document, finding: Finding, origin: Origin) -> Finding:
        """A finding at a place of a document. Where the same word stands for two references, that of its own line is meant."""
        values = self._values.get(document.named.name, [])
        near = sorted(values, key=lambda one: abs(one[1].line - origin.line))
        pairs: dict[str, str] = {}
        for value, place in near:
            pairs.setdefault(value, document.at(place).strip().strip(_QUOTES))
        if document.is_template:
            line = document.lines[origin.line - 1] if 0 < origin.line <= len(document.lines) else ""
            pairs = {**references_in(document.text), **references_in(line), **pairs}
        return as_written(finding, document.text, pairs.items())
