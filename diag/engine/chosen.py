"""The checks of one choice, and what is decided of them once and not in each round. Pure."""

from __future__ import annotations

import functools
import operator
from collections.abc import Iterable, Sequence
from typing import Final

from diag.check import Check, Scope, Verdicts
from diag.engine.askable import Together, plain
from diag.engine.depends import EACH_ROUND, NOTHING, Depends, On, on_fields
from diag.engine.running import Question
from diag.evidence.reads import Read
from diag.lazy_dataclass import dataclass
from diag.model import Kind, LocalCluster, Mode, Outcome, Remote, Result, SecurityModel

_Configured = tuple[Kind, SecurityModel, Mode | None, Kind]


@dataclass(frozen=True, slots=True)
class Applying:
    """What is decided by the configuration alone, each in the order of the checks.

    ``results`` are those of the checks that do not apply, None where one does; ``on`` is what an answer depends on that is given because
    evidence is missing. ``together`` are the checks that do apply, those together that look at the same places.
    """

    results: tuple[Result | None, ...]
    on: tuple[frozenset[On], ...]
    together: tuple[Together, ...]


class Asking:
    """The checks that look at remotes (or at the local cluster as a whole), and which of them apply to which configuration."""

    def __init__(self, checks: Iterable[Check]) -> None:
        self.checks: Sequence[Check] = tuple(checks)
        self._applying: dict[_Configured | Kind, Applying] = {}
        self._both: dict[tuple[frozenset[On], frozenset[Read]], frozenset[On]] = {}
        self._same: dict[tuple[frozenset[On], ...], tuple[frozenset[On], ...]] = {}

    @functools.cached_property
    def depends(self) -> tuple[Depends, ...]:
        """What the answers of each check depend on."""
        return tuple(map(Depends.of, self.checks))

    @functools.cached_property
    def passed(self) -> tuple[Result, ...]:
        """For each check the result where it has nothing to say."""
        return tuple(plain(one.id, one.layer, one.essential, Outcome.PASS) for one in self.checks)

    @functools.cached_property
    def questions(self) -> tuple[Question, ...]:
        """Each check, ready to be asked."""
        return tuple(map(Question, self.checks))

    def applying(self, cluster: LocalCluster, remote: Remote | None) -> Applying:
        """Which of the checks apply, by what is configured."""
        key = (
            cluster.kind
            if remote is None
            else (cluster.kind, remote.security_model, remote.effective_mode, remote.kind)
        )
        if key not in self._applying:
            self._applying[key] = self._decided(cluster, remote)
        return self._applying[key]

    def _decided(self, cluster: LocalCluster, remote: Remote | None) -> Applying:
        results = tuple(_refusal(check, cluster, remote) for check in self.checks)
        by_places: dict[tuple[Scope, bool], list[tuple[int, Check]]] = {}
        for place, check in enumerate(self.checks):
            if results[place] is None:
                by_places.setdefault((check.scope, check.second_hop), []).append((place, check))
        on = tuple(
            one.lacking if result is None else NOTHING for one, result in zip(self.depends, results, strict=True)
        )
        return Applying(results, on, tuple(map(Together, by_places.values())))

    def both(self, on: frozenset[On], fields: frozenset[Read]) -> frozenset[On]:
        """What was asked for, and what was read of the rest."""
        key = (on, fields)
        if key not in self._both:
            self._both[key] = on | on_fields(fields)
        return self._both[key]

    def one_of(self, on: tuple[frozenset[On], ...]) -> tuple[frozenset[On], ...]:
        """The same value for all remotes whose results depend on the same: there are few, and thousands of remotes."""
        return self._same.setdefault(on, on)


def depending(on: tuple[frozenset[On], ...], changed: frozenset[On]) -> tuple[int, ...]:
    """The places of the results that depend on what changed."""
    each_round, others = _in_each_round(on)
    if others.isdisjoint(changed):
        return each_round
    return tuple(place for place, one in enumerate(on) if not one.isdisjoint(changed))


@functools.lru_cache(maxsize=1024)
def _in_each_round(on: tuple[frozenset[On], ...]) -> tuple[tuple[int, ...], frozenset[On]]:
    """The places of the results that depend on what is another one in each round, and on what else all of them depend."""
    places = tuple(place for place, one in enumerate(on) if EACH_ROUND in one)
    return places, frozenset[On]().union(*on) - {EACH_ROUND}


class Chosen:
    """One choice of checks, in the parts that are asked apart: at each remote, at the local cluster, and last those that see all results.

    Checks of remotes judge documents too, where they have a part for it.
    """

    def __init__(self, checks: Sequence[Check]) -> None:
        self.checks = tuple(checks)
        self.by_id = {one.id: one for one in checks}
        self.of_remotes = Asking(one for one in checks if one.scope is not Scope.CLUSTER)
        alone = [one for one in checks if one.scope is Scope.CLUSTER]
        early = [one for one in alone if Verdicts not in one.asked_for]
        self.of_verdicts = Asking(one for one in alone if Verdicts in one.asked_for)
        in_documents = [one.in_documents for one in checks if one.in_documents is not None]
        self._of_cluster = {False: Asking(early), True: Asking([*early, *in_documents])}
        self._order = {one.id: place for place, one in enumerate([*alone, *in_documents])}

    def of_cluster(self, *, documents: bool) -> Asking:
        """The checks of the local cluster as a whole; with those that look at documents, where there are ``documents``."""
        return self._of_cluster[documents]

    def in_order(self, results: Iterable[Result]) -> tuple[Result, ...]:
        """The results of the local cluster in the order of the checks."""
        return tuple(sorted(results, key=lambda one: self._order[one.check]))

    def is_of(self, checks: Sequence[Check]) -> bool:
        """Whether it is a choice of these very checks."""
        return self.checks is checks or (
            len(self.checks) == len(checks) and all(map(operator.is_, self.checks, checks))
        )


_LATEST: Final = list[Chosen]()
_KEPT: Final = 4


def chosen_of(checks: Sequence[Check]) -> Chosen:
    """The choice of these checks; the latest ones are kept, because all local clusters have the same."""
    found = next((one for one in _LATEST if one.is_of(checks)), None)
    if found is None:
        found = Chosen(checks)
        _LATEST[:] = [found, *_LATEST[: _KEPT - 1]]
    return found


def unasked(checks: Sequence[Check], cluster: LocalCluster, remote: Remote | None, because: str) -> tuple[Result, ...]:
    """The results of checks that nobody asked, of a remote or of the local cluster as a whole: unknown, each where it applies."""
    of_cluster = remote is None
    return tuple(
        _refusal(check, cluster, remote)
        or Result(
            check=check.id, outcome=Outcome.UNKNOWN, layer=check.layer, because=because, essential=check.essential
        )
        for check in checks
        if (check.scope is Scope.CLUSTER) is of_cluster
    )


def _refusal(check: Check, cluster: LocalCluster, remote: Remote | None) -> Result | None:
    refusal = check.applies.refusal(cluster, remote)
    return plain(check.id, check.layer, check.essential, Outcome.SKIP, refusal) if refusal else None
