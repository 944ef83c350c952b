"""What follows from events: how long something was well, what changed before it broke, whether it flaps. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Final

from diag.history.changes import State
from diag.history.event import CAUSES, STATUS_KINDS, Availability, Event, EventKind
from diag.lazy_dataclass import dataclass
from diag.model import Status

BEFORE: Final = timedelta(days=1)  # What changed earlier than this is hardly why something broke.
FLAPS: Final = 4  # Changes between well and not well
FLAP_TIME: Final = timedelta(hours=1)  # within this time: it broke twice, and came back twice.
_WELL: Final = frozenset({Status.OK.value, Status.WARN.value})


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """The time that is asked for. Before ``whole_since`` nothing is known, and after ``looked`` nobody looked."""

    begins: datetime
    ends: datetime
    whole_since: datetime
    looked: datetime


def availability_of(events: Iterable[Event], state: State | None, window: Window) -> Availability:
    """How long it was well. ``events`` are those of its status and the gaps of its cluster in the window, the oldest first.

    ``state`` is what is known of it now: without any event, it has been so all the time since then.
    """
    events, begins, ends = tuple(events), window.begins, window.ends
    gaps = [_gap(one) for one in events if one.kind is EventKind.GAP]
    seconds = dict.fromkeys(("up", "down", "unknown"), 0.0)
    for began, over, status in _spells([one for one in events if one.kind in STATUS_KINDS], state, window.whole_since):
        start, end = max(began, begins), min(over or ends, window.looked, ends)
        if status and end > start:
            kind = "up" if status in _WELL else "down" if status == Status.FAIL else "unknown"
            seconds[kind] += (end - start).total_seconds() - _overlap(gaps, start, end)
    whole = (ends - begins).total_seconds()
    return Availability(begins=begins, ends=ends, **seconds, not_observed=max(0.0, whole - sum(seconds.values())))


def broke_at(events: Sequence[Event]) -> datetime | None:
    """When it stopped being well, by its events, the oldest first; None where it is well, or was never seen well."""
    at = None
    for event in events:
        if event.kind not in STATUS_KINDS:
            continue
        if event.before in _WELL and event.after and event.after not in _WELL:
            at = event.at
        elif event.after in _WELL or not event.after:
            at = None
    return at


def causes_before(events: Iterable[Event], broke: datetime) -> tuple[Event, ...]:
    """Of events, what may be why something broke then, the newest first."""
    found = [one for one in events if one.kind in CAUSES and broke - BEFORE <= one.at <= broke]
    return tuple(sorted(found, key=lambda one: -one.cursor))


def is_flapping(events: Iterable[Event], now: datetime) -> bool:
    """Whether it went from well to not well, or back, again and again in the last hour."""
    changed = (one for one in events if one.kind is EventKind.STATUS and now - FLAP_TIME <= one.at <= now)
    return sum((one.before in _WELL) is not (one.after in _WELL) for one in changed) >= FLAPS


def _spells(
    events: Sequence[Event], state: State | None, whole_since: datetime
) -> Iterable[tuple[datetime, datetime | None, str]]:
    """From when to when it had which status, the last one without an end; nothing while it was not there."""
    if not events:
        if state is not None and state.status is not None:
            yield max(whole_since, state.since), None, state.status
        return
    yield whole_since, events[0].at, events[0].before
    for one, other in pairwise(events):
        # Where the one does not begin with what the other ended with, something in between was lost: nothing is known of that time.
        yield one.at, other.at, one.after if one.after == other.before else ""
    yield events[-1].at, None, events[-1].after


def _gap(event: Event) -> tuple[datetime, datetime]:
    return datetime.fromisoformat(event.before), datetime.fromisoformat(event.after)


def _overlap(gaps: Iterable[tuple[datetime, datetime]], start: datetime, end: datetime) -> float:
    return sum(max(0.0, (min(end, stop) - max(start, begin)).total_seconds()) for begin, stop in gaps)
