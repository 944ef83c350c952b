"""The daemon at scale: many remotes, 30 % of which never answer; and the same while scrapers, idle connections and slow readers use the service.

    python load.py [--quick] [--json FILE] [--scenario NAME…]        all scenarios, or those that are named: remotes, many, descriptors, clients

Measured: how late rounds begin, how long scrapes take, memory and CPU of the daemon and of its worker processes.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import dataclasses
import functools
import json
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import remotes
from measured import Figure, main
from peers import DIAG, black_hole, cpu_seconds, family, free_port, haproxy, peak_mib, running, shared_out_mib, wait_for

BLACK_HOLES = 0.3
SCRAPERS, IDLE, SLOW = 50, 500, 20
SCRAPE_EVERY = 15.0
LOOK_EVERY = 1.0  # Seconds between two looks at the memory of all processes.


@dataclasses.dataclass(frozen=True, kw_only=True)
class Scenario:
    """What the daemon has to do, and for how many seconds it is watched.

    ``clients``: whether it is used meanwhile. ``at_most_mib`` is what is promised of its memory. ``descriptors`` is its ``ulimit -n``.
    """

    name: str
    clusters: int
    each: int
    interval: int = 60
    seconds: float = 90.0
    clients: bool = False
    at_most_mib: float | None = None
    descriptors: int | None = None

    @property
    def what(self) -> str:
        """The scenario in words."""
        many = f"{self.clusters * self.each:,} remotes in {self.clusters:,} local clusters each {self.interval} s"
        limit = f", {self.descriptors} descriptors" if self.descriptors else ""
        use = f", {SCRAPERS} scrapers, {IDLE} idle connections, {SLOW} slow readers" if self.clients else ""
        return f"{many}, {BLACK_HOLES:.0%} black holes{use}{limit}"


# A further scenario is a row; a quick run has fewer remotes of each, and a shorter interval.
SCENARIOS = (
    Scenario(name="remotes", clusters=50, each=20, at_most_mib=120),
    Scenario(name="many", clusters=100, each=100),
    Scenario(name="descriptors", clusters=50, each=20, seconds=60, descriptors=256),
    Scenario(name="clients", clusters=1000, each=1, clients=True),
)


def write_config(folder: Path, scenario: Scenario, listen: int, node: int, hole: int) -> Path:
    """The configuration of all clusters."""
    number = scenario.clusters * scenario.each
    chance = random.Random(1)  # noqa: S311 -- which ones never answer does not matter.
    holes = set(chance.sample(range(number), int(number * BLACK_HOLES)))
    clusters = [
        {
            "name": f"c{number}",
            "version": remotes.RELEASE,
            "remotes": [
                remotes.remote(folder, one, "127.0.0.1", hole if one in holes else node)
                for one in range(number * scenario.each, (number + 1) * scenario.each)
            ],
        }
        for number in range(scenario.clusters)
    ]
    settings = {"listen": f"127.0.0.1:{listen}"}
    described = {"interval": f"{scenario.interval}s", "daemon": settings, "clusters": clusters}
    return remotes.configuration(folder / "diag.yaml", described)


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


@dataclasses.dataclass(kw_only=True)
class Seen:
    """What was seen in the time of a scenario: seconds that scrapes took and rounds were late, what failed, and what the daemon used."""

    took: list[float] = dataclasses.field(default_factory=list)
    failed: list[str] = dataclasses.field(default_factory=list)
    late: list[float] = dataclasses.field(default_factory=list)
    wrong: list[dict[str, object]] = dataclasses.field(default_factory=list)
    control: list[float] = dataclasses.field(default_factory=list)
    cores: float = 0.0
    peak: float = 0.0
    together: float = 0.0
    processes: int = 1


async def watch_memory(daemon: int, seen: Seen) -> None:
    """Note the most that all processes take together, and how many they are."""
    while True:
        seen.together = max(seen.together, shared_out_mib(daemon))
        seen.processes = max(seen.processes, len(list(family(daemon))))
        await asyncio.sleep(LOOK_EVERY)


async def use(port: int, daemon: int, scenario: Scenario, seen: Seen) -> None:
    """Be all clients at once, or wait."""
    work = [watch_memory(daemon, seen)]
    if scenario.clients:
        work += [scrape(port, seen.took, seen.failed) for _ in range(SCRAPERS)]
        work += [idle(port) for _ in range(IDLE)] + [read_slowly(port) for _ in range(SLOW)]
    tasks = [asyncio.create_task(one) for one in work]
    await asyncio.sleep(scenario.seconds)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


def rounds(log: Path) -> tuple[list[float], list[dict[str, object]]]:
    """How late each round began, and those that went wrong otherwise, by the log of the daemon."""
    late, wrong = [], []
    for line in log.read_text().splitlines():
        event = json.loads(line) if line.startswith("{") else {}
        if event.get("event") == "round.finished":
            late.append(float(event["late"]))
        elif str(event.get("event", "")).startswith(("round.", "worker.")):
            wrong.append(event)
    return late, wrong


def watched(scenario: Scenario) -> Seen:
    """Start everything, use it for a while, and end it."""
    seen = Seen()
    with tempfile.TemporaryDirectory() as directory, black_hole() as hole, haproxy(Path(directory)) as node:
        folder, port = Path(directory), free_port()
        path = write_config(folder, scenario, port, node, hole)
        # The daemon would raise a soft limit again.
        shell = ("sh", "-c", f'ulimit -n {scenario.descriptors}; exec "$@"', "sh") if scenario.descriptors else ()
        with (
            contextlib.ExitStack() as stack,
            running(*shell, *DIAG, "daemon", "-c", str(path), log=folder / "daemon.log") as daemon,
        ):
            wait_for(port)
            stack.enter_context(running(*CONTROL, log=folder / "control.log"))
            before, started = cpu_seconds(daemon.pid), time.monotonic()
            asyncio.run(use(port, daemon.pid, scenario, seen))
            seen.cores = (cpu_seconds(daemon.pid) - before) / (time.monotonic() - started)
            seen.peak = peak_mib(daemon.pid)
            daemon.kill()  # It would wait for its rounds.
        seen.late, seen.wrong = rounds(folder / "daemon.log")
        seen.control = [float(line) for line in (folder / "control.log").read_text().split()]
    if not seen.late:
        sys.exit(f"{scenario.name}: not one round")
    return seen


def figures(scenario: Scenario) -> Iterator[Figure]:
    """The figures of one scenario."""
    seen, name, what = watched(scenario), scenario.name, scenario.what
    late, took = sorted(seen.late), sorted(seen.took)
    yield Figure(name=f"{name}-late", what=f"{what}: latest round", unit="s", values=(late[-1],), at_most=1.0)
    yield Figure(name=f"{name}-late-99", what=f"{what}: late, of 99 %", unit="s", values=(late[int(len(late) * 0.99)],))
    kinds = Counter(str(event["event"]) for event in seen.wrong)
    if kinds:
        print(f"{name}: {dict(kinds)}", file=sys.stderr)
    if scenario.descriptors:  # Rounds take longer then, so that one may be due before the last one ended.
        skipped = kinds.pop("round.skipped", 0)
        yield Figure(name=f"{name}-skipped", what=f"{what}: skipped", unit="rounds", values=(skipped,))
    failed = "failed" if scenario.descriptors else "skipped or failed"
    yield Figure(name=f"{name}-wrong", what=f"{what}: {failed}", unit="rounds", values=(kinds.total(),), at_most=0)
    yield from memory(scenario, seen)
    yield Figure(name=f"{name}-cpu", what=f"{what}: CPU", unit="of a core", values=(seen.cores,))
    yield Figure(
        name=f"{name}-control",
        what=f"{what}: a process that only sleeps is late",
        unit="s",
        values=(max(seen.control),),
    )
    if scenario.clients:
        yield Figure(name=f"{name}-scrape", what=f"{what}: slowest scrape", unit="s", values=(took[-1],))
        yield Figure(
            name=f"{name}-scrapes-failed",
            what=f"{what}: scrapes that failed",
            unit="calls",
            values=(len(seen.failed),),
            at_most=0,
        )


def memory(scenario: Scenario, seen: Seen) -> Iterator[Figure]:
    """The peaks of all processes, added up: what they share is counted for each, so that it is never more. And what they take of the machine."""
    name, what = scenario.name, scenario.what
    with_workers = f", {seen.processes} processes" if seen.processes > 1 else ""
    yield Figure(
        name=f"{name}-peak",
        what=f"{what}: memory at the peak{with_workers}",
        unit="MiB",
        values=(seen.peak,),
        at_most=scenario.at_most_mib,
    )
    each = seen.peak * 1024 / (scenario.clusters * scenario.each)
    yield Figure(name=f"{name}-peak-each", what=f"{what}: memory at the peak for each", unit="KiB", values=(each,))
    together = f"{what}: memory at the peak, what processes share counted once"
    yield Figure(name=f"{name}-together", what=together, unit="MiB", values=(seen.together,))


def measure(scenarios: Sequence[Scenario], *, quick: bool) -> Iterator[Figure]:
    """Each scenario, one after the other."""
    for scenario in scenarios:
        yield from figures(smaller(scenario) if quick else scenario)


def smaller(scenario: Scenario) -> Scenario:
    """A scenario for a quick run."""
    clusters, each = scenario.clusters // 10, min(scenario.each, 10)
    return dataclasses.replace(scenario, clusters=clusters, each=each, interval=scenario.interval // 6, seconds=20)


def chosen() -> tuple[list[Scenario], list[str]]:
    """The scenarios that the command line names, and what else stands there."""
    parser = argparse.ArgumentParser(add_help=False)
    parser.add_argument("--scenario", action="append", choices=[one.name for one in SCENARIOS])
    options, others = parser.parse_known_args()
    return [one for one in SCENARIOS if options.scenario is None or one.name in options.scenario], others


if __name__ == "__main__":
    scenarios, others = chosen()
    main(functools.partial(measure, scenarios), __doc__, others)
