"""The table of transport version ids, against what running nodes answered and against the rules for ids that are not in it."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diag.evidence.release import NO_END
from diag.evidence.terms import Version
from diag.wire.versions import TABLE, release_of, transport_version_of

BEFORE_THE_TABLE = ["5.6.0", "6.8.23", "7.0.0", "7.17.28", "8.0.0", "8.8.2"]


@pytest.mark.parametrize(
    ("answered", "release"), [(6082399, "6.8.23"), (7172899, "7.17.28"), (8841064, "8.19.0"), (9185002, "9.2.0")]
)
def test_what_running_nodes_answered(answered: int, release: str) -> None:
    """The ids that nodes of four releases gave are those of their releases, and of no other."""
    found = release_of(answered)
    assert found is not None
    assert (str(found.lowest), found.exact, found.highest) == (release, True, found.lowest)


@pytest.mark.parametrize(
    ("answered", "release"),
    [
        (7060099, "7.6.0"),
        (7171699, "7.17.16"),
        (8080299, "8.8.2"),
        (8560000, "8.12.0"),
        (8595001, "8.13.4"),
        (8772006, "8.16.6"),
        (8797010, "8.17.10"),
        (8840009, "8.18.7"),
        (9000016, "9.0.7"),
        (9112007, "9.1.4"),
        (9348006, "9.4.2"),
    ],
)
def test_an_id_of_one_release_is_exact(answered: int, release: str) -> None:
    """An id that one release has is that release."""
    found = release_of(answered)
    assert found is not None
    assert (str(found.lowest), found.exact) == (release, True)


@pytest.mark.parametrize(
    ("answered", "lowest", "highest"),
    [
        (8500020, "8.9.0", "8.9.2"),
        (8500061, "8.10.0", "8.10.4"),
        (8636001, "8.14.0", "8.14.3"),
        (8702003, "8.15.2", "8.15.5"),
        (8772004, "8.16.1", "8.16.4"),
    ],
)
def test_an_id_of_several_releases_gives_the_lowest(answered: int, lowest: str, highest: str) -> None:
    """An id that patch releases share stands for all of them."""
    found = release_of(answered)
    assert found is not None
    assert (str(found.lowest), found.exact, str(found.highest)) == (lowest, False, highest)


@pytest.mark.parametrize(
    ("answered", "lowest", "highest"),
    [
        (8841070, "8.19.5", "8.19.6"),
        (8772002, "8.16.0", "8.16.1"),
        (9185006, "9.2.1", "9.2.2"),
        (8636009, "8.14.0", f"8.14.{NO_END}"),
        (8797011, "8.17.10", f"8.17.{NO_END}"),
        (9458020, "9.5.6", f"9.5.{NO_END}"),
    ],
)
def test_an_id_inside_a_line_is_of_that_line(answered: int, lowest: str, highest: str) -> None:
    """A patch release that the table does not have is not older than the row below."""
    found = release_of(answered)
    assert found is not None
    assert (str(found.lowest), found.exact, str(found.highest)) == (lowest, False, highest)


@pytest.mark.parametrize(
    ("answered", "lowest", "highest"),
    [
        (8500000, "8.8.0", "8.9.0"),
        (8500040, "8.9.0", "8.10.0"),
        (8500062, "8.10.0", "8.11.0"),
        (8650000, "8.14.0", "8.15.0"),
        (8702001, "8.14.0", "8.15.0"),
        (8900000, "8.19.0", "9.0.0"),
        (9100000, "9.0.0", "9.1.0"),
    ],
)
def test_an_id_between_lines_may_be_of_either(answered: int, lowest: str, highest: str) -> None:
    """A build from development or of a serverless project is not older than the line below, nor newer than the one above."""
    found = release_of(answered)
    assert found is not None
    assert (str(found.lowest), found.exact, str(found.highest)) == (lowest, False, highest)


def test_an_id_behind_the_table_is_of_the_newest_line_or_later() -> None:
    """A node newer than the table is not called a known release, and not unknown either: it is too new for old peers."""
    found = release_of(9_999_000)
    assert found is not None
    assert (found.lowest, found.exact, found.highest) == (Version(9, 5), False, Version(9, NO_END, NO_END))


@pytest.mark.parametrize(
    "answered", [-5, 0, 99, 4_000_099, 6_090_099, 7_180_099, 8_090_099, 8_499_999, 10_000_000, 99_999_999]
)
def test_an_id_that_no_release_has_gives_nothing(answered: int) -> None:
    """What no node can answer is not turned into a release."""
    assert release_of(answered) is None


def test_a_pre_release_counts_as_its_release() -> None:
    """A release candidate is given as the release that it comes before, as Elasticsearch's rules of releases take it."""
    found = release_of(8_000_051)
    assert found is not None
    assert (found.lowest, found.exact) == (Version(8, 0), True)


def test_the_table_goes_upwards() -> None:
    """Ids and releases rise together, no release has two ids, and each row has its source."""
    assert all(a.id < b.id and a.last < b.first for a, b in itertools.pairwise(TABLE))
    assert all(row.first <= row.last and row.source for row in TABLE)


@pytest.mark.parametrize("row", TABLE, ids=lambda row: str(row.first))
def test_a_line_is_one_minor(row: object) -> None:
    """All rows of one thousand are of one minor release."""
    same = {(other.first.major, other.first.minor) for other in TABLE if other.line == row.line}  # type: ignore[attr-defined]
    assert len(same) == 1


@pytest.mark.parametrize("release", [*BEFORE_THE_TABLE, *(str(v) for row in TABLE for v in (row.first, row.last))])
def test_there_and_back(release: str) -> None:
    """A release is among those that its own id stands for."""
    version = Version.parse(release)
    found = release_of(transport_version_of(version))
    assert found is not None
    assert found.lowest <= version <= found.highest
    assert not found.exact or found.lowest == version


@pytest.mark.parametrize(
    ("release", "answered"), [("8.14.2", 8636001), ("8.15.5", 8702003), ("8.18.99", 8840010), ("9.2.0", 9185002)]
)
def test_ids_of_releases(release: str, answered: int) -> None:
    """A release answers with its id; a later patch release with the last one that is known."""
    assert transport_version_of(Version.parse(release)) == answered


@pytest.mark.parametrize("release", ["4.9.0", "6.9.0", "7.18.0", "8.20.0", "9.77.0", "10.0.0"])
def test_a_minor_that_is_not_known_has_no_id(release: str) -> None:
    """No id is made up."""
    with pytest.raises(ValueError, match=release):
        transport_version_of(Version.parse(release))


@given(st.integers(min_value=-(2**31), max_value=2**31))
def test_any_id_gives_a_span_that_is_right(answered: int) -> None:
    """Whatever a peer sends: no exception, and the lowest release is not above the highest."""
    found = release_of(answered)
    assert found is None or found.lowest <= found.highest
    assert found is None or not found.exact or found.lowest == found.highest


@given(st.integers(min_value=8_500_000, max_value=9_999_999), st.integers(min_value=0, max_value=5000))
def test_a_higher_id_is_not_of_a_lower_release(answered: int, more: int) -> None:
    """The highest release of an id never exceeds that of a higher id, behind the table included."""
    low, high = release_of(answered), release_of(answered + more)
    assert low is not None
    assert high is None or low.lowest <= high.highest
