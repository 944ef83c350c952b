"""1,000 local clusters with one remote each, 30 % of which never answer, while 50 scrapers, 500 idle connections and 20 slow readers use the service.

Measured: how late rounds begin, how long scrapes take, memory and CPU of the daemon and of its workers. ``python load.py [SECONDS]``;
``--quiet`` is without any client, ``--clusters 500 --remotes 20`` are 10,000 remotes, ``--workers`` and ``--descriptors`` (as ``ulimit -n``) are those
of the daemon, ``--holes 0`` lets every remote answer.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import random
import socket
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from peers import NAME, cpu_seconds, free_port, haproxy, running, wait_for

INTERVAL = 60
SCRAPERS, IDLE, SLOW = 50, 500, 20
SCRAPE_EVERY = 15.0
USUAL_SECONDS = 240.0
DIAG = (sys.executable, "-c", "import sys; from diag.cli import main; sys.exit(main())")


@contextlib.contextmanager
def black_hole() -> Iterator[int]:
    """A port whose queue is full: further connections are not answered at all."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen(0)
        with contextlib.ExitStack() as stack:
            for _ in range(3):
                client = stack.enter_context(socket.socket())
                client.settimeout(0)
                client.connect_ex(server.getsockname())
            yield int(server.getsockname()[1])


def options() -> argparse.Namespace:
    """What the command line asks for."""
    parser = argparse.ArgumentParser()
    parser.add_argument("seconds", type=float, nargs="?", default=USUAL_SECONDS)
    parser.add_argument("--quiet", action="store_true")
    parser.add_argument("--clusters", type=int, default=1000)
    parser.add_argument("--remotes", type=int, default=1)
    parser.add_argument("--holes", type=float, default=0.3)
    parser.add_argument("--workers", default="auto")
    parser.add_argument("--descriptors", type=int)
    return parser.parse_args()


def write_config(folder: Path, listen: int, node: int, hole: int, asked: argparse.Namespace) -> Path:
    """The configuration of all clusters; JSON is YAML, and quick to write."""
    every = range(asked.clusters)
    holes = set(random.Random(1).sample(every, int(len(every) * asked.holes)))  # noqa: S311 -- which ones does not matter.
    clusters = [
        {
            "name": f"c{number}",
            "version": "8.14.1",
            "remotes": [
                {
                    "alias": f"r{alias}",
                    "mode": "proxy",
                    "security_model": "api_key",
                    "proxy_address": f"127.0.0.1:{hole if number in holes else node}",
                    "server_name": NAME,
                    "ca": [str(folder / "ca.pem")],
                }
                for alias in range(asked.remotes)
            ],
        }
        for number in every
    ]
    path = folder / "diag.yaml"
    settings = {"listen": f"127.0.0.1:{listen}", "workers": asked.workers}
    path.write_text(json.dumps({"interval": f"{INTERVAL}s", "daemon": settings, "clusters": clusters}))
    return path


async def scrape(port: int, took: list[float], failed: list[str]) -> None:
    """Ask for the metrics again and again, on one connection as a scraper does."""
    await asyncio.sleep(random.random() * SCRAPE_EVERY)  # noqa: S311 -- spread, no secret.
    while True:
        started = time.monotonic()
        try:
            async with asyncio.timeout(10):
                reader, writer = await asyncio.open_connection("127.0.0.1", port)
                writer.write(
                    b"GET /metrics HTTP/1.1\r\nhost: localhost\r\naccept-encoding: gzip\r\nconnection: close\r\n\r\n"
                )
                body = await reader.read()
                writer.close()
            if body.startswith(b"HTTP/1.1 200"):
                took.append(time.monotonic() - started)
            else:
                failed.append(body[:40].decode("latin-1"))
        except (OSError, TimeoutError) as error:
            failed.append(type(error).__name__)
        await asyncio.sleep(max(0.0, SCRAPE_EVERY - (time.monotonic() - started)))


async def idle(port: int) -> None:
    """Hold a connection and ask nothing; where it is closed, open another one."""
    while True:
        with contextlib.suppress(OSError):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            await reader.read()
            writer.close()
        await asyncio.sleep(1)


async def read_slowly(port: int) -> None:
    """Ask for the whole report, and read a thousand bytes a second of it."""
    while True:
        with contextlib.suppress(OSError):
            reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1024)
            writer.write(b"GET /report?full=1 HTTP/1.1\r\nhost: localhost\r\n\r\n")
            while await reader.read(1000):  # noqa: ASYNC110 -- slowness is the point of it.
                await asyncio.sleep(1)
            writer.close()
        await asyncio.sleep(1)


# Sleeps and notes how much longer than asked for: what the machine itself is late by, whoever else uses it.
CONTROL = (
    sys.executable,
    "-c",
    "import time\nwhile True:\n b = time.monotonic(); time.sleep(0.1); print(time.monotonic() - b - 0.1, flush=True)",
)


async def use(port: int, seconds: float, *, quiet: bool) -> tuple[list[float], list[str]]:
    """Be all clients at once."""
    took: list[float] = []
    failed: list[str] = []
    work = [] if quiet else [scrape(port, took, failed) for _ in range(SCRAPERS)]
    work += [] if quiet else [idle(port) for _ in range(IDLE)] + [read_slowly(port) for _ in range(SLOW)]
    tasks = [asyncio.create_task(one) for one in work]
    await asyncio.sleep(seconds)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    return took, failed


def rounds(log: Path) -> tuple[list[float], list[float], list[dict[str, object]]]:
    """How late each round began, how long those took whose remotes answer, and those that went wrong, by the log of the daemon."""
    late, took, wrong = [], [], []
    for line in log.read_text().splitlines():
        event = json.loads(line) if line.startswith("{") else {}
        if event.get("event") == "round.finished":
            late.append(float(event["late"]))
            if not event["failing"]:
                took.append(float(event["took"]))
        elif str(event.get("event", "")).startswith(("round.", "worker.", "descriptors.")):
            wrong.append(event)
    return late, took, wrong


def workers_of(pid: int) -> list[int]:
    """The processes that a process has started."""
    found = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [int(one) for one in found]


def peak_mib(pid: int) -> int:
    """The most memory that a process had so far."""
    status = Path(f"/proc/{pid}/status").read_text()
    return next(int(line.split()[1]) // 1024 for line in status.splitlines() if line.startswith("VmHWM"))


def report(name: str, values: list[float]) -> str:
    """The middle, the ninety-ninth part and the highest of some times, in seconds."""
    ordered = sorted(values) or [0.0]
    return f"{name} {ordered[len(ordered) // 2]:.2f} / {ordered[int(len(ordered) * 0.99)]:.2f} / {ordered[-1]:.2f} s"


def main() -> None:
    """Start everything, use it for a while, and print what it cost."""
    asked = options()
    with tempfile.TemporaryDirectory() as directory, black_hole() as hole, haproxy(Path(directory)) as node:
        folder, port = Path(directory), free_port()
        path = write_config(folder, port, node, hole, asked)
        # The daemon would raise a soft limit again.
        shell = ("sh", "-c", f'ulimit -n {asked.descriptors}; exec "$@"', "sh") if asked.descriptors else ()
        with (
            contextlib.ExitStack() as stack,
            running(*shell, *DIAG, "daemon", "-c", str(path), log=folder / "daemon.log") as daemon,
        ):
            wait_for(port)
            stack.enter_context(running(*CONTROL, log=folder / "control.log"))
            time.sleep(3)  # Until the workers have begun.
            everyone = [daemon.pid, *workers_of(daemon.pid)]
            before, started = list(map(cpu_seconds, everyone)), time.monotonic()
            took, failed = asyncio.run(use(port, asked.seconds, quiet=asked.quiet))
            seconds = time.monotonic() - started
            cpu = [(cpu_seconds(pid) - was) / seconds for pid, was in zip(everyone, before, strict=True)]
            peaks = list(map(peak_mib, everyone))
            descriptors = len(list(Path(f"/proc/{daemon.pid}/fd").iterdir()))
            daemon.kill()  # It would wait for its rounds.
        late, healthy, wrong = rounds(folder / "daemon.log")
        control = [float(line) for line in (folder / "control.log").read_text().split()]
    over = sum(one > 1 for one in late)
    print(f"{len(late)} rounds in {seconds:.0f} s, {len(wrong)} events of another kind {[*wrong[:3]]}")
    print(report("late: middle, 99 %, most", late), f"· {over} later than 1 s")
    print(report("rounds of remotes that answer took, with all waiting:", healthy))
    print(report(f"{len(took)} scrapes:", took), f"· {len(failed)} failed {sorted(set(failed))}")
    print(report("a process that only sleeps is late by: ", control))
    print(f"daemon, then its workers: CPU {[round(one, 2) for one in cpu]} of a core, peak {peaks} MiB")
    remotes = asked.clusters * asked.remotes
    print(
        f"{sum(peaks)} MiB for {remotes} remotes, {sum(peaks) * 1024 / remotes:.0f} KiB each; {descriptors} descriptors at the end"
    )


if __name__ == "__main__":
    main()
