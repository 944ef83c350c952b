"""The API key as the clusters know it: on which of them it is, whether it can be used, and whether it allows search and replication."""

from __future__ import annotations

from typing import Final

from checks.shared.index_patterns import stream
from diag.check import NotApplicable
from diag.model import (
    KeyAccess,
    KeyRecord,
    Remote,
    Replication,
    Unavailable,
    admits,
)

GONE: Final = NotApplicable("the remote cluster does not know the key; auth/key-invalid is about that")
NO_REMOTE_KEY: Final = NotApplicable("the key is no cross-cluster API key; auth/key-wrong-type is about that")
CROSS_CLUSTER: Final = "cross_cluster"


def serves_replication_only(record: KeyRecord, remote: Remote, replication: Replication | Unavailable) -> bool:
    """Tell whether a key without access for searches is meant so: it serves for replication, and no search is declared."""
    replicates = isinstance(replication, Unavailable) or remote.alias in replication.aliases
    searched = remote.use.search or remote.use.esql or remote.use.enrich
    return bool(record.replication) and replicates and not searched


def lacks_replication(record: KeyRecord, remote: Remote, replication: Replication | Unavailable) -> bool:
    """Tell whether replication is declared or goes on, and the key allows none at all."""
    goes_on = not isinstance(replication, Unavailable) and remote.alias in replication.aliases
    return not record.replication and (bool(remote.use.replicate) or goes_on)


def leaders_of(replication: Replication | Unavailable, remote: Remote) -> tuple[str, ...]:
    """The indices of this remote that are followed, as far as that is known."""
    if isinstance(replication, Unavailable):
        return ()
    return tuple(one.leader for one in replication.followers if one.remote == remote.alias)


def names_of(access: tuple[KeyAccess, ...]) -> tuple[str, ...]:
    """The names and patterns of a key."""
    return tuple(name for one in access for name in one.names)


def uncovered(access: tuple[KeyAccess, ...], indices: tuple[str, ...]) -> tuple[str, ...]:
    """Those of the indices that surely no name of a key covers, nor that of the data stream to which an index belongs by its name."""
    return tuple(
        index for index in indices if covered(access, index) is False and covered(access, stream(index)) is False
    )


def covered(access: tuple[KeyAccess, ...], index: str) -> bool | None:
    """Tell whether a key covers an index; None where an expression among its names leaves that open."""
    return bool(index) and admits(names_of(access), (index,))
