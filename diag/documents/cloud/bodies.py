"""Values of a tree as the evidence holds them, and what every body for the Cloud API has in common."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import PurePath
from typing import Final

from diag.documents.candidate import Candidate
from diag.documents.row import problems_of
from diag.documents.tree import Branch, Items, Node, Text
from diag.evidence.documents.kind import DocumentKind
from diag.evidence.documents.origin import Origin
from diag.evidence.documents.problems import DocumentProblems
from diag.evidence.documents.written import Misshapen, PayloadForm, ValueForm, Written

_NUMBER: Final = re.compile(r"-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?")
# What people call the file that holds what is there: the answer of a GET.
_ANSWERS: Final = frozenset(
    {"get", "current", "currently", "existing", "answer", "response", "resp", "before", "now", "live", "old", "actual"}
    | {"state", "output", "previous", "backup"}
)

# And the one that is sent.
_REQUESTS: Final = frozenset(
    {"put", "post", "patch", "new", "planned", "plan", "request", "body", "payload", "update", "wanted", "desired"}
    | {"after", "next", "changed", "target", "proposed"}
)


def form_of(node: Node) -> ValueForm:
    """What a value is."""
    if isinstance(node, Items):
        return ValueForm.LIST
    if isinstance(node, Branch):
        return ValueForm.OBJECT
    if node.quoted:
        return ValueForm.TEXT
    if node.is_null:
        return ValueForm.NULL
    if node.value in {"true", "false"}:
        return ValueForm.BOOLEAN
    return ValueForm.NUMBER if _NUMBER.fullmatch(node.value) else ValueForm.TEXT


def written(key: str, node: Node) -> Written:
    """Give a value."""
    form = form_of(node)
    if not isinstance(node, Text) or form is ValueForm.NULL:
        return Written(key=key, text="", form=form, origin=node.origin)
    return Written(key=key, text=node.value, form=form, origin=node.origin, known=not node.unset)


def member(branch: Branch, *keys: str) -> Written | None:
    """The value under the first of several keys that is there; None for null and for nothing."""
    for key in keys:
        entry = branch.entry(key)
        if entry is not None and form_of(entry.value) is not ValueForm.NULL:
            return written(key, entry.value)
    return None


def plain(branch: Branch, *path: str) -> str:
    """The text at the end of a path, empty where there is none."""
    node = branch.get(*path)
    return node.value if isinstance(node, Text) and form_of(node) is not ValueForm.NULL else ""


class Shapes:
    """Reads lists and objects where they are expected, and remembers what is there instead."""

    def __init__(self) -> None:
        self.found: list[Misshapen] = []

    def items(self, branch: Branch, key: str) -> tuple[Node, ...]:
        """The items under a key. Something else than a list is no list: an object in its place is read as its only item."""
        node = branch.get(key)
        if node is None or form_of(node) is ValueForm.NULL:
            return ()
        if isinstance(node, Items):
            return node.all
        self.misses(key, "a list", node)
        return (node,) if isinstance(node, Branch) or form_of(node) is ValueForm.TEXT else ()

    def branches(self, branch: Branch, key: str) -> Iterator[Branch]:
        """The objects in the list under a key."""
        for one in self.items(branch, key):
            if isinstance(one, Branch):
                yield one
            elif not self.found or self.found[-1].origin != one.origin:
                self.misses(f"an item of {key}", "an object", one)

    def texts(self, branch: Branch, key: str) -> tuple[Written, ...]:
        """The single values in the list under a key."""
        found: list[Written] = []
        for one in self.items(branch, key):
            if isinstance(one, Text):
                found.append(written("", one))
            else:
                self.misses(f"an item of {key}", "a text", one)
        return tuple(found)

    def misses(self, key: str, expected: str, node: Node) -> None:
        """Remember what is not as it is expected."""
        self.found.append(Misshapen(key=key, expected=expected, found=form_of(node).value, origin=node.origin))


def request_or_answer(file: str, *, answered: bool) -> PayloadForm:
    """Tell a body that is sent from an answer: by the name of the file, as ``current.json`` or ``put-trust.json``, else by what is in it.

    ``answered`` says that it holds what the service adds; somebody who reads, changes and writes back sends that too.
    """
    words = set(re.split(r"[^a-z]+", PurePath(file).stem.lower()))
    if words & _ANSWERS:
        return PayloadForm.ANSWER
    return PayloadForm.ANSWER if answered and not words & _REQUESTS else PayloadForm.REQUEST


def syntax_problems(candidate: Candidate, kind: DocumentKind) -> tuple[object, ...]:
    """What is wrong with the JSON of a body for the Cloud API, which takes no comments either."""
    read = candidate.json if candidate.is_json else None
    liberties = getattr(read, "liberties", ())
    found = tuple(one.problem(kind) for one in liberties)
    return (*problems_of(candidate, kind), *((DocumentProblems(all=found),) if found else ()))


def within(node: Node, depth: int = 9) -> Iterator[tuple[tuple[str, ...], Branch]]:
    """Every mapping of a tree, with the keys that lead there."""
    waiting: list[tuple[tuple[str, ...], Node]] = [((), node)]
    while waiting:
        path, one = waiting.pop(0)
        if isinstance(one, Items):
            waiting += [(path, inner) for inner in one.all]
        elif isinstance(one, Branch):
            yield path, one
            if len(path) < depth:
                waiting += [((*path, entry.key), entry.value) for entry in one.entries]


def place(node: Node | None, otherwise: Origin) -> Origin:
    """The place of a value, or of what it is missing in."""
    return otherwise if node is None else node.origin
