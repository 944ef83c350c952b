"""The status page: what a snapshot looks like to a person. Every text in it may come from a peer."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib.resources import files

from jinja2 import Environment, StrictUndefined, Template

from diag import VERSION
from diag.board import ClusterState, RemoteHistory, Snapshot
from diag.model import Chain, ClusterReport, Finding, Outcome, RemoteReport, Result, Status, Unavailable
from diag.report.coverage import strip
from diag.report.typed import Target, Typed, typed
from diag.text import shown, visible

SYMBOLS = {Status.OK: "✓", Status.WARN: "!", Status.FAIL: "✗", Status.UNKNOWN: "?"}
WORDS = {Status.OK: "ok", Status.WARN: "warn", Status.FAIL: "FAIL", Status.UNKNOWN: "unknown"}
WORST_FIRST = (Status.FAIL, Status.UNKNOWN, Status.WARN, Status.OK)
MAX_ROWS = 1000
MAX_TEXT = 2000
MAX_NAME = 120
MIN_REFRESH, MAX_REFRESH = 5, 60
_DAY, _HOUR, _MINUTE = 86400, 3600, 60


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
    about: str
    status: Status
    causes: tuple[Cause, ...]
    looked: str
    acknowledged: tuple[str, ...]
    since: str
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


def render_page(snapshot: Snapshot, interval: float, notes: tuple[str, ...], now: datetime | None = None) -> str:
    """Write the page; ``notes`` are shown above everything else."""
    now = now or datetime.now(UTC)
    report = snapshot.report
    rows = sorted(_rows(snapshot, now), key=lambda row: (WORST_FIRST.index(row.status), row.cluster, row.alias))
    counts = [(word, sum(row.status is status for row in rows)) for status, word in WORDS.items()]
    return _template().render(
        status=report.status,
        counts=counts,
        rows=rows[:MAX_ROWS],
        left_out=max(0, len(rows) - MAX_ROWS),
        clusters=[_cluster_row(state, now) for state in snapshot.clusters.values()],
        awaited=snapshot.awaited,
        notes=notes,
        now=now.strftime("%Y-%m-%d %H:%M:%S UTC"),
        refresh=int(min(max(interval / 2, MIN_REFRESH), MAX_REFRESH)),
        version=VERSION,
        symbols=SYMBOLS,
        words=WORDS,
    )


@functools.cache
def _template() -> Template:
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    environment.filters["text"] = functools.partial(shown, limit=MAX_TEXT)
    environment.filters["name"] = functools.partial(shown, limit=MAX_NAME)
    environment.filters["lines"] = lambda text: "\n".join(map(visible, text.split("\n")))
    return environment.from_string(files("diag.web").joinpath("page.html").read_text("utf-8"))


def _rows(snapshot: Snapshot, now: datetime) -> Iterator[Row]:
    for name, state in snapshot.clusters.items():
        for remote in state.report.remotes:
            yield _row(name, state, remote, now)


def _row(cluster: str, state: ClusterState, report: RemoteReport, now: datetime) -> Row:
    remote, history = report.evidence.remote, state.remotes[report.alias]
    ends = _certificate_ends(report)
    return Row(
        cluster=cluster,
        alias=report.alias,
        about=f"{remote.security_model} · {remote.effective_mode} · {', '.join(a.text for a in remote.dialled)}",
        status=report.status,
        causes=_causes(report, state),
        looked=strip(report),
        acknowledged=tuple(_acknowledged(report)),
        since=f"{duration(now - history.since)}",
        changes=_changes(history),
        age=_age(state, now),
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
        age=_age(state, now),
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
    worst = max(result.findings, key=lambda finding: _rank(finding, result), default=None)
    if worst is None:
        return Cause(check=result.check, summary=result.because)
    return Cause(check=result.check, summary=worst.summary, remedy=worst.remedy, typed=tuple(typed(worst, place)))


def _rank(finding: Finding, result: Result) -> int:
    severity = finding.severity or result.severity
    return severity.rank if severity else 0


def _changes(history: RemoteHistory) -> tuple[str, ...]:
    return tuple(
        f"{change.at:%m-%d %H:%M:%S} {WORDS[change.before] if change.before else 'new'} → {WORDS[change.after]}"
        f"{' · ' + change.root_cause if change.root_cause else ''}"
        for change in reversed(history.changes)
    )


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


def _age(state: ClusterState, now: datetime) -> str:
    finished = state.round.finished_at
    return f"{duration(now - finished)} ago" if finished else "never"


def duration(span: timedelta) -> str:
    """Say a span of time in its largest unit or two: ``45 s``, ``12 min``, ``5 h 10 min``, ``17 d``."""
    seconds = max(0, int(span.total_seconds()))
    if seconds < _MINUTE:
        return f"{seconds} s"
    if seconds < _HOUR:
        return f"{seconds // _MINUTE} min"
    if seconds < _DAY:
        return f"{seconds // _HOUR} h {seconds % _HOUR // _MINUTE} min"
    return f"{seconds // _DAY} d"
