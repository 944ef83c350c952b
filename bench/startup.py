"""Wall and CPU time of whole commands, one after the other in turns: help, a file, one remote, 64 remotes."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import peers
import remotes
from measured import Figure, main

DIAG = shutil.which("diag", path=Path(sys.executable).parent) or "diag"
MANY = 64


def timed(*command: str) -> tuple[float, float]:
    """Run a command that has to succeed; give its wall time and its CPU time in milliseconds."""
    started = time.perf_counter()
    with tempfile.TemporaryFile() as output:
        process = subprocess.Popen(command, stdout=output, stderr=output)
        _, status, used = os.wait4(process.pid, 0)
        wall = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        if process.returncode:
            sys.exit(f"{command} ended with {process.returncode}: {output.read().decode()}")
    return 1000 * wall, 1000 * (used.ru_utime + used.ru_stime)


def measure(*, quick: bool) -> Iterator[Figure]:
    """Take turns between the commands, so that each has the same luck with the machine."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        file = folder / "elasticsearch.yml"
        file.write_text("cluster.name: a\ncluster.remote.b:\n  mode: proxy\n  proxy_address: b.example.com:9443\n")
        with peers.haproxy(folder) as port:
            look = (DIAG, "run", "--skip", "config/duplicate-remote", "-c")
            commands = {
                "python": (sys.executable, "-c", "pass"),
                "help": (DIAG, "--help"),
                "lint": (DIAG, "lint", str(file)),
                "one": (*look, str(remotes.written(folder, port, 1, 1, with_key=True))),
                "many": (*look, str(remotes.written(folder, port, 1, MANY, with_key=True))),
            }
            taken: dict[str, list[tuple[float, float]]] = {key: [] for key in commands}
            for turn in range(4 if quick else 12):
                for key, command in commands.items():
                    both = timed(*command)
                    if turn:
                        taken[key].append(both)
    more = [(many[0] - one[0], many[1] - one[1]) for many, one in zip(taken["many"], taken["one"], strict=True)]
    for name, what, times, promised in (
        ("help", "`diag --help`", taken["help"], 60),
        ("lint-file", "`diag lint` of one file", taken["lint"], 200),
        ("one-remote", "`diag run` of one remote", taken["one"], 250),
        ("64-remotes", f"{MANY} remotes, `diag run`: more than one remote takes", more, 400),
        ("python", "for comparison: `python -c pass`", taken["python"], None),
    ):
        walls, processors = zip(*times, strict=True)
        yield Figure(name=name, what=what, unit="ms", values=walls, at_most=promised)
        yield Figure(name=f"{name}-cpu", what=f"{what}, CPU", unit="ms", values=processors)


if __name__ == "__main__":
    main(measure, __doc__)
