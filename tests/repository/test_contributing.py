"""What CONTRIBUTING.md names is there: targets of make, options, paths, checks with that severity."""

from __future__ import annotations

import re
from pathlib import Path

from checks import CHECKS
from tests.clilib import diag

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "CONTRIBUTING.md").read_text()


def test_every_target_of_make_is_there() -> None:
    """And the document names the one for a new check."""
    targets = set(re.findall(r"^([a-z0-9-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = set(re.findall(r"make ([a-z][a-z0-9-]+)", TEXT))
    assert "new-check" in named
    assert named <= targets


def test_every_option_is_there() -> None:
    """Of the commands that are named."""
    for command, option in (("run", "--save-evidence"), ("replay", "--case")):
        assert f"diag {command}" in TEXT
        assert option in TEXT
        assert option in diag(command, "--help").stdout


def test_every_place_is_there() -> None:
    """Folders and files, but for what stands for any."""
    for path in re.findall(r"`((?:checks|tests|diag)/[\w/.]*)`", TEXT):
        assert (ROOT / path).exists(), path


def test_the_examples_of_severities_have_them() -> None:
    """Each row of the table names a check that may raise that severity."""
    declared = {check.id: check.severities for check in CHECKS}
    rows = re.findall(r"^\| `(\w+)` \|.*\| `([a-z/-]+)` \|$", TEXT, re.MULTILINE)
    assert len(rows) == 4
    for severity, check_id in rows:
        assert severity in declared[check_id], check_id


def test_every_group_is_named() -> None:
    """A reader finds the group of a new check."""
    assert all(re.search(rf"\b{group}\b", TEXT) for group in {check.group for check in CHECKS})
