"""The manual page of one check, and where it fails now: what an alert links to."""

from __future__ import annotations

from datetime import datetime

from diag.board import Snapshot
from diag.check import Check
from diag.lazy_dataclass import dataclass
from diag.report.manual import facts_of
from diag.web.views import moment, remote_address, render


@dataclass(frozen=True, slots=True, kw_only=True)
class FailingRemote:
    """A remote for which the check fails."""

    name: str
    href: str


def render_check(check: Check, snapshot: Snapshot, now: datetime | None = None) -> str:
    """Write the page."""
    failing = [
        FailingRemote(name=f"{name} → {remote.alias}", href=remote_address(name, remote.alias))
        for name, state in snapshot.clusters.items()
        for remote in state.report.remotes
        if (result := remote.result(check.id)) is not None and result.counts
    ]
    return render(
        "check.html",
        moment(now),
        refresh=0,
        id=check.id,
        paragraphs=[" ".join(part.replace("``", "").split()) for part in check.manual.split("\n\n")],
        rows=[row for row in facts_of(check) if row[1] and row[0] != "docs"],
        docs=[link for link in check.docs if link.startswith("https://")],
        remotes=failing,
    )
