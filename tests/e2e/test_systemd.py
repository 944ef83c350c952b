"""The unit, judged by systemd itself. No manager runs here that would start it: that the daemon speaks its protocol is tested apart."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.e2e.conftest import program

ROOT = Path(__file__).parents[2]
UNIT = ROOT / "deploy" / "systemd" / "diag.service"
# systemd-analyze security: 0 is a service that may do nothing, 10 one that may do everything, a service without settings is at 9.6.
MAX_EXPOSURE = 1.5


@pytest.fixture
def unit(tmp_path: Path) -> Path:
    """The unit, with a program that exists on this machine in the place of the installed one."""
    own = tmp_path / "diag"
    own.write_text("#!/bin/sh\n")
    own.chmod(0o755)
    made = tmp_path / UNIT.name
    made.write_text(UNIT.read_text().replace("/opt/diag/bin/diag", str(own)))
    return made


def analyze(*arguments: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run systemd-analyze."""
    command = [program("systemd-analyze"), "--no-pager", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, env={**os.environ, **environment})


def verified(unit: Path) -> str:
    """What systemd finds wrong with a unit, with our manual pages installed. A key that it does not know is told, with exit code 0."""
    pages = unit.parent / "man"
    subprocess.run([sys.executable, "tools/man_pages.py", pages / "man1"], cwd=ROOT, check=True)
    return analyze("verify", "--recursive-errors=no", unit, MANPATH=str(pages)).stderr


def test_systemd_finds_nothing_wrong(unit: Path) -> None:
    """Every key is known, every program exists, the manual page that it names is there."""
    assert verified(unit) == ""


def test_what_is_wrong_would_be_found(unit: Path) -> None:
    """The test above can fail: for a key, a value, a program and a page."""
    text = unit.read_text()
    for right, wrong in (
        ("WatchdogSec=60", "WatchDogSec=60"),
        ("Type=notify", "Type=notified"),
        ("ExecStart=", "ExecStart=/does/not/exist"),
        ("man:diag-daemon(1)", "man:diag-demon(1)"),
    ):
        unit.write_text(text.replace(right, wrong))
        assert verified(unit) != "", wrong


def test_the_service_may_do_little(unit: Path) -> None:
    """The exposure that systemd computes stays below a threshold."""
    done = analyze("security", "--offline=true", f"--threshold={int(MAX_EXPOSURE * 10)}", unit)
    assert re.search(r"Overall exposure level for diag.service: (\S+) OK", done.stdout), done.stdout
    assert done.returncode == 0, done.stdout


def test_drop_ins_of_the_documentation_are_good(unit: Path) -> None:
    """Whoever copies one from docs/running.md gets what the page says."""
    page = (ROOT / "docs" / "running.md").read_text()
    shown = re.findall(r"```ini\n(.*?)```", page, re.DOTALL)
    assert shown
    folder = unit.parent / "diag.service.d"
    folder.mkdir()
    for number, text in enumerate(shown):
        (folder / f"{number}.conf").write_text(text)
    assert verified(unit) == ""
