"""What changed in the evidence between two rounds, piece by piece. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from diag.check import Scope, Verdicts
from diag.engine.depends import EACH_ROUND, On
from diag.engine.places import places
from diag.engine.running import Slots, View
from diag.evidence import slots
from diag.evidence.now import Now
from diag.evidence.piece import Pieces, values_of
from diag.evidence.reads import alike, unnoted
from diag.model import ClusterEvidence, Probe, Remote, RemoteEvidence

_GET: Final = unnoted(RemoteEvidence)
# The nouns in fields of their own; whether the settings could be read stands beside them.
_NOUNS: Final[tuple[tuple[On, Callable[[Any], Any]], ...]] = (
    *((noun, _GET[name]) for noun, name in slots.REMOTE.items() if name not in slots.HOLDERS[RemoteEvidence]),
    (Remote, _GET["unreadable"]),
)
_PIECES: Final[tuple[tuple[Callable[[Any], Pieces], On, Mapping[str, On]], ...]] = tuple(
    (_GET[name], holder, {field: (holder.subject, noun) for noun, field in holder.fields.items()})
    for name, holder in slots.HOLDERS[RemoteEvidence].items()
)
# These are never the same in two rounds, and nothing depends on them as a whole.
_OF_ONE_ROUND: Final = frozenset[slots.Slot]({ClusterEvidence, Now, Verdicts})
_NARROW: Final[Mapping[Scope, tuple[slots.Slot, ...]]] = {
    Scope.ENDPOINT: tuple(slots.ENDPOINT),
    Scope.PROBE: (*slots.ENDPOINT, Probe, *slots.PROBE),
}


def of_cluster(old: Slots, new: Slots) -> frozenset[On]:
    """What is known otherwise of the local cluster."""
    names = (slot for slot in new if slot not in _OF_ONE_ROUND)
    return frozenset({EACH_ROUND, *(slot for slot in names if not alike(old.get(slot), new[slot]))})


def of_remote(old: RemoteEvidence, new: RemoteEvidence) -> Iterator[On]:
    """What is known otherwise of a remote as a whole."""
    for slot, get in _NOUNS:
        if (one := get(old)) is not (other := get(new)) and not alike(one, other):
            yield slot
    for holder, whole, keys in _PIECES:
        before, after = values_of(holder(old)), values_of(holder(new))
        if before != after and (others := [key for name, key in keys.items() if not alike(before[name], after[name])]):
            yield from (whole, *others)


def of_places(
    before: tuple[ClusterEvidence, RemoteEvidence], now: tuple[ClusterEvidence, RemoteEvidence]
) -> Iterator[On]:
    """What is known otherwise of the addresses; where they are others, the scope itself."""
    for scope, narrow in _NARROW.items():
        old, new = (tuple(places(scope, cluster, remote, {})) for cluster, remote in (before, now))
        if [one.where for one in old] != [one.where for one in new]:
            yield scope
        else:
            yield from (slot for slot in narrow if not _same_at_all(slot, old, new))


def _same_at_all(slot: slots.Slot, old: tuple[View, ...], new: tuple[View, ...]) -> bool:
    return all(alike(one.slots.get(slot), other.slots.get(slot)) for one, other in zip(old, new, strict=True))
