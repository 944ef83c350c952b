"""The manual pages, as man and mandoc show them."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.e2e.conftest import program

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The pages, written as ``make man`` writes them, where man looks for pages of section 1."""
    folder = tmp_path_factory.mktemp("share") / "man"
    command = [sys.executable, "tools/man_pages.py", folder / "man1"]
    subprocess.run(command, cwd=ROOT, check=True, env={**os.environ, "SOURCE_DATE_EPOCH": "0"})
    return folder


def test_mandoc_has_nothing_to_complain_about(pages: Path) -> None:
    """Its linter, from the level of warnings on."""
    files = sorted((pages / "man1").glob("*.1"))
    command = [program("mandoc"), "-Tlint", "-Wwarning", *files]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.stdout + done.stderr, done.returncode, len(files) > 15) == ("", 0, True)


def test_man_shows_a_page_by_its_name(pages: Path) -> None:
    """Found on the path of manuals; what is to be typed can be copied, and groff warns of nothing."""
    environment = {**os.environ, "MANPATH": str(pages), "MANWIDTH": "100", "LC_ALL": "C.UTF-8", "MANROFFOPT": "-ww"}
    command = [program("man"), "diag-run"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    shown = re.sub(r".\x08", "", done.stdout)
    assert "diag-run - Look at every configured remote once, and report" in " ".join(shown.split())
    assert re.search(r"--fail-on \[info\|warning\|error\|critical\]", shown)
    assert "DIAG_RUN_FAIL_ON" in shown
    assert "1970-01-01" in shown
    assert done.stderr == ""
