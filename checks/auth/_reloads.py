"""Whether every node has the API key, and whether the cluster uses the entry that lies in the keystore."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from diag.check import Unknown
from diag.model import (
    RELOAD,
    Nodes,
    SecureSettingsReload,
    Unavailable,
    listed,
)

# The call whose answer is stored as ``reload_response``.
NAME: Final = RELOAD.line


def absent_on(reload: SecureSettingsReload, local_nodes: Nodes | Unavailable, *, every: bool) -> Iterator[Unknown]:
    """Say which nodes the stored answer leaves out: it may be of one node alone, or from before they joined."""
    if isinstance(local_nodes, Unavailable):
        yield Unknown(f"whether {reload.path} has all nodes is not known: {local_nodes}", piece=local_nodes)
        return
    reported = {one.node for one in reload.nodes}
    absent = [one.name for one in (local_nodes.all if every else local_nodes.clients) if one.name not in reported]
    if absent:
        yield Unknown(f"{reload.path} does not have {len(absent)} of the nodes: {listed(absent)}")
    elif local_nodes.failed:
        yield Unknown(
            f"whether {reload.path} has all nodes is not known: {local_nodes.failed} did not answer GET _nodes"
        )
