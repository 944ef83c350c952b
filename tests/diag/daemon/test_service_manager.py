"""The daemon and the manager that started it: a real process, a real datagram socket, the words of sd_notify(3)."""

from __future__ import annotations

import os
import signal
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from diag.daemon.service_manager import ServiceManager
from tests.diag.daemon.test_process import process
from tests.diag.daemon.world import write_config
from tests.patience import PATIENCE


class Manager:
    """A service manager: the socket that a process is told of, and what was said there."""

    def __init__(self, name: str) -> None:
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(f"\0{name[1:]}" if name.startswith("@") else name)
        self._socket.settimeout(PATIENCE)

    def heard(self) -> dict[str, str]:
        """The next datagram, by key. Each line is KEY=VALUE."""
        lines = self._socket.recv(4096).decode().split("\n")
        return dict(line.split("=", 1) for line in lines)

    def silent(self) -> bool:
        """Whether nothing is waiting to be read."""
        self._socket.setblocking(False)  # noqa: FBT003 -- the signature of the library.
        try:
            self._socket.recv(4096)
        except BlockingIOError:
            return True
        return False

    def close(self) -> None:
        """Give the name back."""
        self._socket.close()


@pytest.fixture(params=["path", "abstract"])
def manager(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Manager]:
    """A manager that listens where systemd would: at a path, or at a name without one."""
    name = str(tmp_path / "notify") if request.param == "path" else f"@diag-test-{os.getpid()}-{time.monotonic_ns()}"
    listening = Manager(name)
    monkeypatch.setenv("NOTIFY_SOCKET", name)
    monkeypatch.delenv("WATCHDOG_USEC", raising=False)
    monkeypatch.delenv("WATCHDOG_PID", raising=False)
    yield listening
    listening.close()


def test_ready_reload_and_stop_are_told_in_order(manager: Manager, tmp_path: Path) -> None:
    """Ready once it listens; a reload is framed by reloading, with the time of it, and ready; then stopping, and nothing after it."""
    path = write_config(tmp_path, {"eu": ["logs"]})
    with process(path) as daemon:
        ready = manager.heard()
        assert ready["READY"] == "1"
        url = daemon.until("daemon.started")["url"]
        assert ready["STATUS"] == f"serving at {url}."
        before = time.clock_gettime_ns(time.CLOCK_MONOTONIC) // 1000
        daemon.started.send_signal(signal.SIGHUP)
        reloading = manager.heard()
        assert reloading.keys() == {"RELOADING", "MONOTONIC_USEC"}
        assert before <= int(reloading["MONOTONIC_USEC"]) <= time.clock_gettime_ns(time.CLOCK_MONOTONIC) // 1000
        assert manager.heard()["READY"] == "1"
        path.write_text("clusters: 7\n")
        daemon.started.send_signal(signal.SIGHUP)
        assert manager.heard()["RELOADING"] == "1"
        refused = manager.heard()
        assert refused["READY"] == "1", "the old configuration serves on"
        assert "refused" in refused["STATUS"]
        daemon.started.send_signal(signal.SIGTERM)
        assert manager.heard()["STOPPING"] == "1"
        assert daemon.end()[0] == 0
    assert manager.silent()


def test_life_is_shown_while_the_manager_waits_for_it(
    manager: Manager, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """``WatchdogSec=``: the first sign of life follows the start, and more follow it."""
    monkeypatch.setenv("WATCHDOG_USEC", "200000")
    with process(write_config(tmp_path, {"eu": ["logs"]})):
        assert manager.heard()["READY"] == "1"
        assert [manager.heard() for _ in range(5)] == [{"WATCHDOG": "1"}] * 5


def test_a_configuration_that_is_refused_is_never_ready(manager: Manager, tmp_path: Path) -> None:
    """The manager learns of it by the exit code."""
    path = tmp_path / "diag.yaml"
    path.write_text("clusters: 7\n")
    with process(path) as daemon:
        assert daemon.end()[0] == 2
    assert manager.silent()


@pytest.mark.parametrize(
    ("environment", "seconds"),
    [
        ({}, None),
        ({"WATCHDOG_USEC": "30000000"}, 30.0),
        ({"WATCHDOG_USEC": "30000000", "WATCHDOG_PID": str(os.getpid())}, 30.0),
        ({"WATCHDOG_USEC": "30000000", "WATCHDOG_PID": "1"}, None),
        ({"WATCHDOG_USEC": "0"}, None),
        ({"WATCHDOG_USEC": "soon"}, None),
    ],
)
def test_who_is_watched(environment: dict[str, str], seconds: float | None) -> None:
    """The rule of sd_watchdog_enabled(3): a number above 0, and meant for this process."""
    assert ServiceManager(environment).watchdog == seconds


@pytest.mark.parametrize("name", ["", "relative", "/does/not/exist", "@nobody-listens-there"])
def test_a_manager_that_is_not_there_holds_up_nothing(name: str) -> None:
    """The service matters more than who is told of it."""
    told = ServiceManager({"NOTIFY_SOCKET": name})
    told.ready("x")
    told.stopping()
