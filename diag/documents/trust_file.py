"""The ``trust_restrictions`` file of a node: read by its bytes, as Elasticsearch does, with the place of each pattern."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator
from typing import Final

from diag.config.trustfile import ENDINGS, MAX_BYTES, read_trust_file
from diag.documents.candidate import Candidate
from diag.documents.row import KindRow, Reading
from diag.documents.source import RefusedError, Source
from diag.documents.tree import Branch, Items, Node, Text
from diag.documents.yamltext import read_yaml
from diag.evidence.documents.kind import DocumentKind
from diag.evidence.documents.origin import Origin, whole
from diag.evidence.documents.trust_files import TrustFile, TrustFiles

# The key as it stands at the beginning of a line, in JSON and YAML, flat or nested, right or nearly so.
_KEY: Final = re.compile(
    r"""(?:^|[\s{,?])["']?(?P<key>trust["']?\s*(?:\.|:\s*(?:\{\s*)?["']?)\s*subject_?names?)""", re.IGNORECASE
)
_NAME: Final = re.compile(r"trust(?:[-_.]?restrictions)?\.ya?ml")
_STAR: Final = re.compile(r"^[ \t]*-[ \t]+(?P<value>\*[^\s#'\",\[\]{}]+)[ \t]*(?:[ \t]#.*)?\r?$", re.MULTILINE)
_OF_LINE: Final = re.compile(r"line (\d+):")
# Texts that may show such a file, and are none.
_PROSE: Final = (".md", ".markdown", ".adoc", ".asciidoc", ".rst", ".html", ".log")
_PROGRAMS: Final = (".py", ".java", ".go", ".rb", ".js", ".ts", ".ps1", ".tf")


def _recognise(candidate: Candidate) -> str:
    text = candidate.text or _loosely(candidate.data)
    if candidate.name.endswith((*_PROSE, *_PROGRAMS)):
        return ""
    found = _KEY.search(text)
    if found and (candidate.problem or candidate.branch is None or _has_key(candidate.branch)):
        return f"it holds {re.sub(r'[^a-z_]+', '.', found['key'].lower())}"
    empty = candidate.branch is None or not candidate.branch.entries
    return "of its name" if empty and _NAME.fullmatch(candidate.name) else ""


def _has_key(branch: Branch) -> bool:
    nested = branch.get("trust")
    keys = branch.keys | ({f"trust.{key}" for key in nested.keys} if isinstance(nested, Branch) else set())
    return any(_KEY.match(key) for key in keys)


def _loosely(data: bytes) -> str:
    """A text in another encoding, to be recognised by; what is too large for such a file is none."""
    if len(data) > MAX_BYTES:
        return ""
    return data.decode("utf-16" if data[:2] in {b"\xff\xfe", b"\xfe\xff"} else "latin-1", "ignore")


def _read(candidate: Candidate, reading: Reading) -> tuple[object, ...]:
    del reading
    # What stands inside of another file has a name of its own there, or none that could be wrong.
    file = candidate.source.file if candidate.called is None else candidate.called or f"{candidate.source.file}.yml"
    ending = "" if file.endswith(ENDINGS) else ".json" if candidate.text.lstrip().startswith("{") else ".yml"
    found = dataclasses.replace(
        read_trust_file(f"{file}{ending}", candidate.data or candidate.text.encode()), path=file
    )
    one = TrustFile(
        restrictions=found,
        origin=_line(candidate.source, found.line) if found.line else _beginning(candidate),
        unquoted=tuple(_unquoted(candidate.source)) if found.unquoted_star else (),
        places=(*_places(candidate), *_remarked(candidate.source, found.remarks)),
    )
    return (TrustFiles(all=(one,)),)


def _unquoted(source: Source) -> Iterator[tuple[str, Origin]]:
    """The items of a list that begin with a star, each on a line of its own: every one of them is in the way, and the parser names the first."""
    for found in _STAR.finditer(source.text):
        yield found["value"], source.places.origin(*found.span("value"))


def _remarked(source: Source, remarks: tuple[str, ...]) -> Iterator[tuple[str, Origin]]:
    """The places of what is read otherwise than it looks, of those remarks that name a line."""
    for remark in remarks:
        found = _OF_LINE.match(remark)
        if found:
            yield remark, _line(source, int(found[1]))


def _line(source: Source, number: int) -> Origin:
    """The place of what stands in a line."""
    lines = source.text.split("\n")
    text = lines[number - 1] if number <= len(lines) else ""
    start = len(text) - len(text.lstrip())
    at = source.places.offset(number, 1)
    return source.places.origin(at + start, at + len(text.rstrip()))


def _beginning(candidate: Candidate) -> Origin:
    """The place of the file as a whole, or of the text inside of one."""
    return whole(candidate.source.file) if candidate.called is None else candidate.source.whole


def _places(candidate: Candidate) -> Iterator[tuple[str, Origin]]:
    """The texts of the file with their places, as far as its syntax can be understood."""
    nodes = candidate.nodes
    if candidate.is_json and not nodes:
        try:
            nodes = read_yaml(candidate.source).nodes
        except RefusedError:
            nodes = ()
    for node in nodes:
        yield from _texts(node)


def _texts(node: Node) -> Iterator[tuple[str, Origin]]:
    if isinstance(node, Text):
        yield node.value, node.origin
        yield from ((part.strip(), node.origin) for part in node.value.split(",") if part.strip() != node.value)
    else:
        for one in node.all if isinstance(node, Items) else (entry.value for entry in node.entries):
            yield from _texts(one)


ROW: Final = KindRow(kind=DocumentKind.TRUST_FILE, recognise=_recognise, read=_read, of_bytes=True)
