"""The status page: what a snapshot looks like to a person. Every text in it may come from a peer."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from diag.board import ClusterState, Snapshot
from diag.lazy_dataclass import dataclass
from diag.model import Chain, ClusterReport, Outcome, RemoteReport, Result, Status, Unavailable
from diag.report.coverage_text import strip
from diag.report.fix_lines import Target, Typed, typed
from diag.web.views import WORDS, age_of, changes_of, duration, moment, rank, remote_address, render
from diag.web.wanted import EVERYTHING, Wanted

WORST_FIRST = (Status.FAIL, Status.UNKNOWN, Status.WARN, Status.OK)
MAX_ROWS = 1000
MIN_REFRESH, MAX_REFRESH = 5, 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """Why a remote (or a cluster) is not ok: the check, what was found, how to fix it, and what is typed for that."""

    check: str
    summary: str
    remedy: str = ""
    typed: tuple[Typed, ...] = ()
    more: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One remote on the page."""

    cluster: str
    alias: str
    href: str
    about: str
    status: Status
    causes: tuple[Cause, ...]
    looked: str
    acknowledged: tuple[str, ...]
    since: str
    seconds: float
    changes: tuple[str, ...]
    age: str
    certificate: str
    certificate_ends_soon: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ClusterRow:
    """One local cluster on the page, with what is wrong with it as a whole."""

    name: str
    status: Status
    remotes: int
    age: str
    failure: str
    causes: tuple[Cause, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """How many remotes are in a state, and the address that shows them alone."""

    word: str
    number: int
    href: str
    chosen: bool


def render_page(
    snapshot: Snapshot,
    interval: float,
    notes: tuple[str, ...],
    now: datetime | None = None,
    wanted: Wanted = EVERYTHING,
) -> str:
    """Write the page; ``notes`` are shown above everything else, ``wanted`` says which remotes are shown."""
    now = moment(now)
    order = {status: number for number, status in enumerate(WORST_FIRST)}
    rows = sorted(
        _rows(snapshot, now, wanted), key=lambda row: (order[row.status], row.seconds, row.cluster, row.alias)
    )
    counts = [
        Count(
            word=word,
            number=sum(remote.status is status for remote in wanted.but_status().remotes(snapshot)),
            href=wanted.having(status).address,
            chosen=wanted.status is status,
        )
        for status, word in WORDS.items()
    ]
    clusters = [_cluster_row(state, now) for name, state in snapshot.clusters.items() if wanted.cluster in {"", name}]
    return render(
        "status.html",
        now,
        status=snapshot.report.status,
        counts=counts,
        filtered=wanted.words,
        rows=rows[:MAX_ROWS],
        left_out=max(0, len(rows) - MAX_ROWS),
        clusters=sorted(clusters, key=lambda one: order[one.status]),
        awaited=snapshot.awaited,
        notes=notes,
        refresh=int(min(max(interval / 2, MIN_REFRESH), MAX_REFRESH)),
    )


def _rows(snapshot: Snapshot, now: datetime, wanted: Wanted) -> Iterator[Row]:
    for name, state in snapshot.clusters.items():
        for remote in state.report.remotes:
            if wanted.takes(name, remote):
                yield _row(name, state, remote, now)


def _row(cluster: str, state: ClusterState, report: RemoteReport, now: datetime) -> Row:
    remote, history = report.evidence.remote, state.remotes[report.alias]
    ends = _certificate_ends(report)
    return Row(
        cluster=cluster,
        alias=report.alias,
        href=remote_address(cluster, report.alias),
        about=f"{remote.security_model} · {remote.effective_mode} · {', '.join(a.text for a in remote.dialled)}",
        status=report.status,
        causes=_causes(report, state),
        looked=strip(report),
        acknowledged=tuple(_acknowledged(report)),
        since=f"{duration(now - history.since)}",
        seconds=(now - history.since).total_seconds(),
        changes=changes_of(history),
        age=age_of(state, now),
        certificate=_days(ends, now),
        certificate_ends_soon=ends is not None
        and ends - now < timedelta(days=state.report.evidence.thresholds.leaf_days_warning),
    )


def _cluster_row(state: ClusterState, now: datetime) -> ClusterRow:
    report = state.report
    return ClusterRow(
        name=report.name,
        status=report.status,
        remotes=len(report.remotes),
        age=age_of(state, now),
        failure=state.round.failure or _silence(report),
        causes=tuple(_finding_cause(result, Target.of(report)) for result in report.results if result.counts),
    )


def _silence(report: ClusterReport) -> str:
    return f"what it says of its remotes is not known, because {report.unanswered}" if report.unanswered else ""


def _causes(report: RemoteReport, state: ClusterState) -> tuple[Cause, ...]:
    """Every root cause with its sentence and its fix; of an unknown remote what is unknown."""
    roots = [root for check in report.root_causes if (root := report.result(check)) and root.findings]
    if roots:
        return tuple(_finding_cause(root, Target.of(state.report, report)) for root in roots)
    if report.status is not Status.UNKNOWN:
        return ()
    if state.round.failure:
        return (Cause(check="", summary=state.round.failure),)
    open_ones = [result for result in report.results if result.is_open]
    if open_ones:
        return (Cause(check=open_ones[0].check, summary=open_ones[0].because, more=len(open_ones) - 1),)
    if report.passed:
        left_out = state.report.choice.left_out
        return (Cause(check="", summary=f"what was chosen passed; not asked were {', '.join(left_out)}"),)
    return (Cause(check="", summary="nothing is known of it yet"),)


def _acknowledged(report: RemoteReport) -> Iterator[str]:
    for result in report.results:
        if (known := result.acknowledged) is not None and result.outcome is Outcome.FAIL and not result.explained_by:
            yield f"{result.check}: acknowledged until {known.until}, {known.note}"


def _finding_cause(result: Result, place: Target) -> Cause:
    worst = max(result.findings, key=lambda finding: rank(finding, result), default=None)
    if worst is None:
        return Cause(check=result.check, summary=result.because)
    return Cause(check=result.check, summary=worst.summary, remedy=worst.remedy, typed=tuple(typed(worst, place)))


def _certificate_ends(report: RemoteReport) -> datetime | None:
    """When the first of the presented certificates ends."""
    if isinstance(report.evidence.endpoints, Unavailable):
        return None
    chains = (probe.chain for probe in report.evidence.endpoints.probes)
    ends = (one.not_after for chain in chains if isinstance(chain, Chain) for one in chain.certificates)
    return min(ends, default=None)


def _days(ends: datetime | None, now: datetime) -> str:
    if ends is None:
        return ""
    left = ends - now
    stated = f"in {duration(left)}" if left > timedelta() else f"{duration(-left)} ago"
    return f"{ends:%Y-%m-%d} ({stated})"
