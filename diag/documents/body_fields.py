"""What bodies of the security API share: fields that are known, lists of texts, and what Elasticsearch refuses."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import field

from diag.documents.candidate import Candidate
from diag.documents.tree import Branch, Entry, Items, Node, Text, items
from diag.evidence.documents.origin import Origin
from diag.evidence.documents.security_bodies import BodyRefusal, BodyText
from diag.lazy_dataclass import dataclass
from diag.text import did_you_mean, shown


@dataclass(slots=True)
class Refusals:
    """Collects everything that a body is refused for, where Elasticsearch stops at the first."""

    all: list[BodyRefusal] = field(default_factory=list)

    def add(self, message: str, expected: str, origin: Origin) -> None:
        """Note one."""
        self.all.append(BodyRefusal(message=message, expected=expected, origin=origin))

    def known(self, branch: Branch, fields: Iterable[str], hints: dict[str, str] | None = None) -> None:
        """Note every field that is not among those that are known; ``hints`` say of some why not."""
        wanted = tuple(fields)
        for entry in branch.entries:
            if entry.key not in wanted:
                near = did_you_mean(entry.key, wanted)
                why = (hints or {}).get(entry.key) or near
                self.add(
                    f"{shown(entry.key, 60)} is unknown here" + (f"; {why}" if why else ""),
                    ", ".join(wanted),
                    entry.origin,
                )

    def texts(self, branch: Branch, key: str, *, required: bool = True) -> tuple[BodyText, ...]:
        """Read a list of texts, which may be one text; a missing or an empty one is refused where it is required."""
        entry = branch.entry(key)
        if entry is None:
            if required:
                self.add(f"{key} is missing", f"{key} with at least one text", branch.origin)
            return ()
        found = tuple(self._items(entry))
        if required and not found:
            self.add(f"{key} is empty", f"{key} with at least one text", entry.origin)
        return found

    def _items(self, entry: Entry) -> Iterator[BodyText]:
        for one in items(entry.value):
            if isinstance(one, Text) and one.is_string:
                yield BodyText(text=one.value, origin=one.origin)
            else:
                self.add(f"an item of {entry.key} is no text", "texts", one.origin)

    def objects(self, branch: Branch, key: str) -> Iterator[Branch]:
        """Read a list of objects, which may be one object."""
        entry = branch.entry(key)
        for one in _members(entry.value) if entry is not None else ():
            if isinstance(one, Branch):
                yield one
            else:
                self.add(f"{key} holds something else than objects", "a list of objects", one.origin)


def _members(node: Node) -> tuple[Node, ...]:
    return node.all if isinstance(node, Items) else (node,)


def no_object(candidate: Candidate) -> tuple[BodyRefusal, ...]:
    """What a body is refused for that is no object at all."""
    return (BodyRefusal(message="the body is no object", expected="a JSON object", origin=candidate.source.whole),)
