"""A stranger finds a check by its id: ``tls/chain-incomplete`` is ``checks/tls/chain_incomplete.py``."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from checks import CHECKS
from diag.check import Check

ROOT = Path(__file__).parents[2] / "checks"
# Rooms that hold no check: what groups share, and data.
NO_GROUPS = {"shared", "tables"}


def stem(check: Check) -> str:
    """The name of the module and the function of a check; Python takes no name that begins with a digit."""
    problem = check.id.partition("/")[2].replace("-", "_")
    return f"v{problem}" if problem[0].isdigit() else problem


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.id)
def test_a_check_stands_in_the_file_of_its_id(check: Check) -> None:
    """Module and function are named by the id."""
    assert check.function.__module__ == f"checks.{check.group.replace('-', '_')}.{stem(check)}"
    assert check.function.__name__ == stem(check)


def test_every_other_module_of_a_group_is_a_topic() -> None:
    """A file without a check begins with an underscore: it holds what checks of the group share."""
    of_checks = {f"{check.group.replace('-', '_')}/{stem(check)}" for check in CHECKS}
    groups = [folder for folder in ROOT.iterdir() if (folder / "__init__.py").exists() and folder.name not in NO_GROUPS]
    modules = {
        f"{folder.name}/{path.stem}" for folder in groups for path in folder.glob("*.py") if path.stem != "__init__"
    }
    assert {module for module in modules - of_checks if not module.partition("/")[2].startswith("_")} == set()


def test_no_group_leans_on_another() -> None:
    """What a group borrows from another stands in ``checks/shared``."""
    for path in ROOT.glob("*/*.py"):
        if path.parent.name in NO_GROUPS:
            continue
        taken = [line for line in path.read_text().splitlines() if line.startswith("from checks.")]
        strange = [line for line in taken if line.split(".")[1].split()[0] not in {path.parent.name, *NO_GROUPS}]
        assert not strange, f"{path.name} takes from another group: {strange}"


def test_releases_have_one_home() -> None:
    """No check writes a release as a number: each stands in a table, with its source."""
    for path in ROOT.glob("**/*.py"):
        if path.parent.name != "tables":
            assert not re.search(r"\bVersion\(\d", path.read_text("utf-8")), path


def test_absence_is_told_apart_in_one_place() -> None:
    """Whether nobody configured a piece of evidence, or it could not be had, is said by the piece: no check goes by the reasons."""
    for path in ROOT.glob("**/*.py"):
        lines = [
            line
            for line in path.read_text("utf-8").splitlines()
            if re.search(r"(?<!reason=)Reason\.(NOT_REQUESTED|NOT_DECLARED)\b", line)
        ]
        assert not lines, f"{path}: {lines}; missing(piece) or piece.not_configured tells it"
