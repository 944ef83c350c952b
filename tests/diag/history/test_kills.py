"""A few kills of a real daemon; ``tests/e2e/test_history_kills.py`` does it a hundred times."""

from __future__ import annotations

from pathlib import Path

from tests.diag.history.killing import killed


def test_a_killed_daemon_loses_nothing_but_the_round_that_ran(tmp_path: Path) -> None:
    """The file opens each time, no change between two rounds is missing, and what the killed round saw is found by the next one."""
    counted = killed(tmp_path, kills=4, seed=7)
    assert (counted["kills"], counted["opened"], counted["set_aside"]) == (4, 4, 0)
    assert counted["lost_and_not_in_flight"] == []
    assert counted["broken_chains"] == 0
