"""Times at which somebody works on clusters, so that what breaks meanwhile is no news. Source: the configuration."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from diag.lazy_dataclass import dataclass

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

WEEK = 7


class Weekday(StrEnum):
    """A day of the week, in the order of ``datetime.weekday``."""

    MONDAY = "mon"
    TUESDAY = "tue"
    WEDNESDAY = "wed"
    THURSDAY = "thu"
    FRIDAY = "fri"
    SATURDAY = "sat"
    SUNDAY = "sun"


@dataclass(frozen=True, slots=True, kw_only=True)
class MaintenanceWindow:
    """A time of maintenance: once, or each week on some days. ``cluster`` and ``remote`` are globs.

    ``begin`` and ``end`` are the time on the clocks of ``zone``: ``2026-12-01T22:00`` for once, ``22:00`` for each of ``days``. A weekly
    one that ends at or before its beginning ends on the next day. A time that the clocks show twice in a night begins when they show it first, and
    ends when they show it last; one that they skip is the moment at which they are moved.
    """

    begin: str
    end: str
    note: str
    days: tuple[Weekday, ...] = ()
    zone: str = "UTC"
    cluster: str = "*"
    remote: str = "*"

    def ends(self, at: datetime) -> datetime | None:
        """When the window ends that is open at a moment; None where it is not open then."""
        from zoneinfo import ZoneInfo  # noqa: PLC0415 -- few configurations have a window.

        zone = ZoneInfo(self.zone)
        if not self.days:
            spans = [(datetime.fromisoformat(self.begin), datetime.fromisoformat(self.end))]
        else:
            # One that began on the day before may still be open.
            today = at.astimezone(zone).replace(tzinfo=None)
            spans = [self._on(today - timedelta(days=back)) for back in (0, 1) if self._is_day(today, back)]
        for begin, end in spans:
            opens, closes = _moments(begin, zone)[0], _moments(end, zone)[1]
            if opens <= at < closes:
                return closes
        return None

    def _is_day(self, today: datetime, back: int) -> bool:
        return list(Weekday)[(today.weekday() - back) % WEEK] in self.days

    def _on(self, day: datetime) -> tuple[datetime, datetime]:
        begin, end = time.fromisoformat(self.begin), time.fromisoformat(self.end)
        first = datetime.combine(day.date(), begin)
        return first, datetime.combine(day.date() + timedelta(days=int(end <= begin)), end)


def _moments(clock: datetime, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """The first and the last moment at which the clocks of a zone show a time."""
    first, second = (clock.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
    if first <= second:
        return first, second
    # They skip it: between the two readings they are moved.
    before, after = second, first
    while after - before > timedelta(seconds=1):
        middle = before + (after - before) // 2
        if middle.astimezone(zone).utcoffset() == second.astimezone(zone).utcoffset():
            before = middle
        else:
            after = middle
    moved = after.replace(microsecond=0)
    return moved, moved
