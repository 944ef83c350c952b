"""JSON as Elasticsearch reads it: comments are taken, a key twice in one object is not. Every value keeps its place."""

from __future__ import annotations

import json
import re
from typing import Final, NoReturn

from diag.documents.source import RefusedError, Source
from diag.documents.tree import Branch, Entry, Items, Node, Text
from diag.evidence.documents.problems import ProblemKind
from diag.lazy_dataclass import dataclass
from diag.text import shown

_BLANK: Final = re.compile(r"(?:[ \t\r\n]+|//[^\r\n]*|/\*.*?\*/)*", re.DOTALL)
_COMMENT: Final = re.compile(r"//[^\r\n]*|/\*.*?\*/", re.DOTALL)
_STRING: Final = re.compile(r'"(?:[^"\\\x00-\x1f]|\\.)*"', re.DOTALL)
# A text with a line break in it, as somebody pastes a certificate; what follows it tells whether it ends where it seems to.
_BROKEN_OVER_LINES: Final = re.compile(r'"((?:[^"\\]|\\.)*)"(?=\s*(?:[,:}\]]|\Z))', re.DOTALL)
# Kibana's console takes a text over several lines between three quotes.
_BLOCK: Final = re.compile(r'"""(.*?)"""', re.DOTALL)
_WORD: Final = re.compile(r"[^\s,:\[\]{}\"]+")
_NUMBER: Final = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?")
_WORDS: Final = frozenset({"true", "false", "null"})
_MAX_DEPTH: Final = 60
_MAX_SHOWN: Final = 30


@dataclass(frozen=True, slots=True)
class Json:
    """A value that was read, the offset behind it, and what Elasticsearch would refuse of it although it can be understood.

    ``liberties`` are what Elasticsearch takes and other readers of JSON refuse: comments, texts between three quotes.
    """

    node: Node
    end: int
    problems: tuple[RefusedError, ...] = ()
    liberties: tuple[RefusedError, ...] = ()


def read_json(source: Source, start: int = 0) -> Json:
    """Read one value from an offset on. Raises RefusedError where what follows can't be understood."""
    reader = _Reader(source)
    node, end = reader.value(reader.skip(start), 0)
    return Json(node, end, tuple(reader.problems), tuple(reader.liberties.values()))


def read_whole_json(source: Source) -> Json:
    """Read a text that is one value and nothing else, also where a comma, a quote or an end is missing, as far as it is clear what is meant.

    Raises RefusedError where it can't be understood.
    """
    reader = _Reader(source, lenient=True)
    node, end = reader.value(reader.skip(0), 0)
    end = reader.skip(end)
    if end < len(source.text):
        reader.refuse("expected the end, found", end)
    return Json(node, end, tuple(reader.problems), tuple(reader.liberties.values()))


class _Reader:
    def __init__(self, source: Source, *, lenient: bool = False) -> None:
        self._source = source
        self._text = source.text
        self._lenient = lenient
        self._ended = False
        self._holes = {one.start: one for one in source.holes}
        self.problems: list[RefusedError] = []
        self.liberties: dict[int, RefusedError] = {}

    def skip(self, at: int) -> int:
        """Pass over blanks and comments."""
        found = _BLANK.match(self._text, at)
        end = found.end() if found else at
        if "/" in self._text[at:end]:
            for one in _COMMENT.finditer(self._text, at, end):
                self._liberty("expected no comment", one.start(), one.end())
        return end

    def _liberty(self, message: str, start: int, end: int) -> None:
        self.liberties[start] = RefusedError(message, self._source.places.origin(start, end))

    def refuse(self, expectation: str, at: int) -> NoReturn:
        """Say what was expected and what stands there."""
        raise self._refusal(expectation, at)

    def _note(self, expectation: str, at: int) -> None:
        """Take what can be understood all the same, and remember what was expected; where nothing is taken, it is refused."""
        if not self._lenient:
            self.refuse(expectation, at)
        self.problems.append(self._refusal(expectation, at))

    def _refusal(self, expectation: str, at: int) -> RefusedError:
        found = _WORD.match(self._text, at)
        if at >= len(self._text):
            there = "the end of the text"
        else:
            there = shown(found[0] if found else self._text[at], _MAX_SHOWN)
        end = found.end() if found else min(at + 1, len(self._text))
        return RefusedError(f"{expectation} {there}", self._source.places.origin(at, end))

    def value(self, at: int, depth: int) -> tuple[Node, int]:
        """Read the value at an offset."""
        if depth > _MAX_DEPTH:
            msg = f"expected at most {_MAX_DEPTH} levels of nesting"
            raise RefusedError(msg, self._source.places.origin(at, at))
        hole = self._holes.get(at)
        if hole is not None:
            origin = self._source.places.origin(at, hole.end)
            return Text(self._text[at : hole.end], quoted=True, origin=origin, unset=(hole.name,)), hole.end
        sign = self._text[at : at + 1]
        if sign == "{":
            return self._object(at, depth)
        if sign == "[":
            return self._list(at, depth)
        if sign == '"':
            return self._string(at)
        return self._bare(at)

    def _string(self, at: int) -> tuple[Text, int]:
        block = _BLOCK.match(self._text, at)
        if block is not None:
            self._liberty("expected one quote, found three", at, at + 3)
            return self._text_at(block[1], at, block.end()), block.end()
        found = _STRING.match(self._text, at)
        over_lines = _BROKEN_OVER_LINES.match(self._text, at) if found is None and self._lenient else None
        if over_lines is not None:
            origin = self._source.places.origin(at, over_lines.end())
            self.problems.append(RefusedError(r"expected \n in place of each line break inside of a text", origin))
            value = over_lines[1].replace("\\n", "\n")
            return self._text_at(value, at, over_lines.end()), over_lines.end()
        if found is None:
            line_end = self._text.find("\n", at)
            origin = self._source.places.origin(at, len(self._text) if line_end < 0 else line_end)
            msg = "expected a closing quote on the same line"
            raise RefusedError(msg, origin)
        origin = self._source.places.origin(at, found.end())
        try:
            value = str(json.loads(found[0]))
        except ValueError:
            problem = RefusedError("expected a text, found a backslash before a sign that takes none", origin)
            if not self._lenient:
                raise problem from None
            self.problems.append(problem)
            value = found[0][1:-1]
        return self._text_at(value, at, found.end()), found.end()

    def _text_at(self, value: str, start: int, end: int) -> Text:
        """A text in quotes from one offset to another."""
        unset = self._source.unset(start, end) if self._source.holes else ()
        return Text(value, quoted=True, origin=self._source.places.origin(start, end), unset=unset, span=(start, end))

    def _bare(self, at: int) -> tuple[Text, int]:
        found = _WORD.match(self._text, at)
        if found is None:
            self.refuse("expected a value, found", at)
        if not (found[0] in _WORDS or _NUMBER.fullmatch(found[0])):
            self._note("expected a value, found", at)
        return Text(found[0].strip("'"), quoted=False, origin=self._source.places.origin(at, found.end())), found.end()

    def _list(self, begun: int, depth: int) -> tuple[Items, int]:
        found: list[Node] = []
        at = self.skip(begun + 1)
        while self._text[at : at + 1] not in {"]", ""}:
            node, at = self.value(at, depth + 1)
            found.append(node)
            at = self._next(at, "]")
        self._ends(at, "a comma or ]" if found else "a value")
        return Items(tuple(found), self._source.places.origin(begun, at + 1)), at + 1

    def _object(self, begun: int, depth: int) -> tuple[Branch, int]:
        found: list[Entry] = []
        taken: set[str] = set()
        at = self.skip(begun + 1)
        while self._text[at : at + 1] not in {"}", ""}:
            key, behind = self._key(at)
            if key.value in taken:
                message = f"expected each key once; {shown(key.value, 80)} stands there twice"
                self.problems.append(RefusedError(message, key.origin, ProblemKind.SAME_KEY_TWICE))
            taken.add(key.value)
            at = self.skip(behind)
            if self._text[at : at + 1] != ":":
                self.refuse("expected a colon, found", at)
            node, at = self.value(self.skip(at + 1), depth + 1)
            found.append(Entry(key.value, key.origin, node, key.unset))
            at = self._next(at, "}")
        self._ends(at, "a comma or }" if found else "a key in double quotes")
        return Branch(tuple(found), self._source.places.origin(begun, at + 1)), at + 1

    def _key(self, at: int) -> tuple[Text, int]:
        if self._text[at : at + 1] == '"':
            return self._string(at)
        found = _WORD.match(self._text, at)
        if found is None or not self._text.startswith(":", self.skip(found.end())):
            self.refuse("expected a key in double quotes, found", at)
        self._note("expected a key in double quotes, found", at)
        return Text(found[0].strip("'"), quoted=False, origin=self._source.places.origin(at, found.end())), found.end()

    def _ends(self, at: int, expected: str) -> None:
        """Note that the text ends too early, once for all that is open there."""
        if at >= len(self._text) and not self._ended:
            self._note(f"expected {expected}, found", at)
            self._ended = True

    def _next(self, at: int, closing: str) -> int:
        """Pass over the comma to the next member, or stay at the end."""
        at = self.skip(at)
        if self._text[at : at + 1] in {closing, ""}:
            return at
        if self._text[at : at + 1] != ",":
            if self._text[at : at + 1] in {"}", "]", ":"}:
                self.refuse(f"expected a comma or {closing}, found", at)
            self._note(f"expected a comma or {closing}, found", at)
            return at
        after = self.skip(at + 1)
        if self._text[after : after + 1] == closing:
            origin = self._source.places.origin(at, at + 1)
            self.problems.append(RefusedError(f"expected no comma before {closing}", origin, replacement=""))
        return after
