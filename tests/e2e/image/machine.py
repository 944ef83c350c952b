"""A machine that boots: a small Debian with systemd as its first process, in namespaces of its own."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.e2e.conftest import program, running
from tests.e2e.image.building import PYTHON, debian
from tests.patience import ENDS_WITHIN, PATIENCE


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """A machine that runs: its files, and its first process as this machine counts."""

    root: Path
    leader: int

    def run(self, *command: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Run a command on it as root."""
        done = subprocess.run(
            [program("nsenter"), "-t", str(self.leader), "--all", *command],
            capture_output=True,
            text=True,
            check=False,
            timeout=ENDS_WITHIN,
            env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin"},
        )
        assert done.returncode == 0 or not check, f"{command}: {done.stdout}{done.stderr}"
        return done

    def shown(self, unit: str, name: str) -> str:
        """A property of a unit, as ``systemctl show`` prints it."""
        return self.run("systemctl", "show", "--value", f"--property={name}", unit).stdout.strip()

    def log_of(self, unit: str) -> str:
        """What a unit has printed."""
        return self.run("journalctl", "--no-pager", "--output=cat", f"--unit={unit}").stdout

    def until(self, true: Callable[[], bool], unit: str) -> None:
        """Wait until something is true."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            if true():
                return
            time.sleep(0.2)
        pytest.fail(
            self.run("systemctl", "status", "--no-pager", "--full", unit, check=False).stdout + self.log_of(unit)
        )


@contextlib.contextmanager
def machine(folder: Path, prepare: Callable[[Path], None]) -> Iterator[Machine]:
    """Boot a machine whose files were prepared, and switch it off at the end."""
    root = folder / "root"
    root.mkdir()
    packages = f"systemd,systemd-sysv,procps,{PYTHON}"
    subprocess.run(["tar", "-xf", debian("systemd", packages), "-C", root], check=True)
    prepare(root)
    # The newest systemd wants the one hierarchy of control groups; where this machine has both, it gets that one.
    boot = (
        *(program("env"), "UNIFIED_CGROUP_HIERARCHY=1", program("systemd-nspawn"), "--quiet", f"--directory={root}"),
        *("--boot", "--register=no", "--keep-unit", "--private-network", f"--machine=diag-test-{os.getpid()}"),
    )
    log = folder / "boot.log"
    with running(*boot, log=log) as process:
        made = Machine(root=root, leader=_leader(process, log))
        try:
            made.until(lambda: _booted(made), "diag")
            yield made
        finally:
            # What systemd takes for the order to power off.
            os.kill(made.leader, signal.SIGRTMIN + 4)
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(60)


def _booted(made: Machine) -> bool:
    return made.run("systemctl", "is-system-running", check=False).stdout.strip() in {"running", "degraded"}


def _leader(process: subprocess.Popen[bytes], log: Path) -> int:
    """The child that became the first process of the machine."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and process.poll() is None:
        for child in Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split():
            with contextlib.suppress(OSError):
                if Path(f"/proc/{child}/comm").read_text().strip() == "systemd":
                    return int(child)
        time.sleep(0.1)
    pytest.fail(f"the machine did not boot: {log.read_text(errors='replace')}")
