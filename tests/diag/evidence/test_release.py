"""A release as far as it is known: what it may be, and what is certain of it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diag.model import NO_END, Release, Version

NUMBERS = st.builds(Version, st.integers(6, 9), st.integers(0, 19), st.integers(0, 9))


@pytest.mark.parametrize(
    ("lowest", "highest", "text", "exact"),
    [
        ((8, 15, 2), (8, 15, 2), "8.15.2", True),
        ((8, 15, 2), (8, 15, 5), "8.15.2 to 8.15.5", False),
        ((9, 5, 6), (9, 5, NO_END), "9.5.6 or later", False),
        ((8, 15, 2), None, "8.15.2 or later", False),
    ],
)
def test_how_it_reads(lowest: tuple[int, ...], highest: tuple[int, ...] | None, text: str, *, exact: bool) -> None:
    """One release, a range, or no end."""
    found = Release(Version(*lowest), None if highest is None else Version(*highest))
    assert (text, exact) == (str(found), found.exact)


@given(NUMBERS, NUMBERS, NUMBERS)
def test_what_it_may_be(one: Version, other: Version, number: Version) -> None:
    """Between its ends, both included; what is said of it agrees with every release that it may be."""
    release = Release(min(one, other), max(one, other))
    assert release.may_be(number) is (release.lowest <= number <= release.highest if release.highest else None)
    answers = {some >= number for some in release.possible}
    assert release.at_least(number) is (answers.pop() if len(answers) == 1 else None)
    assert all(release.may_be(some) for some in release.possible)


@pytest.mark.parametrize(
    ("number", "expected"),
    [("8.15.1", False), ("8.15.2", True), ("8.15.9", True), ("8.16.0", None), ("8.17.0", None), ("9.0.1", False)],
)
def test_without_an_end_it_may_be_newer(number: str, expected: bool | None) -> None:  # noqa: FBT001 -- a column of the table.
    """Where nothing says how far it goes, the next releases stay open."""
    assert Release(Version(8, 15, 2), None).may_be(Version.parse(number)) is expected
