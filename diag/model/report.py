"""What was judged: findings, results, root causes, status."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from datetime import datetime
from enum import StrEnum

from diag.evidence.cluster_evidence import ClusterEvidence, RemoteEvidence
from diag.evidence.declared import Acknowledgement
from diag.evidence.documents.origin import Origin
from diag.evidence.seen_from import SeenFrom
from diag.evidence.terms import Layer, Outcome, Severity, Status, Unavailable
from diag.lazy_dataclass import dataclass
from diag.model.fixes import Fix

Fact = str | int | float | bool | tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that is wrong.

    ``summary`` holds the observed and the expected value; ``remedy`` says in a sentence how to fix it, and ``fix`` holds what is typed for that;
    ``severity`` is None where the severity of the check holds. ``facts`` are the same for a machine. ``docs`` are addresses of
    documentation pages; left empty, those of the check are used. ``origin`` is the place in a document that it is about, where it is about
    one; ``replacement`` is what to write there, where there is one right answer. ``in_group_only`` says that no failure of another group explains this finding, whatever it declares of the check: what was
    observed rules it out.
    """

    summary: str
    remedy: str
    severity: Severity | None = None
    facts: Mapping[str, Fact] = field(default_factory=dict)
    docs: tuple[str, ...] = ()
    fix: tuple[Fix, ...] = ()
    origin: Origin | None = None
    in_group_only: bool = False
    replacement: str | None = None

    @property
    def needs_nothing(self) -> bool:
        """Whether there is nothing to do: such a remedy begins with the word ``Nothing``."""
        return self.remedy.startswith("Nothing")

    @property
    def full_remedy(self) -> str:
        """The sentence, and what is typed, on one line: for formats that have no more room."""
        return " ".join(filter(None, (self.remedy, *(text for fix in self.fix for text in fix.texts))))


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """The result of one check for one remote (or for one cluster).

    ``severity`` is that of the worst finding, None unless the outcome is ``fail``. ``because`` says why there is no verdict.
    ``missing`` is the evidence that could not be had, where that is why it is unknown.
    ``partial`` means that an ``unknown`` concerns some of the addresses only: the others had nothing to find.
    ``places`` are the addresses that a failure or an open question is about; empty where it is about the remote as a whole.
    ``explained_by`` are the checks of whose failure this failure is only the consequence, as those declare; of an open question, those whose
    failure leaves it open.
    ``acknowledged`` is set while somebody has acknowledged the failure, or everything that it follows from: it is shown and counts for
    nothing. An open question that only such a failure leaves open counts for nothing either.
    """

    check: str
    outcome: Outcome
    layer: Layer
    severity: Severity | None = None
    because: str = ""
    missing: tuple[Unavailable, ...] = ()
    findings: tuple[Finding, ...] = ()
    essential: bool = False
    partial: bool = False
    places: tuple[str, ...] = ()
    explained_by: tuple[str, ...] = ()
    acknowledged: Acknowledgement | None = None

    @property
    def rank(self) -> int:
        """How bad it is, for ordering: that of its severity, 0 where it has none."""
        return self.severity.rank if self.severity else 0

    @property
    def counts(self) -> bool:
        """Whether it is a failure that counts: not acknowledged, and worse than info."""
        return self.outcome is Outcome.FAIL and self.acknowledged is None and self.severity is not Severity.INFO

    @property
    def is_open(self) -> bool:
        """Whether something that matters stayed open here: an essential question, or a check that crashed."""
        if self.acknowledged is not None:
            return False
        return self.outcome is Outcome.ERROR or (self.essential and self.outcome is Outcome.UNKNOWN)


class Seen(StrEnum):
    """How far one part of a remote was looked at."""

    YES = "yes"  # Looked at, and it is as it should be.
    NO = "no"  # Looked at, and it is not.
    UNKNOWN = "unknown"  # Tried, without an answer.
    NOT_ASKED = "not_asked"


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """How far a remote was looked at, part by part, from the address to the view that the remote cluster has of itself.

    ``login`` is the API key or the client certificate; ``local_view`` what the local cluster says of the connection, ``remote_view`` what
    the remote cluster says of itself. ``hints`` say for a part that was not asked what would make it asked.
    """

    address: Seen = Seen.NOT_ASKED
    tcp: Seen = Seen.NOT_ASKED
    tls: Seen = Seen.NOT_ASKED
    node: Seen = Seen.NOT_ASKED
    login: Seen = Seen.NOT_ASKED
    local_view: Seen = Seen.NOT_ASKED
    remote_view: Seen = Seen.NOT_ASKED
    hints: Mapping[str, str] = field(default_factory=dict)

    @property
    def parts(self) -> tuple[tuple[str, Seen], ...]:
        """Each part and how far it was looked at, in order."""
        names = ("address", "tcp", "tls", "node", "login", "local_view", "remote_view")
        return tuple((name, getattr(self, name)) for name in names)


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Which of the known checks were asked. ``left_out`` are essential questions that the choice took away.

    ``offline``: no network was used, so that every question to a peer is left out.
    """

    asked: int = 0
    known: int = 0
    left_out: tuple[str, ...] = ()
    offline: bool = False

    @property
    def whole(self) -> bool:
        """Whether every check that is known was asked."""
        return self.asked == self.known


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoteView:
    """One remote as one vantage point saw it, judged by itself."""

    seen_from: SeenFrom
    report: RemoteReport


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoteReport:
    """One remote, judged. ``root_causes`` are check ids, the first one first to be fixed.

    ``passed`` means that the status is ``unknown`` for one reason only: the choice of checks left out essential questions, and what was
    chosen found nothing. ``maintenance`` is the time of maintenance that is on: what is found then counts for nothing, and leaves it ``unknown``.
    ``views`` are the remote as each vantage point saw it, of which this is what they say together; none where diag looked from where it runs.
    """

    evidence: RemoteEvidence
    status: Status
    root_causes: tuple[str, ...]
    results: tuple[Result, ...]
    coverage: Coverage = field(default_factory=Coverage)
    passed: bool = False
    maintenance: Acknowledgement | None = None
    views: tuple[RemoteView, ...] = ()

    @property
    def evidences(self) -> tuple[RemoteEvidence, ...]:
        """What each vantage point saw; what diag saw where there is none."""
        return tuple(view.report.evidence for view in self.views) or (self.evidence,)

    @property
    def alias(self) -> str:
        """The cluster alias of the remote."""
        return self.evidence.remote.alias

    def result(self, check: str) -> Result | None:
        """The result of one check, None if it did not run."""
        return next((result for result in self.results if result.check == check), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClusterReport:
    """One local cluster, judged: its own results, and its remotes.

    ``unanswered`` says why the API of the cluster, which is configured, could not be asked; None where it answered or none is configured.
    """

    evidence: ClusterEvidence
    status: Status
    results: tuple[Result, ...]
    remotes: tuple[RemoteReport, ...]
    choice: Choice = field(default_factory=Choice)
    unanswered: Unavailable | None = None
    maintenance: Acknowledgement | None = None

    @property
    def name(self) -> str:
        """The name of the local cluster."""
        return self.evidence.cluster.name

    def remote(self, alias: str) -> RemoteReport | None:
        """The report of one remote, None where it is not among them."""
        return next((remote for remote in self.remotes if remote.alias == alias), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """Everything that was judged, ready for every format. ``counts`` are numbers of results by outcome.

    ``seconds`` is how long the whole run took from its start to this report; None where rounds run again and again.
    """

    generated_at: datetime
    status: Status
    counts: Mapping[Outcome, int]
    clusters: tuple[ClusterReport, ...]
    seconds: float | None = None
