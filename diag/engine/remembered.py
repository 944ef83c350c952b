"""What the judging of one round leaves for the next: a check whose evidence did not change keeps its result. Pure.

Whether evidence changed is found by comparing values, piece by piece. A check that asks for the time, or for a whole round of evidence,
is asked each time.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field
from typing import Final

from diag.check import Check, Scope
from diag.engine.acknowledged import Decisions
from diag.engine.running import Slots, View
from diag.evidence.slots import ENDPOINT, PROBE, Slot
from diag.lazy_dataclass import dataclass
from diag.model import ClusterEvidence, LocalCluster, Outcome, Probe, Remote, RemoteEvidence, Result, Status

_OF_ENDPOINTS: Final = frozenset(ENDPOINT)
_OF_PROBES: Final = frozenset({Probe, *PROBE})
_WHOLE: Final = frozenset({ClusterEvidence, RemoteEvidence})
_NARROW: Final[Mapping[Scope, frozenset[Slot]]] = {
    Scope.CLUSTER: frozenset(),
    Scope.REMOTE: frozenset(),
    Scope.ENDPOINT: _OF_ENDPOINTS,
    Scope.PROBE: _OF_ENDPOINTS | _OF_PROBES,
}


@dataclass(slots=True, kw_only=True)
class Judged:
    """One remote as it was judged: what was looked at, and what each check said of it, before any policy.

    ``shared`` is what is known of its local cluster.
    """

    cluster: LocalCluster
    remote: Remote
    standing: frozenset[str] | None
    shared: Slots
    views: Mapping[Scope, tuple[View, ...]]
    further: tuple[View, ...]
    results: Mapping[str, Result] = field(default_factory=dict)

    def keep_small(self) -> None:
        """Drop what is held by others too: all remotes share what is known of their cluster, all places what is known of their remote."""
        (around,) = self.views[Scope.REMOTE]
        own = {slot: value for slot, value in around.slots.items() if slot not in self.shared}
        self.views = {
            Scope.REMOTE: (View(own),),
            **{
                scope: tuple(
                    View({slot: one.slots[slot] for slot in narrow if slot in one.slots}, one.where)
                    for one in self.views[scope]
                )
                for scope, narrow in _NARROW.items()
                if narrow
            },
        }
        self.further = tuple(View({}, one.where) for one in self.further)


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """What the policy, and the relations between the checks, made of the results of a remote."""

    judged: tuple[Result, ...]
    by: Decisions
    results: tuple[Result, ...]
    status: Status
    root_causes: tuple[str, ...]

    def holds_for(self, judged: Sequence[Result], by: Decisions) -> bool:
        """Whether it was made of these very results by the same decisions."""
        same = len(judged) == len(self.judged) and all(a is b for a, b in zip(judged, self.judged, strict=True))
        return same and by == self.by


class Comparison:
    """Compares the evidence of two rounds, each pair of values once: many remotes share what is known of their local cluster.

    It holds the evidence of both, so it is made for one round and goes with it.
    """

    def __init__(self) -> None:
        # The values are held, so that no other value gets the identity of one that is gone.
        self._known: dict[tuple[int, int], tuple[object, object, bool]] = {}

    def same(self, old: Slots, new: Slots, slot: Slot) -> bool:
        """Whether two places hold the same there. A whole round is never the same: it holds its time."""
        mine, other = old.get(slot), new.get(slot)
        if mine is other:
            return True
        if slot in _WHOLE:
            return False
        key = (id(mine), id(other))
        if key not in self._known:
            self._known[key] = (mine, other, mine == other)
        return self._known[key][2]


class Memory:
    """The latest round of one local cluster, as judged by one choice of checks and one policy; another choice needs another memory."""

    def __init__(self) -> None:
        self.judged: dict[str, Judged] = {}
        self.decided: dict[str, Decided] = {}

    def keep_only(self, aliases: Iterable[str]) -> None:
        """Forget the remotes that there are no more."""
        known = set(aliases)
        for kept in (self.judged, self.decided):
            for gone in kept.keys() - known:
                del kept[gone]


def unchanged(before: Judged | None, now: Judged, checks: Iterable[Check], compare: Comparison) -> Mapping[str, Result]:
    """The results of the round before that hold: those of checks that would be asked the same again.

    A check that failed itself is asked again: it may only have been in want of time.
    """
    if (
        before is None
        or (before.cluster, before.remote) != (now.cluster, now.remote)
        or before.standing != now.standing
    ):
        return {}
    old, new = before.views[Scope.REMOTE][0].slots, now.views[Scope.REMOTE][0].slots
    around = frozenset(slot for slot in new if compare.same(before.shared if slot in before.shared else old, new, slot))
    same = {scope: _same_in(scope, before, now, around, compare) for scope in Scope}
    no_hop = not (before.further or now.further)
    holding = {name: one for name, one in before.results.items() if one.outcome is not Outcome.ERROR}
    return {
        check.id: holding[check.id]
        for check in checks
        if check.id in holding and check.asked_for <= same[check.scope] and (no_hop or not check.second_hop)
    }


def _same_in(
    scope: Scope, before: Judged, now: Judged, around: frozenset[Slot], compare: Comparison
) -> frozenset[Slot]:
    """What is the same at every place of a scope; nothing, where the places are others."""
    narrow = _NARROW[scope]
    if not narrow:
        return around
    old, new = before.views[scope], now.views[scope]
    if [one.where for one in old] != [one.where for one in new]:
        return around - narrow
    pairs = list(zip(old, new, strict=True))
    return (around - narrow) | {slot for slot in narrow if all(compare.same(a.slots, b.slots, slot) for a, b in pairs)}
