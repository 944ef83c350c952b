"""What was judged: findings, results, root causes, status."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from diag.model.evidence import ClusterEvidence, RemoteEvidence
from diag.model.settings import Acknowledgement
from diag.model.terms import Layer, Outcome, Severity, Status

Fact = str | int | float | bool | tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that is wrong.

    ``summary`` holds the observed and the expected value; ``remedy`` the exact setting or call that mends it;
    ``severity`` is None where the severity of the check holds. ``facts`` are the same for a machine. ``docs`` are addresses of
    documentation pages; left empty, those of the check are used.
    """

    summary: str
    remedy: str
    severity: Severity | None = None
    facts: Mapping[str, Fact] = field(default_factory=dict)
    docs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What one check said of one remote (or of one cluster).

    ``severity`` is that of the worst finding, None unless the outcome is ``fail``. ``because`` says why there is no verdict.
    ``partial`` means that an ``unknown`` concerns some of the addresses only: the others had nothing to find.
    ``acknowledged`` is set while somebody has acknowledged the failure: it is shown and counts for nothing.
    """

    check: str
    outcome: Outcome
    layer: Layer
    severity: Severity | None = None
    because: str = ""
    findings: tuple[Finding, ...] = ()
    essential: bool = False
    partial: bool = False
    acknowledged: Acknowledgement | None = None

    @property
    def counts(self) -> bool:
        """Whether it is a failure that counts: not acknowledged, and worse than info."""
        return self.outcome is Outcome.FAIL and self.acknowledged is None and self.severity is not Severity.INFO


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoteReport:
    """One remote, judged. ``root_causes`` are check ids, the first one first to be mended."""

    evidence: RemoteEvidence
    status: Status
    root_causes: tuple[str, ...]
    results: tuple[Result, ...]

    @property
    def alias(self) -> str:
        """The cluster alias of the remote."""
        return self.evidence.remote.alias

    def result(self, check: str) -> Result | None:
        """The result of one check, None if it did not run."""
        return next((result for result in self.results if result.check == check), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClusterReport:
    """One local cluster, judged: its own results, and its remotes."""

    evidence: ClusterEvidence
    status: Status
    results: tuple[Result, ...]
    remotes: tuple[RemoteReport, ...]

    @property
    def name(self) -> str:
        """The name of the local cluster."""
        return self.evidence.cluster.name


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """Everything that was judged, ready for every format. ``counts`` are numbers of results by outcome."""

    generated_at: datetime
    status: Status
    counts: Mapping[Outcome, int]
    clusters: tuple[ClusterReport, ...]
