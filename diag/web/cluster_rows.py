"""Local clusters on the overview: those in which something is wrong with the cluster itself, and the list of all."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import Final

from diag.board import ClusterState, Snapshot
from diag.engine import own_status
from diag.lazy_dataclass import dataclass
from diag.model import ClusterReport, Status
from diag.report.fix_lines import Target
from diag.web.blocks import WORST_FIRST
from diag.web.shown_cause import Cause, acknowledged, cause_of
from diag.web.views import age_of, cluster_address
from diag.web.wanted import Wanted

MAX_CLUSTERS: Final = 50  # In the list of the overview; those that are worse come first.


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusCount:
    """How many remotes of a cluster are in a state, and the address that shows them."""

    status: Status
    number: int
    href: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClusterRow:
    """One local cluster. ``status`` is that of the cluster itself, ``counts`` are of its remotes; ``failure`` says why it is not known."""

    name: str
    href: str
    status: Status
    remotes: int
    counts: tuple[StatusCount, ...]
    age: str
    failure: str
    causes: tuple[Cause, ...]
    acknowledged: tuple[str, ...]
    first_round: bool
    maintenance: str

    @property
    def is_well(self) -> bool:
        """Whether nothing is wrong with the cluster itself, as far as is known while its first round runs or it is under maintenance."""
        return self.first_round or bool(self.maintenance) or (self.status is Status.OK and not self.failure)


def cluster_rows(snapshot: Snapshot, wanted: Wanted, now: datetime) -> list[ClusterRow]:
    """The clusters that are chosen, the worst first."""
    rows = [cluster_row(state, now) for name, state in snapshot.shown.items() if wanted.takes_cluster(name)]
    return sorted(rows, key=lambda row: (row.is_well, WORST_FIRST.index(row.status), _worst(row)))


def cluster_row(state: ClusterState, now: datetime) -> ClusterRow:
    """Make the row of a cluster."""
    report = state.report
    counted = Counter(remote.status for remote in report.remotes)
    first_round = state.round.finished_at is None and not state.round.failure
    return ClusterRow(
        name=report.name,
        href=cluster_address(report.name),
        status=Status.UNKNOWN if first_round or state.round.failure else own_status(report),
        remotes=len(report.remotes),
        counts=tuple(
            StatusCount(status=status, number=counted[status], href=Wanted(cluster=report.name).having(status).address)
            for status in WORST_FIRST
            if counted[status]
        ),
        age=age_of(state, now),
        failure="" if first_round else state.round.failure or unanswered(report),
        causes=tuple(cause_of(result, Target.of(report)) for result in report.results if result.counts),
        acknowledged=tuple(acknowledged(report)),
        first_round=first_round,
        maintenance=report.maintenance.words if report.maintenance else "",
    )


def unanswered(report: ClusterReport) -> str:
    """Why the cluster itself, or which remotes it has, is not known; empty where it is."""
    if report.unanswered:
        return f"what it says of its remotes is not known, because {report.unanswered}"
    if report.evidence.discovery:
        return f"which remotes it has is not known, because {report.evidence.discovery}"
    return ""


def _worst(row: ClusterRow) -> int:
    return min((WORST_FIRST.index(one.status) for one in row.counts), default=len(WORST_FIRST))
