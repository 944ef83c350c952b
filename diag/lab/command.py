"""``diag lab``: the lab from the command line, alone or with a daemon that watches it."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import shutil
import signal
import sys
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

from diag.daemon import Running, StartError, running_daemon
from diag.lab.clusters import Lab, running_lab
from diag.lab.hosted import HOSTED
from diag.lab.installation import INSTALLATION
from diag.lab.orchestrated import ORCHESTRATED
from diag.logs import set_up_logs
from diag.report import RenderOptions, render

USUAL_PORT = 9643
# What platforms run, one of each kind.
ESTATES = (HOSTED, INSTALLATION, ORCHESTRATED)


def run_lab(*, daemon: bool, listen: tuple[str, int] | None = None, directory: Path | None = None) -> int:
    """Run the lab until SIGINT or SIGTERM, and give the exit code.

    ``directory`` is where configuration and certificates are written (left out: a temporary one, removed at the end).
    With ``daemon`` a daemon watches it, the report is printed once, and metrics and page are served at ``listen``
    (left out: port 9643 of 127.0.0.1, or a free one where that is taken).
    """
    set_up_logs()
    # The report says it all; the log of every round would bury it.
    logging.getLogger("diag").setLevel(logging.ERROR)
    with contextlib.ExitStack() as stack:
        folder = directory or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="diag-lab-")))
        try:
            asyncio.run(_run(folder, daemon=daemon, listen=listen))
        except StartError as error:
            sys.stderr.write(f"diag: {error}\n")
            return error.exit_code
        except OSError as error:
            sys.stderr.write(f"diag: the lab can't be written to {folder}: {error.strerror}\n")
            return 1
    return 0


async def _run(folder: Path, *, daemon: bool, listen: tuple[str, int] | None) -> None:
    reported = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, reported.set)
    async with running_lab(folder, estates=ESTATES) as lab:
        _say(f"The lab runs: {len(lab.peers)} remotes on loopback, healthy and broken. Configuration: {lab.config}")
        if not daemon:
            _say(f"Look at it with: diag run -c {lab.config}\nEnd it with Ctrl-C.")
            await reported.wait()
            return
        async with _watching(lab, listen) as running:
            _say("Looking at all of them …")
            await _first_round(running, reported)
            if not reported.is_set():
                _show(running)
            await reported.wait()
            _say("Ending.")


@contextlib.asynccontextmanager
async def _watching(lab: Lab, listen: tuple[str, int] | None) -> AsyncIterator[Running]:
    """Start the daemon; where nobody asked for a port and the usual one is taken, on a free one."""
    async with contextlib.AsyncExitStack() as stack:
        try:
            running = await stack.enter_async_context(
                running_daemon(lab.config, listen=listen or ("127.0.0.1", USUAL_PORT))
            )
        except StartError:
            if listen:
                raise
            running = await stack.enter_async_context(running_daemon(lab.config, listen=("127.0.0.1", 0)))
        yield running


async def _first_round(running: Running, reported: asyncio.Event) -> None:
    while running.daemon.board.snapshot().awaited and not reported.is_set():
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(reported.wait(), 0.05)


def _show(running: Running) -> None:
    report = running.daemon.board.snapshot().report
    colour = sys.stdout.isatty()
    width = shutil.get_terminal_size((100, 24)).columns
    _say(render(report, "text", options=RenderOptions(width=width, colour=colour)))
    _say(f"Open {running.url} for the page, {running.url}/metrics for the metrics. End with Ctrl-C.")


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()
