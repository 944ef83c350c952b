"""The board: the latest report of each local cluster, as one immutable snapshot that is swapped whole."""

from __future__ import annotations

import dataclasses
import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field
from datetime import UTC, datetime
from functools import cached_property
from types import MappingProxyType

from diag import engine
from diag.check import Check
from diag.engine.chosen import unasked
from diag.engine.coverage import coverage
from diag.lazy_dataclass import dataclass
from diag.model import (
    Choice,
    ClusterEvidence,
    ClusterReport,
    LocalCluster,
    LocalView,
    Outcome,
    Policy,
    Reason,
    Remote,
    RemoteApi,
    RemoteEvidence,
    RemoteReport,
    Report,
    Result,
    Status,
    Step,
    Unavailable,
)


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
    """One local cluster on the board. What was before is not its business: the history knows it."""

    report: ClusterReport
    round: RoundFacts


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
    """Holds the latest reports. One writer (the event loop); readers on any thread take a snapshot and keep it.

    A snapshot is made when somebody asks: with thousands of clusters a report comes many times between two questions.
    """

    def __init__(self, names: Iterable[str] = (), *, at: datetime | None = None) -> None:
        self._names = dict.fromkeys(names)
        self._at = at or datetime.now(UTC)
        self._clusters: dict[str, ClusterState] = {}
        self._early: dict[str, ClusterState] = {}
        self._generation = 0
        self._lock = threading.Lock()
        self._snapshot: Snapshot | None = None

    @property
    def generation(self) -> int:
        """That of the snapshot that would be taken now."""
        return self._generation

    def snapshot(self) -> Snapshot:
        """The board as it is now; what comes later does not change it."""
        with self._lock:
            if self._snapshot is None:
                self._snapshot = self._taken()
            return self._snapshot

    def state(self, name: str) -> ClusterState | None:
        """The latest of one cluster; None until it had a round."""
        return self._clusters.get(name)

    def expect(self, names: Iterable[str]) -> None:
        """Say which clusters there are, in the order in which they are shown; the others are forgotten."""
        with self._lock:
            self._names = dict.fromkeys(names)
            for held in (self._clusters, self._early):
                for name in held.keys() - self._names.keys():
                    del held[name]
            self._change(self._at)

    def put_early(self, report: ClusterReport) -> None:
        """Put up what the first round of a cluster has found so far. Once a round of it finished, this is no news any more."""
        if report.name not in self._names or report.name in self._clusters:
            return
        seen = self._early.get(report.name)
        anew = {one.alias for one in report.remotes}
        known = () if seen is None else tuple(one for one in seen.report.remotes if one.alias not in anew)
        whole = dataclasses.replace(report, remotes=known + report.remotes, status=Status.UNKNOWN)
        with self._lock:
            self._early[report.name] = ClusterState(report=whole, round=RoundFacts())
            self._change(report.evidence.taken_at)

    def put(self, report: ClusterReport, facts: RoundFacts | None = None, *, at: datetime | None = None) -> None:
        """Put up the latest report of a cluster. ``at`` is when it was made; left out, when the evidence was taken."""
        at = at or report.evidence.taken_at
        state = ClusterState(report=report, round=facts or RoundFacts(finished_at=at, took=report.evidence.seconds))
        with self._lock:
            self._names[report.name] = None
            self._clusters[report.name] = state
            self._early.pop(report.name, None)
            self._change(at)

    def _change(self, at: datetime) -> None:
        self._at = max(at, self._at)
        self._generation += 1
        self._snapshot = None

    def _taken(self) -> Snapshot:
        return Snapshot(
            generation=self._generation,
            at=self._at,
            clusters=MappingProxyType({name: self._clusters[name] for name in self._names if name in self._clusters}),
            awaited=tuple(name for name in self._names if name not in self._clusters),
            early=MappingProxyType({name: self._early[name] for name in self._names if name in self._early}),
        )


def report_as_unknown(
    previous: ClusterReport | None,
    cluster: LocalCluster,
    because: str,
    at: datetime,
    policy: Policy | None = None,
    checks: Iterable[Check] = (),
) -> ClusterReport:
    """What is said of a cluster whose rounds bring nothing: every remote unknown, and why.

    Verdicts of the report before become ``unknown``; what doesn't apply stays skipped. Without a report before, the remotes are
    those of the configuration, and each of ``checks`` is unknown where it applies. None of them is asked: one may be what ends the rounds.
    What ``policy`` says of maintenance and acknowledgements holds of them as of any.
    """
    policy = policy or Policy()
    own = engine.decisions(policy, cluster.name, "", at)
    if previous is None:
        return _never_seen(cluster, because, at, policy, tuple(checks))
    return ClusterReport(
        evidence=previous.evidence,
        status=Status.UNKNOWN,
        results=_forgotten(previous.results, because, own),
        maintenance=own.maintenance,
        choice=previous.choice,
        unanswered=_missing(because) if cluster.hosts else None,
        remotes=tuple(
            RemoteReport(
                evidence=remote.evidence,
                status=Status.UNKNOWN,
                root_causes=(),
                results=_forgotten(remote.results, because, decided),
                maintenance=decided.maintenance,
            )
            for remote in previous.remotes
            for decided in (engine.decisions(policy, cluster.name, remote.alias, at),)
        ),
    )


def _never_seen(
    cluster: LocalCluster, because: str, at: datetime, policy: Policy, checks: Sequence[Check]
) -> ClusterReport:
    missing = _missing(because)
    of_api = missing if cluster.hosts else None
    evidence = ClusterEvidence(
        cluster=cluster,
        taken_at=at,
        local_version=missing,
        keystore=missing,
        remotes=tuple(_nothing_known(cluster, remote, missing) for remote in cluster.remotes),
        discovery=of_api,
    )
    own = engine.decisions(policy, cluster.name, "", at)
    return ClusterReport(
        evidence=evidence,
        status=Status.UNKNOWN,
        results=own.of_all(unasked(checks, cluster, None, because)),
        remotes=tuple(_never_looked_at(evidence, one, because, policy, checks) for one in evidence.remotes),
        choice=Choice(asked=len(checks), known=len(checks)),
        unanswered=of_api,
        maintenance=own.maintenance,
    )


def _never_looked_at(
    cluster: ClusterEvidence, one: RemoteEvidence, because: str, policy: Policy, checks: Sequence[Check]
) -> RemoteReport:
    decided = engine.decisions(policy, cluster.cluster.name, one.remote.alias, cluster.taken_at)
    results = decided.of_all(unasked(checks, cluster.cluster, one.remote, because))
    return RemoteReport(
        evidence=one,
        status=Status.UNKNOWN,
        root_causes=(),
        results=results,
        coverage=coverage(cluster, one, results),
        maintenance=decided.maintenance,
    )


def _missing(because: str) -> Unavailable:
    return Unavailable(step=Step.CONFIGURATION, reason=Reason.OTHER, detail=because)


def other_maintenance(report: ClusterReport, policy: Policy, at: datetime) -> bool:
    """Whether a time of maintenance began or ended since a report was made, of the local cluster or of one of its remotes."""
    shown = {"": report.maintenance, **{one.alias: one.maintenance for one in report.remotes}}
    return any(engine.decisions(policy, report.name, alias, at).maintenance != was for alias, was in shown.items())


def _nothing_known(cluster: LocalCluster, remote: Remote, missing: Unavailable) -> RemoteEvidence:
    found = RemoteEvidence(
        remote=remote,
        remote_version=missing,
        trust=missing,
        identity=missing,
        restrictions=missing,
        endpoints=missing,
        belief=LocalView.nothing(missing) if cluster.hosts else LocalView(),
        api=RemoteApi.nothing(missing) if remote.url else RemoteApi(),
    )
    return dataclasses.replace(found, credential=missing) if remote.has_credential else found


def _forgotten(results: Iterable[Result], because: str, decided: engine.Decisions) -> tuple[Result, ...]:
    return tuple(
        result
        if result.outcome is Outcome.SKIP
        else decided.of(
            Result(
                check=result.check,
                outcome=Outcome.UNKNOWN,
                layer=result.layer,
                because=because,
                essential=result.essential,
                # Somebody knows of what was found here, whatever is there now.
                acknowledged=decided.acknowledgement(result.check) if result.acknowledged else None,
            )
        )
        for result in results
    )
