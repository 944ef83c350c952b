"""Patterns of index names: whether one set covers another, against every name of a small alphabet."""

from __future__ import annotations

import itertools
import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from diag.model.patterns import TooLargeError, covers, matches, overlaps

# Three letters: two that patterns name, and one that they don't.
NAMES = ["".join(letters) for length in range(7) for letters in itertools.product("abz", repeat=length)]
PATTERN = st.text("ab*", max_size=4)
WITH_ONE = st.text("ab*?", max_size=4)


def fits(pattern: str, name: str) -> bool:
    """The same by another way."""
    return re.fullmatch(re.escape(pattern).replace(r"\*", ".*").replace(r"\?", "."), name, re.DOTALL) is not None


@given(WITH_ONE, st.text("abz*?", max_size=6))
def test_matches(pattern: str, name: str) -> None:
    """A star stands for any text, a question mark for one character, all else for itself."""
    assert matches(pattern, name) is fits(pattern, name)


@given(st.lists(WITH_ONE, max_size=3), WITH_ONE)
@settings(max_examples=300)
def test_covers_and_overlaps(granted: list[str], wanted: str) -> None:
    """Exactly what every name tells: with four characters in a pattern, a name of six tells the difference, if there is one."""
    meant = [name for name in NAMES if fits(wanted, name)]
    taken = [name for name in meant if any(fits(one, name) for one in granted)]
    assert covers(granted, wanted) is (len(taken) == len(meant))
    assert overlaps(granted, wanted) is bool(taken)


@given(st.lists(PATTERN, min_size=1, max_size=3), PATTERN)
def test_what_covers_overlaps(granted: list[str], wanted: str) -> None:
    """Each pattern without a question mark fits some name, so that what is covered is met."""
    if covers(granted, wanted):
        assert overlaps(granted, wanted)
    assert covers([*granted, wanted], wanted)
    assert covers([*granted, "*"], wanted)


@pytest.mark.parametrize(
    ("granted", "wanted", "covered", "met"),
    [
        (("logs-*",), "logs-*", True, True),
        (("logs-*",), "logs-eu-*", True, True),
        (("logs-eu-*",), "logs-*", False, True),
        (("*",), "", True, True),
        ((), "logs-*", False, False),
        (("logs*",), "logs-*", True, True),
        (("logs-*",), "logs*", False, True),
        (("logs-a*", "logs-b*"), "logs-*", False, True),
        (("a", "a?*"), "a*", True, True),
        (("*a*", "*b*"), "*c*", False, True),
        (("metrics-*",), "logs-*", False, False),
        (("*-eu",), "logs-*-eu", True, True),
        (("logs-*", "*-eu"), "logs-eu", True, True),
        (("l*s", "l*t"), "l*", False, True),
        (("logs-[ab]*",), "logs-a", False, False),
        (("LOGS-*",), "logs-*", False, False),
        (("лог-*",), "лог-2026", True, True),
    ],
)
def test_patterns_as_people_write_them(granted: tuple[str, ...], wanted: str, covered: bool, met: bool) -> None:  # noqa: FBT001 -- the columns of the table.
    """Unions, parts that overlap, and characters that mean nothing here."""
    assert covers(granted, wanted) is covered
    assert overlaps(granted, wanted) is met


def test_the_other_character_stands_for_all_others() -> None:
    """No union of names covers a star, however many there are."""
    assert not covers([chr(code) for code in range(33, 127) if chr(code) not in "*?"], "?")
    assert not covers([f"{chr(code)}*" for code in range(33, 127) if chr(code) not in "*?"], "*")


def test_what_is_too_large_says_so() -> None:
    """Patterns that were made to be hard end soon, and are not answered by a guess."""
    hard = f"*a{'?' * 30}"
    started = time.monotonic()
    with pytest.raises(TooLargeError):
        covers(["*", hard], "*")
    with pytest.raises(TooLargeError):
        overlaps([hard], hard.replace("a", "b"))
    assert time.monotonic() - started < 20


def test_long_and_many_patterns_are_told_soon() -> None:
    """What houses have: hundreds of patterns, and names of the greatest length."""
    started = time.monotonic()
    granted = [f"team-{number}-*" for number in range(300)]
    assert covers(granted, "team-7-logs-*")
    assert not covers(granted, "team-*")
    assert covers([f"{'x' * 254}*"], "x" * 255)
    assert not matches("*a" * 120, "a" * 119)
    assert time.monotonic() - started < 5
