"""Docker Compose files: settings of Elasticsearch in the environment and on the command line of a service, scripts in its command."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator
from typing import Final

from diag.documents.candidate import Candidate
from diag.documents.embedded import Embedded
from diag.documents.node_options import node_settings, pair, settings_of_node, variable
from diag.documents.row import KindRow, Reading, Recognised
from diag.documents.scalars import scalar_source
from diag.documents.script import nouns_of_script
from diag.documents.shell import commands
from diag.documents.source import Part, Source
from diag.documents.tree import Branch, Items, Node, Text
from diag.evidence.documents.kind import DocumentKind
from diag.evidence.documents.settings import Setting

_SERVICE: Final = frozenset({"image", "build", "environment", "command", "env_file", "extends"})
_REFERENCE: Final = re.compile(
    r"\$\$|\$\{(?P<name>\w+)(?::?-(?P<default>[^{}]*))?(?P<rest>[^{}]*)\}|\$(?P<plain>[A-Za-z_]\w*)"
)


def _recognise(candidate: Candidate) -> str:
    branch = candidate.branch
    services = branch.get("services") if branch else None
    if not isinstance(services, Branch):
        return ""
    shaped = any(isinstance(one.value, Branch) and one.value.keys & _SERVICE for one in services.entries)
    return "it holds services" if shaped else ""


def interpolated(source: Source) -> Source:
    """A text as Compose fills it in: ``$$`` is a dollar sign, a default is taken, all else is not known."""
    parts: list[Part] = []
    at = 0
    for found in _REFERENCE.finditer(source.text):
        parts.append(Part(at, found.start()))
        if found[0] == "$$" or found["default"]:
            parts.append(Part(*found.span(), found["default"] or "$"))
        else:
            parts.append(Part(*found.span(), hole=found[0]))
        at = found.end()
    return source.joined([*parts, Part(at, len(source.text))]) if parts else source


def row(inside: Callable[[Candidate], Recognised | None]) -> KindRow:
    """The kind, with what tells the documents inside of it (files under ``configs``)."""

    def read(candidate: Candidate, reading: Reading) -> tuple[object, ...]:
        branch = candidate.branch
        services = branch.get("services") if branch else None
        if branch is None or not isinstance(services, Branch):
            return ()
        found: list[object] = []
        for entry in services.entries:
            if isinstance(entry.value, Branch):
                found += _service(entry.key, entry.value, candidate.source, reading)
        walk = Embedded(source=candidate.source, reading=reading, inside=inside)
        rest = (walk.nouns(one.value, one.key) for one in branch.entries if one.key != "services")
        return (*found, *(noun for nouns in rest for noun in nouns))

    return KindRow(kind=DocumentKind.COMPOSE, recognise=_recognise, read=read, depth=1)


def _service(name: str, service: Branch, source: Source, reading: Reading) -> Iterator[object]:
    found = settings_of_node(list(_environment(service.get("environment"), source)), reading.side, name)
    if found is not None:
        yield found
    for key in ("command", "entrypoint"):
        yield from _command(service.get(key), source, reading)


def _environment(node: Node | None, source: Source) -> Iterator[Setting]:
    """The variables of a service: a list of ``name=value``, or a mapping."""
    if isinstance(node, Items):
        texts = (interpolated(scalar_source(source, one)) for one in node.all if isinstance(one, Text))
        yield from (found for one in texts if (found := pair(one)) is not None)
    elif isinstance(node, Branch):
        for entry in node.entries:
            value = entry.value
            if isinstance(value, Text):
                text = interpolated(scalar_source(source, value))
                value = Text(text.text, value.quoted, value.origin, text.unset(0, len(text.text)), value.span)
            if (found := variable(entry.key, entry.origin, value)) is not None:
                yield found


def _command(node: Node | None, source: Source, reading: Reading) -> Iterator[object]:
    """A command line as a text or as its words: options of a node, or a script behind ``sh -c``."""
    if isinstance(node, Text):
        text = interpolated(scalar_source(source, node))
        if commands(text):
            yield from nouns_of_script(text, reading)
    elif isinstance(node, Items):
        words = [interpolated(scalar_source(source, one)) for one in node.all if isinstance(one, Text)]
        found = node_settings(words, reading.side)
        if found is not None:
            yield found
        for option, script in itertools.pairwise(words):
            if re.fullmatch(r"-[a-z]*c", option.text):
                yield from nouns_of_script(script, reading)
