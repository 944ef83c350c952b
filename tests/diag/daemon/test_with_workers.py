"""The daemon with worker processes, as a process: real rounds, SIGKILL of a worker, of the daemon itself, and an end in good order."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.diag.daemon.world import SECRET, write_config
from tests.diag.workers import deadly_pack
from tests.patience import PATIENCE, until

DIAG = "import sys; from diag.cli import main; sys.exit(main())"


class Started:
    """A daemon in a process of its own, with its log in a file."""

    def __init__(self, folder: Path, *further: str, site: Path | None = None) -> None:
        # Nothing is looked up or reached: the address is refused at once.
        config = write_config(folder, {name: ["logs"] for name in (*(f"c{n}" for n in range(4)), *further)})
        config.write_text(config.read_text().replace("logs.example:9443", "127.0.0.1:1"))
        self.log = folder / "daemon.log"
        with self.log.open("wb") as out:
            self.process = subprocess.Popen(
                [sys.executable, "-c", DIAG, "daemon", "-c", str(config), "--workers", "2"],
                stderr=out,
                env={
                    **os.environ,
                    "PYTHONPATH": os.pathsep.join(filter(None, (str(site or ""), os.environ.get("PYTHONPATH")))),
                },
            )
        self.url = str(self.until("daemon.started")["url"])

    def events(self, name: str) -> list[dict[str, Any]]:
        """What was logged under a name."""
        lines = self.log.read_text().splitlines()
        return [event for line in lines if line.endswith("}") and (event := json.loads(line))["event"] == name]

    def until(self, name: str, number: int = 1) -> dict[str, Any]:
        """Wait until something was logged so often."""
        end = time.monotonic() + PATIENCE
        while len(self.events(name)) < number:
            assert time.monotonic() < end, self.log.read_text()
            assert self.process.poll() is None, self.log.read_text()
            time.sleep(0.02)
        return self.events(name)[number - 1]

    @property
    def workers(self) -> list[int]:
        """The processes that it has started."""
        pid = self.process.pid
        return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]

    def metric(self, name: str) -> float:
        """The value of a series without labels."""
        text = httpx.get(f"{self.url}/metrics").text
        return next(float(line.split()[1]) for line in text.splitlines() if line.startswith(f"{name} "))


@contextlib.contextmanager
def started(folder: Path, *further: str, site: Path | None = None) -> Iterator[Started]:
    """Start it, and see that it is gone at the end. ``site`` is where further packages are."""
    made = Started(folder, *further, site=site)
    try:
        made.until("round.finished", 4)
        yield made
    finally:
        made.process.kill()
        made.process.wait()


def until_gone(pids: list[int]) -> None:
    """Wait until no such process runs."""
    until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in pids), what=f"the end of {pids}")


def test_a_worker_that_is_killed_is_replaced(tmp_path: Path) -> None:
    """It is counted and said, every cluster is looked at as before, and SIGTERM ends all of them with 0."""
    with started(tmp_path) as daemon:
        before = daemon.workers
        assert len(before) == 2
        assert (daemon.metric("diag_workers"), daemon.metric("diag_worker_restarts_total")) == (2, 0)
        os.kill(before[0], signal.SIGKILL)
        lost = daemon.until("worker.lost")
        assert (lost["because"], lost["level"]) == ("was killed by SIGKILL", "error")
        assert daemon.metric("diag_worker_restarts_total") == 1
        report = httpx.get(f"{daemon.url}/report").json()
        assert {one["remotes"][0]["root_causes"][0] for one in report["clusters"]} == {"network/tcp-refused"}
        # Failing remotes are looked at again soon, by the new process too.
        daemon.until("round.finished", 8)
        after = daemon.workers
        assert len(after) == 2
        assert before[0] not in after
        daemon.process.send_signal(signal.SIGTERM)
        assert daemon.process.wait(PATIENCE) == 0
        until_gone(after)
        assert SECRET not in daemon.log.read_text()
        assert not daemon.events("round.failed")


def test_a_cluster_whose_check_kills_is_unknown_and_the_others_are_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After a few processes it is left alone, which is said, counted and shown."""
    site = deadly_pack.install(tmp_path, monkeypatch)
    with started(tmp_path, "deadly", site=site) as daemon:
        said = daemon.until("round.quarantined")
        assert said["cluster"] == "deadly"
        assert "3 times in a row, the process that looked at it died (was killed by SIGSEGV)" in said["because"]
        clusters = {one["name"]: one for one in httpx.get(f"{daemon.url}/report").json()["clusters"]}
        (left_alone,) = clusters.pop("deadly")["remotes"]
        assert left_alone["status"] == "unknown"
        assert {one["remotes"][0]["root_causes"][0] for one in clusters.values()} == {"network/tcp-refused"}
        text = httpx.get(f"{daemon.url}/metrics").text
        assert 'diag_rounds_total{cluster="deadly",result="quarantined"} 1.0' in text
        assert daemon.metric("diag_worker_restarts_total") == 3
        assert not daemon.events("round.failed")
        # The others are failing, and so looked at again soon.
        done = len(daemon.events("round.finished"))
        daemon.until("round.finished", done + 4)
        assert daemon.metric("diag_worker_restarts_total") == 3


def test_workers_do_not_outlive_the_daemon(tmp_path: Path) -> None:
    """SIGKILL leaves nobody behind."""
    with started(tmp_path) as daemon:
        workers = daemon.workers
        daemon.process.kill()
        daemon.process.wait()
        until_gone(workers)
