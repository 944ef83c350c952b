"""One file as a document: what it is, and what it says."""

from __future__ import annotations

import functools
from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from diag.documents.candidate import Candidate
from diag.documents.files import Named
from diag.documents.kinds import KINDS, recognise
from diag.documents.requests import ApiRequest, nouns_of_request
from diag.documents.row import Reading, Recognised
from diag.documents.source import Source
from diag.documents.templates import filled, has_template, is_template, name_without
from diag.documents.tree import Places
from diag.evidence.documents.kind import DocumentKind
from diag.evidence.documents.origin import Origin
from diag.lazy_dataclass import dataclass
from diag.text import nearest

_NO_TEXT: Final = (b"\x00",)
_UTF16: Final = (b"\xff\xfe", b"\xfe\xff")


@dataclass(frozen=True, kw_only=True)
class Document:
    """One file. ``kind`` is None where it is of no known kind; ``why`` says by what it was recognised, or why it was not.

    ``nouns`` is what it says, as evidence; ``text`` is what it holds, empty where it is no text. ``is_template``: it was read as what
    becomes of it, with a word for each reference.
    """

    named: Named
    kind: DocumentKind | None
    why: str
    nouns: tuple[object, ...] = ()
    text: str = ""
    is_template: bool = False

    @functools.cached_property
    def places(self) -> Places:
        """The place of every character."""
        return Places(self.named.name, self.text)

    @functools.cached_property
    def lines(self) -> tuple[str, ...]:
        """Its lines, as places count them."""
        return tuple(self.text.split("\n"))

    def at(self, origin: Origin) -> str:
        """The text that stands at a place."""
        start = self.places.offset(origin.line, origin.column)
        return self.text[start : self.places.offset(origin.end_line, origin.end_column)]


class UnknownKindError(Exception):
    """Somebody forced a kind that there is not."""


def forced_kind(name: str) -> DocumentKind:
    """Give the kind that somebody named. Raises UnknownKindError."""
    known = {one.kind.value: one.kind for one in KINDS} | {_short(one.kind): one.kind for one in KINDS}
    if name not in known:
        close = nearest(name, known)
        hint = f"did you mean {close[0]}" if close else f"there are {', '.join(_short(one.kind) for one in KINDS)}"
        msg = f"no kind of document is called {name!r}; {hint}"
        raise UnknownKindError(msg)
    return known[name]


def _short(kind: DocumentKind) -> str:
    return kind.value.lower().replace(" ", "-")


def read_document(named: Named, reading: Reading, forced: DocumentKind | None = None) -> Document:
    """Recognise a file and read it."""
    if named.problem:
        return Document(named=named, kind=None, why=named.problem)
    text, problem = text_of(named.data)
    candidate = _candidate(Candidate(Source(named.name, text), data=named.data, problem=problem))
    if named.answers and forced is None and not problem:
        return _answer(named, candidate, reading)
    found = recognise(candidate) if forced is None else _forced(forced)
    if found is None or (problem and not found.row.of_bytes):
        return Document(named=named, kind=None, why=problem or _why_not(candidate), text=text)
    nouns = found.row.read(candidate, reading)
    is_template = candidate.text != text
    return Document(named=named, kind=found.row.kind, why=found.why, nouns=nouns, text=text, is_template=is_template)


def _answer(named: Named, candidate: Candidate, reading: Reading) -> Document:
    """What a call answered, as the name of its file in a bundle says; that it answered something else is said by reading nothing of it."""
    request = ApiRequest(method="GET", path=named.answers, body=candidate.source, origin=candidate.source.whole)
    return Document(
        named=named,
        kind=DocumentKind.API_ANSWER,
        why=f"in a bundle of support-diagnostics it is what GET {named.answers} answered",
        nouns=nouns_of_request(request, reading, answered=True),
        text=candidate.text,
    )


def _candidate(candidate: Candidate) -> Candidate:
    """The text itself; of a template, what it becomes with its references as holes."""
    data = candidate.name.endswith((".yml", ".yaml", ".json"))
    if not is_template(candidate.name) and not (
        data and has_template(candidate.text) and candidate.refusal is not None
    ):
        return candidate
    return replace(candidate, source=filled(candidate.source), called=name_without(candidate.name))


def _why_not(candidate: Candidate) -> str:
    refusal = candidate.refusal
    return "nothing in it shows what it is" + ("" if refusal is None else f" ({refusal})")


def _forced(kind: DocumentKind) -> Recognised:
    return Recognised(next(one for one in KINDS if one.kind is kind), "declared by the caller")


def text_of(data: bytes) -> tuple[str, str]:
    """Give the text of a file, or none and why it is none."""
    if data.startswith(_UTF16):
        return "", "it is UTF-16; expected UTF-8"
    if any(sign in data[:8192] for sign in _NO_TEXT):
        return "", "it is no text"
    try:
        return data.removeprefix(b"\xef\xbb\xbf").decode("utf-8"), ""
    except UnicodeDecodeError as error:
        return "", f"it is no UTF-8 text: byte 0x{data[error.start]:02x} at offset {error.start}"


def nouns_of(documents: Iterable[Document]) -> Iterable[object]:
    """Everything that documents say."""
    return (noun for one in documents for noun in one.nouns)
