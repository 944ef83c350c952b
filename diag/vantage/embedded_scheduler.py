"""The scheduler of Dask inside the daemon: which workers there are, and rounds that are given to them."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from functools import partial
from typing import Any, Final

import structlog
from distributed import Client, Scheduler
from distributed.diagnostics.plugin import SchedulerPlugin

from diag.config.vantage_section import SchedulerSection
from diag.lazy_dataclass import dataclass
from diag.text import shown
from diag.vantage.dask_settings import (
    LOOPBACK_ANY_PORT,
    RELEASE_TAG,
    TOPIC,
    place_in,
    protocol_of,
    release_in,
    security_of,
    set_up_dask,
    tag_of,
)
from diag.vantage.vantage_collector import Early, LostRoundError
from diag.vantage.worker_room import NobodyThereError, WorkerRoom
from diag.vantage.worker_round import look

# States of a task that bring no answer any more; an answer comes before the task is done.
_LOST: Final = frozenset({"erred", "memory"})
_MAX_NAME: Final = 100

log = structlog.stdlib.get_logger("diag.vantage")


@dataclass(slots=True)
class _Waiting:
    """Who waits for a worker."""

    address: str
    answer: asyncio.Future[bytes]
    early: Early | None


class _Events(SchedulerPlugin):
    """What Dask says of workers and rounds, as it happens. All of it on the event loop."""

    name = "diag"

    def __init__(self, changed: Callable[[], None]) -> None:
        self._waiting: dict[str, _Waiting] = {}
        self._report = changed
        self._change = asyncio.Event()

    @contextlib.contextmanager
    def answer(self, key: str, address: str, early: Early | None) -> Iterator[asyncio.Future[bytes]]:
        """What a worker will answer to a round; ``early`` is given what it sends before that."""
        future: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()
        self._waiting[key] = _Waiting(address, future, early)
        try:
            yield future
        finally:
            del self._waiting[key]
            future.cancel()

    async def next_change(self) -> None:
        """Wait until a worker comes or goes."""
        await self._change.wait()

    def _changed(self) -> None:
        self._change.set()
        self._change = asyncio.Event()
        self._report()

    def _lose(self, key: str, answer: asyncio.Future[bytes]) -> None:
        if not answer.done():
            answer.set_exception(LostRoundError(f"the worker that made the {key} is gone"))

    def _lose_without_worker(self, scheduler: Scheduler) -> None:
        """Give up what was given to a worker that is gone."""
        for key, waiting in self._waiting.items():
            if waiting.address not in scheduler.workers:
                self._lose(key, waiting.answer)

    def add_worker(self, scheduler: Scheduler, worker: str) -> None:
        """Note who is there."""
        tags = scheduler.workers[worker].resources
        place, release = shown(place_in(tags), _MAX_NAME), shown(release_in(tags), _MAX_NAME)
        if release == RELEASE_TAG:
            log.info("vantage.worker_connected", vantage_point=place)
        else:
            expected = f"expected {RELEASE_TAG}: install the same release there"
            log.error("vantage.worker_refused", vantage_point=place, release=release or "none", because=expected)
        self._changed()

    def remove_worker(self, scheduler: Scheduler, worker: str, **_more: Any) -> None:  # noqa: ANN401 -- whatever Dask adds.
        """Note who is gone."""
        log.warning("vantage.worker_gone", worker=shown(worker, _MAX_NAME))
        # The scheduler takes it out of its list after this.
        asyncio.get_running_loop().call_soon(self._changed)
        asyncio.get_running_loop().call_soon(self._lose_without_worker, scheduler)

    def log_event(self, topic: str, msg: Any) -> None:  # noqa: ANN401 -- whatever a worker sends.
        """Take what a worker found."""
        if topic != TOPIC or not isinstance(msg, dict):
            return
        waiting = self._waiting.get(str(msg.get("round")))
        if waiting is None or waiting.answer.done():
            return
        answer, early = msg.get("answer"), msg.get("early")
        if isinstance(answer, bytes):
            waiting.answer.set_result(answer)
        elif isinstance(early, bytes) and waiting.early is not None:
            waiting.early(early)

    def transition(self, key: Any, start: Any, finish: Any, *_more: Any, **_named: Any) -> None:  # noqa: ANN401 -- whatever Dask adds.
        """Note a round that no worker makes any more."""
        del start
        if key in self._waiting and finish in _LOST:
            self._lose(key, self._waiting[key].answer)


def present_in(scheduler: Scheduler) -> Counter[str]:
    """How many workers of this release each vantage point has."""
    tags = (one.resources for one in scheduler.workers.values())
    return Counter(place_in(one) for one in tags if RELEASE_TAG in one)


class EmbeddedScheduler:
    """Workers connect to it; it connects to nobody."""

    def __init__(self, scheduler: Scheduler, client: Client, events: _Events, room: WorkerRoom) -> None:
        self._scheduler, self._client, self._events = scheduler, client, events
        self._numbers = itertools.count(1)
        self._room = room

    @property
    def address(self) -> str:
        """Where workers connect."""
        return str(self._scheduler.address)

    @property
    def present(self) -> Mapping[str, int]:
        """How many workers of this release each vantage point has."""
        return present_in(self._scheduler)

    @property
    def refused(self) -> Mapping[str, str]:
        """The release of a worker that can't be used, by its vantage point."""
        tags = (one.resources for one in self._scheduler.workers.values())
        return {place_in(one): release_in(one) for one in tags if RELEASE_TAG not in one}

    async def wait_for(self, place: str, seconds: float) -> bool:
        """Wait until a vantage point has a worker, and say whether it has."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while not self.present.get(place):
                    await self._events.next_change()
        return bool(self.present.get(place))

    def _room_at(self, place: str) -> Mapping[str, int]:
        """How many rounds each worker of a vantage point makes at a time."""
        workers = ((address, one.resources) for address, one in self._scheduler.workers.items())
        return {
            address: max(1, int(tags[tag_of(place)]))
            for address, tags in workers
            if RELEASE_TAG in tags and tag_of(place) in tags
        }

    async def make_round(self, place: str, order: bytes, *, alone: bool = False, early: Early | None = None) -> bytes:
        """Have a worker of a vantage point make a round; ``early`` is given what it sends before it ends. Raises LostRoundError where it is gone before it ends."""
        key = f"diag round {next(self._numbers)}"
        try:
            async with self._room.taken(place, partial(self._room_at, place), alone=alone) as address:
                return await self._made_by(address, key, order, early)
        except NobodyThereError:
            msg = f"nobody is left to make the {key}"
            raise LostRoundError(msg, given=False) from None

    async def _made_by(self, address: str, key: str, order: bytes, early: Early | None) -> bytes:
        with self._events.answer(key, address, early) as answer:
            task = self._client.submit(look, key, order, key=key, workers=[address], pure=False, retries=0)
            try:
                return await answer
            finally:
                task.release()  # Nobody waits for it any more: one that was not begun never will be.


@contextlib.asynccontextmanager
async def opened_scheduler(section: SchedulerSection, changed: Callable[[], None]) -> AsyncIterator[EmbeddedScheduler]:
    """Listen for workers while this is open; ``changed`` is called when one comes or goes.

    Raises OSError where the address can't be listened at, or certificate and key can't be used.
    """
    set_up_dask()
    host, _, port = section.listen.rpartition(":")
    security = security_of(section.ca, section.certificate, section.key)
    room = WorkerRoom()

    def came_or_went() -> None:
        room.changed()
        changed()

    events = _Events(came_or_went)
    scheduler = Scheduler(
        host=host.strip("[]"),
        port=int(port),
        protocol=protocol_of(section.ca),
        security=security,
        dashboard_address=LOOPBACK_ANY_PORT,
        allowed_failures=0,  # A round whose worker died is lost, and said to be; who wants it repeats it.
    )
    async with scheduler:
        scheduler.add_plugin(events)
        client = Client(scheduler.address, asynchronous=True, security=security, set_as_default=False)
        async with client:
            yield EmbeddedScheduler(scheduler, client, events, room)
