"""Whether every node has the API key, and whether the cluster uses the entry that lies in the keystore."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from diag.check import Unknown
from diag.model import (
    LocalNodes,
    Reload,
    Unavailable,
    listed,
)

RELOAD: Final = "POST _nodes/reload_secure_settings"


def absent_on(reload: Reload, nodes: LocalNodes | Unavailable, *, every: bool) -> Iterator[Unknown]:
    """Say which nodes the stored answer leaves out: it may be of one node alone, or from before they joined."""
    if isinstance(nodes, Unavailable):
        yield Unknown(f"whether {reload.path} has all nodes can't be told: {nodes}")
        return
    told = {one.node for one in reload.nodes}
    absent = [one.name for one in (nodes.all if every else nodes.clients) if one.name not in told]
    if absent:
        yield Unknown(f"{reload.path} does not have {len(absent)} of the nodes: {listed(absent)}")
    elif nodes.failed:
        yield Unknown(f"whether {reload.path} has all nodes can't be told: {nodes.failed} did not answer GET _nodes")
