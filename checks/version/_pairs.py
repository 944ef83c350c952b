"""Which local release goes with which remote release."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

from checks.shared.release_range import and_others, extremes
from diag.model import (
    LocalVersion,
    Nodes,
    RemoteVersion,
    Unavailable,
    Version,
)

_LocalSide = Nodes | Unavailable
_RemoteSide = Nodes | Unavailable


def pairs(
    local_version: LocalVersion, local_side: _LocalSide, remote_version: RemoteVersion, remote_side: _RemoteSide
) -> Iterator[tuple[Version, Version, str, str]]:
    """Give each pair of a local and a remote release, the lowest ones first, each with the words about the others next to it."""
    here, there = extremes(local_version, local_side), extremes(remote_version, remote_side)
    for one, other in product(here, there):
        yield one, other, and_others(here), and_others(there)
