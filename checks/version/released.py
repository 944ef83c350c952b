"""Where a release number means something: a serverless project reports one, but has no releases."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from diag.model import Kind, LocalVersion, RemoteVersion, Unavailable, Version

RELEASED: Final = tuple(kind for kind in Kind if kind is not Kind.SERVERLESS)

Side = LocalVersion | RemoteVersion | Unavailable


def known(local: Side, remote: Side) -> Iterator[tuple[str, Version]]:
    """Give each side whose release is known, with a name for sentences."""
    for name, side in (("local", local), ("remote", remote)):
        if not isinstance(side, Unavailable):
            yield name, side.number


def missing(local: Side, remote: Side) -> str:
    """Say what is not known of the releases; empty where both are."""
    return "; ".join(dict.fromkeys(str(side) for side in (local, remote) if isinstance(side, Unavailable)))
