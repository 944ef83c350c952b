"""The overview: what a snapshot looks like to a person, what is wrong first. Every text in it may come from a peer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from datetime import datetime
from typing import Final

from diag.board import Snapshot
from diag.engine import worst
from diag.lazy_dataclass import dataclass
from diag.model import Status
from diag.web.background import Background
from diag.web.blocks import WORST_FIRST, page_of
from diag.web.cluster_rows import MAX_CLUSTERS, cluster_rows
from diag.web.shown_cause import acknowledged
from diag.web.views import MAX_NAME, WORDS, cluster_address, moment, remote_address, render
from diag.web.wanted import EVERYTHING, Wanted, leading_check

MAX_CHOICES: Final = 100  # In a list of clusters or of causes; beyond that a name is typed.
MAX_ACKNOWLEDGED: Final = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """How many remotes are in a state, and the address that shows them alone; of all states where ``status`` is None."""

    status: Status | None
    word: str
    number: int
    href: str
    chosen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far the first round of a cluster has come."""

    name: str
    seen: int
    of: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Acknowledged:
    """What somebody has acknowledged of a remote."""

    name: str
    href: str
    text: str


def render_page(
    snapshot: Snapshot,
    background: Background,
    now: datetime | None = None,
    wanted: Wanted = EVERYTHING,
    *,
    number: int = 1,
) -> str:
    """Write the page; ``wanted`` says which remotes are shown, ``number`` which part of them, from 1."""
    now = moment(now)
    early = [one for state in snapshot.early.values() for one in state.report.remotes]
    page = page_of(snapshot, background, wanted, now, number)
    clusters, known = cluster_rows(snapshot, wanted, now), list(_acknowledged(snapshot, wanted))
    return render(
        "status.html",
        now,
        refresh=True,
        hurry=bool(snapshot.awaited),
        taken=snapshot.at.timestamp(),
        here=wanted.at(page.number),
        status=worst([snapshot.report.status, *(one.status for one in early)]),
        counts=_counts(snapshot, wanted),
        wanted=wanted,
        filtered=wanted.words,
        names=_choices(snapshot.shown),
        causes=_choices(sorted(_causes(snapshot))),
        page=page,
        pages=[(n, wanted.at(n)) for n in range(1, page.pages + 1)],
        unwell=[row for row in clusters if not row.is_well][:MAX_CLUSTERS],
        clusters=clusters[:MAX_CLUSTERS],
        clusters_left_out=max(0, len(clusters) - MAX_CLUSTERS),
        acknowledged=known[:MAX_ACKNOWLEDGED],
        acknowledged_left_out=max(0, len(known) - MAX_ACKNOWLEDGED),
        progress=_progress(snapshot),
        awaited=[name for name in snapshot.awaited if name not in snapshot.early],
        notes=background.notes,
    )


def _counts(snapshot: Snapshot, wanted: Wanted) -> tuple[Count, ...]:
    anyhow = wanted.but_status()
    counted = Counter(remote.status for remote in anyhow.remotes(snapshot))
    each = tuple(
        Count(
            status=status,
            word=WORDS[status],
            number=counted[status],
            href=anyhow.having(status).address,
            chosen=wanted.status is status,
        )
        for status in WORST_FIRST
    )
    whole = Count(status=None, word="all", number=counted.total(), href=anyhow.address, chosen=wanted.status is None)
    return (*each, whole)


def _choices(names: Collection[str]) -> tuple[str, ...]:
    """What is chosen from a list: a name that can't be shown as it is has its links."""
    plain = tuple(name for name in names if name.isprintable() and len(name) <= MAX_NAME)
    return plain if len(names) <= MAX_CHOICES else ()


def _causes(snapshot: Snapshot) -> set[str]:
    states = (state for state in snapshot.shown.values() if not state.round.failure)
    return {check for state in states for remote in state.report.remotes if (check := leading_check(remote))}


def _progress(snapshot: Snapshot) -> tuple[Progress, ...]:
    return tuple(
        Progress(name=name, seen=len(state.report.remotes), of=len(state.report.evidence.cluster.remotes))
        for name, state in snapshot.early.items()
    )


def _acknowledged(snapshot: Snapshot, wanted: Wanted) -> Iterator[Acknowledged]:
    for name, state in snapshot.shown.items():
        for text in acknowledged(state.report) if wanted.takes_cluster(name) else ():
            yield Acknowledged(name=name, href=cluster_address(name), text=text)
        for remote in state.report.remotes:
            if wanted.takes(name, remote):
                for text in acknowledged(remote):
                    yield Acknowledged(
                        name=f"{name} → {remote.alias}", href=remote_address(name, remote.alias), text=text
                    )
