"""The near side of one worker process: starts it, hands it orders, hears what became of them, and sees when it is gone.

Messages are packed and unpacked on threads of their own: the event loop never waits for a large report.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import os
import queue
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from multiprocessing.connection import Connection
from typing import Final

from diag.lazy_dataclass import dataclass
from diag.model import History
from diag.plan import Plan
from diag.rounds import Done, Early, RoundFailure
from diag.workers.messages import (
    NOT_PICKLED,
    Answer,
    Cancel,
    EarlyReport,
    Order,
    Pulse,
    Ready,
    Start,
    ToWorker,
    new_plan,
    packed,
    unpacked,
)

SILENT_SECONDS: Final = 60.0  # Without a sign of life; a worker gives one every few seconds, however much it has to do.
LOOK_EVERY: Final = 5.0
END_SECONDS: Final = 1.0  # That a worker has to end by itself once its pipe is closed.


@dataclass(slots=True)
class _Waiting:
    """Who waits for a round."""

    cluster: str
    done: asyncio.Future[Done]
    early: Early | None
    since: float


class WorkerProcess:
    """One process, from its start to its end; another one takes its place then. Everything is called on the event loop.

    ``ended(process, why)`` is called once, when it is gone or about to go, unless it was closed.
    """

    def __init__(self, start: Start, ended: Callable[[WorkerProcess, str], None]) -> None:
        self._ended = ended
        self._loop = asyncio.get_running_loop()
        self._waiting: dict[int, _Waiting] = {}
        self._numbers = itertools.count(1)
        self._plan: Plan | None = None
        self._because = ""
        self._out: queue.SimpleQueue[Start | ToWorker | None] = queue.SimpleQueue()
        self._last_sign = self._last_look = time.monotonic()
        self.was_ready = False
        self.gone = asyncio.Event()
        self._socket, far_end = socket.socketpair()
        try:
            self._process = _started(far_end)
        except OSError:
            self._socket.close()
            raise
        finally:
            far_end.close()
        self._connection = Connection(os.dup(self._socket.fileno()))
        self._out.put(start)
        for work in (self._read, self._write):
            threading.Thread(target=work, name=f"worker {self._process.pid}", daemon=True).start()
        self._look = self._loop.call_later(LOOK_EVERY, self._look_at_it)

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._process.pid

    @property
    def clusters(self) -> tuple[str, ...]:
        """Those whose rounds it runs now."""
        return tuple(one.cluster for one in self._waiting.values())

    async def run(
        self, plan: Plan, cluster: str, remotes: tuple[str, ...], past: Mapping[str, History], early: Early | None
    ) -> Done:
        """Have it run a round."""
        if plan is not self._plan:
            self._plan = plan
            self._out.put(new_plan(plan))
        number, started = next(self._numbers), time.monotonic()
        waiting = self._waiting[number] = _Waiting(cluster, self._loop.create_future(), early, started)
        self._out.put(Order(number=number, cluster=cluster, remotes=remotes, past=dict(past), early=early is not None))
        try:
            done = await waiting.done
        except asyncio.CancelledError:
            self._out.put(Cancel(number))
            raise
        finally:
            self._waiting.pop(number, None)
        # Waiting for the worker is a part of it: one that is overloaded must not look quick.
        return done if isinstance(done, RoundFailure) else (done[0], time.monotonic() - started)

    def kill(self, because: str) -> None:
        """End it at once: it hangs. Its place is free from now on, and its rounds fail when it is gone."""
        if not self._because:
            self._because = because
            self._process.kill()
            self._ended(self, because)

    async def close(self) -> None:
        """End it in good order, and wait until it is gone."""
        self._because = self._because or "closed"
        self._out.put(None)
        with contextlib.suppress(OSError):  # It may be gone already.
            self._socket.shutdown(socket.SHUT_RDWR)
        await self.gone.wait()

    def _look_at_it(self) -> None:
        now = time.monotonic()
        # Who stood still himself, stopped or starved, has not heard anybody meanwhile: what came by now is read before the next look.
        late, self._last_look = now - self._last_look > SILENT_SECONDS / 2, now
        if not late and now - self._last_sign > SILENT_SECONDS:
            self.kill(
                f"gave no sign of life for {SILENT_SECONDS:.0f} s; something in it, perhaps a check, never lets go"
            )
        self._look = self._loop.call_later(LOOK_EVERY, self._look_at_it)

    def _write(self) -> None:
        """Send, on a thread, what there is to be sent."""
        while (message := self._out.get()) is not None:
            try:
                self._connection.send_bytes(packed(message))
            except OSError:
                return  # It is gone, as the reading side sees too.
            except NOT_PICKLED as error:
                because = f"could not be given its work ({type(error).__name__})"
                self._loop.call_soon_threadsafe(self.kill, because)
                return

    def _read(self) -> None:
        """Hear, on a thread, what it has to say, until it is gone."""
        try:
            while True:
                message = unpacked(self._connection.recv_bytes())
                self._last_sign = time.monotonic()
                if not isinstance(message, Pulse):
                    self._loop.call_soon_threadsafe(self._take, message)
        except (EOFError, OSError, RuntimeError):  # The last: the event loop is closed.
            pass
        finally:
            self._see_end()

    def _see_end(self) -> None:
        self._out.put(None)
        try:
            code = self._process.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            code = self._process.wait()
        self._connection.close()
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._note_end, _how(code))

    def _take(self, message: object) -> None:
        match message:
            case Ready():
                self.was_ready = True
            case EarlyReport(number, report) if (waiting := self._waiting.get(number)) and waiting.early:
                waiting.early(report)
            case Answer(number, done) if (waiting := self._waiting.get(number)) and not waiting.done.done():
                waiting.done.set_result(done)

    def _note_end(self, how: str) -> None:
        self._look.cancel()
        self._socket.close()
        because = self._because or how
        if not self._because:
            self._because = because
            self._ended(self, because)
        for one in self._waiting.values():
            if not one.done.done():
                detail = f"the worker process that ran this round is gone: it {because}"
                took, died = time.monotonic() - one.since, because if self.was_ready else ""
                lost = RoundFailure(kind="WorkerLost", detail=detail, took=took, lost=True, died=died)
                one.done.set_result(lost)
        self.gone.set()


def _started(far_end: socket.socket) -> subprocess.Popen[bytes]:
    # Not by multiprocessing: that imports the main module again, and has a further process of its own.
    return subprocess.Popen(  # noqa: S603 -- this very program.
        [sys.executable, "-P", "-m", "diag.workers", str(far_end.fileno()), str(os.getpid())],
        stdin=subprocess.DEVNULL,
        pass_fds=(far_end.fileno(),),
    )


def _how(code: int) -> str:
    """How a process ended, by its exit code."""
    if code >= 0:
        return f"ended with exit code {code}"
    try:
        return f"was killed by {signal.Signals(-code).name}"
    except ValueError:
        return f"was killed by signal {-code}"
