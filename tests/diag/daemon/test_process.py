"""The daemon as a process: real signals, exit codes, what it prints."""

from __future__ import annotations

import contextlib
import json
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx

from tests.diag.daemon.world import write_config
from tests.patience import PATIENCE

ROOT = Path(__file__).parents[3]


class Process:
    """A daemon in a process of its own, and its log."""

    def __init__(self, config: Path, seconds: float = 0.0) -> None:
        self.started = subprocess.Popen(
            [sys.executable, "-m", "tests.diag.daemon.served", str(config), str(seconds)],
            cwd=ROOT,
            stderr=subprocess.PIPE,
            text=True,
            bufsize=1,
        )
        self.lines: list[str] = []

    def until(self, event: str) -> dict[str, Any]:
        """Read the log up to an event, and give it."""
        assert self.started.stderr is not None
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end and select.select([self.started.stderr], [], [], PATIENCE)[0]:
            line = self.started.stderr.readline()
            if not line:
                break
            self.lines.append(line)
            with contextlib.suppress(json.JSONDecodeError):
                found: dict[str, Any] = json.loads(line)
                if found["event"] == event:
                    return found
        msg = f"no {event} in: {''.join(self.lines)}"
        raise AssertionError(msg)

    def end(self) -> tuple[int, str]:
        """Wait for the end: the exit code, and the rest of what was printed."""
        _, rest = self.started.communicate(timeout=PATIENCE)
        return self.started.returncode, "".join(self.lines) + rest


@contextlib.contextmanager
def process(config: Path, seconds: float = 0.0) -> Iterator[Process]:
    """Start a daemon, and see that it is gone at the end."""
    made = Process(config, seconds)
    try:
        yield made
    finally:
        if made.started.poll() is None:
            made.started.kill()
        made.started.communicate()


def test_sigterm_ends_in_good_order(tmp_path: Path) -> None:
    """The round in flight is finished and told, and the exit code is 0."""
    with process(write_config(tmp_path, {"eu": ["logs"]}, timeouts={"handshake": "240s"}), seconds=5) as daemon:
        daemon.until("daemon.started")
        time.sleep(0.2)
        daemon.started.send_signal(signal.SIGTERM)
        code, text = daemon.end()
    assert code == 0
    assert [json.loads(line)["event"] for line in text.splitlines()] == [
        "daemon.started",
        "daemon.signal",
        "daemon.stopping",
        "round.finished",
        "daemon.stopped",
    ]
    assert "Traceback" not in text


def test_sigint_ends_in_good_order_too(tmp_path: Path) -> None:
    """Ctrl-C leaves no traceback."""
    with process(write_config(tmp_path, {"eu": ["logs"]})) as daemon:
        daemon.until("round.finished")
        daemon.started.send_signal(signal.SIGINT)
        code, text = daemon.end()
    assert (code, "Traceback" in text) == (0, False)


def test_a_second_signal_ends_at_once(tmp_path: Path) -> None:
    """Whoever asks twice does not wait for the rounds."""
    with process(write_config(tmp_path, {"eu": ["logs"]}), seconds=600) as daemon:
        daemon.until("daemon.started")
        time.sleep(0.1)
        daemon.started.send_signal(signal.SIGTERM)
        daemon.until("daemon.stopping")
        began = time.monotonic()
        daemon.started.send_signal(signal.SIGTERM)
        code, _ = daemon.end()
    assert code == -signal.SIGTERM
    assert time.monotonic() - began < 120


def test_what_never_ends_is_given_up_after_the_grace(tmp_path: Path) -> None:
    """A round that hangs holds up the end for the handshake time and two seconds, and the exit code is 0 all the same."""
    path = write_config(tmp_path, {"eu": ["logs"]}, timeouts={"handshake": "1s"})
    with process(path, seconds=600) as daemon:
        daemon.until("daemon.started")
        time.sleep(0.1)
        began = time.monotonic()
        daemon.started.send_signal(signal.SIGTERM)
        code, text = daemon.end()
    assert code == 0
    assert 2.5 < time.monotonic() - began < 120
    assert "Traceback" not in text


def test_sighup_loads_the_configuration_again(tmp_path: Path) -> None:
    """A good file takes effect, a bad one is refused and the process goes on."""
    path = write_config(tmp_path, {"eu": ["logs"]})
    with process(path) as daemon:
        url = daemon.until("daemon.started")["url"]
        daemon.until("round.finished")
        write_config(tmp_path, {"eu": ["logs"], "us": ["logs"]})
        daemon.started.send_signal(signal.SIGHUP)
        assert daemon.until("config.loaded")["changed"] == 1
        assert daemon.until("round.finished")["cluster"] == "us"
        path.write_text("clusters: 7\n")
        daemon.started.send_signal(signal.SIGHUP)
        assert "clusters" in daemon.until("config.refused")["error"]
        assert httpx.get(f"{url}/-/ready").status_code == 200
        assert "refused" in httpx.get(url).text
        daemon.started.send_signal(signal.SIGTERM)
        assert daemon.end()[0] == 0


def test_a_bad_configuration_is_told_in_lines_and_exits_2(tmp_path: Path) -> None:
    """Every problem on a line of its own, with its place; no traceback."""
    path = tmp_path / "diag.yaml"
    path.write_text("interval: 0s\nclusters: []\n")
    with process(path) as daemon:
        code, text = daemon.end()
    assert code == 2
    assert f"diag: {path}:1:11: interval:" in text
    assert "Traceback" not in text


def test_a_port_in_use_is_one_line_and_exits_1(tmp_path: Path) -> None:
    """The line names the address and the setting."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        path = write_config(tmp_path, {"eu": ["logs"]}, daemon={"listen": f"127.0.0.1:{port}"})
        with process(path) as daemon:
            code, text = daemon.end()
    assert code == 1
    assert (
        text
        == f"diag: can't listen on 127.0.0.1:{port}: the port is in use by another program (setting daemon.listen)\n"
    )
