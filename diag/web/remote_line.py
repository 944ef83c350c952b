"""One remote as a line of a list: its name, since when it is as it is, what else is wrong, how far it was looked at, its certificates."""

from __future__ import annotations

from datetime import datetime, timedelta
from hashlib import sha256

from diag.board import ClusterState
from diag.lazy_dataclass import dataclass
from diag.model import Chain, RemoteReport, Status, Unavailable
from diag.report.coverage_text import strip
from diag.web.shown_cause import Cause, acknowledged, causes_of
from diag.web.views import Moment, age_of, days_until, remote_address


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One remote in a list. ``key`` is short, and the same for the same remote."""

    key: str
    cluster: str
    alias: str
    href: str
    about: str
    status: Status
    causes: tuple[Cause, ...]
    looked: str
    acknowledged: tuple[str, ...]
    since: Moment
    age: str
    certificate: str
    certificate_ends_soon: bool


def line_of(cluster: str, state: ClusterState, report: RemoteReport, since: datetime, now: datetime) -> Line:
    """Make the line of a remote, which is in its state since then."""
    ends = certificate_ends(report)
    days = state.report.evidence.thresholds.leaf_days_warning
    href = remote_address(cluster, report.alias)
    return Line(
        key=sha256(href.encode()).hexdigest()[:12],
        cluster=cluster,
        alias=report.alias,
        href=href,
        about=about_remote(report),
        status=report.status,
        causes=causes_of(report, state),
        looked=strip(report),
        acknowledged=tuple(acknowledged(report)),
        since=Moment.of(since, now),
        age=age_of(state, now),
        certificate="" if ends is None else days_until(ends, now),
        certificate_ends_soon=ends is not None and ends - now < timedelta(days=days),
    )


def about_remote(report: RemoteReport) -> str:
    """Its security model, its mode, and what is dialled."""
    remote = report.evidence.remote
    return f"{remote.security_model} · {remote.effective_mode} · {', '.join(a.text for a in remote.dialled)}"


def certificate_ends(report: RemoteReport) -> datetime | None:
    """When the first of the presented certificates ends."""
    if isinstance(report.evidence.endpoints, Unavailable):
        return None
    chains = (probe.chain for probe in report.evidence.endpoints.probes)
    ends = (one.not_after for chain in chains if isinstance(chain, Chain) for one in chain.certificates)
    return min(ends, default=None)
