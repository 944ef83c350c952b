"""The manual page of one check, and where it fails now: what an alert links to."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Final

from diag.board import Snapshot
from diag.check import Check
from diag.history import History
from diag.lazy_dataclass import dataclass
from diag.model import Result
from diag.report.manual import facts_of
from diag.web.shown_cause import STYLES
from diag.web.shown_past import since_of
from diag.web.views import Moment, cluster_address, moment, remote_address, render, web_links
from diag.web.wanted import Wanted

MAX_PLACES: Final = 200
_HEADING: Final = re.compile(r"(Why it matters|How to fix|Example): ")


@dataclass(frozen=True, slots=True, kw_only=True)
class Paragraph:
    """One paragraph of the manual; ``heading`` is empty for the first ones. Every other part of ``parts`` is code."""

    heading: str
    parts: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FailingPlace:
    """A remote, or a local cluster, for which the check fails; ``standing`` says in what way where that is not plain."""

    name: str
    href: str
    summary: str
    severity: str
    style: str
    since: Moment | None = None
    standing: str = ""


def render_check(check: Check, snapshot: Snapshot, history: History, now: datetime | None = None) -> str:
    """Write the page."""
    now = moment(now)
    places = list(_places(check, snapshot, history, now))
    return render(
        "check.html",
        now,
        refresh=True,
        taken=snapshot.at.timestamp(),
        here=f"/checks/{check.id}",
        id=check.id,
        paragraphs=tuple(_paragraphs(check)),
        rows=[row for row in facts_of(check) if row[1] and row[0] != "docs"],
        docs=web_links(check.docs),
        places=places[:MAX_PLACES],
        left_out=max(0, len(places) - MAX_PLACES),
        everyone=Wanted(cause=check.id).address,
    )


def _paragraphs(check: Check) -> Iterator[Paragraph]:
    for text in check.manual.split("\n\n"):
        line = " ".join(text.split())
        found = _HEADING.match(line)
        rest = line[found.end() :] if found else line
        parts = (rest[:1].upper() + rest[1:]).split("``")
        yield Paragraph(heading=found[1] if found else "", parts=tuple(parts))


def _places(check: Check, snapshot: Snapshot, history: History, now: datetime) -> Iterator[FailingPlace]:
    for name, state in snapshot.shown.items():
        own = next((one for one in state.report.results if one.check == check.id and one.counts), None)
        if own is not None:
            yield _place(own, name, cluster_address(name))
        for remote in state.report.remotes:
            result = remote.result(check.id)
            if result is None or not result.counts:
                continue
            standing = f"because of {', '.join(result.explained_by)}" if result.explained_by else ""
            since = Moment.of(since_of(history, name, remote.alias, state), now)
            href = remote_address(name, remote.alias)
            yield _place(result, f"{name} → {remote.alias}", href, standing=standing, since=since)


def _place(result: Result, name: str, href: str, *, standing: str = "", since: Moment | None = None) -> FailingPlace:
    return FailingPlace(
        name=name,
        href=href,
        summary=result.findings[0].summary if result.findings else result.because,
        severity=result.severity.value if result.severity else "",
        style=STYLES[result.severity] if result.severity else "unknown",
        since=since,
        standing=standing,
    )
