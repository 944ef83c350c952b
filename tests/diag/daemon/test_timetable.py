"""The timetable: fixed points, spread, never two rounds of one cluster at a time."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diag.daemon.timetable import PhaseTrigger, Timetable, fraction, spread
from tests.diag.daemon.world import until
from tests.patience import PATIENCE

NOW = datetime(2026, 1, 15, 12, tzinfo=UTC)


@given(st.text(), st.floats(1, 10_000), st.integers(0, 100_000))
def test_points_are_an_interval_apart_and_the_same_after_a_restart(name: str, interval: float, later: int) -> None:
    """Whenever one begins to count, the points of a name are the same, and the next one lies ahead."""
    trigger = PhaseTrigger(name, interval)
    first = trigger.get_next_fire_time(None, NOW)
    assert timedelta() <= first - NOW <= timedelta(seconds=interval + 0.001)
    second = trigger.get_next_fire_time(first, first)
    assert second - first == pytest.approx(timedelta(seconds=interval), abs=timedelta(milliseconds=1))
    again = PhaseTrigger(name, interval).get_next_fire_time(None, NOW + timedelta(seconds=later))
    periods = (again - first).total_seconds() / interval
    assert periods == pytest.approx(round(periods), abs=0.01)


def test_a_round_in_between_does_not_move_the_points() -> None:
    """After an early re-check the next round is at a point again, and not right behind it."""
    trigger = PhaseTrigger("eu", 60)
    point = trigger.get_next_fire_time(None, NOW)
    early = trigger.get_next_fire_time(point - timedelta(seconds=40), point - timedelta(seconds=40))
    assert early == point
    close = trigger.get_next_fire_time(point - timedelta(seconds=5), point - timedelta(seconds=5))
    assert close == point + timedelta(seconds=60)


def test_a_long_sleep_is_not_made_up_for() -> None:
    """After days of suspension there is one round, and not one for each that was missed."""
    trigger = PhaseTrigger("eu", 1)
    after = trigger.get_next_fire_time(NOW - timedelta(days=3), NOW)
    assert NOW - timedelta(seconds=2) <= after <= NOW + timedelta(seconds=1)


def test_many_first_rounds_are_spread_and_one_is_not_delayed() -> None:
    """A thousand clusters begin one after the other, within half an interval; a single one at once."""
    names = tuple(map(str, range(1000)))
    waits = sorted(spread(names, 60).values())
    assert 10 < waits[-1] <= 30
    assert sum(wait < 1 for wait in waits) < 100
    assert max(spread(names, 4).values()) <= 2
    assert spread(("one",), 60, 5000) == {"one": 0.0}
    assert fraction("a") == fraction("a") != fraction("b")


def test_clusters_of_many_remotes_are_spread_further() -> None:
    """Their rounds take longer: 100 clusters of a hundred remotes need the time of ten thousand."""
    names = tuple(map(str, range(100)))
    few, many = (max(spread(names, 60, remotes).values()) for remotes in (100, 10_000))
    assert few <= 2
    assert 25 < many <= 30


class Fired:
    """Notes rounds, and lets the test decide how long they take."""

    def __init__(self) -> None:
        self.names: list[str] = []
        self.lateness: list[float] = []
        self.skipped: list[str] = []
        self.gate = asyncio.Event()
        self.gate.set()
        self.ended = 0

    async def fire(self, name: str, late: float) -> None:
        """Run a round."""
        self.names.append(name)
        self.lateness.append(late)
        await self.gate.wait()
        self.ended += 1

    def timetable(self) -> Timetable:
        """Make a timetable that has begun."""
        made = Timetable(self.fire, self.skipped.append)
        made.start()
        return made


async def test_rounds_come_when_they_are_due_and_lateness_is_measured() -> None:
    """A placed cluster has its round after the wait, and again after the interval."""
    fired = Fired()
    timetable = fired.timetable()
    begun = time.monotonic()
    timetable.place("eu", 0.1, wait=0.0)
    await until(lambda: len(fired.names) >= 3)
    took = time.monotonic() - begun
    await timetable.stop(1)
    # However busy the machine is, no round can be later than all of them together took.
    assert all(0 <= late <= took for late in fired.lateness)


async def test_a_round_that_is_wanted_now_comes_after_the_one_that_runs() -> None:
    """A clock that moves while a round runs: the next one does not wait for its old time, and none counts as skipped."""
    fired = Fired()
    fired.gate.clear()
    timetable = fired.timetable()
    timetable.place("eu", 3600, wait=0.0)
    await until(lambda: fired.names == ["eu"])
    timetable.again()
    await asyncio.sleep(0.3)
    assert fired.names == ["eu"]
    fired.gate.set()
    await until(lambda: len(fired.names) == 2)
    await timetable.stop(1)
    assert fired.skipped == []


async def test_two_rounds_of_one_cluster_never_overlap_and_the_skipped_one_is_told() -> None:
    """While a round runs over its interval, the next ones are skipped and counted."""
    fired = Fired()
    fired.gate.clear()
    timetable = fired.timetable()
    timetable.place("eu", 0.05, wait=0.0)
    await until(lambda: len(fired.skipped) >= 2)
    assert fired.names == ["eu"]
    fired.gate.set()
    await until(lambda: len(fired.names) >= 2)
    await timetable.stop(1)


async def test_a_blocked_loop_shows_as_lateness_and_drops_no_round() -> None:
    """What is late by more than any grace time runs all the same, once."""
    fired = Fired()
    timetable = fired.timetable()
    timetable.place("eu", 60, wait=0.05)
    await asyncio.sleep(0)
    import time  # noqa: PLC0415 -- only here.

    time.sleep(0.3)  # noqa: ASYNC251 -- blocking the loop is the point.
    await until(lambda: bool(fired.names))
    await timetable.stop(1)
    assert fired.lateness[0] >= 0.2
    assert fired.names == ["eu"]


async def test_sooner_brings_a_round_forward_and_never_puts_one_off() -> None:
    """An early re-check counts only if it is earlier than what is planned."""
    fired = Fired()
    timetable = fired.timetable()
    timetable.place("far", 60, wait=30)
    timetable.place("near", 60, wait=0.05)
    timetable.sooner("far", 0.01)
    timetable.sooner("near", 20)
    timetable.sooner("stranger", 0)
    await until(lambda: sorted(fired.names) == ["far", "near"])
    await timetable.stop(1)


async def test_stopping_waits_for_rounds_that_run() -> None:
    """A round in flight finishes within the grace."""
    fired = Fired()
    fired.gate.clear()
    timetable = fired.timetable()
    timetable.place("eu", 60, wait=0)
    await until(lambda: bool(fired.names))
    asyncio.get_running_loop().call_later(0.05, fired.gate.set)
    await timetable.stop(5)
    assert fired.ended == 1


async def test_stopping_gives_up_what_never_ends(caplog: pytest.LogCaptureFixture) -> None:
    """A round that goes on for ever holds up the end for the grace only, and nothing is logged as an error."""
    fired = Fired()
    fired.gate.clear()
    timetable = fired.timetable()
    timetable.place("eu", 60, wait=0)
    await until(lambda: bool(fired.names))
    async with asyncio.timeout(PATIENCE):
        await timetable.stop(0.05)
    assert fired.ended == 0
    assert [record.message for record in caplog.records if record.levelname == "ERROR"] == []


async def test_a_cluster_that_is_placed_again_while_its_round_runs_gets_its_round() -> None:
    """The reload of a changed cluster gives up the old round and runs the new one."""
    fired = Fired()
    fired.gate.clear()
    timetable = fired.timetable()
    timetable.place("eu", 60, wait=0)
    await until(lambda: bool(fired.names))
    timetable.place("eu", 60, wait=0)
    await until(lambda: len(fired.names) == 2)
    timetable.remove("eu")
    timetable.remove("eu")
    fired.gate.set()
    await timetable.stop(1)


async def test_again_has_every_cluster_looked_at_now() -> None:
    """After a change of the clock no plan is kept."""
    fired = Fired()
    timetable = fired.timetable()
    for name in ("a", "b"):
        timetable.place(name, 3600, wait=3000)
    timetable.again()
    await until(lambda: sorted(fired.names) == ["a", "b"])
    await timetable.stop(1)
