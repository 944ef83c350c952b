"""What the nodes answered when somebody reloaded their keystores: read from a file, because the call itself changes something."""

from __future__ import annotations

from dataclasses import dataclass


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
