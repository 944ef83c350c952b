"""A daemon, workers at vantage points and the remotes of the lab, each a process of its own; and a relay in between that hears, or is slow."""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import yaml

from tests import patience
from tests.e2e.conftest import free_port
from tests.pki import leaf, new_ca

ROOT = Path(__file__).parents[2]
LIMIT = 120.0  # Seconds until a test gives up waiting: only what is broken takes as long.
# Of the lab: healthy ones of both models, and some that fail.
ALIASES = ("logs", "audit", "metrics", "billing", "orders", "lapsed")


def until(condition: Callable[[], Any], what: str) -> Any:
    """Wait until something is there, and give it."""

    def look() -> Any:
        with contextlib.suppress(ValueError, KeyError):  # What is half written yet.
            return condition()
        return None

    return patience.until(look, what=what, seconds=LIMIT)


@dataclass(slots=True)
class Program:
    """A process of diag, and its log."""

    process: subprocess.Popen[bytes]
    log: Path

    def events(self, name: str = "") -> list[dict[str, Any]]:
        """What it logged: the events of a name, or all."""
        whole = self.log.read_text().rpartition("\n")[0]  # What follows is being written.
        lines = [json.loads(line) for line in whole.splitlines() if line.startswith("{") and line.endswith("}")]
        return [line for line in lines if not name or line["event"] == name]

    def kill(self) -> None:
        """End it without a chance to say anything."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def end(self) -> None:
        """Have it end, and wait."""
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(30)
            except subprocess.TimeoutExpired:
                self.kill()


@dataclass(slots=True)
class VantageLab:
    """The configuration of a lab that runs, certificates for workers, and the programs that a test has started beside it.

    ``folder`` has what all tests of a lab share, ``own`` what is written for one.
    """

    folder: Path
    own: Path
    port: int = field(default_factory=free_port)
    web: int = field(default_factory=free_port)
    programs: list[Program] = field(default_factory=list)

    def start(self, *arguments: str, python: str = "", **environment: str) -> Program:
        """Start diag in the folder; ``python`` is run in place of its module."""
        log = self.own / f"log-{len(self.programs)}"
        command = [sys.executable, *(("-c", python) if python else ("-m", "diag")), *arguments]
        known = {**os.environ, "PYTHONPATH": str(ROOT), **environment}
        with log.open("wb") as stream:
            process = subprocess.Popen(command, cwd=self.folder, stderr=stream, stdout=stream, env=known)
        self.programs.append(Program(process, log))
        return self.programs[-1]

    def configure(
        self,
        points: dict[str, Any] | None = None,
        *,
        tls: bool = True,
        aliases: tuple[str, ...] = ALIASES,
        clusters: int = 1,
        **more: Any,
    ) -> None:
        """Write the configuration; ``points`` is what the clusters, all alike, say of vantage points, None: nothing."""
        lab = yaml.safe_load((self.folder / "lab.yaml").read_text())
        (local,) = (one for one in lab["clusters"] if one["name"] == "lab")
        remotes = [one for one in local["remotes"] if one["alias"] in aliases]
        assert len(remotes) == len(aliases)
        kept = {**local, "remotes": remotes, **(points or {})}
        text = {
            "interval": "1h",
            "timeouts": lab["timeouts"],
            "clusters": [{**kept, "name": f"lab-{number}"} for number in range(clusters)],
            "daemon": {"listen": f"127.0.0.1:{self.web}"},
            **more,
        }
        if points is not None:
            files = {"ca": "workers-ca.pem", "certificate": "daemon.pem", "key": {"file": "daemon.key"}} if tls else {}
            text["vantage_points"] = [{"name": "eu"}, {"name": "us"}]
            text["scheduler"] = {"listen": f"127.0.0.1:{self.port}", **files}
        (self.folder / "diag.yaml").write_text(yaml.safe_dump(text))

    def address_of(self, alias: str) -> tuple[str, int]:
        """Where a remote of the lab listens."""
        lab = yaml.safe_load((self.folder / "lab.yaml").read_text())
        (address,) = (
            str(one.get("proxy_address") or one["seeds"][0])
            for cluster in lab["clusters"]
            for one in cluster["remotes"]
            if cluster["name"] == "lab" and one["alias"] == alias
        )
        host, _, port = address.rpartition(":")
        return host, int(port)

    def daemon(self, **environment: str) -> Program:
        """Start the daemon, and wait until it answers."""
        started = self.start("daemon", **environment)
        until(lambda: self.get("/-/healthy") is not None, "the daemon does not answer")
        return started

    def worker(self, place: str = "eu", *, port: int | None = None, tls: bool = True, **how: str) -> Program:
        """Start a worker, and wait until it is connected."""
        started = self.worker_alone(place, port=port, tls=tls, **how)
        until(lambda: started.events("worker.connected"), "the worker does not connect")
        return started

    def worker_alone(self, place: str = "eu", *, port: int | None = None, tls: bool = True, **how: str) -> Program:
        """Start a worker, whatever becomes of it."""
        address = f"{'tls' if tls else 'tcp'}://127.0.0.1:{port or self.port}"
        files = ("--ca", "workers-ca.pem", "--certificate", "worker.pem", "--key", "worker.key") if tls else ()
        return self.start("worker", "--scheduler", address, "--vantage-point", place, *files, **how)

    def get(self, path: str, method: str = "GET") -> str:
        """Ask the daemon."""
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.web}{path}", method=method, headers={"Host": f"127.0.0.1:{self.web}"}
        )
        with urllib.request.urlopen(request, timeout=LIMIT) as answer:  # noqa: S310 -- of this machine.
            return str(answer.read().decode())

    def round(self, cluster: str = "lab-0") -> dict[str, Any]:
        """Have a round of a cluster, and give its report."""
        raw = json.loads(self.get(f"/run?cluster={cluster}&full=1&wait={int(LIMIT)}", "POST"))
        (found,) = raw["report"]["clusters"]
        return dict(found)

    def counted(self, place: str = "eu") -> dict[str, int]:
        """What became of the rounds of a vantage point."""
        pattern = rf'^diag_vantage_rounds_total\{{result="(\w+)",vantage_point="{place}"\}} (\S+)$'
        return {name: int(float(value)) for name, value in re.findall(pattern, self.get("/metrics"), re.MULTILINE)}

    def up(self, place: str = "eu") -> float:
        """Whether the daemon says that a vantage point is there."""
        (value,) = re.findall(
            rf'^diag_vantage_point_workers\{{vantage_point="{place}"\}} (\S+)$', self.get("/metrics"), re.MULTILINE
        )
        return float(value)


@contextlib.contextmanager
def running_lab(folder: Path) -> Iterator[Path]:
    """Start the remotes of the lab, and make certificates, in a folder; end them."""
    authority, other = new_ca("Workers"), new_ca("Others")
    for name, made in (("daemon", authority), ("worker", authority), ("stranger", other)):
        leaf(made, name).write(folder, name)
    (folder / "workers-ca.pem").write_bytes(authority.pem)
    (folder / "others-ca.pem").write_bytes(other.pem)
    with vantage_lab(folder, folder) as lab:
        remotes = lab.start("lab", "--write", str(folder))
        until(lambda: "The lab runs" in remotes.log.read_text(), "the lab does not run")
        (folder / "diag.yaml").rename(folder / "lab.yaml")
        yield folder


@contextlib.contextmanager
def vantage_lab(folder: Path, own: Path) -> Iterator[VantageLab]:
    """Beside a lab that runs, end whatever is started."""
    lab = VantageLab(folder, own)
    try:
        yield lab
    finally:
        for program in reversed(lab.programs):
            program.process.terminate()
        for program in lab.programs:
            program.end()


class Relay:
    """Stands between workers and scheduler, byte by byte. It keeps what it heard, and may be slow."""

    def __init__(self, target: int, delay: float = 0.0) -> None:
        self.heard = bytearray()
        self._target, self._delay = target, delay
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listening.getsockname()[1])
        self._sockets = [self._listening]
        self._threads = [threading.Thread(target=self._accept)]

    def __enter__(self) -> Self:
        self._threads[0].start()
        return self

    def __exit__(self, *_exception: object) -> None:
        for one in self._sockets:
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(10)
        for one in self._sockets:
            one.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                here, _ = self._listening.accept()
                self._sockets.append(here)
                there = socket.create_connection(("127.0.0.1", self._target))
                self._sockets.append(there)
                for pair in ((here, there), (there, here)):
                    thread = threading.Thread(target=self._pass, args=pair)
                    self._threads.append(thread)
                    thread.start()

    def _pass(self, source: socket.socket, target: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                self.heard += data
                time.sleep(self._delay)
                target.sendall(data)
        with contextlib.suppress(OSError):
            target.shutdown(socket.SHUT_WR)


def without_times(part: Any, *, places: bool = True) -> Any:
    """A report without what differs from round to round, and without from where it is seen, unless ``places``."""
    if isinstance(part, list):
        return [without_times(one, places=places) for one in part]
    if isinstance(part, dict):
        gone = {"seconds", "taken_at", "generated_at", "at", "past", "looks", *(() if places else ("seen_from",))}
        return {key: without_times(one, places=places) for key, one in part.items() if key not in gone}
    if isinstance(part, float):
        return 0.0
    # Times that stand in sentences.
    return (
        re.sub(r"\d+(\.\d+)? (ms|s)\b|\d{4}-\d\d-\d\dT[\d:.]+(Z|\+00:00)", "TIME", part)
        if isinstance(part, str)
        else part
    )


def differences(one: Any, other: Any, where: str = "") -> Iterator[str]:
    """Where two reports are not the same, and how."""
    if isinstance(one, dict) and isinstance(other, dict) and one.keys() == other.keys():
        for key, value in one.items():
            yield from differences(value, other[key], f"{where}/{key}")
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        for place, (value, beside) in enumerate(zip(one, other, strict=True)):
            yield from differences(value, beside, f"{where}/{place}")
    elif one != other or type(one) is not type(other):
        yield f"{where}: {one!r} != {other!r}"
