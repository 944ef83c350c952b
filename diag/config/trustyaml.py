"""The YAML of a ``trust_restrictions`` file, by the events of a parser, as Elasticsearch walks through it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Final

import yaml

from diag.config.yaml_source import where_broken

_MAX_DEPTH: Final = 200
MAX_VALUES: Final = 20_000
_NULLS: Final = frozenset({"", "~", "null", "Null", "NULL"})
_NULL_TAG: Final = "tag:yaml.org,2002:null"
# A star that begins a plain value: after ``- ``, ``: ``, ``[`` or ``,``.
_UNQUOTED_STAR: Final = re.compile(r"(^|[-:,\[])\s*\*")
_BLANKS: Final = "\0 \t\r\n\x85\u2028\u2029"
_TABBED: Final = frozenset(" \t")
_ENDS_ANCHOR: Final = frozenset(_BLANKS + ",[]{}/.*&:")
_AFTER_ANCHOR: Final = frozenset(_BLANKS + "?:,]}%@`")
_ESCAPES: Final = {key: value for key, value in yaml.SafeLoader.ESCAPE_REPLACEMENTS.items() if key != "/"}

_Pairs = list[tuple[str, object]]


class Object:
    """A mapping as it was written: keys in order, also such as are there twice."""

    __slots__ = ("pairs",)

    def __init__(self, pairs: _Pairs) -> None:
        self.pairs = pairs


class Bare(str):
    """A value that stands without quotes: a lone true or false is written in small letters then."""

    __slots__ = ()


class UnusableError(Exception):
    """What is wrong with the file, and on which line."""

    def __init__(self, text: str, line: int = 0, *, unquoted_star: bool = False) -> None:
        super().__init__(text)
        self.line, self.unquoted_star = line, unquoted_star


def refusal(text: str, line: int = 0) -> UnusableError:
    """Say that the file can't be used, and on which line."""
    return UnusableError(text, line)


class _Loader(yaml.SafeLoader):
    """A parser that takes what Elasticsearch's takes: tabs in values, odd names of anchors, and no backslash before a slash."""

    ESCAPE_REPLACEMENTS = _ESCAPES  # type: ignore[misc]  # Final there, and the only way to take one away.

    def scan_plain_spaces(self, indent: int, start_mark: yaml.Mark) -> list[str] | None:
        """Read the blanks inside or after a value without quotes: tabs are among them."""
        length = 0
        while self.peek(length) in _TABBED:
            length += 1
        blanks = self.prefix(length)
        if "\t" in blanks:
            self.forward(length)
            if self.peek() not in _BLANKS:
                return [blanks]
        return super().scan_plain_spaces(indent, start_mark)

    def scan_anchor(self, TokenClass: Callable[..., yaml.Token]) -> yaml.Token:  # noqa: N803 -- PyYAML's name.
        """Read the name after ``&`` or ``*`` to the first sign that can't be in it."""
        begun = self.get_mark()
        self.forward()
        length = 0
        while self.peek(length) not in _ENDS_ANCHOR:
            length += 1
        name = self.prefix(length)
        self.forward(length)
        if not name or self.peek() not in _AFTER_ANCHOR:
            msg = "while scanning an anchor"
            raise yaml.scanner.ScannerError(msg, begun, "it has no name", self.get_mark())
        return TokenClass(name, begun, self.get_mark())


class YamlReader:
    """Turns the events of a YAML parser into what JSON gives."""

    def __init__(self, text: str, remarks: list[str]) -> None:
        self._text = text
        self._remarks = remarks
        self._events = iter(yaml.parse(text, Loader=_Loader))
        self._left = MAX_VALUES

    def read(self) -> object:
        """Read the one document that there has to be."""
        try:
            self._next()  # The start of the stream.
            if isinstance(self._next(), yaml.StreamEndEvent):
                return None
            found = self._value(self._next(), 0)
            self._next()  # The end of the document.
            after = self._next()
        except yaml.MarkedYAMLError as error:
            raise self._problem(error) from None
        except yaml.YAMLError:
            after = None
        if after is None:
            msg = "it holds a character that YAML does not allow"
            raise refusal(msg)
        if isinstance(after, yaml.DocumentStartEvent):
            msg = "it is no valid YAML for settings: a second document begins"
            raise refusal(msg, _line(after))
        return found

    def _next(self) -> yaml.Event:
        return next(self._events)

    def _value(self, event: yaml.Event, depth: int) -> object:
        self._left -= 1
        if self._left < 0:
            msg = f"it holds more than {MAX_VALUES} values"
            raise refusal(msg)
        if depth > _MAX_DEPTH:
            msg = "it is nested too deeply"
            raise refusal(msg)
        match event:
            case yaml.MappingStartEvent():
                return Object(list(self._pairs(depth + 1)))
            case yaml.SequenceStartEvent():
                return list(self._items(depth + 1))
            case yaml.AliasEvent():
                return self._alias(event)
            case yaml.ScalarEvent(value=str() as value):
                null = event.tag == _NULL_TAG or (event.tag is None and event.implicit[0] and value in _NULLS)
                return None if null else Bare(value) if event.implicit[0] else value
        return None

    def _pairs(self, depth: int) -> Iterator[tuple[str, object]]:
        while not isinstance(event := self._next(), yaml.MappingEndEvent):
            match event:
                case yaml.ScalarEvent(value=str() as key):
                    pass
                case _:
                    msg = "a key in it is no text"
                    raise refusal(msg, _line(event))
            yield key, self._value(self._next(), depth)

    def _items(self, depth: int) -> Iterator[object]:
        while not isinstance(event := self._next(), yaml.SequenceEndEvent):
            yield self._value(event, depth)

    def _alias(self, event: yaml.AliasEvent) -> str:
        """Elasticsearch resolves no reference: it takes the name after the star for the text."""
        name = str(event.anchor)
        self._remarks.append(
            f"line {_line(event)}: *{name} stands without quotes, and Elasticsearch reads it as the text {name}"
        )
        return name

    def _problem(self, error: yaml.MarkedYAMLError) -> UnusableError:
        """Say where the parser stopped. A ``*`` that begins a value is read as a reference to an anchor: the usual slip."""
        marks = [mark for mark in (error.problem_mark, error.context_mark) if mark is not None]
        lines = self._text.splitlines()
        for mark in marks:
            line = lines[mark.line] if mark.line < len(lines) else ""
            if _UNQUOTED_STAR.search(line):
                return UnusableError(
                    "a value begins with * and stands without quotes", mark.line + 1, unquoted_star=True
                )
        where = where_broken(error)
        column = f" (column {where.column + 1})" if where else ""
        return UnusableError(f"it is no valid YAML{column}", where.line + 1 if where else 0)


def _line(event: yaml.Event) -> int:
    """The line where something begins; the first is 1."""
    return event.start_mark.line + 1 if event.start_mark is not None else 0
