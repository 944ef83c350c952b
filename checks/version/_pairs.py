"""Which local release goes with which remote release."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

from checks.shared.release_range import extremes, span
from diag.model import (
    LocalNodes,
    LocalVersion,
    RemoteNodes,
    RemoteVersion,
    Unavailable,
    Version,
)

_Ours = LocalNodes | Unavailable


_Theirs = RemoteNodes | Unavailable


def pairs(
    local: LocalVersion, ours: _Ours, remote: RemoteVersion, theirs: _Theirs
) -> Iterator[tuple[Version, Version, str, str]]:
    """Give each pair of a local and a remote release, the lowest ones first, each with the words about the others beside it."""
    here, there = extremes(local, ours), extremes(remote, theirs)
    for one, other in product(here, there):
        yield one, other, span(here), span(there)
