"""When a time of maintenance is open: by the clock of its zone, also over midnight and where the clock is moved."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from diag.evidence.maintenance import MaintenanceWindow, Weekday


def _at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


ONCE = MaintenanceWindow(begin="2026-12-05T22:00", end="2026-12-06T04:00", note="n", zone="Europe/Berlin")
NIGHT = MaintenanceWindow(begin="23:00", end="02:00", note="n", days=(Weekday.SATURDAY,))
DAY = MaintenanceWindow(begin="09:00", end="17:00", note="n", days=(Weekday.MONDAY, Weekday.FRIDAY))
# In Berlin the clock goes from 02:00 to 03:00 on 2026-03-29, and from 03:00 back to 02:00 on 2026-10-25.
SPRING = MaintenanceWindow(begin="01:00", end="04:00", note="n", days=(Weekday.SUNDAY,), zone="Europe/Berlin")
SKIPPED = MaintenanceWindow(begin="02:30", end="03:15", note="n", days=(Weekday.SUNDAY,), zone="Europe/Berlin")
TO_SKIPPED = MaintenanceWindow(begin="01:30", end="02:30", note="n", days=(Weekday.SUNDAY,), zone="Europe/Berlin")
TWICE = MaintenanceWindow(begin="02:15", end="02:45", note="n", days=(Weekday.SUNDAY,), zone="Europe/Berlin")
ONCE_TWICE = MaintenanceWindow(begin="2026-10-25T01:00", end="2026-10-25T02:30", note="n", zone="Europe/Berlin")
# Half an hour, from 02:00 to 02:30 on 2026-10-04.
LORD_HOWE = MaintenanceWindow(begin="02:10", end="04:00", note="n", days=(Weekday.SUNDAY,), zone="Australia/Lord_Howe")


@pytest.mark.parametrize(
    ("window", "at", "ends"),
    [
        (ONCE, "2026-12-05T20:59:59", None),
        (ONCE, "2026-12-05T21:00:00", "2026-12-06T03:00:00"),
        (ONCE, "2026-12-06T02:59:59", "2026-12-06T03:00:00"),
        (ONCE, "2026-12-06T03:00:00", None),
        (NIGHT, "2026-11-28T22:59:00", None),  # A Saturday.
        (NIGHT, "2026-11-28T23:00:00", "2026-11-29T02:00:00"),
        (NIGHT, "2026-11-29T01:59:00", "2026-11-29T02:00:00"),
        (NIGHT, "2026-11-29T23:30:00", None),  # Sunday night.
        (NIGHT, "2026-11-28T01:00:00", None),  # The night before.
        (DAY, "2026-11-27T09:00:00", "2026-11-27T17:00:00"),
        (DAY, "2026-11-28T12:00:00", None),
        (SPRING, "2026-03-29T00:30:00", "2026-03-29T02:00:00"),
        (SPRING, "2026-10-25T02:30:00", "2026-10-25T03:00:00"),
        (SKIPPED, "2026-03-29T00:59:59", None),
        (SKIPPED, "2026-03-29T01:00:00", "2026-03-29T01:15:00"),
        (SKIPPED, "2026-03-29T01:15:00", None),
        (TO_SKIPPED, "2026-03-29T00:59:59", "2026-03-29T01:00:00"),
        (TO_SKIPPED, "2026-03-29T01:00:00", None),
        (TWICE, "2026-03-29T01:00:00", None),  # The whole of it is skipped.
        (TWICE, "2026-10-25T00:14:59", None),
        (TWICE, "2026-10-25T00:15:00", "2026-10-25T01:45:00"),
        (TWICE, "2026-10-25T01:44:59", "2026-10-25T01:45:00"),
        (ONCE_TWICE, "2026-10-25T01:15:00", "2026-10-25T01:30:00"),
        (ONCE_TWICE, "2026-10-25T01:30:00", None),
        (LORD_HOWE, "2026-10-03T15:29:59", None),
        (LORD_HOWE, "2026-10-03T15:30:00", "2026-10-03T17:00:00"),
    ],
)
def test_a_window_is_open_by_the_clock_of_its_zone(window: MaintenanceWindow, at: str, ends: str | None) -> None:
    """The end is given in UTC."""
    assert window.ends(_at(at)) == (None if ends is None else _at(ends))
