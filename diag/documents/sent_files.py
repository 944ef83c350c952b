"""Bodies of requests that stand in files of their own (``curl -d @body.json``): looked for in the folder of the script that names them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from os.path import realpath
from pathlib import Path

from diag.documents.document import Document, text_of
from diag.documents.files import read_files
from diag.documents.requests import ApiRequest, SentFiles, not_read, nouns_of_request, row_of
from diag.documents.row import Reading
from diag.documents.source import Source


def with_sent_files(documents: Iterable[Document], reading: Reading) -> list[Document]:
    """Read those files as what is sent; one that is a document by itself already is judged as what is sent, and once."""
    read = list(documents)
    at = {realpath(one.named.path): index for index, one in enumerate(read) if one.named.path is not None}
    for index, document in enumerate(tuple(read)):
        left: list[object] = []
        for request in _sent(document):
            path = _place(document, request.file)
            if path is None or not path.is_file():
                left += not_read(request, f"stands in {request.file}, which does not lie next to this file")
                continue
            known = at.setdefault(realpath(path), len(read))
            if known == len(read):
                read.append(_file(path, document))
            read[known] = _as_sent(read[known], request, reading)
        kept = tuple(noun for noun in read[index].nouns if not isinstance(noun, SentFiles))
        if left or len(kept) < len(document.nouns):
            read[index] = replace(read[index], nouns=(*kept, *left))
    return read


def _sent(document: Document) -> Iterator[ApiRequest]:
    return (request for noun in document.nouns if isinstance(noun, SentFiles) for request in noun.all)


def _place(document: Document, file: str) -> Path | None:
    """Where a relative path leads: the folder of the script. What lies elsewhere is none of the files that were handed over."""
    if document.named.path is None or Path(file).is_absolute() or ".." in Path(file).parts:
        return None
    return document.named.path.parent / file


def _file(path: Path, script: Document) -> Document:
    named = replace(next(iter(read_files([str(path)]))), by_name=False)
    text, problem = ("", named.problem) if named.problem else text_of(named.data)
    return Document(named=named, kind=None, why=problem or f"{script.named.name} sends it", text=text)


def _as_sent(document: Document, request: ApiRequest, reading: Reading) -> Document:
    """A file as the body of a request; one that is no text stays what it is."""
    row = row_of(request.method, request.path)
    if row is None or not document.text:
        return document
    body = replace(request, body=Source(document.named.name, document.text))
    why = f"it is the body of {request.method} {request.path}"
    return replace(document, kind=row.kind, why=why, nouns=nouns_of_request(body, reading))
