"""Follower indices: fatal errors, lag, trouble with reading."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from diag.check import NotApplicable
from diag.model import (
    ErrorKind,
    Follower,
    Indices,
    Remote,
    Replication,
    Unavailable,
)

UNLICENSED: Final = (
    "the license of the local cluster does not include replication, so that nothing more is known: license/ccr"
)


def of_remote(replication: Replication, remote: Remote) -> tuple[Follower, ...]:
    """The followers whose leader is on this remote."""
    return tuple(one for one in replication.followers if one.remote == remote.alias)


def each(replication: Replication, remote: Remote) -> Iterator[Follower | NotApplicable]:
    """Give the followers whose leader is on this remote, or say that there is none, or that their statistics are not to be had."""
    found = of_remote(replication, remote)
    if not found:
        yield NotApplicable("no index follows one of this remote")
    elif replication.unlicensed:
        yield NotApplicable(UNLICENSED)
    else:
        yield from found


def follows_another(one: Follower, here: Indices | Unavailable, there: Indices | Unavailable) -> bool:
    """Tell whether the index of the leader's name is not the one that the follower began with: it was made again, or restored anew."""
    if isinstance(here, Unavailable) or isinstance(there, Unavailable):
        return False
    wanted, found = here.named(one.index), there.named(one.leader)
    uuids = (wanted.leader_uuid if wanted else "", found.uuid if found else "")
    return all(uuids) and uuids[0] != uuids[1]


def has_lost_its_leader(follower: Follower) -> bool:
    """Tell whether a follower has stopped because its leader does not exist."""
    return ErrorKind.LEADER_GONE.fits(follower.fatal)
