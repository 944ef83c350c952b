"""Read the other side's ``trust_restrictions`` file as Elasticsearch would: which otherNames it admits."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final

import yaml

from diag.model import TrustRestrictions

KEY: Final = "trust.subject_name"
MOST_BYTES: Final = 262_144
MOST_VALUES: Final = 20_000
_NULLS: Final = {"", "~", "null", "Null", "NULL"}
# A star that begins a plain value: after ``- ``, ``: ``, ``[`` or ``,``.
_UNQUOTED_STAR: Final = re.compile(r"(^|[-:,\[])\s*\*")

_Pairs = list[tuple[str, object]]


class _Object:
    """A mapping as it was written: keys in order, also such as are there twice."""

    __slots__ = ("pairs",)

    def __init__(self, pairs: _Pairs) -> None:
        self.pairs = pairs


class _UnusableError(Exception):
    """What is wrong with the file, and on which line."""

    def __init__(self, text: str, line: int = 0, *, unquoted_star: bool = False) -> None:
        super().__init__(text)
        self.line, self.unquoted_star = line, unquoted_star


def read_trust_file(path: str, data: bytes) -> TrustRestrictions:
    """Read the file. Never raises: ``problem`` says what is wrong with it, and where."""
    try:
        return TrustRestrictions(path=path, patterns=_patterns(_parse(path, _text(data))))
    except _UnusableError as problem:
        return TrustRestrictions(
            path=path, problem=str(problem), line=problem.line, unquoted_star=problem.unquoted_star
        )
    except RecursionError:
        return TrustRestrictions(path=path, problem="it is nested too deeply")


def _text(data: bytes) -> str:
    if len(data) > MOST_BYTES:
        msg = f"it is larger than {MOST_BYTES // 1024} kB"
        raise _UnusableError(msg)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        msg = "it is no text in UTF-8"
        raise _UnusableError(msg, data.count(b"\n", 0, error.start) + 1) from None
    if not text.strip():
        msg = f"it is empty: the key {KEY} is missing"
        raise _UnusableError(msg)
    return text


def _parse(path: str, text: str) -> object:
    """Parse by the extension, as Elasticsearch does: JSON where it is ``.json``, else YAML."""
    if path.lower().endswith(".json"):
        try:
            return json.loads(text, object_pairs_hook=_Object, parse_int=str, parse_float=str, parse_constant=str)
        except json.JSONDecodeError as error:
            msg = f"it is no valid JSON (column {error.colno})"
            raise _UnusableError(msg, error.lineno) from None
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        raise _yaml_problem(text, error) from None
    except yaml.YAMLError:
        msg = "it holds a character that YAML does not allow"
        raise _UnusableError(msg) from None
    return _plain(node, [MOST_VALUES])


def _yaml_problem(text: str, error: yaml.MarkedYAMLError) -> _UnusableError:
    """Say where the parser stopped. A ``*`` that begins a value is read as a reference to an anchor: the usual slip."""
    marks = [mark for mark in (error.problem_mark, error.context_mark) if mark is not None]
    lines = text.splitlines()
    for mark in marks:
        line = lines[mark.line] if mark.line < len(lines) else ""
        if _UNQUOTED_STAR.search(line):
            return _UnusableError("a value begins with * and stands without quotes", mark.line + 1, unquoted_star=True)
    where = marks[0] if marks else None
    column = f" (column {where.column + 1})" if where else ""
    return _UnusableError(f"it is no valid YAML{column}", where.line + 1 if where else 0)


def _plain(node: yaml.Node | None, left: list[int]) -> object:
    """Turn YAML nodes into what JSON gives; ``left`` counts down, so that references cannot multiply without end."""
    left[0] -= 1
    if left[0] < 0:
        msg = f"it holds more than {MOST_VALUES} values"
        raise _UnusableError(msg)
    match node:
        case yaml.MappingNode():
            return _Object([(_key(key), _plain(value, left)) for key, value in node.value])
        case yaml.SequenceNode():
            return [_plain(item, left) for item in node.value]
        case yaml.ScalarNode():
            return None if node.style is None and node.value in _NULLS else str(node.value)
        case _:
            return None


def _key(node: yaml.Node) -> str:
    if isinstance(node, yaml.ScalarNode):
        return str(node.value)
    msg = "a key in it is no text"
    raise _UnusableError(msg, node.start_mark.line + 1)


def _patterns(document: object) -> tuple[str, ...]:
    if not isinstance(document, _Object):
        msg = f"it holds no settings: expected the key {KEY} with a list of patterns"
        raise _UnusableError(msg)
    settings = list(_flat(document, ""))
    keys = Counter(key for key, _ in settings)
    twice = next((key for key, count in keys.items() if count > 1), "")
    if twice:
        msg = f"the key {twice[:80]} is there twice"
        raise _UnusableError(msg)
    if KEY not in keys:
        near = next((key for key in keys if key.replace("_", "").lower().startswith("trust.subjectname")), "")
        msg = f"the key {KEY} is missing" + (f"; there is {near[:80]}" if near else "")
        raise _UnusableError(msg)
    found = _values(dict(settings)[KEY])
    if not found:
        msg = f"{KEY} is empty: no certificate at all is admitted"
        raise _UnusableError(msg)
    return found


def _flat(value: _Object, prefix: str) -> Iterator[tuple[str, object]]:
    """Join nested keys with dots, as Elasticsearch does with settings."""
    for key, inner in value.pairs:
        if isinstance(inner, _Object):
            yield from _flat(inner, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", inner


def _values(value: object) -> tuple[str, ...]:
    """Read a list, or one text in which commas separate the patterns."""
    if value is None:
        return ()
    if isinstance(value, list):
        return tuple(_texts(value))
    return tuple(part.strip() for part in _text_of(value).split(",") if part.strip())


def _texts(items: Sequence[object]) -> Iterator[str]:
    for number, item in enumerate(items, start=1):
        if item is None or isinstance(item, _Object | list):
            msg = f"item {number} of {KEY} is no text"
            raise _UnusableError(msg)
        yield _text_of(item)


def _text_of(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
