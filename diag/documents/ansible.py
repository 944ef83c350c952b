"""Playbooks and tasks of Ansible: requests of ``uri``, scripts, variables that become an elasticsearch.yml. What Jinja fills in is not known."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from diag.documents.candidate import Candidate
from diag.documents.embedded import Embedded
from diag.documents.row import KindRow, Reading, Recognised
from diag.documents.templates import REFERENCE
from diag.documents.tree import Branch, branches
from diag.evidence.documents.kind import DocumentKind

_PLAY: Final = frozenset({"tasks", "roles", "pre_tasks", "post_tasks", "handlers"})
_TASK: Final = ("ansible.", "community.")
_MODULES: Final = frozenset(
    {"uri", "shell", "command", "template", "copy", "lineinfile", "blockinfile", "include_role"}
)


def _recognise(candidate: Candidate) -> str:
    for node in candidate.nodes:
        for one in () if isinstance(node, Branch) else branches(node):
            if "hosts" in one.keys and one.keys & _PLAY:
                return "it holds a play"
            if "name" in one.keys and any(key in _MODULES or key.startswith(_TASK) for key in one.keys):
                return "it holds a task"
    return ""


def row(inside: Callable[[Candidate], Recognised | None]) -> KindRow:
    """The kind, with what tells the documents inside of it."""

    def read(candidate: Candidate, reading: Reading) -> tuple[object, ...]:
        walk = Embedded(source=candidate.source, reading=reading, inside=inside, holes=REFERENCE)
        return tuple(noun for node in candidate.nodes for noun in walk.nouns(node))

    return KindRow(kind=DocumentKind.ANSIBLE, recognise=_recognise, read=read, depth=1)
