"""The pack printed in docs/architecture.md, built as a distribution of its own and installed beside diag."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CONFIG = """\
clusters:
  - name: here
    version: 8.15.3
    keystore: []
    remotes:
      - {alias: logs, security_model: certificate, mode: proxy, proxy_address: "127.0.0.1:1", version: 8.15.3}
      - {alias: logs-eu, security_model: certificate, mode: proxy, proxy_address: "127.0.0.1:2", version: 8.15.3}
"""


def printed(name: str) -> str:
    """Give the code block that follows the line with this file name."""
    text = (ROOT / "docs" / "architecture.md").read_text()
    found = re.search(rf"`{re.escape(name)}`:\n\n```\w+\n(.*?)```", text, re.DOTALL)
    assert found, name
    return found[1]


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build and install the printed pack into a folder, without a network."""
    source, target = tmp_path_factory.mktemp("pack"), tmp_path_factory.mktemp("site")
    for name in ("pyproject.toml", "house_rules.py"):
        (source / name).write_text(printed(name))
    command = [sys.executable, "-m", "pip", "install", "-q", "--disable-pip-version-check", "--no-index", "--no-deps"]
    subprocess.run([*command, "--no-build-isolation", "--target", str(target), str(source)], check=True)
    return target


def diag(site: Path, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run diag with the pack installed."""
    (folder / "diag.yaml").write_text(CONFIG)
    program = "import sys; from diag.cli import main; sys.exit(main())"
    return subprocess.run(
        [sys.executable, "-c", program, *arguments],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": f"{site}{os.pathsep}{ROOT}"},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_pack_shows_up_in_the_list(installed: Path, tmp_path: Path) -> None:
    """With its name; and explain prints its manual."""
    assert re.search(r"house/alias-without-region\s.*house", diag(installed, tmp_path, "checks", "list").stdout)
    assert "names no region" not in diag(installed, tmp_path, "checks", "explain", "house/alias-without-region").stderr


def test_the_pack_judges_in_the_report_and_the_metrics(installed: Path, tmp_path: Path) -> None:
    """One remote fails it, the other passes."""
    done = diag(installed, tmp_path, "run", "--only", "house/*", "--format", "json")
    assert done.returncode == 4, done.stderr
    remotes = json.loads(done.stdout)["clusters"][0]["remotes"]
    assert [remote["results"][0]["outcome"] for remote in remotes] == ["fail", "pass"]
    metrics = diag(installed, tmp_path, "run", "--only", "house/*", "--format", "prometheus").stdout
    assert 'diag_check_status{cluster="here",remote="logs",check="house/alias-without-region"} 2' in metrics
    assert 'diag_check_status{cluster="here",remote="logs-eu",check="house/alias-without-region"} 0' in metrics


def test_a_broken_pack_is_named_and_the_others_run(installed: Path, tmp_path: Path) -> None:
    """The error is in the list; the built-in checks are there."""
    broken = tmp_path / "site"
    subprocess.run(["cp", "-r", str(installed), str(broken)], check=True)
    (broken / "house_rules.py").write_text("import nothing_of_this_name\n")
    listed = diag(broken, tmp_path, "checks", "list")
    assert listed.returncode == 0
    assert "nothing_of_this_name" in listed.stdout + listed.stderr
    assert "network/dns-nxdomain" in listed.stdout


def typed(code: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Check the types of a pack as strictly as mypy can, against the installed diag; what mypy knows of diag is kept."""
    (folder / "house_rules.py").write_text(code)
    command = [
        sys.executable,
        "-m",
        "mypy",
        "--strict",
        "--config-file",
        os.devnull,
        "--cache-dir",
        str(ROOT / ".mypy_cache" / "pack"),
    ]
    return subprocess.run([*command, "house_rules.py"], cwd=folder, capture_output=True, text=True, check=False)


def test_the_types_of_the_pack(tmp_path: Path) -> None:
    """The printed pack passes the strict type checker, and a slip in it does not: the types of diag reach its users."""
    done = typed(printed("house_rules.py"), tmp_path)
    assert done.returncode == 0, done.stdout
    assert (
        '"Remote" has no attribute "allias"'
        in typed(printed("house_rules.py").replace("remote.alias", "remote.allias"), tmp_path).stdout
    )
