"""The ``instances.yml`` of ``elasticsearch-certutil``: always read as YAML, the first document of the file alone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from diag.documents.candidate import Candidate, is_empty
from diag.documents.row import KindRow, Reading
from diag.documents.source import RefusedError
from diag.documents.tree import Branch, Entry, Items, Node, Text
from diag.evidence.documents.instances import (
    Instance,
    InstancesFile,
    InstancesFiles,
    InstancesRefusal,
    InstanceValue,
)
from diag.evidence.documents.kind import DocumentKind
from diag.evidence.documents.origin import Origin
from diag.text import did_you_mean, shown

_KEYS: Final = ("name", "filename", "cn", "dns", "ip")
_LISTS: Final = frozenset({"cn", "dns", "ip"})
_TOP: Final = "instances"
_NAME: Final = re.compile(r"instances?\.ya?ml")
_BROKEN: Final = re.compile(r"^instances?(?=[ \t]*:)", re.MULTILINE)
_NUMBER: Final = re.compile(r"[-+]?(?:0[xob]?)?[0-9][0-9_]*(?:\.[0-9]*)?(?:[eE][-+]?[0-9]+)?")
_TRUTH: Final = frozenset({"true", "false", "True", "False", "TRUE", "FALSE"})


def _recognise(candidate: Candidate) -> str:
    if isinstance(candidate.yaml, RefusedError):
        found = _BROKEN.search(candidate.text)
        return f"it holds {found[0]}, and is broken" if found else ""
    first = next(iter(candidate.yaml.nodes), None)
    if isinstance(first, Branch):
        key = next((key for key in (_TOP, "instance") if key in first.keys and _holds_entries(first.get(key))), "")
        if key:
            return f"it holds {key}"
    if isinstance(first, Items) and first.all and all(map(_is_entry, first.all)):
        return "it lists names with cn, dns or ip"
    return "of its name" if _NAME.fullmatch(candidate.name) else ""


def _holds_entries(node: Node | None) -> bool:
    if isinstance(node, Items):
        return not node.all or any(isinstance(one, Branch) and one.keys & {*_KEYS} for one in node.all)
    return isinstance(node, Branch) and "name" in node.keys


def _is_entry(node: Node) -> bool:
    return isinstance(node, Branch) and "name" in node.keys and bool(node.keys & _LISTS) and node.keys <= {*_KEYS}


def _read(candidate: Candidate, reading: Reading) -> tuple[object, ...]:
    del reading
    refused = list[InstancesRefusal]()
    whole = candidate.source.whole
    instances, ignored = tuple[Instance, ...](), tuple[Origin, ...]()
    if isinstance(candidate.yaml, RefusedError):
        refused.append(_no_yaml(candidate.yaml))
    else:
        refused += map(_no_yaml, candidate.yaml.problems)
        nodes = candidate.yaml.nodes
        instances = tuple(_instances(nodes[0] if nodes else None, whole, refused))
        ignored = tuple(one.origin for one in nodes[1:] if not is_empty(one))
    file = InstancesFile(
        path=candidate.source.file, instances=instances, refused=tuple(refused), ignored=ignored, origin=whole
    )
    return (InstancesFiles(all=(file,)),)


def _no_yaml(error: RefusedError) -> InstancesRefusal:
    return InstancesRefusal(message=f"it is no YAML: {error}", expected="a list under instances", origin=error.origin)


def _instances(node: Node | None, whole: Origin, refused: list[InstancesRefusal]) -> Iterator[Instance]:
    if not isinstance(node, Branch):
        what = (
            "it is empty"
            if node is None or is_empty(node)
            else "it begins with a list"
            if isinstance(node, Items)
            else "it is one text"
        )
        origin = whole if node is None else node.origin
        refused.append(InstancesRefusal(message=what, expected="the key instances with a list", origin=origin))
        return
    refused += [_unknown(entry, (_TOP,)) for entry in node.entries if entry.key != _TOP]
    found = node.entry(_TOP)
    if found is None:
        if not node.entries:
            refused.append(
                InstancesRefusal(
                    message="it holds no instances", expected="the key instances with a list", origin=whole
                )
            )
    elif isinstance(found.value, Text):
        refused.append(_of_kind(found, "a list of entries with a name"))
    else:
        for one in found.value.all if isinstance(found.value, Items) else (found.value,):
            yield from _instance(one, refused)


def _instance(node: Node, refused: list[InstancesRefusal]) -> Iterator[Instance]:
    if not isinstance(node, Branch):
        refused.append(
            InstancesRefusal(
                message="an entry under instances is no mapping", expected="name: with a text", origin=node.origin
            )
        )
        return
    lists: dict[str, tuple[InstanceValue, ...]] = {}
    texts: dict[str, InstanceValue] = {}
    for entry in node.entries:
        if entry.key not in _KEYS:
            refused.append(_unknown(entry, _KEYS))
        elif entry.key in _LISTS:
            lists[entry.key] = tuple(_list(entry, refused))
        elif isinstance(entry.value, Text) and not _is_bare(entry.value):
            texts[entry.key] = _value(entry.value)
        else:
            refused.append(_of_kind(entry, "a text in quotes"))
    if "name" in texts:
        yield Instance(name=texts["name"], filename=texts.get("filename"), **lists)
    elif "name" not in node.keys:
        refused.append(
            InstancesRefusal(message="an entry has no name", expected="name: with a text", origin=node.origin)
        )


def _list(entry: Entry, refused: list[InstancesRefusal]) -> Iterator[InstanceValue]:
    """The items of a list: a number among them is taken for a text, a number alone is not."""
    if isinstance(entry.value, Items):
        for one in entry.value.all:
            if isinstance(one, Text) and not one.is_null:
                yield _value(one)
            else:
                refused.append(
                    InstancesRefusal(message=f"an item of {entry.key} is no text", expected="texts", origin=one.origin)
                )
    elif isinstance(entry.value, Text) and not _is_bare(entry.value):
        yield _value(entry.value)
    else:
        refused.append(_of_kind(entry, "a text or a list of texts"))


def _is_bare(node: Text) -> bool:
    """Whether a value is a number, a flag or null, because quotes are missing."""
    return node.is_null or (not node.quoted and (node.value in _TRUTH or bool(_NUMBER.fullmatch(node.value))))


def _value(node: Text) -> InstanceValue:
    return InstanceValue(text=node.value, origin=node.origin)


def _unknown(entry: Entry, known: tuple[str, ...]) -> InstancesRefusal:
    hint = f"; {near}" if (near := did_you_mean(entry.key, known)) else ""
    return InstancesRefusal(
        message=f"the key {shown(entry.key, 60)} is unknown{hint}",
        expected=", ".join(known),
        origin=entry.origin,
    )


def _of_kind(entry: Entry, expected: str) -> InstancesRefusal:
    value = (
        entry.value.value
        if isinstance(entry.value, Text)
        else "a mapping"
        if isinstance(entry.value, Branch)
        else "a list"
    )
    return InstancesRefusal(
        message=f"{entry.key} is {shown(value, 60) or 'empty'}", expected=expected, origin=entry.value.origin
    )


ROW: Final = KindRow(kind=DocumentKind.INSTANCES, recognise=_recognise, read=_read)
