"""``diag history``: what the daemon wrote, also while it runs."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from diag.history import FileHistory, Retention
from diag.model import Status
from tests.clilib import diag
from tests.diag.history.scene import PAUSE, having

NOW = datetime.now(UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def path(tmp_path: Path) -> Iterator[Path]:
    """A file in which a remote failed two hours ago, still open in the daemon."""
    path = tmp_path / "history.sqlite"
    history = FileHistory(path, Retention(days=30, size=10**8))
    history.open()
    for hours, status, causes in ((3, Status.OK, ()), (2, Status.FAIL, ("tls/expired",)), (1, Status.FAIL, ("tls/expired",))):  # fmt: skip
        history.record(having(status, *causes), NOW - hours * HOUR, 2 * PAUSE + HOUR)
    history.record(having(Status.OK, cluster="us\x1b[31m"), NOW, PAUSE)
    history.close()
    history.open = lambda: None  # type: ignore[method-assign]  # -- closed for good.
    again = FileHistory(path, Retention(days=30, size=10**8))
    again.open()
    yield path
    again.close()


def test_all_of_it(path: Path) -> None:
    """One line for each event, the newest last; names hold no escape sequences."""
    found = diag("history", "--file", path)
    assert found.exit_code == 0
    lines = [line.partition(" UTC  ")[2] for line in found.stdout.splitlines()]
    assert lines == [
        "eu  seen for the first time: ok",
        "eu → logs  seen for the first time: ok",
        "eu → logs  ok → fail",
        "eu → logs  root cause: none → tls/expired",
        "us\\x1b[31m  seen for the first time: ok",
        "us\\x1b[31m → logs  seen for the first time: ok",
    ]


def test_a_part_of_it(path: Path) -> None:
    """Of one remote, with since when it is as it is and how much of the time it was well; of the last hours; the latest."""
    found = diag("history", "--file", path, "--cluster", "eu", "--remote", "logs", "--limit", "1").stdout
    first, second = found.splitlines()
    assert first.startswith(f"eu → logs: fail since {NOW - 2 * HOUR:%Y-%m-%d %H:%M:%S} UTC; well 50.00 % of the 2 h")
    assert second.endswith("root cause: none → tls/expired")
    recent = diag("history", "--file", path, "--since", "150m", "--remote", "logs", "--cluster", "eu").stdout
    assert "ok → fail" in recent
    assert "first time" not in recent
    assert diag("history", "--file", path, "--cluster", "nowhere").stdout == "Nothing changed.\n"


def test_as_json(path: Path) -> None:
    """The same values as ``/events`` gives."""
    events = json.loads(diag("history", "--file", path, "--format", "json", "--cluster", "eu").stdout)["events"]
    assert {key: events[2][key] for key in ("cluster", "remote", "kind", "subject", "before", "after")} == {
        "cluster": "eu",
        "remote": "logs",
        "kind": "status",
        "subject": "",
        "before": "ok",
        "after": "fail",
    }
    assert events[0]["remote"] is None


def test_the_file_of_the_configuration(path: Path, config: Path) -> None:
    """Named there, from the folder of the configuration; without one it is said where the past is."""
    missing = diag("history", "--config", config)
    assert missing.exit_code == 2
    assert "names no daemon.history.path" in missing.stderr
    config.write_text(config.read_text() + f"\ndaemon: {{history: {{path: {path.name}}}}}\n")
    assert "ok → fail" in diag("history", "--config", config).stdout


@pytest.mark.parametrize("kind", ["missing", "text", "foreign", "older"])
def test_what_is_no_history(tmp_path: Path, kind: str) -> None:
    """Refused in a sentence, and left as it is."""
    path = tmp_path / "h"
    if kind == "text":
        path.write_text("no database " * 1000)
    elif kind == "foreign":
        sqlite3.connect(path).execute("CREATE TABLE t (x)").connection.close()
    elif kind == "older":
        old = sqlite3.connect(path)
        old.executescript((Path(__file__).parents[1] / "history" / "form-1.sql").read_text())
        old.close()
    wanted = {
        "missing": "there is no such file",
        "text": "file is not a database",
        "foreign": "it is the database of another program",
        "older": "an older release of diag wrote it",
    }[kind]
    before = path.read_bytes() if path.is_file() else b""
    found = diag("history", "--file", path)
    assert found.exit_code == 2
    assert f"{path}: {wanted}" in found.stderr
    assert (path.read_bytes() if path.is_file() else b"") == before
