"""Requests as Kibana's console takes them: a line with method and path, a body under it, comments between them, several in one file."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from diag.documents.candidate import Candidate
from diag.documents.jsontext import read_json
from diag.documents.requests import ApiRequest, nouns_of_request, path_of, row_of
from diag.documents.row import KindRow, Reading
from diag.documents.source import Part, RefusedError, Source
from diag.evidence.documents.kind import DocumentKind

_REQUEST: Final = re.compile(
    r"^[ \t]*(?P<method>(?-i:GET|PUT|POST|DELETE|HEAD|PATCH)(?=[ \t])|(?:GET|PUT|POST|DELETE|HEAD|PATCH)(?=[ \t]+\S*[/_]))"
    r"[ \t]+(?P<path>\S+)[ \t]*(?:(?:#|//)[^\n]*)?\r?$",
    re.MULTILINE | re.IGNORECASE,
)
# The console takes these lines out before it sends the body.
_COMMENT: Final = re.compile(r"^[ \t]*(?:#|//)[^\n]*", re.MULTILINE)
_VARIABLE: Final = re.compile(r"\$\{[^{}\s]+\}")


def _recognise(candidate: Candidate) -> str:
    found = next(requests_in(candidate.source), None) if _REQUEST.search(candidate.text) else None
    # A line of prose may begin with such a word: the first line that says anything has to be a request.
    first = next((line for line in candidate.text.splitlines() if line.strip() and not _is_comment(line)), "")
    known = found is not None and (_REQUEST.match(first) or row_of(found.method, found.path))
    if found is None or not known or candidate.branch is not None:
        return ""
    return f"it holds the request {found.method} {found.path}"


def _is_comment(line: str) -> bool:
    return line.lstrip().startswith(("#", "//", "/*", "*"))


def requests_in(source: Source) -> Iterator[ApiRequest]:
    """Every request of a text, in its order."""
    heads = list(_REQUEST.finditer(source.text))
    ends = [one.start() for one in heads[1:]] + [len(source.text)]
    for head, end in zip(heads, ends, strict=True):
        yield ApiRequest(
            method=head["method"].upper(),
            path=path_of(head["path"]),
            body=_body(source, head.end(), end),
            origin=source.places.origin(head.start("method"), head.end("path")),
        )


def _body(source: Source, start: int, end: int) -> Source | None:
    """The body between a request and the next one: without the lines of comments, and what the console fills in as holes."""
    chunk = source.joined(_parts(source, start, end))
    begin = len(chunk.text) - len(chunk.text.lstrip())
    if begin == len(chunk.text):
        return None
    try:
        behind = read_json(chunk, begin).end
    except RefusedError:
        behind = len(chunk.text.rstrip())
    # What follows the body is somebody's text, unless it goes on as JSON does.
    rest = chunk.text[behind:].lstrip()
    return chunk.part(begin, len(chunk.text.rstrip()) if rest.startswith((",", "}", "]", "{")) else behind)


def _parts(source: Source, start: int, end: int) -> Iterator[Part]:
    text, at = source.text, start
    marks = [(one.span(), "") for one in _COMMENT.finditer(text, start, end)]
    marks += [(one.span(), one[0]) for one in _VARIABLE.finditer(text, start, end)]
    for (begin, behind), name in sorted(marks):
        if begin < at:
            continue
        yield Part(at, begin)
        if name:
            yield Part(begin, behind, hole=name)
        at = behind
    yield Part(at, end)


def _read(candidate: Candidate, reading: Reading) -> tuple[object, ...]:
    return tuple(
        noun for one in requests_in(candidate.source) for noun in nouns_of_request(one, reading, answered=True)
    )


ROW: Final = KindRow(kind=DocumentKind.CONSOLE, recognise=_recognise, read=_read)
