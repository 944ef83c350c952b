"""What the daemon tells the manager that started it: ready, reloading, stopping, still alive.

The protocol is that of sd_notify(3): lines in a datagram to the socket that ``$NOTIFY_SOCKET`` names.
Where nobody set it, nothing is said.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
import time
from collections.abc import AsyncIterator, Mapping
from typing import Final

import structlog

PATIENCE: Final = 1.0  # Seconds for which a manager that reads nothing may hold up the daemon.
MAX_STATUS: Final = 200  # Characters of the line that ``systemctl status`` shows.

log = structlog.stdlib.get_logger("diag.daemon")


class ServiceManager:
    """The manager of this process, if there is one."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        path = environment.get("NOTIFY_SOCKET", "")
        # A name in the abstract namespace begins with @ there, and with a zero byte in an address.
        self._address = f"\0{path[1:]}" if path.startswith("@") else path if path.startswith("/") else ""
        self._stopping = False
        self._reloading = asyncio.Lock()
        self.watchdog = _watchdog_seconds(environment)

    def ready(self, status: str = "") -> None:
        """Say that the service serves: after the start, and after each reload."""
        self._send("READY=1", _status(status))

    def stopping(self) -> None:
        """Say that the end has begun. Nothing that is said later would be true."""
        self._send("STOPPING=1", _status("finishing the rounds that run"))
        self._stopping = True

    @contextlib.asynccontextmanager
    async def reload(self) -> AsyncIterator[None]:
        """Say that the configuration is loaded again while this is open; one reload at a time. ``ready`` has to follow."""
        async with self._reloading:
            # The time tells the manager which of its requests is being answered.
            self._send("RELOADING=1", f"MONOTONIC_USEC={time.clock_gettime_ns(time.CLOCK_MONOTONIC) // 1000}")
            yield

    async def show_life(self) -> None:
        """Say, for ever, that the event loop turns: twice in the time after which the manager would end the process."""
        while self.watchdog is not None:
            self._send("WATCHDOG=1")
            await asyncio.sleep(self.watchdog / 2)

    def _send(self, *lines: str) -> None:
        if not self._address or self._stopping:
            return
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as to:
                to.settimeout(PATIENCE)
                to.sendto("\n".join(line for line in lines if line).encode(), self._address)
        except OSError as error:
            log.warning("manager.unreachable", error=error.strerror or type(error).__name__)


def _status(text: str) -> str:
    line = " ".join(text.split())[:MAX_STATUS]
    return f"STATUS={line}" if line else ""


def _watchdog_seconds(environment: Mapping[str, str]) -> float | None:
    """The seconds within which this process has to show life; None where nobody waits for that (sd_watchdog_enabled(3))."""
    microseconds = environment.get("WATCHDOG_USEC", "")
    if not (microseconds.isascii() and microseconds.isdigit() and int(microseconds)):
        return None
    if environment.get("WATCHDOG_PID", str(os.getpid())) != str(os.getpid()):
        return None
    return int(microseconds) / 1_000_000
