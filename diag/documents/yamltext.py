"""YAML as it is written, every document of a file, each value with its place. What Elasticsearch makes of it is decided later."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from typing import Final

import yaml

from diag.config.yaml_source import ShallowLoader, UnreadableYamlError, explain, where_broken
from diag.documents.source import RefusedError, Source
from diag.documents.tree import Branch, Entry, Items, Node, Text
from diag.evidence.documents.origin import Origin
from diag.evidence.documents.problems import ProblemKind
from diag.lazy_dataclass import dataclass
from diag.text import shown

_MAX_VALUES: Final = 200_000
_ALIAS: Final = re.compile(r"(?:^|[\s\[{,:-])\*\w", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Yaml:
    """Every document of a text, and what Elasticsearch would refuse of it although it can be understood."""

    nodes: tuple[Node, ...]
    problems: tuple[RefusedError, ...] = ()


def read_yaml(source: Source) -> Yaml:
    """Read every document of a text. Raises RefusedError for what is no YAML, or too deep or too large for settings."""
    builder = _Builder(source)
    nodes = tuple(builder.build(node) for node in _documents(source))
    return Yaml(nodes, tuple(builder.problems))


def aliases_in(source: Source) -> Iterator[tuple[str, Origin]]:
    """The references to anchors in a text, each by the name of its anchor; those up to the first thing that is no YAML."""
    if _ALIAS.search(source.text) is None:
        return
    with contextlib.suppress(yaml.YAMLError, UnreadableYamlError, RecursionError):
        for event in yaml.parse(source.text, Loader=ShallowLoader):
            start, end = event.start_mark, event.end_mark
            if isinstance(event, yaml.AliasEvent) and start is not None and end is not None:
                yield event.anchor or "", source.places.origin(start.index, end.index)


def _documents(source: Source) -> Iterator[yaml.Node]:
    loader = None
    try:
        loader = ShallowLoader(source.text)
        while loader.check_node():
            node = loader.get_node()
            if node is not None:
                yield node
    except yaml.reader.ReaderError as error:
        at = error.position if isinstance(error.position, int) else 0
        msg = "expected text, found a control character"
        raise RefusedError(msg, source.places.origin(at, at + 1)) from None
    except yaml.MarkedYAMLError as error:
        raise _refusal(source, error) from None
    except UnreadableYamlError as error:
        at = source.places.offset(*error.place)
        raise RefusedError(error.message, source.places.origin(at, at + 1)) from None
    finally:
        if loader is not None:
            loader.dispose()


def _refusal(source: Source, error: yaml.MarkedYAMLError) -> RefusedError:
    mark = where_broken(error)
    place = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    at = mark.index if mark else 0
    return RefusedError(explain(error, source.text, place), source.places.origin(at, at + 1))


class _Builder:
    """Builds the tree of one text. An alias gives what its anchor holds, counted, so that a few lines cannot grow without bounds."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self.problems: list[RefusedError] = []
        self._left = _MAX_VALUES
        self._open: set[int] = set()

    def build(self, node: yaml.Node) -> Node:
        """Build what one node holds."""
        self._left -= 1
        if self._left < 0 or id(node) in self._open:
            message = "expected an end: an anchor holds an alias of itself"
            if self._left < 0:
                message = f"expected at most {_MAX_VALUES} values"
            raise RefusedError(message, self._origin(node))
        if isinstance(node, yaml.ScalarNode):
            span = (node.start_mark.index, node.end_mark.index)
            unset = self._source.unset(*span) if self._source.holes else ()
            return Text(str(node.value), bool(node.style), self._source.places.origin(*span), unset, span)
        self._open.add(id(node))
        try:
            if isinstance(node, yaml.SequenceNode):
                return Items(tuple(self.build(one) for one in node.value), self._origin(node))
            return Branch(tuple(self._entries(node)), self._origin(node))
        finally:
            self._open.discard(id(node))

    def _entries(self, node: yaml.Node) -> Iterator[Entry]:
        taken: dict[str, int] = {}
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                msg = "expected a text as key"
                raise RefusedError(msg, self._origin(key))
            name, origin = str(key.value), self._origin(key)
            if name in taken:
                message = f"expected each key once; {shown(name, 80)} stands in line {taken[name]} too"
                self.problems.append(RefusedError(message, origin, ProblemKind.SAME_KEY_TWICE))
            taken[name] = origin.line
            unset = self._source.unset(key.start_mark.index, key.end_mark.index) if self._source.holes else ()
            yield Entry(name, origin, self.build(value), unset)

    def _origin(self, node: yaml.Node) -> Origin:
        return self._source.places.origin(node.start_mark.index, node.end_mark.index)
