"""On which evidence the answer of a check depends: what it asked for, and of a whole round what it read. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Final

from diag.check import Check, Scope, Verdicts
from diag.engine.running import BUILTIN_PACK
from diag.evidence import slots
from diag.evidence.now import Now
from diag.evidence.reads import Read, holds_fleeting
from diag.lazy_dataclass import dataclass
from diag.model import (
    ClusterEvidence,
    Endpoints,
    PublishedEndpoints,
    Remote,
    RemoteEvidence,
)

# What an answer depends on besides pieces of evidence: the places of a scope, and whether the connection stands.
On = slots.Slot | Scope | str
STANDING: Final = "standing"
EACH_ROUND: Final = "each round"
ANY_REMOTE: Final = "any remote of the cluster"
NOTHING: Final = frozenset[On]()

_WHOLE: Final = frozenset[On]({ClusterEvidence, RemoteEvidence, Now, Verdicts})
_SECOND_HOP: Final = frozenset[On]({PublishedEndpoints, Endpoints})
_HOLDERS: Final = {holder for names in slots.HOLDERS.values() for holder in names.values()}
_ON: Final[Mapping[Read, On | None]] = {
    **{(ClusterEvidence, name): noun for noun, name in slots.CLUSTER.items()},
    **{(RemoteEvidence, name): noun for noun, name in slots.REMOTE.items()},
    **{(holder, name): (holder.subject, noun) for holder in _HOLDERS for noun, name in holder.fields.items()},
    # These hold pieces, each of which is noted where it is read.
    **{(kind, name): None for kind, names in slots.HOLDERS.items() for name in names},
    (RemoteEvidence, "unreadable"): Remote,
    (ClusterEvidence, "remotes"): ANY_REMOTE,
    (Verdicts, "results"): Verdicts,
    (Verdicts, "checks"): None,
}


@dataclass(frozen=True, slots=True)
class Depends:
    """What the answers of one check depend on: where it can't be asked because evidence is missing, and where it can."""

    lacking: frozenset[On]
    asked: frozenset[On]

    @classmethod
    def of(cls, check: Check) -> Depends:
        """What follows from what it asks for."""
        there = {check.scope} if check.scope in {Scope.ENDPOINT, Scope.PROBE} else set[On]()
        if check.second_hop:
            there |= _SECOND_HOP
        asked = set[On](check.asked_for)
        # A check of a foreign pack is asked on another thread, where it is not known what it reads.
        if check.pack != BUILTIN_PACK and (asked & _WHOLE or any(map(_is_fleeting, check.asked_for))):
            asked.add(EACH_ROUND)
        return cls(frozenset(there | set(check.required)) - _WHOLE, frozenset(there | asked) - _WHOLE)


def _is_fleeting(slot: slots.Slot) -> bool:
    return holds_fleeting(slot if isinstance(slot, type) else slot[1])


@lru_cache(maxsize=4096)
def on_fields(fields: frozenset[Read]) -> frozenset[On]:
    """What was read, as what it depends on."""
    found = (_ON.get(read, EACH_ROUND) for read in fields)
    return frozenset(one for one in found if one is not None)
