"""kill -9, a hundred times, during rounds and writes: the history opens each time, and no event is lost but the one being written."""

from __future__ import annotations

from pathlib import Path

from tests.diag.history.killing import killed

KILLS = 100


def test_a_hundred_kills(tmp_path: Path) -> None:
    """Of each process at most the round that ran when it was killed may be missing; all events fit together."""
    counted = killed(tmp_path, KILLS, seed=2)
    assert (counted["kills"], counted["opened"], counted["set_aside"]) == (KILLS, KILLS, 0)
    assert counted["lost_and_not_in_flight"] == []
    assert len(counted["lost"]) <= KILLS
    assert counted["rounds"] > KILLS / 2, "it was killed before it did anything"
    assert counted["events"] + len(counted["lost"]) >= counted["rounds"] - 1
    assert counted["broken_chains"] == 0
