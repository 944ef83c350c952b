"""``diag run`` where the configuration says to look from elsewhere, and what ``diag worker`` refuses."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from diag.vantage import installed
from tests.clilib import REFUSED, diag


@pytest.fixture
def elsewhere(config: Path) -> Path:
    """The configuration, one of its clusters looked at from a vantage point."""
    text = config.read_text().replace("  - name: search-eu\n", "  - name: search-eu\n    vantage_points: [eu]\n")
    config.write_text(f"{text}vantage_points: [{{name: eu}}]\nscheduler: {{listen: '127.0.0.1:0'}}\n")
    return config


def test_a_run_does_not_answer_for_another_place(elsewhere: Path) -> None:
    """Nobody is asked from here, so that nothing is ok and nothing is wrong: unknown, and why; others are looked at as ever."""
    result = diag("run", "-c", elsewhere, "--cluster", "search-eu")
    assert result.exit_code == 5
    assert f"critical  {REFUSED}" not in result.stdout
    assert "diag run --from-here looks from this machine" in " ".join(result.stdout.split())
    assert diag("run", "-c", elsewhere, "--cluster", "search-us").exit_code == 3


def test_a_run_from_here_says_so(elsewhere: Path) -> None:
    """Who wants it gets the look from this machine, and it is named."""
    result = diag("run", "-c", elsewhere, "--from-here", "--remote", "logs")
    assert result.exit_code == 3
    assert "seen from this machine" in result.stdout
    raw = json.loads(diag("run", "-c", elsewhere, "--from-here", "--format", "json").stdout)
    views = [
        [one["vantage_point"] for one in remote["seen_from"]]
        for cluster in raw["clusters"]
        for remote in cluster["remotes"]
    ]
    assert views == [["this machine"], ["this machine"], []]


def test_saved_evidence_says_the_same_again(elsewhere: Path, tmp_path: Path) -> None:
    """With its vantage points."""
    saved = tmp_path / "e.json"
    first = diag("run", "-c", elsewhere, "--from-here", "--save-evidence", saved, "--format", "json")
    again = diag("replay", saved, "--format", "json")
    assert json.loads(again.stdout) == json.loads(first.stdout)


def test_lint_reads_files_wherever_it_runs(elsewhere: Path) -> None:
    """What stands in them is the same from everywhere."""
    before = elsewhere.read_text()
    assert diag("lint", elsewhere).exit_code == diag("lint", "-c", elsewhere).exit_code == 4
    elsewhere.write_text(before.replace("    vantage_points: [eu]\n", ""))
    assert diag("lint", elsewhere).exit_code == diag("lint", "-c", elsewhere).exit_code == 4


@pytest.mark.parametrize(
    ("scheduler", "files", "expected"),
    [
        ("diag.example:8786", (), "expected tls://HOST:PORT"),
        ("http://diag.example:8786", (), "expected tls://HOST:PORT"),
        ("tls://diag.example", (), "expected tls://HOST:PORT"),
        ("tls://diag.example:99999", (), "expected tls://HOST:PORT"),
        ("tls://diag.example:8786", (), "expected --ca, --certificate and --key"),
        ("tls://diag.example:8786", ("ca",), "together"),
        ("tcp://diag.example:8786", (), "only a loopback address"),
        ("tcp://127.0.0.1:8786", ("ca", "certificate", "key"), "expected tls://"),
    ],
)
def test_what_a_worker_refuses(tmp_path: Path, scheduler: str, files: tuple[str, ...], expected: str) -> None:
    """Usage, before anything is connected."""
    (tmp_path / "x").write_text("x")
    options = [word for name in files for word in (f"--{name}", str(tmp_path / "x"))]
    result = diag("worker", "--scheduler", scheduler, "--vantage-point", "eu", *options)
    assert result.exit_code == 2
    assert expected in result.stderr


def test_without_the_extra_its_line_is_named(elsewhere: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By the worker and by the daemon, which refuses a configuration with vantage points; without those it has no need of it."""
    find: Callable[[str], None] = lambda _name: None  # noqa: E731 -- one answer.
    monkeypatch.setattr(installed.importlib.util, "find_spec", find)
    worker = diag("worker", "--scheduler", "tcp://127.0.0.1:1", "--vantage-point", "eu")
    daemon = diag("daemon", "-c", elsewhere, "--listen", "127.0.0.1:0")
    for one in (worker, daemon):
        assert one.exit_code == 2
        assert "pip install 'diag[dask]'" in one.stderr
