"""A text that may be a document of some kind: read at most once in each syntax, whoever asks."""

from __future__ import annotations

import re
from functools import cached_property
from pathlib import PurePath
from typing import Final

from diag.documents.jsontext import Json, read_whole_json
from diag.documents.source import RefusedError, Source
from diag.documents.tree import Branch, Node, Text
from diag.documents.yamltext import Yaml, read_yaml
from diag.lazy_dataclass import dataclass

# Names of files that hold data; a text without a name may be data too.
_DATA: Final = frozenset(
    {"", ".yml", ".yaml", ".json", ".jsonc", ".txt", ".conf", ".cfg", ".bak", ".old", ".tmp", ".list"}
)


@dataclass(frozen=True)
class Candidate:
    """A text with its source. A text that begins with a brace or bracket is JSON, unless its name says YAML; everything else is YAML.

    ``called`` is the name of a text that stands inside of a file, empty where it has none; None: the text is the file. ``tree`` is what it
    holds where somebody has read it already. ``data`` are the bytes of the file, also where they are no text: ``problem`` says why not then,
    and the text is empty.
    """

    source: Source
    called: str | None = None
    tree: Node | None = None
    data: bytes = b""
    problem: str = ""

    @property
    def text(self) -> str:
        """The text."""
        return self.source.text

    @cached_property
    def name(self) -> str:
        """The last part of the file's name, in small letters."""
        return PurePath(self.source.file if self.called is None else self.called).name.lower()

    @property
    def is_json(self) -> bool:
        """Whether it is read as JSON."""
        return self.text.lstrip()[:1] in {"{", "["} and not self.name.endswith((".yml", ".yaml"))

    @cached_property
    def json(self) -> Json | RefusedError:
        """What it holds as JSON, or why it is none."""
        try:
            return read_whole_json(self.source)
        except RefusedError as error:
            return error

    @cached_property
    def yaml(self) -> Yaml | RefusedError:
        """What it holds as YAML, or why it is none."""
        try:
            return read_yaml(self.source)
        except RefusedError as error:
            return error

    @property
    def refusal(self) -> RefusedError | None:
        """Why it cannot be read in its syntax at all."""
        found = self.json if self.is_json else self.yaml
        return found if isinstance(found, RefusedError) else None

    @property
    def refusals(self) -> tuple[RefusedError, ...]:
        """Everything for which its syntax is refused, whether it can be understood all the same or not."""
        if self.tree is not None:
            return ()
        found = self.json if self.is_json else self.yaml
        return (found,) if isinstance(found, RefusedError) else found.problems

    @property
    def nodes(self) -> tuple[Node, ...]:
        """What can be understood of it: one value of JSON, every document of YAML; nothing where it cannot be read."""
        if self.tree is not None:
            return (self.tree,)
        if self.is_json:
            return () if isinstance(self.json, RefusedError) else (self.json.node,)
        return () if isinstance(self.yaml, RefusedError) else self.yaml.nodes

    def seems(self, sign: re.Pattern[str]) -> str:
        """What a sign finds in a text whose syntax is broken, so that a finding can name what is wrong with it; empty elsewhere.

        A program, a page or whatever else is no data by its name only mentions such a thing.
        """
        is_data = PurePath(self.name).suffix in _DATA
        found = sign.search(self.text) if is_data and self.refusal is not None else None
        return found[0].strip() if found else ""

    @property
    def branch(self) -> Branch | None:
        """Its first value, if that is a mapping."""
        first = next(iter(self.nodes), None)
        return first if isinstance(first, Branch) else None


def settings_tree(candidate: Candidate) -> Branch:
    """The mapping of a document of settings; one without any value is an empty one."""
    return candidate.branch or Branch((), candidate.source.whole)


def is_empty(node: Node) -> bool:
    """Whether a document holds nothing."""
    return isinstance(node, Text) and node.is_null
