"""A stored answer of ``POST /_nodes/reload_secure_settings``: diag reads it from a file, because the call changes something."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from diag.gather.files import read_file
from diag.gather.told.json import mapping, moment, text, texts
from diag.model import NodeReload, Reload, Unavailable
from diag.model.api import NO_RELOAD

_NONE: Final = "it is no answer of POST _nodes/reload_secure_settings: expected JSON with nodes"


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
    if not isinstance(nodes, dict) or not nodes:
        return Reload(path=path, problem=_NONE)
    return Reload(path=path, nodes=tuple(_node(mapping(one)) for one in nodes.values()))


def _node(told: Mapping[str, object]) -> NodeReload:
    names = told.get("secure_setting_names")
    return NodeReload(
        node=text(told.get("name")),
        error=_error(mapping(told.get("reload_exception"))),
        names=texts(names) if isinstance(names, list) else None,
        digest=text(told.get("keystore_digest")),
        changed=_time(told.get("keystore_last_modified_time")),
    )


def _error(exception: Mapping[str, object]) -> str:
    parts = (text(exception.get("type")), text(exception.get("reason")))
    return ": ".join(part for part in parts if part)


def _time(value: object) -> datetime | None:
    """A time as ISO 8601 or in milliseconds."""
    try:
        found = datetime.fromisoformat(text(value))
    except ValueError:
        return moment(value)
    return found if found.tzinfo is not None else found.replace(tzinfo=UTC)
