"""Write docs/statements.md: each statement of Elastic's page on remotes of a self-managed environment, and the checks that hold it.

The statements stand in statements.tsv next to this file, in the order of the page and in words of its own: the number, the words, the ids of
the checks, and where there are none the reason, ``navigation`` or ``not covered: why``. ``make docs`` runs this.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
DATA = HERE / "statements.tsv"
PAGE = HERE.parent / "docs" / "statements.md"
NAVIGATION = "navigation"
NOT_COVERED = "not covered: "
_COLUMNS = 4
_ABOUT = (
    "Elastic's page on clusters of a self-managed environment, sentence by sentence, in words of its own: which checks find out where it was "
    "not followed. A click path without a fact that could be tested is navigation."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One statement: ``checks`` hold it, or ``why`` says why none does."""

    number: str
    words: str
    checks: tuple[str, ...] = ()
    why: str = ""


def read(text: str) -> tuple[Statement, ...]:
    """Read the table. Raises ValueError for a row that is none."""
    rows = [line.split("\t") for line in text.splitlines() if line and not line.startswith("#")]
    if odd := next((row for row in rows if len(row) != _COLUMNS), None):
        msg = f"{odd[0]}: expected {_COLUMNS} columns, separated by tabs"
        raise ValueError(msg)
    return tuple(
        Statement(number=number, words=words, checks=tuple(checks.split(",")) if checks else (), why=why)
        for number, words, checks, why in rows
    )


def problems(statements: Sequence[Statement], known: frozenset[str]) -> Iterator[str]:
    """Say which rows cannot be right: a number out of order, a check that is none, a row with neither a check nor a reason."""
    for place, one in enumerate(statements, start=1):
        if one.number != f"S{place}":
            yield f"{one.number}: expected S{place}"
        for check in one.checks:
            if check not in known:
                yield f"{one.number}: there is no check {check}"
        if len(set(one.checks)) < len(one.checks):
            yield f"{one.number}: a check is there twice"
        reason = one.why == NAVIGATION or (len(one.why) > len(NOT_COVERED) and one.why.startswith(NOT_COVERED))
        if bool(one.checks) == bool(one.why) or (one.why and not reason):
            yield f"{one.number}: expected checks, or {NAVIGATION!r} or {NOT_COVERED + 'why'!r}"


def page(statements: Sequence[Statement]) -> str:
    """The page, with its counts."""
    covered = sum(bool(one.checks) for one in statements)
    leading = sum(one.why == NAVIGATION for one in statements)
    lines = [
        "# What the documentation says, and what holds it",
        "",
        "<!-- Made from tools/statements.tsv by `make docs`: do not edit. -->",
        "",
        _ABOUT,
        "",
        f"{len(statements)} statements: {covered} covered, {leading} navigation, {len(statements) - covered - leading} not covered.",
        "",
        "| | statement | checks |",
        "|---|---|---|",
        *(f"| {one.number} | {one.words} | {_held_by(one)} |" for one in statements),
    ]
    return "\n".join(lines) + "\n"


def _held_by(one: Statement) -> str:
    return ", ".join(f"`{check}`" for check in one.checks) or one.why


def main() -> int:
    """Write the page; refuse a table that cannot be right."""
    sys.path.insert(0, str(HERE.parent))
    from checks import CHECKS  # noqa: PLC0415 -- found from here on only.

    statements = read(DATA.read_text(encoding="utf-8"))
    found = list(problems(statements, frozenset(check.id for check in CHECKS)))
    if found:
        sys.stderr.write("".join(f"{DATA.name}: {problem}\n" for problem in found))
        return 1
    PAGE.write_text(page(statements), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
