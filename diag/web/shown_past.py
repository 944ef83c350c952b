"""The past of a remote or of a local cluster, in words: since when it is as it is, what changed, how much of the time it was well."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from diag.board import ClusterState
from diag.history import Availability, Event, EventKind, History
from diag.lazy_dataclass import dataclass
from diag.model import Status
from diag.report.past import event_text
from diag.web.views import WORDS, Moment, duration

DAYS: Final = 30
MAX_EVENTS: Final = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownEvent:
    """One change. ``style`` is that of the status that it ended in, where it was one of the status."""

    at: Moment
    text: str
    style: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownPast:
    """The past of one remote, or of a local cluster itself. ``before`` is what changed in the day before it broke."""

    events: tuple[ShownEvent, ...]
    before: tuple[ShownEvent, ...]
    availability: str
    flapping: bool
    notes: tuple[str, ...]


def since_of(history: History, cluster: str, alias: str, state: ClusterState) -> datetime:
    """Since when a remote is in its state: as the past says, which may be older than this process."""
    return history.since(cluster, alias) or state.report.evidence.taken_at


def past_of(history: History, cluster: str, alias: str, now: datetime) -> ShownPast:
    """Put the past of a remote into words; it may read a file."""
    return ShownPast(
        events=_shown(history.latest(cluster, alias, MAX_EVENTS), now),
        before=_shown(history.what_changed_before(cluster, alias), now),
        availability=availability_text(history.availability(cluster, alias, DAYS, now)),
        flapping=history.flapping(cluster, alias, now),
        notes=history.notes,
    )


def _shown(events: Iterable[Event], now: datetime) -> tuple[ShownEvent, ...]:
    return tuple(
        ShownEvent(at=Moment.of(one.at, now), text=event_text(one, _status), style=_style(one)) for one in events
    )


def _style(event: Event) -> str:
    return event.after if event.kind in {EventKind.STATUS, EventKind.APPEARED} and event.after in set(Status) else ""


def _status(text: str) -> str:
    return WORDS[Status(text)] if text in set(Status) else text or "not known"


def availability_text(known: Availability) -> str:
    """How much of the time with a verdict it was well. What is not known is said, and counts for nothing."""
    if known.ratio is None:
        return ""
    judged = duration(timedelta(seconds=known.up + known.down))
    # Rounded down: what was not always well never reads 100.00 %.
    well = int(known.ratio * 10_000) / 100
    return f"well {well:.2f} % of the {judged} with a verdict, in the last {DAYS} days"
