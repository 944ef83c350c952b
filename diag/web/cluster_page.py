"""The page of one local cluster: what is wrong with the cluster itself, its remotes, its last round."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Final

from diag.board import ClusterState
from diag.history import History
from diag.model import LocalVersion
from diag.report.fix_lines import Target
from diag.report.plain import plain
from diag.text import clip, mask_userinfo
from diag.web.blocks import WORST_FIRST
from diag.web.cluster_rows import cluster_row
from diag.web.remote_line import line_of
from diag.web.remote_page import MAX_EVIDENCE
from diag.web.sections import answers, outcome_counts, sections
from diag.web.shown_past import past_of, since_of
from diag.web.views import Moment, cluster_address, moment, render
from diag.web.wanted import Wanted

LATE_SECONDS: Final = 1.0  # Below that nobody wants to know.
MAX_REMOTES: Final = 100  # The overview of this cluster has them all, page by page.


def render_cluster(state: ClusterState, history: History, now: datetime | None = None) -> str:
    """Write the page."""
    now = moment(now)
    report, row = state.report, cluster_row(state, now)
    since = {one.alias: since_of(history, report.name, one.alias, state) for one in report.remotes}
    remotes = sorted(
        report.remotes, key=lambda one: (WORST_FIRST.index(one.status), -since[one.alias].timestamp(), one.alias)
    )
    return render(
        "cluster.html",
        now,
        refresh=True,
        taken=report.evidence.taken_at.timestamp(),
        here=cluster_address(report.name),
        row=row,
        facts=_facts(state, now),
        sections=sections(report.results, (), Target.of(report)),
        counted=outcome_counts(report.results),
        answers=answers(report.results),
        lines=tuple(line_of(report.name, state, one, since[one.alias], now) for one in remotes[:MAX_REMOTES]),
        past=past_of(history, report.name, "", now),
        everyone=Wanted(cluster=report.name).address,
        evidence=clip(json.dumps(plain(report.evidence.api), indent=2, ensure_ascii=False), MAX_EVIDENCE),
    )


def _facts(state: ClusterState, now: datetime) -> tuple[tuple[str, str], ...]:
    local, version, last = state.report.evidence.cluster, state.report.evidence.local_version, state.round
    finished = f"{Moment.of(last.finished_at, now).ago} ago, took {last.took:.1f} s" if last.finished_at else "none yet"
    release = str(version.number) if isinstance(version, LocalVersion) else str(version)
    rows = (
        ("release", release),
        ("kind", local.kind.replace("_", " ")),
        ("API", mask_userinfo(local.url) if local.url else "not asked: no url is configured"),
        ("last round", finished),
        ("began late by", f"{last.late:.1f} s" if last.late >= LATE_SECONDS else ""),
    )
    return tuple(row for row in rows if row[1])
