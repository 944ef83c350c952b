"""A text that stands as a value in YAML or JSON, as a source of its own: a file in a ConfigMap, a script in a Job, a body in a task."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from diag.documents.source import Part, Source
from diag.documents.tree import Branch, Entry, Items, Node, Text

_HEADER: Final = re.compile(r"[|>](?P<signs>[-+0-9]*)[ \t]*(?:#[^\n]*)?\r?\n")
# What is something else than it looks like in quotes or in a plain text over several lines.
_DOUBLE: Final = re.compile(
    r"\\(?:\r?\n[ \t]*|x[0-9A-Fa-f]{2}|u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8}|.)|[ \t]*\r?\n[ \t\r\n]*", re.DOTALL
)
_SINGLE: Final = re.compile(r"''|[ \t]*\r?\n[ \t\r\n]*")
_PLAIN: Final = re.compile(r"[ \t]*\r?\n[ \t\r\n]*")
_ESCAPES: Final = {
    "n": "\n",
    "t": "\t",
    "r": "\r",
    "0": "\0",
    "a": "\a",
    "b": "\b",
    "f": "\f",
    "v": "\v",
    "e": "\x1b",
} | {
    "N": "\x85",
    "_": "\xa0",
    "L": "\u2028",
    "P": "\u2029",
}


def scalar_source(source: Source, text: Text) -> Source:
    """The text of a value that was read from ``source``, every character with its place in the file."""
    start, end = text.span
    raw = source.text[start:end]
    if raw[:1] in {"|", ">"}:
        parts = _block(raw, start)
    elif raw[:1] == '"':
        parts = _flow(raw, start, _DOUBLE, 1)
    elif raw[:1] == "'":
        parts = _flow(raw, start, _SINGLE, 1)
    else:
        parts = _flow(raw, start, _PLAIN, 0)
    found = source.joined(parts)
    if found.text.rstrip("\n") != text.value.rstrip("\n"):
        return source.joined([Part(start, end, text.value)])  # A rare form: its characters share one place.
    return found.part(0, len(text.value)) if len(found.text) > len(text.value) else found


def _block(raw: str, start: int) -> Iterator[Part]:
    """The lines of a block, without its indentation; those of a folded one are put together."""
    header = _HEADER.match(raw)
    if header is None:
        return
    lines = raw[header.end() :].splitlines(keepends=True)
    indent = min((len(one) - len(one.lstrip(" ")) for one in lines if one.strip()), default=0)
    at = start + header.end()
    for index, line in enumerate(lines):
        body = line.rstrip("\r\n")
        following = lines[index + 1] if index + 1 < len(lines) else ""
        begin, behind = at + min(indent, len(body)), at + len(line)
        if raw[0] == "|" or not (_folds(body, indent) and _folds(following, indent)):
            yield Part(begin, behind)
        else:
            yield Part(begin, at + len(body))
            yield Part(at + len(body), behind, " ")
        at = behind


def _folds(line: str, indent: int) -> bool:
    """Whether a line of a folded block is joined to the next one: it holds something, and is not indented further."""
    return bool(line.strip()) and line[indent : indent + 1] not in {" ", "\t"}


def _flow(raw: str, start: int, special: re.Pattern[str], quotes: int) -> Iterator[Part]:
    """The parts of a text in quotes or of a plain one: escapes resolved, line breaks folded."""
    at, end = quotes, len(raw) - quotes
    for found in special.finditer(raw, quotes, end):
        yield Part(start + at, start + found.start())
        yield Part(start + found.start(), start + found.end(), _meant(found[0]))
        at = found.end()
    yield Part(start + at, start + end)


def _meant(written: str) -> str:
    if written == "''":
        return "'"
    if written.startswith("\\"):
        if written[1] in "\r\n":
            return ""
        if written[1] in "xuU" and len(written) > 2:  # noqa: PLR2004 -- a letter and its digits.
            return chr(min(int(f"0{written[2:]}", base=16), 0x10FFFF))
        return _ESCAPES.get(written[1], written[1])
    breaks = written.count("\n")
    return " " if breaks == 1 else "\n" * (breaks - 1)


def with_holes(source: Source, pattern: re.Pattern[str]) -> Source:
    """The same text, with what a pattern finds in it as something that is filled in later."""
    parts: list[Part] = []
    at = 0
    for found in pattern.finditer(source.text):
        parts += [Part(at, found.start()), Part(*found.span(), hole=found[0])]
        at = found.end()
    return source.joined([*parts, Part(at, len(source.text))]) if parts else source


def marked(node: Node, pattern: re.Pattern[str]) -> Node:
    """A tree whose texts and keys name what a pattern finds in them as filled in later."""
    if isinstance(node, Text):
        found = tuple(one[0] for one in pattern.finditer(node.value))
        return Text(node.value, node.quoted, node.origin, (*node.unset, *found), node.span) if found else node
    if isinstance(node, Items):
        return Items(tuple(marked(one, pattern) for one in node.all), node.origin)
    entries = (
        Entry(one.key, one.origin, marked(one.value, pattern), (*one.unset, *(f[0] for f in pattern.finditer(one.key))))
        for one in node.entries
    )
    return Branch(tuple(entries), node.origin)
