"""Literals of HCL, the language of Terraform: blocks, attributes, texts, lists, maps, here-documents, comments, each with its place.

Nothing is computed. A reference or a call of a function is a text that names itself as not known (``Text.unset``); only ``jsonencode(…)`` of a
literal is that literal. Blocks become members of a mapping: of one type always a list, as Terraform's own JSON has them.
Source: the HCL native syntax specification (hashicorp/hcl, hclsyntax/spec.md).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, NoReturn

from diag.documents.source import RefusedError, Source
from diag.documents.tree import Branch, Entry, Items, Node, Text
from diag.evidence.documents.origin import Origin
from diag.lazy_dataclass import dataclass
from diag.text import shown

_BLANK: Final = re.compile(r"(?:[ \t\r\n]+|#[^\n]*|//[^\n]*|/\*.*?\*/)*", re.DOTALL)
_SAME_LINE: Final = re.compile(r"(?:[ \t\r]+|/\*.*?\*/)*", re.DOTALL)
_NAME: Final = re.compile(r"[A-Za-z_][\w-]*")
_NUMBER: Final = re.compile(r"-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?")
_STRING: Final = re.compile(
    r'"(?:[^"\\\n$%]|\\.|\$\$\{|%%\{|[$%](?!\{)|[$%]\{(?:[^{}"]|"(?:[^"\\\n]|\\.)*"|\{[^{}]*\})*\})*"'
)
_HERE: Final = re.compile(r"<<(?P<indented>-?)(?P<end>[A-Za-z_]\w*)[ \t]*\r?\n")
_INTERPOLATED: Final = re.compile(r"(?<![$%])[$%]\{[^}]*\}")
_ESCAPE: Final = re.compile(r"\\(u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8}|.)|\$\$\{|%%\{")
_SIGNS: Final = {"n": "\n", "t": "\t", "r": "\r"}
_ENCODE: Final = re.compile(r"(?:jsonencode|yamlencode|tolist|toset|tomap)\(")
_WORDS: Final = frozenset({"true", "false", "null"})
_CLOSING: Final = {"(": ")", "[": "]", "{": "}"}
_OPERATORS: Final = frozenset("+-*%=!<>&|?.[(")
_MAX_DEPTH: Final = 40
_MAX_SHOWN: Final = 30


@dataclass(frozen=True, slots=True)
class Block:
    """A block of the outermost level: its type, its labels, what it holds. ``origin`` is the place of its type and labels."""

    type: str
    labels: tuple[str, ...]
    body: Branch
    origin: Origin


def read_hcl(source: Source) -> tuple[Block, ...]:
    """Read a text. Raises RefusedError where what stands there can't be understood."""
    return tuple(_Reader(source).blocks())


class _Reader:
    def __init__(self, source: Source) -> None:
        self._source, self._text = source, source.text

    def blocks(self) -> Iterator[Block]:
        at = self._skip(0)
        while at < len(self._text):
            start, name = at, self._name(at)
            at = self._line_skip(at + len(name))
            if self._text[at : at + 1] == "=":
                _, at = self._attribute(at, 0)
            else:
                labels, at = self._labels(at)
                origin = self._source.places.origin(start, len(self._text[:at].rstrip()))
                body, at = self._body(at, 1)
                yield Block(name, labels, body, origin)
            at = self._skip(at)

    def _skip(self, at: int) -> int:
        found = _BLANK.match(self._text, at)
        return found.end() if found else at

    def _line_skip(self, at: int) -> int:
        found = _SAME_LINE.match(self._text, at)
        return found.end() if found else at

    def _refuse(self, expected: str, at: int) -> NoReturn:
        there = (
            shown(self._text[at : at + _MAX_SHOWN].split("\n")[0], _MAX_SHOWN) if at < len(self._text) else "the end"
        )
        msg = f"expected {expected}, found {there}"
        raise RefusedError(msg, self._source.places.origin(at, at + 1))

    def _following(self, at: int) -> str:
        """The sign that follows on the same line, empty at the end of the text."""
        at = self._line_skip(at)
        return self._text[at : at + 1]

    def _name(self, at: int) -> str:
        found = _NAME.match(self._text, at)
        if found is None:
            self._refuse("the name of a block or of an attribute", at)
        return found[0]

    def _labels(self, at: int) -> tuple[tuple[str, ...], int]:
        labels: list[str] = []
        while self._text[at : at + 1] != "{":
            found = _STRING.match(self._text, at) or _NAME.match(self._text, at)
            if found is None:
                self._refuse("an equals sign, a label or {", at)
            labels.append(found[0].strip('"'))
            at = self._line_skip(found.end())
        return tuple(labels), at

    def _body(self, begun: int, depth: int) -> tuple[Branch, int]:
        """Read the members of a block, from its brace on; blocks of one type are put together into a list."""
        if depth > _MAX_DEPTH:
            self._refuse(f"at most {_MAX_DEPTH} levels", begun)
        entries: list[Entry] = []
        inner: dict[str, list[Branch]] = {}
        at = self._skip(begun + 1)
        while self._text[at : at + 1] != "}":
            start, name = at, self._name(at)
            origin = self._source.places.origin(start, start + len(name))
            at = self._line_skip(at + len(name))
            if self._text[at : at + 1] == "=":
                value, at = self._attribute(at, depth)
                entries.append(Entry(name, origin, value))
            else:
                labels, at = self._labels(at)
                body, at = self._body(at, depth + 1)
                name = f"{name} {' '.join(labels)}".strip()
                if name not in inner:
                    entries.append(Entry(name, origin, body))
                inner.setdefault(name, []).append(body)
            at = self._skip(at)
        whole = self._source.places.origin(begun, at + 1)
        return Branch(tuple(_listed(one, inner) for one in entries), whole), at + 1

    def _attribute(self, at: int, depth: int) -> tuple[Node, int]:
        """Read the value behind an equals sign, to the end of its line where it is an expression."""
        at = self._line_skip(at + 1)
        value, behind = self._value(at, depth)
        after = self._line_skip(behind)
        if after >= len(self._text) or self._text[after] in "\n#}/," or self._text.startswith("//", after):
            return value, after
        return self._expression(at)

    def _value(self, at: int, depth: int) -> tuple[Node, int]:
        if depth > _MAX_DEPTH:
            self._refuse(f"at most {_MAX_DEPTH} levels", at)
        sign = self._text[at : at + 1]
        if sign == '"':
            return self._string(at)
        if sign == "[":
            return self._list(at, depth)
        if sign == "{":
            return self._map(at, depth)
        here = _HERE.match(self._text, at)
        if here is not None:
            return self._here(at, here)
        encoded = _ENCODE.match(self._text, at)
        if encoded is not None:
            value, behind = self._value(self._skip(encoded.end()), depth + 1)
            behind = self._skip(behind)
            if self._text[behind : behind + 1] == ")":
                return value, behind + 1
        return self._bare(at)

    def _bare(self, at: int) -> tuple[Node, int]:
        """Read a number, a word, or an expression that is not computed."""
        found = _NUMBER.match(self._text, at) or _NAME.match(self._text, at)
        if found is None:
            self._refuse("a value", at)
        following = self._following(found.end())
        literal = found[0] in _WORDS or _NUMBER.fullmatch(found[0])
        if literal and following not in _OPERATORS:
            return Text(found[0], quoted=False, origin=self._source.places.origin(at, found.end())), found.end()
        return self._expression(at)

    def _string(self, at: int) -> tuple[Text, int]:
        found = _STRING.match(self._text, at)
        if found is None:
            self._refuse("a text that ends on its line", at)
        return self._text_of(found[0][1:-1], at, found.end(), escaped=True), found.end()

    def _text_of(self, raw: str, start: int, end: int, *, escaped: bool) -> Text:
        unset = tuple(dict.fromkeys(one[0] for one in _INTERPOLATED.finditer(raw)))
        value = _ESCAPE.sub(_unescaped, raw) if escaped else raw
        return Text(value, quoted=True, origin=self._source.places.origin(start, end), unset=unset, span=(start, end))

    def _here(self, at: int, head: re.Match[str]) -> tuple[Text, int]:
        end = re.compile(rf"^[ \t]*{head['end']}[ \t]*\r?$", re.MULTILINE).search(self._text, head.end())
        if end is None:
            self._refuse(f"a line {head['end']} that ends the text", at)
        return self._text_of(self._text[head.end() : end.start()], at, end.end(), escaped=False), end.end()

    def _list(self, begun: int, depth: int) -> tuple[Node, int]:
        found: list[Node] = []
        at = self._skip(begun + 1)
        if self._text.startswith(("for ", "for\t"), at):
            return self._expression(begun)
        while self._text[at : at + 1] != "]":
            node, at = self._item(at, depth)
            found.append(node)
            at = self._skip(at)
            if self._text[at : at + 1] == ",":
                at = self._skip(at + 1)
            elif self._text[at : at + 1] != "]":
                self._refuse("a comma or ]", at)
        return Items(tuple(found), self._source.places.origin(begun, at + 1)), at + 1

    def _item(self, at: int, depth: int) -> tuple[Node, int]:
        """Read a value in a list or a map: behind a literal there has to be its end, or it is part of an expression."""
        node, behind = self._value(at, depth + 1)
        following = self._following(behind)
        return self._expression(at) if following and following in _OPERATORS else (node, behind)

    def _map(self, begun: int, depth: int) -> tuple[Node, int]:
        found: list[Entry] = []
        at = self._skip(begun + 1)
        if self._text.startswith(("for ", "for\t"), at):
            return self._expression(begun)
        while self._text[at : at + 1] != "}":
            key, at = self._key(at)
            at = self._skip(at)
            if self._text[at : at + 1] not in {"=", ":"}:
                self._refuse("an equals sign", at)
            node, at = self._item(self._skip(at + 1), depth)
            found.append(Entry(key.value, key.origin, node, key.unset))
            at = self._skip(at)
            if self._text[at : at + 1] == ",":
                at = self._skip(at + 1)
        return Branch(tuple(found), self._source.places.origin(begun, at + 1)), at + 1

    def _key(self, at: int) -> tuple[Text, int]:
        """Read the key of a map: a name, a text, or an expression in parentheses."""
        if self._text[at : at + 1] == "(":
            behind = self._text.find(")", at) + 1 or len(self._text)
            written = self._text[at:behind]
            node = Text(written, quoted=True, origin=self._source.places.origin(at, behind), unset=(written,))
        elif self._text[at : at + 1] == '"':
            node, behind = self._string(at)
        else:
            name = self._name(at)
            behind = at + len(name)
            node = Text(name, quoted=True, origin=self._source.places.origin(at, behind))
        return node, behind

    def _expression(self, at: int) -> tuple[Text, int]:
        """Pass over what is computed: to the comma, the bracket or the line break that ends it."""
        open_: list[str] = []
        index = at
        while index < len(self._text):
            sign = self._text[index]
            string = _STRING.match(self._text, index) if sign == '"' else None
            if string is not None:
                index = string.end()
                continue
            if sign in _CLOSING:
                open_.append(_CLOSING[sign])
            elif open_ and sign == open_[-1]:
                open_.pop()
            elif not open_ and sign in ",]}\n)":
                break
            index += 1
        if index == at:
            self._refuse("a value", at)
        written = self._text[at:index].rstrip()
        origin = self._source.places.origin(at, at + len(written))
        return Text(written, quoted=True, origin=origin, unset=(written,)), index


def _listed(entry: Entry, inner: dict[str, list[Branch]]) -> Entry:
    """The entry of a block with all blocks of its type."""
    found = inner.get(entry.key)
    if found is None or entry.value is not found[0]:
        return entry
    return Entry(entry.key, entry.origin, Items(tuple(found), found[0].origin))


def _unescaped(found: re.Match[str]) -> str:
    sign: str | None = found[1]
    if sign is None:
        return found[0][1:]
    return (
        chr(min(int(f"0{sign[1:]}", base=16), 0x10FFFF))
        if sign[0] in "uU" and len(sign) > 1
        else _SIGNS.get(sign, sign)
    )
