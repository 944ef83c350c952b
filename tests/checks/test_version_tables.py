"""The tables of releases agree with each other, and with the rules they are printed from."""

from __future__ import annotations

import itertools

import pytest

from checks.tables import versions
from diag.model import Version

MINORS = [
    *(Version(6, n) for n in (7, 8)),
    *(Version(7, n) for n in range(18)),
    *(Version(8, n) for n in range(20)),
    *(Version(9, n) for n in range(5)),
]
PAIRS = list(itertools.product(MINORS, MINORS))


def test_what_may_be_searched_can_connect() -> None:
    """No pair is supported for searches whose nodes refuse each other."""
    assert [p for p in PAIRS if versions.may_search(*p) and versions.may_connect(*p) is False] == []


def test_connecting_is_symmetric() -> None:
    """Either both nodes accept each other, or none does."""
    assert [(a, b) for a, b in PAIRS if versions.may_connect(a, b) != versions.may_connect(b, a)] == []


def test_every_release_goes_with_itself() -> None:
    """The same release on both sides connects and is supported."""
    assert all(versions.may_connect(v, v) and versions.may_search(v, v) for v in MINORS)


@pytest.mark.parametrize(
    ("one", "others"),
    [
        ("6.8", "6.8 7.0 7.16 7.17"),
        ("7.10", "6.8 7.0 7.16 7.17"),
        ("7.17", "6.8 7.0 7.16 7.17 8.0 8.17 8.18 8.19"),
        ("8.10", "7.17 8.0 8.17 8.18 8.19"),
        ("8.18", "7.17 8.0 8.17 8.18 8.19 9.0"),
        ("8.19", "7.17 8.0 8.17 8.18 8.19 9.0 9.1 9.3"),
        ("9.0", "8.18 8.19 9.0 9.1 9.3"),
        ("9.1", "8.19 9.0 9.1 9.3"),
    ],
)
def test_who_may_connect(one: str, others: str) -> None:
    """The rows of the printed matrix of connections."""
    columns = ["6.8", "7.0", "7.16", "7.17", "8.0", "8.17", "8.18", "8.19", "9.0", "9.1", "9.3"]
    assert [c for c in columns if versions.may_connect(Version.parse(one), Version.parse(c))] == others.split()


@pytest.mark.parametrize(
    ("local", "remotes"),
    [
        ("6.8", "6.8 7.1 7.16 7.17"),
        ("7.16", "6.8 7.1 7.16 7.17"),
        ("7.17", "6.8 7.1 7.16 7.17 8.0 8.1 8.16 8.17 8.18 8.19"),
        ("8.0", "7.17 8.0 8.1 8.16 8.17 8.18 8.19"),
        ("8.1", "8.0 8.1 8.16 8.17 8.18 8.19"),
        ("8.17", "8.16 8.17 8.18 8.19"),
        ("8.18", "8.17 8.18 8.19 9.0"),
        ("8.19", "8.18 8.19 9.0 9.1 9.2 9.3"),
        ("9.0", "8.18 9.0 9.1 9.2 9.3"),
        ("9.1", "9.0 9.1 9.2 9.3"),
        ("9.3", "9.2 9.3"),
    ],
)
def test_what_may_be_searched(local: str, remotes: str) -> None:
    """The rows of the printed table of supported searches."""
    columns = ["6.8", "7.1", "7.16", "7.17", "8.0", "8.1", "8.16", "8.17", "8.18", "8.19", "9.0", "9.1", "9.2", "9.3"]
    assert [c for c in columns if versions.may_search(Version.parse(local), Version.parse(c))] == remotes.split()


def test_releases_that_nobody_knows_are_not_judged() -> None:
    """A major of the future, and a release before the table, give no answer."""
    assert versions.may_connect(Version(10, 0), Version(9, 3)) is None
    assert versions.may_search(Version(10, 0), Version(9, 3)) is None
    assert versions.may_search(Version(7, 0), Version(7, 10)) is None


def test_spans_of_minors_read_well() -> None:
    """A span says its minors in the words of a release note."""
    assert [str(span) for span in versions.searchable(Version(7, 17))] == ["6.8", "7.1 to 7.17", "8.x"]
    assert [str(span) for span in versions.searchable(Version(8, 15))] == ["8.14 and later 8.x"]
