"""What the judging of one round leaves for the next: a check whose evidence did not change keeps its result. Pure.

A result is kept while everything that its check saw is as it was (``depends.py``), and until the moment at which the check would say something
else of the same evidence. Whether evidence changed is found by comparing values, piece by piece (``differences.py``).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import field
from datetime import datetime
from typing import Final

from diag.engine import differences
from diag.engine.acknowledged import Decisions
from diag.engine.chosen import Asking, Chosen, depending
from diag.engine.depends import NOTHING, On
from diag.engine.running import Slots
from diag.evidence.reads import Reads
from diag.lazy_dataclass import dataclass
from diag.model import ClusterEvidence, Coverage, LocalCluster, RemoteEvidence, Result, Status


@dataclass(frozen=True, slots=True)
class Frame:
    """What is the same for all checks of a remote: the seeds that carry no connection (None: none stands), and what the places depend on."""

    standing: frozenset[str] | None
    on: frozenset[On]


NO_FRAME: Final = Frame(None, NOTHING)


@dataclass(slots=True, kw_only=True)
class Judged:
    """One remote, or the local cluster itself (an empty alias), as it was judged: what was looked at, and what each check said before any policy.

    ``shared`` is what is known of its local cluster, ``evidence`` what is known of the remote. ``on`` is what each result depends on, in
    the order of the results; ``dated`` are those that hold for a time, by their place. ``changed`` is what is known otherwise than in the
    round before, None where there was none.
    """

    alias: str = ""
    shared: Slots
    asking: Asking
    evidence: RemoteEvidence | None = None
    frame: Frame = NO_FRAME
    results: tuple[Result, ...] = ()
    on: tuple[frozenset[On], ...] = ()
    dated: dict[int, Reads] = field(default_factory=dict)
    changed: frozenset[On] | None = None

    @property
    def cluster(self) -> ClusterEvidence:
        """The round that it is of."""
        found = self.shared[ClusterEvidence]
        assert isinstance(found, ClusterEvidence)  # noqa: S101 -- it is what is under this name.
        return found

    def ended(self, now: datetime) -> list[int]:
        """The results that held for a time which is over."""
        return [place for place, reads in self.dated.items() if not reads.hold_at(now)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """What the policy, and the relations between the checks, made of the results of a remote; ``notable`` are those that are no pass and no skip."""

    judged: tuple[Result, ...]
    by: Decisions
    results: tuple[Result, ...]
    notable: tuple[Result, ...]
    status: Status
    root_causes: tuple[str, ...]

    def holds_for(self, judged: Sequence[Result], by: Decisions) -> bool:
        """Whether it was made of these very results by the same decisions."""
        return self.judged is judged and (by is self.by or by == self.by)


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """How far a remote was looked at, of which results and which evidence that was made, and whether its own API was silent."""

    results: tuple[Result, ...]
    coverage: Coverage
    unanswered: bool
    on: frozenset[On]


class Memory:
    """The latest round of one local cluster, as judged by one choice of checks and one policy; another choice needs another memory."""

    def __init__(self) -> None:
        self.chosen: Chosen | None = None
        self.cluster: Judged | None = None
        self.aliases: list[str] = []
        self.verdicts: Judged | None = None
        self.judged: dict[str, Judged] = {}
        self.decided: dict[str, Decided] = {}
        self.looked: dict[str, Looked] = {}
        self._views: dict[str, Memory] = {}

    def of(self, place: str) -> Memory:
        """That of one vantage point: what is seen from there is compared with what was seen from there."""
        return self._views.setdefault(place, Memory())

    def keep_only(self, chosen: Chosen, aliases: Iterable[str]) -> None:
        """Forget the remotes that there are no more; everything, where other checks judge."""
        known = set(aliases) if self.chosen is chosen else set[str]()
        if self.chosen is not chosen:
            self.chosen, self.cluster, self.verdicts = chosen, None, None
        for kept in (self.judged, self.decided, self.looked):
            for gone in kept.keys() - known:
                del kept[gone]


class Comparison:
    """Compares the evidence of two rounds. What many remotes share is compared once.

    It holds the evidence of both, so it is made for one round and goes with it.
    """

    def __init__(self) -> None:
        # The values are held, so that no other value gets the identity of one that is gone.
        self._shared: dict[tuple[int, int], tuple[Slots, Slots, frozenset[On]]] = {}
        self._declared: dict[tuple[int, int], tuple[LocalCluster, LocalCluster, bool]] = {}
        self._again: dict[tuple[int, frozenset[On]], tuple[tuple[frozenset[On], ...], tuple[int, ...]]] = {}

    def of_cluster(self, old: Slots, new: Slots) -> frozenset[On]:
        """What is known otherwise of the local cluster."""
        key = (id(old), id(new))
        if key not in self._shared:
            self._shared[key] = (old, new, differences.of_cluster(old, new))
        return self._shared[key][2]

    def same_declared(self, old: Judged, new: Judged) -> bool:
        """Whether the same is declared of both clusters."""
        key = (id(old.cluster.cluster), id(new.cluster.cluster))
        if key not in self._declared:
            held = (old.cluster.cluster, new.cluster.cluster)
            self._declared[key] = (*held, held[0] is held[1] or held[0] == held[1])
        mine, other = old.evidence, new.evidence
        if mine is None or other is None:
            return self._declared[key][2] and mine is other
        return self._declared[key][2] and mine.remote == other.remote

    def again(self, on: tuple[frozenset[On], ...], changed: frozenset[On]) -> tuple[int, ...]:
        """The places of the results that depend on what changed."""
        key = (id(on), changed)
        if key not in self._again:
            self._again[key] = (on, depending(on, changed))
        return self._again[key][1]


@dataclass(frozen=True, slots=True)
class JudgedRound:
    """Everything that was judged: the results of the local cluster as a whole, and each remote in the order of the evidence."""

    own: tuple[Result, ...]
    remotes: tuple[Judged, ...]
