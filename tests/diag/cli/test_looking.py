"""What a run says while it runs: counts on a terminal, nothing in a pipe, and the time that it really took."""

from __future__ import annotations

import os
import pty
import re
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from diag.cli.looking import Looking
from diag.cli.standard_streams import Progress
from tests.clilib import REFUSED, diag
from tests.diag.collect import peers


class Clock:
    """A clock that stands until it is moved."""

    now = 100.0

    def __call__(self) -> float:
        """Give the time."""
        return self.now


def test_the_line() -> None:
    """It counts what is done, of all that are known by now, and names what is waited for, the longest first."""
    clock = Clock()
    looking = Looking(Progress(), 2, clock)
    clock.now += 2
    assert looking.line() == "looking … 2 s"
    first, second = looking.of("a"), looking.of("b")
    first.begins(["logs", "tar\x1bpit", "audit", "eu"])
    clock.now += 5
    assert looking.line() == (
        "looking … 0 of 4 remotes done, 1 local cluster to come; waiting for logs 5 s, tar\\x1bpit 5 s, audit 5 s and 1 more"
    )
    second.begins(["logs"])
    for alias in ("logs", "audit", "eu"):
        first.ends(alias)
    clock.now += 1
    assert looking.line() == "looking … 3 of 5 remotes done; waiting for tar\\x1bpit 6 s, logs 1 s"
    first.ends("tar\x1bpit")
    second.ends("logs")
    assert looking.line() == "looking … 5 of 5 remotes done"


def on_a_terminal(path: Path, until: bytes, release: threading.Event) -> bytes:
    """Run with standard error at a terminal; ``release`` is set once ``until`` was shown."""
    here, there = pty.openpty()
    command = [sys.executable, "-m", "diag", "run", "-c", str(path), "--remote", "logs", "--only", REFUSED]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=there, env=os.environ | {"TERM": "xterm"}):
        os.close(there)
        shown = b""
        try:
            while more := os.read(here, 4096):
                shown += more
                if until in shown:
                    release.set()
        except OSError:  # The other side is closed.
            pass
    os.close(here)
    return shown


def test_on_a_terminal(config: Path, port: int) -> None:
    """While a peer keeps silent, the terminal says how many remotes are done and which one is waited for."""
    release = threading.Event()
    with peers.peer(lambda _: release.wait(60)) as silent:
        text = config.read_text().replace(f"127.0.0.1:{port}", f"127.0.0.1:{silent}")
        config.write_text(text.replace("handshake: 20s", "handshake: 60s"))
        shown = on_a_terminal(config, b"looking \xe2\x80\xa6 0 of 1 remotes done; waiting for logs", release)
    assert b"judging" in shown
    assert shown.endswith(b"\r\x1b[2K")


def test_in_a_pipe(config: Path) -> None:
    """Nobody watches: nothing is said."""
    command = [sys.executable, "-m", "diag", "run", "-c", str(config), "--format", "json"]
    done = subprocess.run(command, capture_output=True, check=False)
    assert done.returncode == 3
    assert done.stderr == b""


def test_the_time_is_that_of_the_run(config: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The report says how long whoever waits has waited, judging included; a replay says the same again."""
    from diag.cli import run_rounds  # noqa: PLC0415 -- only here.

    judge, monotonic = run_rounds.judge, time.monotonic

    def late(*arguments: Any, **more: Any) -> Any:
        """Let the clock run on while something is judged."""
        monkeypatch.setattr(time, "monotonic", lambda: monotonic() + 1000)
        return judge(*arguments, **more)

    monkeypatch.setattr(run_rounds, "judge", late)
    saved = tmp_path / "e.json"
    result = diag("run", "-c", config, "--save-evidence", saved)
    monkeypatch.setattr(time, "monotonic", monotonic)
    (shown,) = re.findall(r" ([0-9.]+) s\n\Z", result.stdout)
    assert float(shown) >= 1000
    assert diag("replay", saved).stdout == result.stdout
