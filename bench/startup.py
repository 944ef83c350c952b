"""Wall time of whole commands: ``diag --help``, one remote, 64 remotes."""

from __future__ import annotations

import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import peers

RUNS = 9
DIAG = shutil.which("diag") or str(Path(sys.executable).with_name("diag"))


def timed(*command: str) -> float:
    """Run a command once; give its wall time in seconds."""
    start = time.perf_counter()
    done = subprocess.run(command, capture_output=True, check=False)
    if done.returncode:
        sys.exit(f"{command} ended with {done.returncode}: {done.stdout.decode()} {done.stderr.decode()}")
    return time.perf_counter() - start


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


def main() -> None:
    """Take turns between the commands and print medians."""
    with tempfile.TemporaryDirectory() as folder:
        directory = Path(folder)
        with peers.haproxy(directory) as port:
            commands = {
                "python -c pass": (sys.executable, "-c", "pass"),
                "diag --help": (DIAG, "--help"),
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
            times: dict[str, list[float]] = {name: [] for name in commands}
            for turn in range(RUNS + 1):
                for name, command in commands.items():
                    seconds = timed(*command)
                    if turn:
                        times[name].append(seconds)
    for name, measured in times.items():
        print(
            f"{name:22} {statistics.median(measured) * 1000:6.0f} ms   (min {min(measured) * 1000:.0f}, max {max(measured) * 1000:.0f})"
        )


if __name__ == "__main__":
    main()
