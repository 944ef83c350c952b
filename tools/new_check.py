"""Make the skeleton of a check: ``make new-check ID=group/problem``.

A file for the check, its line in its group, and four case files. What only the author can know is left empty, and what is
empty is refused: the check by the test of manuals, each case by its empty ``why`` and by what it expects.
"""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path

_ID = re.compile(r"(?P<group>[a-z][a-z0-9-]*)/(?P<problem>[a-z][a-z0-9-]*)")
_CHECK = '''\
"""The check {id}."""

from __future__ import annotations

from diag.check import Applies, Yields, check
from diag.model import Finding, Remote, Severity


@check(
    "{id}",
    severity=Severity.WARNING,
    applies=Applies.settings(),
    docs=(),
    tags=("{group}",),
    source="",
)
def {name}(remote: Remote) -> Yields:
    """

    Why it matters:

    How to fix:

    Example:
    """
    yield Finding(
        summary=f"The remote {{remote.alias}} is not judged yet; expected a rule in this check.",
        remedy="Write the rule.",
        facts={{"observed": remote.alias, "expected": "a rule"}},
    )
'''
_CASE = """\
base: api_key
why:
given: {{}}
expect:
  outcome: {outcome}
"""
_EXPECTED = {
    "fail": "  severity: warning\n  findings:\n  - summary: []\n    remedy: []\n    facts: {}\n",
    "pass": "",
    "skip": "  because: []\n",
    "unknown": "  because: []\n",
}


def make(root: Path, check_id: str) -> list[Path]:
    """Write the skeleton under the root of the repository, and give the files. Raises ValueError where that can't be done."""
    found = _ID.fullmatch(check_id)
    if found is None:
        msg = f"{check_id!r}: expected group/problem in lower-case letters, digits and dashes, such as tls/expired"
        raise ValueError(msg)
    group, problem = found["group"], found["problem"]
    folder, name = root / "checks" / group.replace("-", "_"), problem.replace("-", "_")
    table, target = folder / "__init__.py", folder / f"{name}.py"
    if not table.exists() or "MODULES" not in table.read_text():
        groups = sorted(
            path.parent.name.replace("_", "-")
            for path in folder.parent.glob("*/__init__.py")
            if "MODULES" in path.read_text()
        )
        msg = f"{check_id!r}: there is no group {group}; there are {', '.join(groups)}"
        raise ValueError(msg)
    if target.exists():
        msg = f"{check_id!r}: {target.relative_to(root)} is there already"
        raise ValueError(msg)
    written = {
        target: _CHECK.format(id=check_id, group=group, name=name),
        table: _with_row(table.read_text(), name),
    }
    for outcome, expected in _EXPECTED.items():
        case = root / "tests" / "cases" / group / problem / f"{outcome}.yaml"
        written[case] = _CASE.format(outcome=outcome) + expected
    for path, text in written.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return list(written)


def _with_row(table: str, name: str) -> str:
    """Add a check to its group, in the last place of the display."""
    rows, end, tail = table.rpartition("\n)")
    return f'{rows}\n    "{name}",{end}{tail}'


def main() -> int:
    """Write the files, name them, and say what is next."""
    parser = argparse.ArgumentParser(description="Make the skeleton of a check.")
    parser.add_argument("id", metavar="group/problem")
    parser.add_argument("--root", type=Path, default=Path(__file__).parents[1], help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    try:
        written = make(arguments.root, arguments.id)
    except ValueError as error:
        sys.stderr.write(f"new-check: {error}\n")
        return 2
    sys.stdout.write("".join(f"{path.relative_to(arguments.root)}\n" for path in written))
    sys.stdout.write("Fill them in, see CONTRIBUTING.md; then: make docs && make test\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
