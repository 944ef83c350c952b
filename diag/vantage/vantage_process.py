"""A worker at a vantage point: it connects to the daemon, makes the rounds that it is given, and connects again when it lost it."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
import signal
import socket
import sys
import tempfile
from typing import Final
from urllib.parse import urlsplit

import structlog
from distributed import Worker
from distributed.comm.core import CommClosedError, connect
from distributed.security import Security

from diag import VERSION
from diag.config.secrets import SecretRef
from diag.logs import set_up_logs
from diag.text import shown
from diag.vantage.dask_settings import RELEASE_TAG, security_of, set_up_dask, tag_of
from diag.vantage.worker_settings import WorkerSettings

FIRST_PAUSE: Final = 0.5  # Seconds until a connection is tried again; each time twice as long,
MAX_PAUSE: Final = 15.0  # but never longer than this.
CONNECT_SECONDS: Final = 10.0
_MAX_TEXT: Final = 300

log = structlog.stdlib.get_logger("diag.vantage")


def work_until_stopped(settings: WorkerSettings) -> int:
    """Work until SIGTERM or SIGINT, and give the exit code: 1 where the scheduler is none to work for, 2 for files that can't be used.

    2, too, where nothing temporary can be written, which Dask does.
    """
    set_up_logs()
    try:
        tempfile.gettempdir()
    except FileNotFoundError:  # The root of a container may be read-only.
        sys.stderr.write("diag: a worker needs a folder for temporary files, such as a tmpfs at /tmp\n")
        return 2
    try:
        asyncio.run(run_worker(settings))
    except NotAcceptedError as error:
        sys.stderr.write(f"diag: {error}\n")
        return 1
    except OSError as error:  # Of TLS, too.
        sys.stderr.write(f"diag: --ca, --certificate or --key can't be used: {shown(str(error), _MAX_TEXT)}\n")
        return 2
    return 0


class NotAcceptedError(Exception):
    """Scheduler and worker do not accept each other's certificates, or one of them speaks no TLS; the text says so."""


async def run_worker(settings: WorkerSettings) -> None:
    """Work until SIGTERM or SIGINT. Raises NotAcceptedError where the first connection shows that there will never be one.

    Raises OSError where certificate and key can't be used.
    """
    set_up_dask()
    key = SecretRef(file=settings.key) if settings.key is not None else None
    security = security_of(settings.ca, settings.certificate, key)
    security.get_connection_args("worker")  # It reads the files.
    loop, stopped = asyncio.get_running_loop(), asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopped.set)
    log.info("worker.started", vantage_point=settings.vantage_point, scheduler=settings.scheduler, version=VERSION)
    stopping = asyncio.create_task(stopped.wait())
    with tempfile.TemporaryDirectory(prefix="diag-worker-") as folder:
        working = asyncio.create_task(_Connections(settings, security, folder).run())
        await asyncio.wait({stopping, working}, return_when=asyncio.FIRST_COMPLETED)
        for task in (stopping, working):
            task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await working
    log.info("worker.stopped", vantage_point=settings.vantage_point)


class _Connections:
    """One connection to the scheduler after the other."""

    def __init__(self, settings: WorkerSettings, security: Security, folder: str) -> None:
        self._settings, self._security, self._folder = settings, security, folder
        self._was_connected = False

    async def run(self) -> None:
        """Connect, work as long as it lasts, and begin again. Raises NotAcceptedError."""
        pause, last = FIRST_PAUSE, ""
        while True:
            because = await self._work()
            pause = FIRST_PAUSE if not because else min(2 * pause, MAX_PAUSE)
            if not because or because != last:  # The same again is no news.
                log.warning("worker.disconnected", scheduler=self._settings.scheduler, because=because or "it is gone")
            last = because
            await asyncio.sleep(pause)

    async def _work(self) -> str:
        """Work as long as the connection lasts, and say why there was none; empty where there was one."""
        try:
            await self._try_connection()
            await self._connected()
        except (OSError, RuntimeError, ValueError, TimeoutError) as error:
            cause = error.__cause__ or error
            return shown(str(cause) or type(cause).__name__, _MAX_TEXT)
        return ""

    async def _try_connection(self) -> None:
        """See that both sides accept each other, which Dask itself would try for ever."""
        parts = urlsplit(self._settings.scheduler)
        async with asyncio.timeout(CONNECT_SECONDS):  # Dask would try a port that is closed for as long, too.
            _, writer = await asyncio.open_connection(parts.hostname, parts.port)
            writer.close()
        arguments = self._security.get_connection_args("worker")
        try:
            comm = await connect(self._settings.scheduler, timeout=CONNECT_SECONDS, **arguments)
        except CommClosedError as error:
            if self._was_connected:
                raise
            # The scheduler closed after the TCP connection was there, or its certificate is not of this CA.
            msg = (
                f"{self._settings.scheduler} and this worker do not accept each other: expected certificates of the same CA on both sides, "
                f"and TLS on both or on none ({shown(str(error.__cause__ or error), _MAX_TEXT)})"
            )
            raise NotAcceptedError(msg) from None
        await comm.close()

    async def _connected(self) -> None:
        settings = self._settings
        place, rounds = settings.vantage_point, settings.rounds
        # An address of the loopback interface that no other worker has: nobody else reaches it, and the scheduler tells workers apart by it.
        host = f"127.{1 + secrets.randbelow(254)}.{secrets.randbelow(256)}.{1 + secrets.randbelow(254)}"
        worker = Worker(
            settings.scheduler,
            host=host,
            dashboard_address=f"{host}:0",
            protocol=settings.scheduler.partition("://")[0],
            name=f"{place} {socket.gethostname()} {secrets.token_hex(4)}",
            nthreads=rounds,
            resources={tag_of(place): rounds, RELEASE_TAG: rounds},
            security=self._security,
            memory_limit=0,
            local_directory=self._folder,
            death_timeout=CONNECT_SECONDS,
        )
        try:
            await worker
            self._was_connected = True
            log.info("worker.connected", scheduler=settings.scheduler, vantage_point=place)
            await worker.finished()
        finally:
            await worker.close(timeout=1, executor_wait=False)
