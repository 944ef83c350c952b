"""YAML to plain values with the place of every key and value, and without the surprises of YAML 1.1.

A scalar stays text (``diag.config.values`` decides what it means), duplicate keys are refused, and aliases are counted,
so that a file of a few lines cannot grow beyond bounds.
"""

from __future__ import annotations

import re
from dataclasses import field
from typing import Any

import yaml

from diag.lazy_dataclass import dataclass

try:
    from yaml import CSafeLoader as _Loader
except ImportError:  # PyYAML without the C library: slower, the same results.
    from yaml import SafeLoader as _Loader  # type: ignore[assignment]  # the same methods

from diag.config.base import Scalar
from diag.config.config_problems import Key, Problem, path_of

Position = tuple[int, int]
Pair = tuple[yaml.Node, yaml.Node]

_MAX_DEPTH = 40
_MAX_FROM_ALIASES = 50_000
_TAG = "tag:yaml.org,2002:"
_SCALAR_TAGS = {_TAG + name for name in ("str", "int", "float", "bool", "null", "timestamp", "merge", "value")}
_MERGE = _TAG + "merge"
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_BOM = b"\xef\xbb\xbf"


@dataclass(slots=True)
class Tree:
    """What a file holds: mappings, lists and scalars, and where each key and each value stands."""

    value: Any
    values: dict[Key, Position] = field(default_factory=dict)
    keys: dict[Key, Position] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def place(self, key: Key) -> Position:
        """Where the value of a key stands; of a key that is not there, the nearest thing around it."""
        while key and key not in self.values:
            key = key[:-1]
        return self.values.get(key, (1, 1))

    def written(self, key: Key) -> Key:
        """The key as the file has it: a single value may stand for a list of one, and then there is no ``[0]``."""
        key = key[:-1] if key and isinstance(key[-1], int) and isinstance(self.at(key[:-1]), Scalar) else key
        for index, part in enumerate(key):
            # What is a key with a dot to us may stand nested.
            if isinstance(part, str) and "." in part and key[: index + 1] not in self.keys:
                split = (*key[:index], *part.split(".", 1), *key[index + 1 :])
                return split if split[: index + 2] in self.keys else key
        return key

    def at(self, key: Key) -> Any:  # noqa: ANN401 -- whatever stands there.
        """The value of a key, None where there is none."""
        value = self.value
        for part in key:
            try:
                value = value[part]
            except (KeyError, IndexError, TypeError):
                return None
        return value


class UnreadableYamlError(Exception):
    """The file cannot be read further: ``place`` is line and column, ``message`` what was expected."""

    def __init__(self, place: Position, message: str) -> None:
        super().__init__(message)
        self.place = place
        self.message = message


class ShallowLoader(_Loader):
    """Stops at a depth at which the recursion of the loader is still harmless."""

    depth = 0

    def descend_resolver(self, parent: yaml.Node | None, index: Any) -> None:  # noqa: ANN401 -- whatever the loader has.
        """Go one level down, or refuse to."""
        self.depth += 1
        if self.depth > _MAX_DEPTH:
            raise UnreadableYamlError(
                _start(parent) if parent else (1, 1), f"expected at most {_MAX_DEPTH} levels of nesting"
            )
        super().descend_resolver(parent, index)

    def ascend_resolver(self) -> None:
        """Come back one level."""
        self.depth -= 1
        super().ascend_resolver()


def read_tree(data: bytes, file: str) -> Tree:
    """Read the text of a file. What is wrong with it stands in ``problems``; ``value`` is None where nothing could be read."""
    tree = Tree(None)
    try:
        tree.value = _Builder(tree, file).build(_top(_compose(_decode(data))), ())
    except UnreadableYamlError as refused:
        line, column = refused.place
        tree.problems.append(Problem(file=file, line=line, column=column, message=refused.message))
        tree.value = None
    return tree


def _top(node: yaml.Node | None) -> yaml.MappingNode:
    if isinstance(node, yaml.MappingNode):
        return node
    was = "a list" if isinstance(node, yaml.SequenceNode) else "a single value" if node else "nothing"
    raise UnreadableYamlError(
        _start(node) if node else (1, 1), f"expected a mapping with keys such as clusters, found {was}"
    )


def _decode(data: bytes) -> str:
    if data.startswith(_BOM):
        raise UnreadableYamlError((1, 1), "expected UTF-8 without a byte order mark")
    if data.startswith(_UTF16):
        raise UnreadableYamlError((1, 1), "expected UTF-8, found UTF-16")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("utf-8")
        raise UnreadableYamlError(
            _position(before), f"expected UTF-8, found the byte 0x{data[error.start]:02x}"
        ) from None


def _position(before: str) -> Position:
    return before.count("\n") + 1, len(before) - before.rfind("\n")


def _start(node: yaml.Node) -> Position:
    return node.start_mark.line + 1, node.start_mark.column + 1


def _compose(text: str) -> yaml.Node | None:
    loader = None
    try:
        loader = ShallowLoader(text)
        node: yaml.Node | None = loader.get_single_node()
    except yaml.reader.ReaderError as error:
        position = error.position if isinstance(error.position, int) else 0
        raise UnreadableYamlError(
            _position(text[:position]), f"expected text, found the control character U+{_code(error):04X}"
        ) from None
    except yaml.MarkedYAMLError as error:
        mark = where_broken(error)
        place = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        raise UnreadableYamlError(place, explain(error, text, place)) from None
    else:
        return node
    finally:
        if loader is not None:
            loader.dispose()


def _code(error: yaml.reader.ReaderError) -> int:
    return error.character if isinstance(error.character, int) else ord(str(error.character)[:1] or "?")


def where_broken(error: yaml.MarkedYAMLError) -> yaml.Mark | None:
    """Where the YAML is broken: a key without a colon, where it stands; the parser misses the colon only at what comes behind it."""
    return error.context_mark if _lacks_a_colon(error) else error.problem_mark or error.context_mark


def _lacks_a_colon(error: yaml.MarkedYAMLError) -> bool:
    return error.context == "while scanning a simple key" and error.context_mark is not None


def explain(error: yaml.MarkedYAMLError, text: str, place: Position) -> str:
    """Say what is wrong with the YAML, from the character it stopped at. No text of the file is repeated."""
    lines = text.split("\n")
    line = lines[place[0] - 1] if place[0] <= len(lines) else ""
    character = line[place[1] - 1 : place[1]]
    if "\t" in line[: len(line) - len(line.lstrip())] or character == "\t":
        return "expected spaces, found a tab"
    if character == "*" or line[max(place[1] - 2, 0) : place[1] - 1] == "*":
        return "expected an anchor for this alias; put a text that begins with * in quotes"
    if isinstance(error, yaml.composer.ComposerError):
        return (
            "expected one document, found a second one"
            if character == "-"
            else "expected another name for this anchor: it is taken"
        )
    if character and character in "@`%":
        return f"expected a value; put a text that begins with {character} in quotes"
    if not line[place[1] - 1 :].strip() and not any(map(str.strip, lines[place[0] :])):
        return "expected more before the end: a bracket, a brace or a quote is still open"
    problem = "YAML: " + re.sub(r"'[^']{4,}'", "…", error.problem or "")
    if _lacks_a_colon(error):
        problem = "a colon and a value behind this text"
    begun = error.context_mark.line + 1 if error.context_mark else place[0]
    opened = f" (it begins in line {begun})" if begun != place[0] else ""
    hint = "; put a text that holds ': ' in quotes, or fix the indentation" if "mapping values" in problem else ""
    return f"expected {problem}{opened}{hint}"


class _Builder:
    """Builds plain values from nodes."""

    def __init__(self, tree: Tree, file: str) -> None:
        self._tree = tree
        self._file = file
        self._seen: set[int] = set()
        self._open: set[int] = set()
        self._repeated = 0
        self._near: Position = (1, 1)

    def build(self, node: yaml.Node, key: Key) -> Any:  # noqa: ANN401 -- whatever the file holds.
        """Build the value of one node, which stands under ``key``."""
        self._count(node)
        self._tree.values[key] = _start(node)
        if isinstance(node, yaml.ScalarNode):
            if node.tag not in _SCALAR_TAGS:
                self._problem(_start(node), key, "expected a value without a tag of YAML (a word after !)")
            return Scalar(node.value, plain=not node.style)
        if node.tag not in {_TAG + "map", _TAG + "seq"}:
            self._problem(_start(node), key, "expected a value without a tag of YAML (a word after !)")
        self._open.add(id(node))
        try:
            if isinstance(node, yaml.SequenceNode):
                return [self.build(item, (*key, index)) for index, item in enumerate(node.value)]
            return self._mapping(node, key) if isinstance(node, yaml.MappingNode) else None
        finally:
            self._open.discard(id(node))

    def _count(self, node: yaml.Node) -> None:
        if id(node) in self._open:
            raise UnreadableYamlError(self._near, "expected an end: this anchor holds an alias of itself")
        if len(self._open) > _MAX_DEPTH:
            raise UnreadableYamlError(self._near, f"expected at most {_MAX_DEPTH} levels of nesting")
        if id(node) in self._seen:
            self._repeated += 1
        self._seen.add(id(node))
        if self._repeated > _MAX_FROM_ALIASES:
            raise UnreadableYamlError(self._near, f"expected at most {_MAX_FROM_ALIASES} values from aliases")

    def _mapping(self, node: yaml.MappingNode, key: Key) -> dict[str, Any]:
        built: dict[str, Any] = {}
        lines: dict[str, int] = {}
        for name_node, value_node in self._pairs(node, key):
            if not isinstance(name_node, yaml.ScalarNode):
                self._problem(_start(name_node), key, "expected a text as key")
                continue
            name = str(name_node.value)
            child = (*key, name)
            if name in lines:
                self._problem(_start(name_node), child, f"expected each key once; it stands in line {lines[name]} too")
                continue
            lines[name] = _start(name_node)[0]
            self._tree.keys[child] = self._near = _start(name_node)
            built[name] = self.build(value_node, child)
        return built

    def _pairs(self, node: yaml.MappingNode, key: Key) -> list[Pair]:
        """The pairs of a mapping, and after them those that ``<<: *anchor`` takes over: a key that is there already wins."""
        pairs = [pair for pair in node.value if not _is_merge(pair[0])]
        taken = {str(name.value) for name, _ in pairs}
        for _, merged in (pair for pair in node.value if _is_merge(pair[0])):
            for source in merged.value if isinstance(merged, yaml.SequenceNode) else [merged]:
                if not isinstance(source, yaml.MappingNode):
                    self._problem(_start(source), (*key, "<<"), "expected an alias of a mapping")
                    continue
                for name, value in self._taken_over(source, key):
                    if str(name.value) not in taken:
                        taken.add(str(name.value))
                        pairs.append((name, value))
        return pairs

    def _taken_over(self, source: yaml.MappingNode, key: Key) -> list[Pair]:
        self._count(source)
        self._repeated += len(source.value)
        self._open.add(id(source))
        try:
            return self._pairs(source, key)
        finally:
            self._open.discard(id(source))

    def _problem(self, place: Position, key: Key, message: str) -> None:
        line, column = place
        problem = Problem(file=self._file, line=line, column=column, path=path_of(key), message=message)
        if problem not in self._tree.problems:
            self._tree.problems.append(problem)


def _is_merge(name: yaml.Node) -> bool:
    return isinstance(name, yaml.ScalarNode) and name.tag == _MERGE and not name.style
