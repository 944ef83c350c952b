"""``make new-check``: the skeleton is found, and is refused until somebody fills it in."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from diag.report.case import read_case

ROOT = Path(__file__).parents[2]
RUFF = str(Path(sys.executable).with_name("ruff"))
TOOL = ROOT / "tools" / "new_check.py"


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the checks, to write into, beside diag and the settings of ruff."""
    # Compiled modules come and go while other tests run.
    shutil.copytree(ROOT / "checks", tmp_path / "checks", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    (tmp_path / "diag").symlink_to(ROOT / "diag")
    return tmp_path


def run(root: Path, check_id: str) -> subprocess.CompletedProcess[str]:
    """Run the tool on the copy."""
    command = [sys.executable, str(TOOL), check_id, "--root", str(root)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("check_id", ["license/about-to-lapse", "tls/a-new-fault"])
def test_the_skeleton_is_in_the_table_and_refused(check_id: str, copy: Path) -> None:
    """The check is the last of its group; it has no manual yet, and no case says why or what."""
    done = run(copy, check_id)
    assert done.returncode == 0, done.stderr
    group, problem = check_id.split("/")
    subprocess.run([sys.executable, str(ROOT / "tools" / "check_table.py"), "--root", str(copy)], check=True)
    code = (
        f"import checks; one = [one for one in checks.CHECKS if one.group == {group!r}][-1]; "
        "print(one.id, one.function.__module__, repr(one.function.__doc__.split(chr(10))[0]))"
    )
    shown = subprocess.run(
        [sys.executable, "-c", code],
        cwd=copy,
        capture_output=True,
        text=True,
        check=False,
    )
    assert shown.stdout.split() == [check_id, f"checks.{group}.{problem.replace('-', '_')}", "''"], shown.stderr
    cases = sorted((copy / "tests/cases" / check_id).glob("*.yaml"))
    assert [path.stem for path in cases] == ["fail", "pass", "skip", "unknown"]
    for path in cases:
        with pytest.raises(ValueError, match="why"):
            read_case(path.read_text())
    for command in (["check", "-q", "--select", "I"], ["format", "-q", "--check"]):
        written = [f"checks/{group}/__init__.py", f"checks/{group}/{problem.replace('-', '_')}.py"]
        settled = subprocess.run([RUFF, *command, *written], cwd=copy, capture_output=True, text=True, check=False)
        assert settled.returncode == 0, settled.stdout[:2000]


@pytest.mark.parametrize(
    ("check_id", "words"),
    [
        ("tls", "expected group/problem"),
        ("tls/Expired", "expected group/problem"),
        ("tables/ports", "there is no group tables; there are auth, ccr, cloud-api"),
        ("tls/expired", "is there already"),
    ],
)
def test_what_can_not_be_made(check_id: str, words: str, copy: Path) -> None:
    """A malformed id, an unknown group, a check that there is: one line, exit code 2, and nothing is written."""
    before = sorted(copy.rglob("*"))
    done = run(copy, check_id)
    assert done.returncode == 2
    assert words in done.stderr
    assert before == sorted(copy.rglob("*"))
