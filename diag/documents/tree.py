"""What a text of settings holds, whatever its syntax: mappings, lists and texts, each with its place."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator

from diag.evidence.documents.origin import Origin
from diag.evidence.documents.settings import FLAG_WORDS
from diag.lazy_dataclass import dataclass

_FLAGS = {"true": True, "false": False}
_FLAGS_OF_YAML = {form: flag for word, flag in FLAG_WORDS.items() for form in (word, word.capitalize(), word.upper())}
_WHOLE = re.compile(r"-?\d{1,18}")
_NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")
_NULLS = frozenset({"", "~", "null", "Null", "NULL"})


@dataclass(frozen=True, slots=True)
class Text:
    """A single value. ``quoted``: it stands in quotes, so that it is a text and no number, flag or null.

    ``unset`` names what is filled into it before Elasticsearch sees it, and is not known. ``span`` are the offsets of what is written
    in the text that it was read from, quotes included.
    """

    value: str
    quoted: bool
    origin: Origin
    unset: tuple[str, ...] = ()
    span: tuple[int, int] = (0, 0)

    @property
    def is_null(self) -> bool:
        """Whether it is the value that means none."""
        return not self.quoted and self.value in _NULLS

    @property
    def is_string(self) -> bool:
        """Whether JSON would have it as a string; what is filled in later may become one."""
        other = self.is_null or self.value in _FLAGS or _NUMBER.fullmatch(self.value) is not None
        return self.quoted or bool(self.unset) or not other


@dataclass(frozen=True, slots=True)
class Items:
    """A list."""

    all: tuple[Node, ...]
    origin: Origin


@dataclass(frozen=True, slots=True)
class Entry:
    """A key with its value. ``unset`` names what is filled into the key and is not known."""

    key: str
    origin: Origin
    value: Node
    unset: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Branch:
    """A mapping: its keys in the order of the file, also such as stand there twice."""

    entries: tuple[Entry, ...]
    origin: Origin

    def entry(self, key: str) -> Entry | None:
        """The entry of a key: of two the later one; None where there is none."""
        return next((one for one in reversed(self.entries) if one.key == key), None)

    def get(self, *path: str) -> Node | None:
        """The value at the end of a path of keys, None where there is none."""
        node: Node = self
        for key in path:
            found = node.entry(key) if isinstance(node, Branch) else None
            if found is None:
                return None
            node = found.value
        return node

    @property
    def keys(self) -> frozenset[str]:
        """The keys."""
        return frozenset(one.key for one in self.entries)


Node = Text | Items | Branch


def resolved(branch: Branch) -> Branch:
    """A mapping as a program hands it on that reads YAML 1.1 itself: Ansible, kubectl, Helm. What it takes for a flag is one then."""
    entries = (Entry(one.key, one.origin, _resolved(one.value), one.unset) for one in branch.entries)
    return Branch(tuple(entries), branch.origin)


def _resolved(node: Node) -> Node:
    if isinstance(node, Items):
        return Items(tuple(map(_resolved, node.all)), node.origin)
    if isinstance(node, Branch):
        return resolved(node)
    flag = None if node.quoted else _FLAGS_OF_YAML.get(node.value)
    return node if flag is None else Text(flag, quoted=False, origin=node.origin, unset=node.unset, span=node.span)


def items(node: Node | None) -> tuple[Node, ...]:
    """The items of a list; a single value is a list of one, nothing is an empty one."""
    if node is None or (isinstance(node, Text) and node.is_null):
        return ()
    return node.all if isinstance(node, Items) else (node,)


def text(node: Node | None) -> str:
    """The text of a single value, empty where it is none."""
    return node.value if isinstance(node, Text) and not node.is_null else ""


def branches(node: Node | None) -> Iterator[Branch]:
    """The mappings in a list, or the mapping itself."""
    return (one for one in items(node) if isinstance(one, Branch))


def plain(node: Node) -> object:
    """A tree as an answer of an API is read: mappings, lists, texts, numbers, flags."""
    if isinstance(node, Branch):
        return {one.key: plain(one.value) for one in node.entries}
    if isinstance(node, Items):
        return [plain(one) for one in node.all]
    if node.quoted:
        return node.value
    if node.value in _FLAGS:
        return _FLAGS[node.value]
    return None if node.is_null else int(node.value) if _WHOLE.fullmatch(node.value) else node.value


def tree_of(value: object, origin: Origin) -> Node:
    """A parsed answer of an API as a tree, all of it at one place: what ``plain`` gives, the other way round."""
    if isinstance(value, dict):
        return Branch(tuple(Entry(str(key), origin, tree_of(one, origin)) for key, one in value.items()), origin)
    if isinstance(value, list):
        return Items(tuple(tree_of(one, origin) for one in value), origin)
    if isinstance(value, str):
        return Text(value, quoted=True, origin=origin)
    word = "null" if value is None else str(value).lower() if isinstance(value, bool) else str(value)
    return Text(word, quoted=False, origin=origin)


class Places:
    """The places in a piece of text that may itself stand somewhere inside a file.

    ``line`` and ``column`` are where its first character stands; only its first line is moved by the column.
    """

    def __init__(self, file: str, text_: str, line: int = 1, column: int = 1) -> None:
        self.file = file
        self._line, self._column = line, column
        self._length = len(text_)
        self._starts = [0, *(at + 1 for at, sign in enumerate(text_) if sign == "\n")]

    def at(self, offset: int) -> tuple[int, int]:
        """The line and column of a character, by its offset."""
        index = bisect_right(self._starts, min(offset, self._length)) - 1
        column = min(offset, self._length) - self._starts[index]
        return self._line + index, column + (self._column if index == 0 else 1)

    def offset(self, line: int, column: int) -> int:
        """The offset of a character by its line and column in the text itself."""
        return self._starts[min(line, len(self._starts)) - 1] + column - 1

    def origin(self, start: int, end: int) -> Origin:
        """The range from one offset to another."""
        return Origin(self.file, *self.at(start), *self.at(end))
