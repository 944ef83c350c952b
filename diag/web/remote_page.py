"""The page of one remote: everything that a report says of it at length, the way to it as a picture, and what changed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Final
from urllib.parse import urlencode

from diag.board import ClusterState
from diag.history import History
from diag.lazy_dataclass import dataclass
from diag.model import RemoteReport
from diag.report.coverage_text import MARKS, part_name, seen_from, status_word
from diag.report.fix_lines import Target
from diag.report.plain import plain
from diag.text import clip
from diag.web.address_rows import address_rows
from diag.web.path_picture import SEEN_WORDS, stations
from diag.web.remote_line import about_remote
from diag.web.sections import answers, outcome_counts, sections
from diag.web.shown_certificates import certificates_of
from diag.web.shown_past import past_of, since_of
from diag.web.views import Moment, age_of, cluster_address, moment, remote_address, render

MAX_EVIDENCE: Final = 200_000  # Characters; the report has the rest.


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownPart:
    """One part of the coverage."""

    name: str
    mark: str
    word: str
    hint: str


def render_remote(
    state: ClusterState, remote: RemoteReport, history: History, now: datetime | None = None, *, asked: bool = False
) -> str:
    """Write the page. ``asked``: the remote was looked at because somebody pressed the button."""
    now = moment(now)
    cluster = state.report.name
    rows = address_rows(remote.evidence)
    release = remote.evidence.remote_version
    return render(
        "remote.html",
        now,
        refresh=True,
        taken=state.report.evidence.taken_at.timestamp(),
        here=remote_address(cluster, remote.alias),
        cluster=cluster,
        alias=remote.alias,
        cluster_href=cluster_address(cluster),
        status=remote.status,
        word=status_word(remote),
        about=about_remote(remote),
        seen_from=seen_from(remote),
        release=str(release),
        since=Moment.of(since_of(history, cluster, remote.alias, state), now),
        age=age_of(state, now),
        asked=asked,
        maintenance=remote.maintenance.words if remote.maintenance else "",
        failure="" if asked else state.round.failure,
        stations=stations(cluster, remote, rows),
        sections=sections(remote.results, remote.root_causes, Target.of(state.report, remote)),
        counted=outcome_counts(remote.results),
        answers=answers(remote.results),
        coverage=tuple(_coverage(remote)),
        addresses=rows,
        certificates=tuple(certificates_of(remote.evidence, now, state.report.evidence.thresholds.leaf_days_warning)),
        past=past_of(history, cluster, remote.alias, now),
        evidence=clip(json.dumps(plain(remote.evidence), indent=2, ensure_ascii=False), MAX_EVIDENCE),
        report_href=f"/report?{urlencode({'cluster': cluster, 'remote': remote.alias})}",
    )


def _coverage(remote: RemoteReport) -> Iterator[ShownPart]:
    model = remote.evidence.remote.security_model
    for part, seen in remote.coverage.parts:
        hint = remote.coverage.hints.get(part, "")
        yield ShownPart(name=part_name(part, model), mark=MARKS[seen], word=SEEN_WORDS[seen], hint=hint)
