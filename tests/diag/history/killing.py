"""A daemon that is killed again and again while it runs rounds and writes, and a count of what its history lost.

Run as ``python -m tests.diag.history.killing FOLDER KILLS SEED``; prints what was counted, as JSON. The daemon is a process of its own, forked
from this one so that not each of a hundred has to load Python's modules. What it sees changes with each round: a setting counts the rounds,
and a remote breaks and is well again. The number of a round is noted in a file before the daemon can know of it.
"""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from datetime import datetime
from pathlib import Path
from typing import Any

from diag.config import ClusterConfig, load_config
from diag.daemon import process, run_daemon
from diag.history import EventKind
from diag.history.queries import Query, known, select
from diag.model import ClusterEvidence, LocalView, Registration
from tests.diag.daemon.world import World, healthy, write_config

ROOT = Path(__file__).parents[3]
SETTING = "node_connections"
LIMIT = 240.0  # Seconds in which a daemon has to run a few rounds, on the slowest machine.


class Counting(World):
    """The world of a test, in which every round is another one. It notes each round, and waits with the next until the last one is written."""

    def __init__(self, folder: Path) -> None:
        super().__init__(before=self._begin)
        self._rounds, self._file = folder / "rounds", folder / "history.sqlite"
        self._number = 0

    async def _begin(self, _name: str) -> None:
        if self._number:
            await self._written(self._number)
        self._number = rounds_in(self._rounds) + 1
        with self._rounds.open("ab", buffering=0) as file:
            file.write(b"%8d\n" % self._number)
        self.broken = {"b"} if self._number % 2 else set()

    def _evidence(self, cluster: ClusterConfig, now: datetime, remotes: tuple[str, ...]) -> ClusterEvidence:
        seen = super()._evidence(cluster, now, remotes)
        values = ((SETTING, str(self._number)),)
        counted = tuple(
            dataclasses.replace(one, belief=LocalView(registration=Registration(alias=one.remote.alias, values=values)))
            for one in seen.remotes
        )
        return dataclasses.replace(seen, remotes=counted)

    async def _written(self, number: int) -> None:
        async with asyncio.timeout(LIMIT):
            while written_in(self._file) != str(number):  # noqa: ASYNC110 -- the file of another thread.
                await asyncio.sleep(0.002)


def rounds_in(path: Path) -> int:
    """How many rounds were begun: a line is nine bytes."""
    return path.stat().st_size // 9 if path.exists() else 0


def written_in(path: Path) -> str | None:
    """The setting that the history knows now."""
    with contextlib.closing(sqlite3.connect(path)) as connection:
        state = known(connection).states.get(("eu", "a"))
    return state.facts.get((EventKind.SETTING, "registered"), {}).get(SETTING) if state else None


def settings_in(path: Path, remote: str) -> list[tuple[str, str]]:
    """The changes of the setting that the history has of one remote, with both values."""
    with contextlib.closing(sqlite3.connect(path)) as connection:
        events = select(connection, Query(limit=-1, remote=remote))
    return [(one.before, one.after) for one in events if one.subject == SETTING]


def start(folder: Path) -> int:
    """Fork a daemon, and give its process id."""
    if child := os.fork():
        return child
    try:
        output = os.open(folder / "daemon.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        os.dup2(output, 1)
        os.dup2(output, 2)
        process.load_config = lambda path: load_config(path).model_copy(update={"interval": 0.05})  # type: ignore[attr-defined]  # -- quicker than anybody may configure.
        os._exit(run_daemon(folder / "diag.yaml", open_collector=Counting(folder).open))
    finally:
        os._exit(99)


def kill_one(folder: Path, chance: random.Random) -> None:
    """Start a daemon, let it run up to two rounds, and kill it somewhere in what comes next."""
    wanted, child = rounds_in(folder / "rounds") + chance.randint(0, 2), start(folder)
    end = time.monotonic() + LIMIT
    while rounds_in(folder / "rounds") < wanted:
        if time.monotonic() > end or os.waitpid(child, os.WNOHANG) != (0, 0):
            with contextlib.suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)
            sys.exit(f"the daemon ran no rounds: {(folder / 'daemon.log').read_text()[-3000:]}")
        time.sleep(0.001)
    time.sleep(chance.random() * 0.05)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)


def is_sound(path: Path) -> bool:
    """Whether a file opens, and SQLite finds nothing wrong with it; one that was not made yet is."""
    if not path.exists():
        return True
    with contextlib.closing(sqlite3.connect(path)) as connection:
        return connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def broken_chains(path: Path) -> int:
    """How many events do not begin with what the one before them about the same thing ended with."""
    with contextlib.closing(sqlite3.connect(path)) as connection:
        events = select(connection, Query(limit=-1))
    last: dict[tuple[str, str, str], str] = {}
    broken = 0
    for one in events:
        line = "status" if one.kind.value in {"appeared", "gone", "status"} else one.kind.value
        key = (one.remote, line, one.subject)
        if line != "gap" and key in last:
            broken += last[key] != one.before
        last[key] = one.after
    return broken


def main(folder: Path, kills: int, seed: int) -> None:
    """Kill as often as asked for, and count."""
    healthy()  # Loaded once, before the first fork.
    write_config(folder, {"eu": ["a", "b"]}, daemon={"listen": "127.0.0.1:0", "history": {"path": "history.sqlite"}})
    chance = random.Random(seed)  # noqa: S311 -- when to kill is no secret.
    path, opened, in_flight = folder / "history.sqlite", 0, set[int]()
    for _ in range(kills):
        kill_one(folder, chance)
        opened += is_sound(path)
        in_flight.add(rounds_in(folder / "rounds"))
    found = settings_in(path, "a")
    seen = {int(value) for change in found for value in change}
    rounds = set(range(1, rounds_in(folder / "rounds") + 1))
    counted = {
        "kills": kills,
        "opened": opened,
        "rounds": len(rounds),
        "events": len(found),
        "lost": sorted(rounds - seen),
        "lost_and_not_in_flight": sorted(rounds - seen - in_flight),
        "broken_chains": broken_chains(path),
        "set_aside": len(list(folder.glob("*.broken-*"))),
    }
    sys.stdout.write(json.dumps(counted))


def killed(folder: Path, kills: int, seed: int) -> dict[str, Any]:
    """What was counted, in a process of its own."""
    command = (sys.executable, "-m", "tests.diag.history.killing", str(folder), str(kills), str(seed))
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    counted: dict[str, Any] = json.loads(done.stdout)
    return counted


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
