"""The board: the latest report of each local cluster, as one immutable snapshot that is swapped whole."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from dataclasses import field
from datetime import UTC, datetime
from functools import cached_property
from types import MappingProxyType
from typing import Final

from diag import engine
from diag.lazy_dataclass import dataclass
from diag.model import (
    ClusterEvidence,
    ClusterReport,
    LocalCluster,
    Outcome,
    Reason,
    Remote,
    RemoteEvidence,
    RemoteReport,
    Report,
    Result,
    Status,
    Step,
    Unavailable,
)

MAX_CHANGES = (
    20  # What is kept of the past of one remote: enough for a bad night, little enough for a thousand remotes.
)

_NOTHING_FAILS: Final[Mapping[str, datetime]] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A remote changed its state, or the first cause of it. ``before`` is None where it was seen for the first time."""

    alias: str
    at: datetime
    before: Status | None
    after: Status
    root_cause: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoteHistory:
    """Since when a remote is in its state, its latest changes, the newest last, and since when each failing check fails without a break."""

    since: datetime
    changes: tuple[Change, ...]
    failing: Mapping[str, datetime] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundFacts:
    """What is known of the last round of a cluster.

    ``finished_at`` is None until one finished. ``failure`` says why what the board shows of the cluster can't be trusted any more;
    it is empty while it can.
    """

    finished_at: datetime | None = None
    took: float = 0.0
    late: float = 0.0
    failure: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClusterState:
    """One local cluster on the board. ``failing`` says since when each check of the cluster itself fails without a break."""

    report: ClusterReport
    round: RoundFacts
    remotes: Mapping[str, RemoteHistory]
    failing: Mapping[str, datetime] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Snapshot:
    """Everything the board holds at one moment. ``generation`` grows with each change; ``awaited`` were not seen yet.

    ``early`` is what the first round of an awaited cluster has found so far: remotes that are judged while others are still being looked at.
    It is for readers of a page alone, who need not wait for the slowest remote; nothing else counts it.
    """

    generation: int
    at: datetime
    clusters: Mapping[str, ClusterState] = field(default_factory=dict)
    awaited: tuple[str, ...] = ()
    early: Mapping[str, ClusterState] = field(default_factory=dict)

    @cached_property
    def shown(self) -> Mapping[str, ClusterState]:
        """What a page shows: every cluster that had a round, and what is there of the others."""
        return {**self.clusters, **self.early}

    @cached_property
    def report(self) -> Report:
        """The report over all clusters, made when somebody first asks. While a cluster is awaited it is never ok."""
        made = engine.report((state.report for state in self.clusters.values()), self.at)
        if not self.awaited:
            return made
        return dataclasses.replace(made, status=engine.worst([made.status, Status.UNKNOWN]))


class Board:
    """Holds the latest snapshot. One writer (the event loop); readers on any thread take a snapshot and keep it."""

    def __init__(self, names: Iterable[str] = (), *, at: datetime | None = None) -> None:
        self._names = tuple(names)
        self._snapshot = Snapshot(generation=0, at=at or datetime.now(UTC), awaited=self._names)

    def snapshot(self) -> Snapshot:
        """The board as it is now; what comes later does not change it."""
        return self._snapshot

    def expect(self, names: Iterable[str]) -> None:
        """Say which clusters there are, in the order in which they are shown; the others are forgotten."""
        self._names = tuple(names)
        kept = {name: state for name, state in self._snapshot.clusters.items() if name in set(self._names)}
        self._swap(kept, self._snapshot.at)

    def put_early(self, report: ClusterReport) -> None:
        """Put up what the first round of a cluster has found so far. Once a round of it finished, this is no news any more."""
        if report.name not in self._snapshot.awaited:
            return
        at = report.evidence.taken_at
        seen = self._snapshot.early.get(report.name)
        known = () if seen is None else tuple(one for one in seen.report.remotes if report.remote(one.alias) is None)
        whole = dataclasses.replace(report, remotes=known + report.remotes, status=Status.UNKNOWN)
        remotes, _ = _advance({} if seen is None else seen.remotes, whole, at)
        state = ClusterState(report=whole, round=RoundFacts(), remotes=remotes)
        self._swap(self._snapshot.clusters, max(at, self._snapshot.at), {**self._snapshot.early, report.name: state})

    def put(
        self, report: ClusterReport, facts: RoundFacts | None = None, *, at: datetime | None = None
    ) -> tuple[Change, ...]:
        """Put up the latest report of a cluster, and give what changed since the one before.

        ``at`` is when that was found; left out, when the evidence was taken.
        """
        at = at or report.evidence.taken_at
        old = self._snapshot.clusters.get(report.name)
        remotes, changes = _advance(old.remotes if old else {}, report, at)
        state = ClusterState(
            report=report,
            round=facts or RoundFacts(finished_at=at, took=report.evidence.seconds),
            remotes=remotes,
            failing=_failing_since(old.failing if old else _NOTHING_FAILS, report.results, at),
        )
        if report.name not in self._names:
            self._names = (*self._names, report.name)
        self._swap({**self._snapshot.clusters, report.name: state}, max(at, self._snapshot.at))
        return changes

    def _swap(
        self, clusters: Mapping[str, ClusterState], at: datetime, early: Mapping[str, ClusterState] | None = None
    ) -> None:
        ordered = {name: clusters[name] for name in self._names if name in clusters}
        awaited = tuple(name for name in self._names if name not in clusters)
        early = self._snapshot.early if early is None else early
        self._snapshot = Snapshot(
            generation=self._snapshot.generation + 1,
            at=at,
            clusters=MappingProxyType(ordered),
            awaited=awaited,
            early=MappingProxyType({name: early[name] for name in awaited if name in early}),
        )


def _advance(
    old: Mapping[str, RemoteHistory], report: ClusterReport, at: datetime
) -> tuple[Mapping[str, RemoteHistory], tuple[Change, ...]]:
    """Carry the history of each remote on. Remotes that the cluster no longer has are dropped."""
    histories: dict[str, RemoteHistory] = {}
    changes: list[Change] = []
    for remote in report.remotes:
        past, cause = old.get(remote.alias), (remote.root_causes or ("",))[0]
        last = past.changes[-1] if past else None
        failing = _failing_since(past.failing if past else _NOTHING_FAILS, remote.results, at)
        if past and last and (last.after, last.root_cause) == (remote.status, cause):
            histories[remote.alias] = past if failing is past.failing else dataclasses.replace(past, failing=failing)
            continue
        before = last.after if last else None
        change = Change(alias=remote.alias, at=at, before=before, after=remote.status, root_cause=cause)
        kept = (*(past.changes if past else ()), change)[-MAX_CHANGES:]
        since = past.since if past and before is remote.status else at
        histories[remote.alias] = RemoteHistory(since=since, changes=kept, failing=failing)
        changes.append(change)
    return MappingProxyType(histories), tuple(changes)


def _failing_since(old: Mapping[str, datetime], results: Iterable[Result], at: datetime) -> Mapping[str, datetime]:
    """Carry on since when each check fails: the same mapping where the same checks fail.

    A check without a verdict in between keeps its time: that nobody could look does not mean that it was well.
    """
    failing = {
        result.check: old.get(result.check, at)
        for result in results
        if result.outcome is Outcome.FAIL or (result.outcome in _NO_VERDICT and result.check in old)
    }
    return old if failing == old else MappingProxyType(failing)


_NO_VERDICT: Final = frozenset({Outcome.UNKNOWN, Outcome.ERROR})


def report_as_unknown(
    previous: ClusterReport | None, cluster: LocalCluster, because: str, at: datetime
) -> ClusterReport:
    """What the board shows of a cluster whose rounds bring nothing: every remote unknown, and why.

    Verdicts of the report before become ``unknown``; what doesn't apply stays skipped. Without a report before, the remotes are
    those of the configuration.
    """
    if previous is None:
        missing = Unavailable(step=Step.CONFIGURATION, reason=Reason.OTHER, detail=because)
        evidence = ClusterEvidence(
            cluster=cluster,
            taken_at=at,
            local_version=missing,
            keystore=missing,
            remotes=tuple(_nothing_known(remote, missing) for remote in cluster.remotes),
        )
        remotes = tuple(
            RemoteReport(evidence=remote, status=Status.UNKNOWN, root_causes=(), results=())
            for remote in evidence.remotes
        )
        return ClusterReport(evidence=evidence, status=Status.UNKNOWN, results=(), remotes=remotes)
    return ClusterReport(
        evidence=previous.evidence,
        status=Status.UNKNOWN,
        results=_forgotten(previous.results, because),
        remotes=tuple(
            RemoteReport(
                evidence=remote.evidence,
                status=Status.UNKNOWN,
                root_causes=(),
                results=_forgotten(remote.results, because),
            )
            for remote in previous.remotes
        ),
    )


def _nothing_known(remote: Remote, missing: Unavailable) -> RemoteEvidence:
    return RemoteEvidence(
        remote=remote,
        remote_version=missing,
        trust=missing,
        identity=missing,
        restrictions=missing,
        endpoints=missing,
    )


def _forgotten(results: Iterable[Result], because: str) -> tuple[Result, ...]:
    return tuple(
        result
        if result.outcome is Outcome.SKIP
        else Result(
            check=result.check,
            outcome=Outcome.UNKNOWN,
            layer=result.layer,
            because=because,
            essential=result.essential,
        )
        for result in results
    )
