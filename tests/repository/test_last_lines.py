"""The end of what a run prints names what has failed: it is all that is shown of it in some places."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TESTS = """
import pytest

def test_good():
    pass

def test_bad():
    assert {"a": 1} == {"a": 2}, "one line\\nand\\nmany\\nmore"

@pytest.fixture
def broken():
    raise RuntimeError("no server\\nof ours")

def test_without_its_server(broken):
    pass
"""


def ended(folder: Path, *options: str) -> list[str]:
    """The lines of a run of pytest as continuous integration makes it, which is when messages are not cut."""
    (folder / "pytest.ini").write_text("[pytest]\nasyncio_default_fixture_loop_scope = function\n")
    (folder / "conftest.py").write_text("from tests.conftest import pytest_unconfigure\n")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *options, "."]
    environment = {**os.environ, "CI": "true", "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    return done.stdout.splitlines()


@pytest.mark.parametrize("options", [(), ("-n", "1")], ids=["one process", "workers"])
def test_what_failed_is_said_last(tmp_path: Path, options: tuple[str, ...]) -> None:
    """A line for each test, with the first line of its message; before them the order in which all ran."""
    (tmp_path / "test_some.py").write_text(TESTS)
    lines = ended(tmp_path, *options, "--randomly-seed=7")
    assert lines[-3:] == [
        "the order again: --randomly-seed=7",
        "FAILED test_some.py::test_without_its_server: RuntimeError: no server",
        "FAILED test_some.py::test_bad: AssertionError: one line",
    ]


def test_a_module_that_cannot_be_imported_is_named(tmp_path: Path) -> None:
    """With what Python says of it."""
    (tmp_path / "test_none.py").write_text("import no_such_module\n")
    assert ended(tmp_path)[-1] == "FAILED test_none.py: E ModuleNotFoundError: No module named 'no_such_module'"


def test_nothing_is_added_where_nothing_fails(tmp_path: Path) -> None:
    """The last line is the count."""
    (tmp_path / "test_some.py").write_text("def test_good():\n    pass\n")
    assert ended(tmp_path)[-1].startswith("1 passed in ")
