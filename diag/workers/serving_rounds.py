"""The far side of a worker process: takes orders, runs rounds on an event loop of its own, and tells what became of them."""

from __future__ import annotations

import asyncio
import gc
import os
import pkgutil
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from multiprocessing.connection import Connection
from typing import Final

from diag.engine import Catalogue, load_catalogue
from diag.lazy_dataclass import dataclass
from diag.logs import set_up_logs
from diag.model import ClusterReport
from diag.plan import Plan, Selection
from diag.rounds import Done, RoundFailure, Rounds
from diag.spare_memory import give_back
from diag.workers.messages import (
    NOT_PICKLED,
    Answer,
    Cancel,
    EarlyReport,
    FromWorker,
    NewPlan,
    Order,
    Pulse,
    Ready,
    Start,
    packed,
    unpacked,
)

PULSE_SECONDS: Final = 5.0
# As in the daemon: a thread that judges lets the event loop go on after so long.
SWITCH_SECONDS: Final = 0.0002
# Of the garbage collector: each look makes thousands of objects that need no collector, and it would look at all that is kept again and again.
COLLECT_AFTER: Final = (50_000, 10, 10)


class PacksDifferError(Exception):
    """This process finds other checks than the one that gives the orders: a pack was changed meanwhile."""


def serve(descriptor: int) -> None:
    """Serve what comes over a descriptor, until the other end is closed."""
    connection = Connection(descriptor)
    try:
        start = unpacked(connection.recv_bytes())
    except (EOFError, OSError):
        return
    assert isinstance(start, Start)  # noqa: S101 -- the first message is.
    sys.path[:] = start.path
    sys.setswitchinterval(SWITCH_SECONDS)
    if start.logs:
        set_up_logs()
    asyncio.run(_serve(connection, start))


async def _serve(connection: Connection, start: Start) -> None:
    async with pkgutil.resolve_name(start.collector)(*start.arguments) as collect:
        # The daemon sees whether a round hangs, and ends this process then.
        await Serving(connection, Rounds(collect, gives_up=False), load_catalogue()).serve()


@dataclass(slots=True)
class _Refused:
    """Why no round of the present plan can be run here."""

    because: str


class Serving:
    """Runs what is ordered."""

    def __init__(self, connection: Connection, rounds: Rounds, catalogue: Catalogue) -> None:
        self._connection, self._rounds, self._catalogue = connection, rounds, catalogue
        self._plan: Plan | _Refused = _Refused("no plan came")
        self._running: dict[int, asyncio.Task[None]] = {}
        self._out = ThreadPoolExecutor(1, "answers")  # One, so that they leave in the order in which they are given.
        self._loop = asyncio.get_running_loop()

    async def serve(self) -> None:
        """Take orders, for ever: the process ends when the other end of the pipe is closed."""
        # What was loaded to start stays for good: the collector need not look at it again.
        gc.collect()
        gc.freeze()
        gc.set_threshold(*COLLECT_AFTER)
        threading.Thread(target=self._read, name="orders", daemon=True).start()
        self._queue(Ready())
        while True:
            await asyncio.sleep(PULSE_SECONDS)
            self._queue(Pulse())
            give_back()

    def _read(self) -> None:
        while True:
            try:
                message = unpacked(self._connection.recv_bytes())
            except (EOFError, OSError):
                os._exit(0)  # Nobody is there any more to whom a round could be told.
            self._loop.call_soon_threadsafe(self._take, message)

    def _take(self, message: object) -> None:
        match message:
            case NewPlan():
                self._plan = self._plan_of(message)
            case Order():
                task = self._running[message.number] = self._loop.create_task(self._run(message, self._plan))
                task.add_done_callback(lambda _: self._running.pop(message.number, None))
            case Cancel(number) if number in self._running:
                self._running[number].cancel()

    def _plan_of(self, plan: NewPlan) -> Plan | _Refused:
        found = {check.id: check for check in self._catalogue.checks}
        missing = [name for name in plan.known if name not in found]
        if missing:
            return _Refused(
                f"the check packs were changed since diag started (there is no {missing[0]} any more); restart it"
            )
        return Plan(
            config=plan.config,
            shard=plan.shard,
            selection=Selection(
                checks=tuple(found[name] for name in plan.checks),
                known=tuple(found[name] for name in plan.known),
                policy=plan.policy,
            ),
        )

    async def _run(self, order: Order, plan: Plan | _Refused) -> None:
        if isinstance(plan, _Refused):
            refused = RoundFailure(kind=PacksDifferError.__name__, detail=plan.because, took=0.0)
            self._queue(Answer(order.number, refused))
            return
        cluster = plan.cluster(order.cluster)
        assert cluster is not None  # noqa: S101 -- the order is of the plan.

        def early(report: ClusterReport) -> None:
            self._queue(EarlyReport(order.number, report))

        done = await self._rounds.run(plan, cluster, order.remotes, order.past, early if order.early else None)
        self._queue(Answer(order.number, done))

    def _queue(self, message: FromWorker) -> None:
        self._out.submit(self._send, message)

    def _send(self, message: FromWorker) -> None:
        try:
            data = packed(message)
        except NOT_PICKLED as error:
            if not isinstance(message, Answer):
                return  # What comes early is a courtesy.
            data = packed(Answer(message.number, _not_sent(message.done, error)))
        try:
            self._connection.send_bytes(data)
        except OSError:
            os._exit(0)


def _not_sent(done: Done, error: Exception) -> RoundFailure:
    took = done.took if isinstance(done, RoundFailure) else done[1]
    detail = "the report could not be handed over to the process that shows it; please report it"
    return RoundFailure(kind=type(error).__name__, detail=detail, took=took)
