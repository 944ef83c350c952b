"""A stored answer of ``POST /_nodes/reload_secure_settings``: diag reads it from a file, because the call changes something."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from diag.gather.files import read_file
from diag.gather.told.json import items, mapping, moment, number, said, text, texts, written
from diag.model import NodeReload, Reload, Unavailable
from diag.model.api import NO_RELOAD

_NONE: Final = "it is no answer of POST _nodes/reload_secure_settings: expected JSON with nodes"
_NO_ANSWER: Final = "it did not answer"


def read_reload(path: Path | None) -> Reload | Unavailable:
    """Read the file; without one nothing is known."""
    if path is None:
        return NO_RELOAD
    data = read_file(path)
    return data if isinstance(data, Unavailable) else reload_of(str(path), data)


def reload_of(path: str, data: bytes) -> Reload:
    """Read the answer. The fields on the keystore itself are there from some 9.x release on."""
    try:
        told = mapping(json.loads(data))
    except (ValueError, RecursionError):
        return Reload(path=path, problem=_NONE)
    nodes = told.get("nodes")
    silent = tuple(_silent(mapping(told.get("_nodes"))))
    if not isinstance(nodes, dict) or not all(isinstance(one, dict) for one in nodes.values()) or not (nodes or silent):
        return Reload(path=path, problem=_NONE)
    return Reload(path=path, nodes=(*(_node(text(key), mapping(one)) for key, one in nodes.items()), *silent))


def _node(key: str, told: Mapping[str, object]) -> NodeReload:
    names = told.get("secure_setting_names")
    return NodeReload(
        node=text(told.get("name")) or key,
        error=_error(mapping(told.get("reload_exception"))),
        names=texts(names) if isinstance(names, list) else None,
        digest=text(told.get("keystore_digest")),
        changed=written(told.get("keystore_last_modified_time")) or moment(told.get("keystore_last_modified_time")),
    )


def _silent(told: Mapping[str, object]) -> Iterator[NodeReload]:
    """The nodes that did not take part: the answer is one of success all the same, and lists them apart, by their ids."""
    failures = list(items(told.get("failures")))
    for one in failures:
        yield NodeReload(node=text(one.get("node_id")) or "a node", error=_error(one) or _NO_ANSWER)
    if number(told.get("failed")) > 0 and not failures:
        yield NodeReload(node=f"{number(told.get('failed'))} of the nodes", error=_NO_ANSWER)


def _error(exception: Mapping[str, object]) -> str:
    parts = (text(exception.get("type")), said(exception.get("reason")))
    return ": ".join(part for part in parts if part)
