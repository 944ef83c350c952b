"""The node sets of an ECK cluster, as far as they say which labels their pods get."""

from __future__ import annotations

from diag.lazy_dataclass import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class EckNodeSet:
    """One of ``spec.nodeSets``: ``roles`` are those of its nodes, None where its settings do not tell them; ``labels`` those of its pod template."""

    name: str
    roles: frozenset[str] | None
    labels: tuple[tuple[str, str], ...]
