"""Wall and CPU time of whole commands: ``diag --help``, one file, one remote, 64 remotes."""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import peers

RUNS = 9
DIAG = shutil.which("diag") or str(Path(sys.executable).with_name("diag"))


def timed(*command: str) -> tuple[float, float]:
    """Run a command once; give its wall time and its CPU time in seconds."""
    start = time.perf_counter()
    with tempfile.TemporaryFile() as output:
        process = subprocess.Popen(command, stdout=output, stderr=output)
        _, status, used = os.wait4(process.pid, 0)
        wall = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        # 5: no key is configured, so that whether a login is accepted is not known.
        if process.returncode not in {0, 5}:
            sys.exit(f"{command} ended with {process.returncode}: {output.read().decode()}")
    return wall, used.ru_utime + used.ru_stime


def configuration(directory: Path, port: int, count: int) -> str:
    """Write a configuration with so many healthy remotes."""
    remotes = "".join(
        f"      - {{alias: r{i}, security_model: api_key, mode: proxy, proxy_address: '127.0.0.1:{port}',"
        f" server_name: {peers.NAME}, ca: [ca.pem], version: 8.15.3}}\n"
        for i in range(count)
    )
    names = ", ".join(f"cluster.remote.r{i}.credentials" for i in range(count))
    path = directory / f"diag{count}.yaml"
    path.write_text(
        f"clusters:\n  - name: bench\n    version: 8.15.3\n    keystore: [{names}]\n    remotes:\n{remotes}"
    )
    return str(path)


def node_settings(directory: Path) -> Path:
    """The file of a node, without a fault."""
    path = directory / "elasticsearch.yml"
    path.write_text("cluster.name: bench\nnode.name: n1\n")
    return path


def _shown(seconds: Sequence[float]) -> str:
    return f"{statistics.median(seconds) * 1000:.0f} ms ({min(seconds) * 1000:.0f} to {max(seconds) * 1000:.0f})"


def main() -> None:
    """Take turns between the commands and print medians."""
    with tempfile.TemporaryDirectory() as folder:
        directory = Path(folder)
        with peers.haproxy(directory) as port:
            commands = {
                "python -c pass": (sys.executable, "-c", "pass"),
                "diag --help": (DIAG, "--help"),
                "diag lint, 1 file": (DIAG, "lint", str(node_settings(directory))),
                "diag run, 1 remote": (
                    DIAG,
                    "run",
                    "--skip",
                    "config/duplicate-remote",
                    "-c",
                    configuration(directory, port, 1),
                ),
                "diag run, 64 remotes": (
                    DIAG,
                    "run",
                    "--skip",
                    "config/duplicate-remote",
                    "-c",
                    configuration(directory, port, 64),
                ),
            }
            times: dict[str, list[tuple[float, float]]] = {name: [] for name in commands}
            for turn in range(RUNS + 1):
                for name, command in commands.items():
                    seconds = timed(*command)
                    if turn:
                        times[name].append(seconds)
    for name, measured in times.items():
        walls, cpus = zip(*measured, strict=True)
        print(f"{name:22} wall {_shown(walls)}, CPU {_shown(cpus)}")


if __name__ == "__main__":
    main()
