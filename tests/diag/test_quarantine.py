"""Who ended its process too often in a row is left alone for a while, each time for longer."""

from __future__ import annotations

from diag.rounds.quarantine import DEATHS, FIRST_PAUSE, MAX_PAUSE, Quarantine


class Clock:
    """A steady clock that a test turns."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        """Give the seconds."""
        return self.now


def test_only_after_several_deaths_in_a_row_and_for_longer_each_time() -> None:
    """A round that ends well begins anew; others are not concerned."""
    clock = Clock()
    made = Quarantine[str]("Look into the log", clock)
    for _ in range(2):
        for number in range(1, DEATHS):
            made.died("eu", "was killed by SIGSEGV")
            assert (made.deaths("eu"), made.why_closed("eu")) == (number, "")
        made.survived("eu")
    assert made.deaths("eu") == 0
    for _ in range(DEATHS - 1):
        made.died("eu", "was killed by SIGSEGV")
    pauses = []
    for _ in range(10):
        made.died("eu", "was killed by SIGSEGV")
        assert "the process that looked at it died (was killed by SIGSEGV)" in made.why_closed("eu")
        begun, reason = clock.now, made.why_closed("eu")
        while made.why_closed("eu"):
            assert made.why_closed("eu") == reason
            clock.now += 30.0
        pauses.append(clock.now - begun)
        assert made.deaths("eu"), "the next one is made apart from others, too"
    assert pauses == [min(MAX_PAUSE, FIRST_PAUSE * 2**number) for number in range(10)]
    assert (made.deaths("us"), made.why_closed("us")) == (0, "")
    made.survived("eu")
    made.died("eu", "again")
    assert not made.why_closed("eu")


def test_who_is_configured_otherwise_begins_anew() -> None:
    """The others do not."""
    made = Quarantine[str]("", Clock())
    for name in ("eu", "us"):
        for _ in range(DEATHS):
            made.died(name, "ended with exit code 1")
    made.forget(lambda name: name == "eu")
    assert (made.why_closed("eu"), made.deaths("eu")) == ("", 0)
    assert made.why_closed("us")
