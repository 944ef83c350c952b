"""Indices as the metadata of a cluster shows them: the followers of the local cluster, and what of the remote one is of use."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from diag.evidence.terms import Version

# So many indices of a cluster are kept at the most; a list of that length may lack some.
MAX_INDICES: Final = 5000


@dataclass(frozen=True, slots=True, kw_only=True)
class Index:
    """One index (``GET /_cluster/state/metadata``).

    ``created_in`` is the release that made it. ``soft_deletes`` is None where the setting is not there: then it is on from 7.0 on.
    ``follows`` says that it is itself a follower. ``pipelines`` are its default and final ingest pipelines, ``policy`` its ILM policy.
    ``step`` is the ILM step that it is in, since ``step_since``. ``blocks`` are those of its ``index.blocks`` that are on; None where they
    were not asked for.
    """

    name: str
    created: datetime | None = None
    created_in: Version | None = None
    soft_deletes: bool | None = None
    system: bool = False
    closed: bool = False
    follows: bool = False
    policy: str = ""
    pipelines: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    step: str = ""
    step_since: datetime | None = None
    blocks: tuple[str, ...] | None = None

    @property
    def replicable(self) -> bool:
        """Whether it keeps the history of operations that a follower reads (soft deletes)."""
        if self.soft_deletes is not None:
            return self.soft_deletes
        return self.created_in is None or self.created_in >= Version(7, 0, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Indices:
    """Those indices of a cluster that a check may ask for: followers, leaders, and what the declared use of a remote names.

    ``policies`` and ``pipelines`` are the names of all ILM policies and ingest pipelines that the cluster has, ``data_streams`` those
    of the data streams that the declared use names.
    """

    all: tuple[Index, ...]
    policies: tuple[str, ...] = ()
    pipelines: tuple[str, ...] = ()
    data_streams: tuple[str, ...] = ()

    def named(self, name: str) -> Index | None:
        """The index of this name, None where the cluster has none."""
        return next((one for one in self.all if one.name == name), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalIndices(Indices):
    """Of the local cluster."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoteIndices(Indices):
    """Of the remote cluster."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowerShards:
    """How the shards of one follower index are (``GET /_cluster/health?level=indices``): green, yellow or red, and how many start."""

    index: str
    status: str
    initializing: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowersHealth:
    """The health of every follower index."""

    all: tuple[FollowerShards, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class InitialRecovery:
    """What is left of the first copy of one follower from its leader (``GET /<index>/_recovery``), in bytes."""

    index: str
    left: int


@dataclass(frozen=True, slots=True, kw_only=True)
class InitialRecoveries:
    """The first copies that run now. ``rate`` is ``ccr.indices.recovery.max_bytes_per_sec``, in bytes a second for each node."""

    all: tuple[InitialRecovery, ...]
    rate: int
