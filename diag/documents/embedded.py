"""What stands inside of YAML or JSON of another kind: settings of a node under some key, a file or a script as a text, a request in a task.

``Embedded`` walks a tree once. Kinds with a shape of their own (compose, Ansible, Kubernetes) use it for what they do not know themselves.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Final

from diag.documents.candidate import Candidate
from diag.documents.elasticsearch_yml import side_of
from diag.documents.flat import Flattening
from diag.documents.node_options import settings_of_node, variable
from diag.documents.requests import ApiRequest, nouns_of_request, nouns_of_tree, path_of
from diag.documents.row import KindRow, Reading, Recognised
from diag.documents.scalars import marked, scalar_source, with_holes
from diag.documents.settings_request import is_body, settings_body
from diag.documents.source import Source
from diag.documents.templates import REFERENCE
from diag.documents.tree import Branch, Entry, Items, Node, Text, branches, resolved, text
from diag.evidence.documents.kind import DocumentKind
from diag.evidence.documents.settings import Layer, SettingsForm, SettingsText, SettingsTexts
from diag.lazy_dataclass import dataclass

# What a text has to hold for anybody to look into it, and a whole file too.
SIGNS: Final = re.compile(
    r"cluster\.remote|remote:|\bremote_cluster|xpack\.security|_cluster/settings|/trust|remote-clusters|_security/|ES_SETTING_"
    r"|elasticsearch-keystore"
)
_PREFIXES: Final = ("cluster.remote.", "xpack.security.", "remote_cluster_server.", "remote_cluster_client.")
_FILE_NAME: Final = re.compile(r"[\w.-]+\.(?:ya?ml|json|sh|env|properties|pem|crt)")
_URI: Final = frozenset({"uri", "ansible.builtin.uri", "ansible.windows.win_uri"})
_STATEMENT: Final = re.compile(r"\{%|\{\{-? *(?:if|range|with|include|template) ")


@dataclass(frozen=True, slots=True, kw_only=True)
class Embedded:
    """How a tree is looked through: ``inside`` recognises texts, ``holes`` is the syntax of what is filled in before it is used."""

    source: Source
    reading: Reading
    inside: Callable[[Candidate], Recognised | None]
    holes: re.Pattern[str] | None = None

    def nouns(self, node: Node, key: str = "") -> Iterator[object]:
        """Everything that a tree says, as evidence, in its order. ``key`` is the one that it stands under."""
        if isinstance(node, Text):
            yield from self.of_text(node, key)
        elif isinstance(node, Items):
            for one in node.all:
                yield from self.nouns(one, key)
        elif is_body(node):
            yield SettingsTexts(all=(settings_body(self._marked(node), self.reading.side, self.source.file),))
        elif is_settings(node):
            yield self.settings(node)
        else:
            yield from self._members(node)

    def _members(self, node: Branch) -> Iterator[object]:
        for entry in node.entries:
            if entry.key in _URI and isinstance(entry.value, Branch):
                yield from self._task(entry.value)
            elif entry.key == "env" and (found := self._variables(entry)):
                yield found
            else:
                yield from self.nouns(entry.value, entry.key)

    def of_text(self, node: Text, key: str) -> Iterator[object]:
        """What a text says that may be a document itself; the key that it stands under may be its name."""
        if not SIGNS.search(node.value):
            return
        candidate = Candidate(self.text(node), called=key if _FILE_NAME.fullmatch(key) else "")
        found = self.inside(candidate)
        if found is not None and not _STATEMENT.search(node.value):
            yield from found.row.read(candidate, self.reading)

    def text(self, node: Text) -> Source:
        """The source of a text, with what is filled in as holes."""
        found = scalar_source(self.source, node)
        return found if self.holes is None else with_holes(found, self.holes)

    def _marked(self, node: Branch) -> Branch:
        found = node if self.holes is None else marked(node, self.holes)
        return resolved(found if isinstance(found, Branch) else node)

    def settings(self, node: Branch) -> SettingsTexts:
        """A mapping that becomes the elasticsearch.yml of a node."""
        found = Flattening(Layer.FILE, self.reading.environment).settings(self._marked(node))
        text_ = SettingsText(
            form=SettingsForm.FILE,
            side=self.reading.side or side_of(found),
            name=f"{self.source.file}:{node.origin.line}",
            all=found,
            whole=node.origin,
        )
        return SettingsTexts(all=(text_,))

    def _variables(self, entry: Entry) -> SettingsTexts | None:
        """The environment of a container as Kubernetes has it: a list of names and values."""
        pairs = ((one.entry("name"), one.entry("value")) for one in branches(entry.value))
        found = [variable(text(name.value), name.origin, value.value) for name, value in pairs if name and value]
        return settings_of_node(
            [one for one in found if one], self.reading.side, f"{self.source.file}:{entry.origin.line}"
        )

    def _task(self, node: Branch) -> Iterator[object]:
        """A task of Ansible that makes a request."""
        url, body = node.entry("url"), node.get("body")
        if url is None or body is None:
            return
        request = ApiRequest(
            method=text(node.get("method")).upper() or "GET",
            path=path_of(text(url.value)),
            body=self.text(body) if isinstance(body, Text) else None,
            origin=url.value.origin,
        )
        if isinstance(body, Branch):
            yield from nouns_of_tree(request, self._marked(body), self.reading)
        elif isinstance(body, Text) and not _STATEMENT.search(body.value):
            yield from nouns_of_request(request, self.reading)


def is_settings(node: Branch) -> bool:
    """Whether a mapping holds settings of Elasticsearch itself, and not further down."""
    if any(one.key.startswith(_PREFIXES) or one.key == "cluster.remote" for one in node.entries):
        return True
    return any(isinstance(node.get(*path), Branch) for path in (("cluster", "remote"), ("xpack", "security")))


def _is_about_nodes(branch: Branch) -> bool:
    """Whether it is an answer of ``GET _nodes``: what it leaves out (secure settings, paths) is no fault of a file."""
    found = next(
        (one for one in (branch, branch.get("response")) if isinstance(one, Branch) and "nodes" in one.keys), None
    )
    return found is not None and bool(found.keys & {"_nodes", "cluster_name"})


def row(inside: Callable[[Candidate], Recognised | None]) -> KindRow:
    """The kind of YAML and JSON that holds settings somewhere: values of Helm, variables of a role, whatever there is."""

    def read(candidate: Candidate, reading: Reading) -> tuple[object, ...]:
        walk = Embedded(source=candidate.source, reading=reading, inside=inside, holes=REFERENCE)
        return tuple(noun for node in candidate.nodes for noun in walk.nouns(node))

    def recognise(candidate: Candidate) -> str:
        if not SIGNS.search(candidate.text) or (candidate.branch is not None and _is_about_nodes(candidate.branch)):
            return ""
        return "it holds settings of Elasticsearch" if read(candidate, Reading()) else ""

    return KindRow(kind=DocumentKind.YAML_WITH_SETTINGS, recognise=recognise, read=read, depth=1)
