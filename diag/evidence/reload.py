"""A stored answer of ``POST /_nodes/reload_secure_settings``: read from a file, because the call itself changes something."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Final

from diag.evidence.piece import Piece, Subject
from diag.evidence.reading import items, mapping, number, stated, text, texts
from diag.evidence.terms import Reason, Step, Unavailable
from diag.lazy_dataclass import dataclass

NO_RELOAD: Final = Unavailable(
    step=Step.CONFIGURATION,
    reason=Reason.NOT_REQUESTED,
    detail="no reload_response is configured for the local cluster",
)
_NONE: Final = "it is no answer of POST _nodes/reload_secure_settings: expected JSON with nodes"
_LINE: Final = re.compile(r"^.*$", re.MULTILINE)
_NO_ANSWER: Final = "it did not answer"


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeReload:
    """One node of the answer. ``error`` is Elasticsearch's text, empty where the reload went well.

    ``names`` are those of its entries, from some 9.x release on; else None.
    """

    node: str
    error: str = ""
    names: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SecureSettingsReload:
    """The stored answer of ``POST /_nodes/reload_secure_settings``; ``problem`` is empty where the file is one."""

    path: str
    nodes: tuple[NodeReload, ...] = ()
    problem: str = ""


def read(path: str, data: bytes) -> SecureSettingsReload:
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


PIECE: Final = Piece(name="reload", noun=SecureSettingsReload, subjects=(Subject.LOCAL,), absent=NO_RELOAD)
