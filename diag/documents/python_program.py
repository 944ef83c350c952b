"""Python programs that send something to an API: calls of requests and httpx, and of Elasticsearch's own client.

No program is run. A body is read where it is written out: as a mapping, as a text, or under a name that is given a value once. What stands
in it for a variable is filled in later; a body that comes from elsewhere is not judged, and said to be so.
"""

from __future__ import annotations

import ast
import contextlib
import re
import warnings
from collections import Counter
from collections.abc import Iterator
from typing import Final

from diag.documents.candidate import Candidate
from diag.documents.requests import ApiRequest, not_read, nouns_of_request, nouns_of_tree, path_of, row_of
from diag.documents.row import KindRow, Reading
from diag.documents.source import Part, Source
from diag.documents.tree import Branch, Entry, Items, Node, Text
from diag.evidence.documents.kind import DocumentKind
from diag.evidence.documents.origin import Origin

_SIGN: Final = re.compile(
    r"\.(?:put|post|patch|request|perform_request)\s*\(|put_settings\s*\(|cross_cluster_api_key\s*\(|put_role\s*\(|create_api_key\s*\("
)
_SUFFIXES: Final = (".py", ".pyw")
_MAX_LENGTH: Final = 1024 * 1024
_MAX_DEPTH: Final = 60
_METHODS: Final = frozenset({"put", "post", "patch"})
_WITH_METHOD: Final = frozenset({"request", "perform_request"})
# Arguments that are a body: json as a value, the others as a text.
_JSON: Final = "json"
_BODIES: Final = ("data", "content", "body")
# Methods of Elasticsearch's client: which request they make, and what of their arguments belongs to its address.
_CLIENT: Final = {
    "put_settings": ("PUT", "/_cluster/settings"),
    "create_cross_cluster_api_key": ("POST", "/_security/cross_cluster/api_key"),
    "update_cross_cluster_api_key": ("PUT", "/_security/cross_cluster/api_key/id"),
    "create_api_key": ("POST", "/_security/api_key"),
    "put_role": ("PUT", "/_security/role/name"),
}
_OF_ADDRESS: Final = {
    "update_cross_cluster_api_key": frozenset({"id"}),
    "put_role": frozenset({"name", "refresh"}),
    "create_api_key": frozenset({"refresh"}),
}
_OF_TRANSPORT: Final = frozenset(
    {"pretty", "human", "error_trace", "filter_path", "flat_settings", "master_timeout", "timeout", "request_timeout"}
    | {"ignore", "headers", "opaque_id"}
)


class _NotWrittenOutError(Exception):
    """A body that is not written out as a whole."""


class _Program:
    """A program, with the values of the names that are given one once."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._tree = _parsed(source.text)
        lines = source.text.splitlines(keepends=True)
        self._lines = lines
        self._starts = [0]
        for line in lines:
            self._starts.append(self._starts[-1] + len(line))
        assigned = [one for one in ast.walk(self._tree) if isinstance(one, ast.Assign) and len(one.targets) == 1]
        named = [(one.targets[0].id, one.value) for one in assigned if isinstance(one.targets[0], ast.Name)]
        stored = Counter(
            one.id for one in ast.walk(self._tree) if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store)
        )
        self._values = {name: value for name, value in named if stored[name] == 1}

    def requests(self) -> Iterator[tuple[ApiRequest, Node | None]]:
        """Every request whose kind is known: with its body as a text in it, as a tree, or with neither where it is not written out."""
        for call in ast.walk(self._tree):
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute):
                found = self._of_client(call, call.func) or self._of_library(call, call.func)
                if found is not None and row_of(found[0].method, found[0].path) is not None:
                    yield found

    def _of_client(self, call: ast.Call, function: ast.Attribute) -> tuple[ApiRequest, Node | None] | None:
        made = _CLIENT.get(function.attr)
        of_cluster = isinstance(function.value, ast.Attribute) and function.value.attr == "cluster"
        if made is None or (function.attr == "put_settings" and not of_cluster):
            return None
        left_out = _OF_TRANSPORT | _OF_ADDRESS.get(function.attr, frozenset())
        fields = [one for one in call.keywords if one.arg is None or one.arg not in left_out]
        body = next((one.value for one in fields if one.arg == "body"), None)
        if body is not None:
            return self._request(call, *made, body)
        tree = None
        if all(one.arg is not None for one in fields):
            with contextlib.suppress(_NotWrittenOutError):
                entries = [Entry(one.arg or "", self._origin(one), self._node(one.value)) for one in fields]
                tree = Branch(tuple(entries), self._origin(call))
        return ApiRequest(method=made[0], path=made[1], body=None, origin=self._origin(call)), tree

    def _of_library(self, call: ast.Call, function: ast.Attribute) -> tuple[ApiRequest, Node | None] | None:
        arguments = {one.arg: one.value for one in call.keywords if one.arg is not None}
        positional = list(call.args)
        if function.attr in _METHODS:
            method = function.attr
        elif function.attr in _WITH_METHOD:
            first = positional.pop(0) if positional else arguments.get("method")
            method = "" if first is None else self._text(first)
        else:
            return None
        address = positional[0] if positional else arguments.get("url") or arguments.get("path")
        if address is None:
            return None
        path = path_of(self._text(address))
        if _JSON in arguments:
            return self._request(call, method, path, arguments[_JSON])
        body = next((arguments[name] for name in _BODIES if name in arguments), None)
        if body is None and function.attr in _METHODS and len(positional) > 1:
            body = positional[1]
        if isinstance(self._known(body), ast.Dict) and function.attr != "perform_request":
            return ApiRequest(
                method=method.upper(), path=path, body=None, origin=self._origin(call)
            ), None  # A form, and no JSON.
        return None if body is None else self._request(call, method, path, body)

    def _request(self, call: ast.Call, method: str, path: str, body: ast.expr) -> tuple[ApiRequest, Node | None]:
        value = self._known(_dumped(body))
        tree, text = None, None
        if isinstance(value, ast.Constant) and isinstance(value.value, str):
            text = self._written(value)
        elif isinstance(value, ast.Dict):
            with contextlib.suppress(_NotWrittenOutError):
                tree = self._node(value)
        return ApiRequest(method=method.upper(), path=path, body=text, origin=self._origin(call)), tree

    def _known(self, node: ast.expr | None) -> ast.expr | None:
        """The value of a name that is given one once, else what stands there."""
        for _ in range(_MAX_DEPTH):
            if not isinstance(node, ast.Name) or node.id not in self._values:
                break
            node = _dumped(self._values[node.id])
        return node

    def _text(self, node: ast.expr) -> str:
        """A text as far as it is written out, with ``${name}`` for what is filled in."""
        known = self._known(node)
        if isinstance(known, ast.BinOp) and isinstance(known.op, ast.Add):
            parts: list[ast.expr] = []
            left: ast.expr = known
            while isinstance(left, ast.BinOp) and isinstance(left.op, ast.Add):
                parts.append(left.right)
                left = left.left
            return "".join(self._text(one) for one in (left, *reversed(parts)))
        if isinstance(known, ast.Constant):
            return str(known.value)
        if isinstance(known, ast.JoinedStr):
            return "".join(str(one.value) if isinstance(one, ast.Constant) else _hole(one) for one in known.values)
        return _hole(known)

    def _node(self, node: ast.expr, depth: int = 0) -> Node:
        known = self._known(node) or node
        origin = self._origin(known)
        if depth > _MAX_DEPTH:
            raise _NotWrittenOutError
        if isinstance(known, ast.Dict):
            if None in known.keys:
                raise _NotWrittenOutError
            pairs = zip(known.keys, known.values, strict=True)
            return Branch(tuple(self._entry(key, value, depth) for key, value in pairs if key is not None), origin)
        if isinstance(known, ast.List | ast.Tuple):
            return Items(tuple(self._node(one, depth + 1) for one in known.elts), origin)
        if isinstance(known, ast.Constant):
            return Text(_as_json(known.value), isinstance(known.value, str), origin)
        return Text(self._text(known), quoted=True, origin=origin, unset=(_name(known),))

    def _entry(self, key: ast.expr, value: ast.expr, depth: int) -> Entry:
        known = self._known(key)
        unset = () if isinstance(known, ast.Constant) else (_name(key),)
        return Entry(self._text(key), self._origin(key), self._node(value, depth + 1), unset)

    def _written(self, node: ast.Constant) -> Source:
        """A text in quotes as a source: with the place of each character, where it is written as it is meant."""
        start, end = self._span(node)
        raw = self._source.text[start:end]
        at = raw.find(str(node.value)) if node.value else -1
        part = Part(start, end, str(node.value)) if at < 0 else Part(start + at, start + at + len(str(node.value)))
        return self._source.joined([part])

    def _origin(self, node: ast.expr | ast.keyword) -> Origin:
        start, end = self._span(node)
        if isinstance(node, ast.keyword):
            end = start + len(node.arg or "")
        return self._source.places.origin(start, end)

    def _span(self, node: ast.expr | ast.keyword) -> tuple[int, int]:
        return self._offset(node.lineno, node.col_offset), self._offset(
            node.end_lineno or node.lineno, node.end_col_offset or 0
        )

    def _offset(self, line: int, column: int) -> int:
        """The offset of a place, whose column ``ast`` counts in bytes."""
        text = self._lines[line - 1] if line <= len(self._lines) else ""
        return self._starts[line - 1] + (
            column if text.isascii() else len(text.encode()[:column].decode(errors="ignore"))
        )


def _dumped(node: ast.expr | None) -> ast.expr | None:
    """What ``json.dumps`` writes out, else the same."""
    is_dumped = isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "dumps"
    return node.args[0] if is_dumped and isinstance(node, ast.Call) and node.args else node


def _as_json(value: object) -> str:
    return (
        {True: "true", False: "false", None: "null"}[value] if value is None or isinstance(value, bool) else str(value)
    )


def _name(node: ast.AST | None) -> str:
    """How what is filled in is called."""
    if isinstance(node, ast.FormattedValue):
        return _name(node.value)
    if isinstance(node, ast.JoinedStr):
        return next((_name(one) for one in node.values if isinstance(one, ast.FormattedValue)), "text")
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else "expression"


def _hole(node: ast.AST | None) -> str:
    return f"${{{_name(node)}}}"


def _parsed(text: str) -> ast.Module:
    """Read a program. Raises SyntaxError, ValueError, RecursionError or MemoryError where it is none, or too deep."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Odd escapes are the program's own.
        return ast.parse(text)


def _requests(source: Source) -> list[tuple[ApiRequest, Node | None]]:
    if len(source.text) > _MAX_LENGTH or not _SIGN.search(source.text):
        return []
    try:
        return list(_Program(source).requests())
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []


def _recognise(candidate: Candidate) -> str:
    # Inside of another document nothing has a name; a file with another name is something else.
    if candidate.name and not candidate.name.endswith(_SUFFIXES):
        return ""
    found = next(iter(_requests(candidate.source)), None)
    return "" if found is None else f"it is a program with the request {found[0].method} {found[0].path}"


def _read(candidate: Candidate, reading: Reading) -> tuple[object, ...]:
    return tuple(noun for request, tree in _requests(candidate.source) for noun in _nouns(request, tree, reading))


def _nouns(request: ApiRequest, tree: Node | None, reading: Reading) -> tuple[object, ...]:
    if request.body is not None:
        return nouns_of_request(request, reading)
    return nouns_of_tree(request, tree, reading) if isinstance(tree, Branch) else not_read(request)


ROW: Final = KindRow(kind=DocumentKind.PYTHON, recognise=_recognise, read=_read)
