"""The table of statements: complete, in order, about checks that there are, and printed."""

from __future__ import annotations

from pathlib import Path

import pytest

from checks import CHECKS
from tests.toollib import tool

ROOT = Path(__file__).parents[2]
IDS = frozenset(check.id for check in CHECKS)
# The page has so many, counted when it was taken apart.
STATEMENTS = 130


TOOL = tool("statements")
ROWS = TOOL.read(TOOL.DATA.read_text())


def test_every_statement_is_there() -> None:
    """All of them, each with the checks that hold it, which there are, or with a reason."""
    assert len(ROWS) == STATEMENTS
    assert list(TOOL.problems(ROWS, IDS)) == []


def test_a_renamed_check_is_noticed() -> None:
    """Every check that a row names is needed: without it the table is refused, and the row is named."""
    for row in ROWS:
        for check in row.checks:
            found = list(TOOL.problems(ROWS, IDS - {check}))
            assert f"{row.number}: there is no check {check}" in found


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("S2\twords\ttls/expired\t", "expected S1"),
        ("S1\twords\t\t", "expected checks"),
        ("S1\twords\t\tbecause", "expected checks"),
        ("S1\twords\t\tnot covered: ", "expected checks"),
        ("S1\twords\ttls/expired\tnavigation", "expected checks"),
        ("S1\twords\ttls/expired,tls/expired\t", "twice"),
        ("S1\twords\ttls/nothing\t", "no check tls/nothing"),
    ],
)
def test_a_row_that_cannot_be_right(line: str, words: str) -> None:
    """Each fault of a row is named."""
    (found,) = TOOL.problems(TOOL.read(f"# A comment.\n{line}\n"), IDS)
    assert words in found


def test_a_row_of_other_columns() -> None:
    """A blank in place of a tab is no column."""
    with pytest.raises(ValueError, match="S1 words: expected 4 columns"):
        TOOL.read("S1 words\ttls/expired\t\n")


def test_the_page_is_fresh() -> None:
    """``make docs`` renews it."""
    assert TOOL.PAGE.read_text() == TOOL.page(ROWS)


def test_the_counts() -> None:
    """The line of counts adds up to all statements."""
    (line,) = (line for line in TOOL.page(ROWS).splitlines() if " statements: " in line)
    all_of_them, *parts = (int(word) for word in line.replace(",", " ").split() if word.isdigit())
    assert all_of_them == sum(parts) == STATEMENTS
