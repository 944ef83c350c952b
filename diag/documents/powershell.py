"""PowerShell scripts that send something to an API: Invoke-RestMethod and Invoke-WebRequest with a body that is written out.

No script is run. Of its variables those are known that it sets once to a text; in texts that fill variables in, all others are holes. A body
that comes from elsewhere (a hashtable, a file, parameters that are handed over together) is not judged, and said to be so.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from typing import Final

from diag.documents.candidate import Candidate
from diag.documents.requests import ApiRequest, not_read, nouns_of_request, path_of, row_of
from diag.documents.row import KindRow, Reading
from diag.documents.source import Part, Source
from diag.evidence.documents.kind import DocumentKind

_SIGN: Final = re.compile(r"\b(?:Invoke-RestMethod|Invoke-WebRequest|irm|iwr)\b", re.IGNORECASE)
_SUFFIXES: Final = (".ps1", ".psm1")
_COMMANDS: Final = frozenset({"invoke-restmethod", "invoke-webrequest", "irm", "iwr"})
_TOKEN: Final = re.compile(
    r"(?P<blank>[ \t\r]+|`\r?\n)"
    r"|(?P<comment><#.*?(?:#>|\Z)|#[^\n]*)"
    r"|@'[ \t]*\r?\n(?P<here>.*?)\r?\n?^'@"
    r"|@\"[ \t]*\r?\n(?P<filled_here>.*?)\r?\n?^\"@"
    r"|'(?P<single>(?:[^']|'')*)'"
    r"|\"(?P<double>(?:[^\"`]|`.|\"\")*)\""
    r"|(?P<end>[\n;|]|\Z)"
    r"|(?P<word>[^ \t\r\n;|'\"`]+|.)",
    re.DOTALL | re.MULTILINE,
)
_FILLED: Final = re.compile(r"\$\{[^}\n]*\}|\$\([^)\n]*\)|\$[\w:]+|`.|\"\"", re.DOTALL)
_ESCAPES: Final = {"`n": "\n", "`t": "\t", "`r": "\r", "`0": "\0"}
_NAME: Final = re.compile(r"\$(?:\w+:)?(?P<name>\w+)")
_METHOD: Final = ("-method", "-me", "-met", "-meth")
_URI: Final = ("-uri", "-u", "-ur")
_BODY: Final = ("-body", "-b", "-bo", "-bod")
_FILE: Final = ("-infile",)


class _Word:
    """One word: its text as a source, and whether it stood in quotes."""

    def __init__(self, source: Source, *, quoted: bool) -> None:
        self.source, self.quoted = source, quoted

    @property
    def text(self) -> str:
        return self.source.text


def _statements(source: Source) -> Iterator[list[_Word]]:
    words: list[_Word] = []
    for found in _TOKEN.finditer(source.text):
        kind = found.lastgroup or ""
        if kind == "end":
            yield words
            words = []
        elif kind == "word":
            words.append(_Word(source.part(*found.span()), quoted=False))
        elif kind in {"here", "single"}:
            doubled = re.compile("''") if kind == "single" else None
            words.append(_Word(source.joined(_parts(source, found.span(kind), doubled)), quoted=True))
        elif kind in {"filled_here", "double"}:
            words.append(_Word(source.joined(_parts(source, found.span(kind), _FILLED)), quoted=True))
    yield words


def _parts(source: Source, span: tuple[int, int], special: re.Pattern[str] | None) -> Iterator[Part]:
    """The parts of a text: escapes as what they mean, what is filled in as holes."""
    at, end = span
    for found in special.finditer(source.text, at, end) if special else ():
        yield Part(at, found.start())
        written = found[0]
        if written.startswith("$"):
            yield Part(*found.span(), hole=written)
        else:
            yield Part(*found.span(), instead=_ESCAPES.get(written, written[1:]))
        at = found.end()
    yield Part(at, end)


def _requests(source: Source) -> Iterator[tuple[ApiRequest, bool]]:
    """Every request whose kind is known, and whether it sends a body."""
    values: dict[str, _Word | None] = {}
    for words in _statements(source):
        _remember(values, words)
        at = next((i for i, one in enumerate(words) if not one.quoted and one.text.lower() in _COMMANDS), -1)
        if at < 0:
            continue
        given = _parameters(words[at + 1 :])
        uri = _first(given, _URI) or next((one for one in words[at + 1 : at + 2] if one.quoted), None)
        if uri is None:
            continue
        method = _first(given, _METHOD)
        body = _known(_first(given, _BODY), values)
        sends = _first(given, _BODY) is not None or _first(given, _FILE) is not None
        address = _known(uri, values) or uri
        request = ApiRequest(
            method="GET" if method is None else method.text.upper(),
            path=path_of(address.text),
            body=None if body is None else body.source,
            origin=uri.source.whole,
        )
        if row_of(request.method, request.path) is not None:
            yield request, sends


def _remember(values: dict[str, _Word | None], words: list[_Word]) -> None:
    """Remember the text that a variable is set to; one that is set twice, or to something else, is not known."""
    if len(words) > 1 and words[1].text == "=" and not words[0].quoted:
        name = _NAME.fullmatch(words[0].text)
        if name is not None:
            key = name["name"].lower()
            is_text = len(words) == 3 and words[2].quoted and key not in values  # noqa: PLR2004 -- name, sign, text.
            values[key] = words[2] if is_text else None


def _parameters(words: list[_Word]) -> dict[str, _Word]:
    """The parameters with their values: ``-Name value`` and ``-Name:value``."""
    given: dict[str, _Word] = {}
    for one, following in itertools.pairwise((*words, None)):
        if one is None or one.quoted or not one.text.startswith("-"):
            continue
        name, colon, value = one.text.partition(":")
        if colon and value:
            start = len(name) + 1
            given[name.lower()] = _Word(one.source.joined([Part(start, len(one.text))]), quoted=False)
        elif following is not None:
            given[name.lower()] = following
    return given


def _first(given: dict[str, _Word], names: tuple[str, ...]) -> _Word | None:
    return next((given[name] for name in names if name in given), None)


def _known(word: _Word | None, values: dict[str, _Word | None]) -> _Word | None:
    """A text that is written out, here or where a variable is set; None for anything else."""
    if word is None or word.quoted:
        return word
    name = _NAME.fullmatch(word.text)
    return None if name is None else values.get(name["name"].lower())


def _recognise(candidate: Candidate) -> str:
    # Inside of another document nothing has a name; a file with another name is something else.
    if candidate.name and not candidate.name.endswith(_SUFFIXES):
        return ""
    found = next(_requests(candidate.source), None) if _SIGN.search(candidate.text) else None
    return "" if found is None else f"it holds the request {found[0].method} {found[0].path}"


def _read(candidate: Candidate, reading: Reading) -> tuple[object, ...]:
    return tuple(
        noun for request, sends in _requests(candidate.source) for noun in _nouns(request, reading, sends=sends)
    )


def _nouns(request: ApiRequest, reading: Reading, *, sends: bool) -> tuple[object, ...]:
    if request.body is not None:
        return nouns_of_request(request, reading)
    return not_read(request) if sends else ()


ROW: Final = KindRow(kind=DocumentKind.POWERSHELL, recognise=_recognise, read=_read)
