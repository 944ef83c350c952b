"""A stored answer of ``POST /_nodes/reload_secure_settings``: diag reads it from a file, because the call changes something."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from diag.collect.files import read_file
from diag.collect.told.json import items, mapping, number, stated, text, texts
from diag.evidence.api import NO_RELOAD
from diag.model import Keystore, NodeReload, Reason, SecureSettingsReload, Unavailable

_NONE: Final = "it is no answer of POST _nodes/reload_secure_settings: expected JSON with nodes"
_LINE: Final = re.compile(r"^.*$", re.MULTILINE)
_NO_ANSWER: Final = "it did not answer"


def read_reload(path: Path | None) -> SecureSettingsReload | Unavailable:
    """Read the file; without one nothing is known."""
    if path is None:
        return NO_RELOAD
    data = read_file(path)
    return data if isinstance(data, Unavailable) else reload_of(str(path), data)


def reload_of(path: str, data: bytes) -> SecureSettingsReload:
    """Read the answer. The fields on the keystore itself are there from some 9.x release on."""
    try:
        found = list(_objects(data.decode(json.detect_encoding(data)).removeprefix("\ufeff")))
    except ValueError:
        found = []
    reported = next((one for one in found if "nodes" in one or "_nodes" in one), {})
    nodes = reported.get("nodes")
    silent = tuple(_silent(mapping(reported.get("_nodes"))))
    if not isinstance(nodes, dict) or not all(isinstance(one, dict) for one in nodes.values()) or not (nodes or silent):
        refused = next((one for one in found if "error" in one), {})
        return SecureSettingsReload(path=path, problem=_refused(refused) if refused else _NONE)
    return SecureSettingsReload(
        path=path, nodes=(*(_node(text(key), mapping(one)) for key, one in nodes.items()), *silent)
    )


def _objects(written_: str) -> Iterator[Mapping[str, object]]:
    """Give the objects that begin a line: consoles put the request, comments and headers before an answer, shells a prompt after it."""
    at = 0
    for line in _LINE.finditer(written_):
        if line.start() < at or not line[0].startswith("{"):
            continue
        try:
            value, at = json.JSONDecoder().raw_decode(written_, line.start())
        except (ValueError, RecursionError):
            continue
        yield mapping(value)


def _refused(reported: Mapping[str, object]) -> str:
    """Word an answer that is an error: nothing was reloaded then."""
    error = reported.get("error")
    why = _error(mapping(error)) if isinstance(error, dict) else stated(error)
    status = number(reported.get("status"))
    return f"the call was refused{f' ({status})' if status else ''}: {why or 'it does not say why'}"


def keystore_of(declared: Keystore | Unavailable, reload: SecureSettingsReload | Unavailable) -> Keystore | Unavailable:
    """The names in the keystores: the declared ones, else those that the nodes named when they were reloaded, if all of them did."""
    if isinstance(declared, Keystore) or declared.reason is not Reason.NOT_TOLD or isinstance(reload, Unavailable):
        return declared
    named = [one.names for one in reload.nodes if one.names is not None]
    if not named or len(named) < len(reload.nodes):
        return declared
    return Keystore(names=tuple(dict.fromkeys(name for names in named for name in names)))


def _node(key: str, reported: Mapping[str, object]) -> NodeReload:
    names = reported.get("secure_setting_names")
    return NodeReload(
        node=text(reported.get("name")) or key,
        error=_error(mapping(reported.get("reload_exception"))),
        names=texts(names) if isinstance(names, list) else None,
    )


def _silent(reported: Mapping[str, object]) -> Iterator[NodeReload]:
    """The nodes that did not take part: the answer is one of success all the same, and lists them apart, by their ids."""
    failures = list(items(reported.get("failures")))
    for one in failures:
        yield NodeReload(node=text(one.get("node_id")) or "a node", error=_error(one) or _NO_ANSWER)
    if number(reported.get("failed")) > 0 and not failures:
        yield NodeReload(node=f"{number(reported.get('failed'))} of the nodes", error=_NO_ANSWER)


def _error(exception: Mapping[str, object]) -> str:
    parts = (text(exception.get("type")), stated(exception.get("reason")))
    return ": ".join(part for part in parts if part)
