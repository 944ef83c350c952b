"""How the follower indices are, and how far their first copies: asked for only where something is followed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Final

from diag.evidence.call import Call, joined
from diag.evidence.elasticsearch.cluster_settings import LAYERS
from diag.evidence.piece import Piece, Subject
from diag.evidence.reading import items, mapping, number, text, unreadable
from diag.evidence.terms import Reason, Step, Unavailable
from diag.lazy_dataclass import dataclass

HEALTH: Final = Call(
    path="/_cluster/health?level=indices&filter_path=cluster_name,indices.*.status,indices.*.initializing_shards"
)
_RECOVERY: Final = Call(path="/<index>/_recovery", on="the follower indices")
NO_FOLLOWERS: Final = Unavailable(
    step=Step.API, reason=Reason.NOT_REQUESTED, detail="the local cluster has no follower index"
)
NO_RECOVERIES: Final = Unavailable(step=Step.API, reason=Reason.NOT_REQUESTED, detail="no follower is being copied now")
_UNITS: Final = {"b": 1, "kb": 1 << 10, "mb": 1 << 20, "gb": 1 << 30, "tb": 1 << 40}
_USUAL_RATE: Final = 40 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowerShards:
    """How the shards of one follower index are: green, yellow or red, and how many start."""

    index: str
    status: str
    initializing: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowersHealth:
    """The health of every follower index."""

    all: tuple[FollowerShards, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class InitialRecovery:
    """What is left of the first copy of one follower from its leader, in bytes."""

    index: str
    left: int


@dataclass(frozen=True, slots=True, kw_only=True)
class InitialRecoveries:
    """The first copies that run now. ``rate`` is ``ccr.indices.recovery.max_bytes_per_sec``, in bytes a second for each node."""

    all: tuple[InitialRecovery, ...]
    rate: int


def of_names(names: Iterable[str]) -> Call:
    """What is left of copying these indices: the only call of every round that wants a privilege on them."""
    path = f"/{joined(names)}/_recovery?active_only=true&filter_path=*.shards.type,*.shards.index.size"
    return replace(_RECOVERY, path=path)


def read_health(answer: object, followers: Iterable[str]) -> FollowersHealth | Unavailable:
    """Read the health of these indices; one that is not there is left out."""
    reported = mapping(answer)
    if "cluster_name" not in reported:
        return unreadable(HEALTH)
    shown = mapping(reported.get("indices"))
    found = (
        FollowerShards(
            index=name,
            status=text(mapping(shown[name]).get("status")),
            initializing=number(mapping(shown[name]).get("initializing_shards")),
        )
        for name in followers
        if name in shown
    )
    return FollowersHealth(all=tuple(found))


def read_recoveries(answer: object) -> tuple[InitialRecovery, ...] | Unavailable:
    """Read how many bytes each index still has to fetch from its leader."""
    if not isinstance(answer, Mapping):
        return unreadable(_RECOVERY)
    return tuple(_recoveries(mapping(answer)))


def _recoveries(reported: Mapping[str, object]) -> Iterator[InitialRecovery]:
    for name, index in reported.items():
        sizes = [
            mapping(mapping(shard.get("index")).get("size"))
            for shard in items(mapping(index).get("shards"))
            if text(shard.get("type")).upper() == "SNAPSHOT"  # The leader poses as a repository of snapshots.
        ]
        if sizes:
            yield InitialRecovery(index=text(name), left=sum(map(_left, sizes)))


def _left(size: Mapping[str, object]) -> int:
    done = number(size.get("reused_in_bytes")) + number(size.get("recovered_in_bytes"))
    return max(0, number(size.get("total_in_bytes")) - done)


def read_rate(answer: object) -> int:
    """Read ``ccr.indices.recovery.max_bytes_per_sec`` from the settings, in bytes; the usual value where it is not there."""
    reported = mapping(answer)
    for layer in reversed(LAYERS):
        recovery = mapping(mapping(mapping(mapping(reported.get(layer)).get("ccr")).get("indices")).get("recovery"))
        found = re.fullmatch(
            r"(\d{1,15}(?:\.\d{1,9})?)(b|kb|mb|gb|tb)", text(recovery.get("max_bytes_per_sec")).lower()
        )
        if found is not None:
            return int(float(found[1]) * _UNITS[found[2]])
    return _USUAL_RATE


OF_SHARDS: Final = Piece(name="health", noun=FollowersHealth, subjects=(Subject.LOCAL,), calls=(HEALTH,))
RECOVERIES: Final = Piece(name="copies", noun=InitialRecoveries, subjects=(Subject.LOCAL,), calls=(_RECOVERY,))
