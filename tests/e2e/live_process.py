"""What the system shows of a process that runs: its sockets, and whether it is stopped."""

from __future__ import annotations

import ipaddress
import os
import signal
from collections.abc import Iterator
from pathlib import Path

from tests.patience import until

_LIMIT = 60.0  # Seconds; the system stops a process at once.


def stop(pid: int) -> None:
    """Stop a process, and wait until none of its threads runs any more."""
    os.kill(pid, signal.SIGSTOP)
    threads = Path(f"/proc/{pid}/task")
    until(
        lambda: all(_is_stopped(one / "stat") for one in threads.iterdir()),
        what=f"{pid} stopped",
        seconds=_LIMIT,
        pause=0.001,
        alive=threads.exists,
    )


def _is_stopped(stat: Path) -> bool:
    try:
        return stat.read_text().rpartition(")")[2].split()[0] == "T"
    except (FileNotFoundError, ProcessLookupError):  # A thread that ended meanwhile.
        return True


def looks_at(pid: int, address: tuple[str, int]) -> bool:
    """Whether a process is connected to an address just now."""
    return any(remote == address for _, remote, _ in sockets_of(pid))


def sockets_of(pid: int) -> Iterator[tuple[tuple[str, int], tuple[str, int], bool]]:
    """The TCP sockets of a process: local and remote address, and whether it listens."""
    own = set[str]()
    for descriptor in Path(f"/proc/{pid}/fd").iterdir():
        try:
            own.add(str(descriptor.readlink()))
        except OSError:
            continue
    tables = [Path(f"/proc/{pid}/net/{name}") for name in ("tcp", "tcp6")]
    for line in (line for table in tables if table.exists() for line in table.read_text().splitlines()[1:]):
        parts = line.split()
        if f"socket:[{parts[9]}]" in own:
            yield _address(parts[1]), _address(parts[2]), parts[3] == "0A"


def _address(text: str) -> tuple[str, int]:
    host, port = text.split(":")
    words = [
        bytes.fromhex(host[at : at + 8])[::-1] for at in range(0, len(host), 8)
    ]  # Each in the order of the machine.
    address = ipaddress.ip_address(b"".join(words))
    return str(getattr(address, "ipv4_mapped", None) or address), int(port, 16)
