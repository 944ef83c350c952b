"""Looks at local clusters from where the configuration says: here, or on workers at vantage points, and puts together what they saw."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Final, Protocol

import structlog

from diag.collect import Partly
from diag.config import ClusterConfig, Config
from diag.lazy_dataclass import dataclass
from diag.model import ClusterEvidence, History, SeenFrom
from diag.observations import past_of_cluster
from diag.plan import NOTHING
from diag.rounds import Quarantine
from diag.rounds.collecting import CollectRound, max_round_seconds
from diag.text import shown
from diag.vantage.key_table import KeyTable, TablesOfPlaces, UnknownKeysError
from diag.vantage.placed_rounds import asked_views, not_looked, together
from diag.vantage.round_order import RefusedError, order_of, read_answer

ARRIVAL_SECONDS: Final = (
    5.0  # Seconds that a round waits for a worker at most: after a start of the daemon, or of a worker.
)
LINK_SECONDS: Final = (
    15.0  # Seconds that a round at a vantage point may take longer than one here: its way there and back.
)
_ATTEMPTS: Final = 2
_MAX_TEXT: Final = 500
# What a reader does about a cluster whose rounds end the workers of a place.
_ADVICE: Final = (
    "The log of diag worker there, and that of its system, say how it ended; vantage_points of the cluster in diag.yaml leaves out the place, and a "
    "cluster that is taken out of the file is not looked at"
)

log = structlog.stdlib.get_logger("diag.vantage")


class PlacedResult(StrEnum):
    """What became of a round that was to be made at a vantage point."""

    FINISHED = "finished"
    LOST = "lost"  # The worker that made it is gone; it is repeated once.
    REFUSED = "refused"  # The worker did not make it, or its answer can't be used.
    LATE = "late"  # No answer came in time.
    AWAY = "away"  # No worker was there, of this vantage point or of those that may look in its place.
    TAKEN_OVER = "taken_over"  # Another vantage point looked in its place.
    QUARANTINED = "quarantined"  # It was not made, because those before it ended their worker.


class LostRoundError(Exception):
    """The worker that made a round is gone, and what it had found with it. ``given``: there was one that was given it."""

    def __init__(self, text: str = "", *, given: bool = True) -> None:
        super().__init__(text)
        self.given = given


class LeftAloneError(Exception):
    """No round is made of a cluster for a while, because its rounds end the workers; the text says so."""


Early = Callable[[bytes], None]


class Workers(Protocol):
    """Those who look from vantage points."""

    @property
    def present(self) -> Mapping[str, int]:
        """How many workers each vantage point has."""

    @property
    def refused(self) -> Mapping[str, str]:
        """The release of workers that can't be used, by their vantage point."""

    async def wait_for(self, place: str, seconds: float) -> bool:
        """Wait until a vantage point has a worker, and say whether it has."""

    async def make_round(self, place: str, order: bytes, *, alone: bool = False, early: Early | None = None) -> bytes:
        """Have a worker make a round; ``alone``: it makes no other meanwhile. ``early`` is given what it sends before it ends. Raises LostRoundError where it is gone before it ends."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Round:
    """What is asked of one vantage point."""

    config: Config
    cluster: ClusterConfig
    now: datetime
    remotes: tuple[str, ...]
    seconds: float
    past: Mapping[str, History]
    seen_from: SeenFrom
    partly: Partly | None


class VantageCollector:
    """Makes each round where it belongs. ``workers`` is None where nobody listens for them: the daemon started without any vantage point."""

    def __init__(
        self,
        here: CollectRound,
        workers: Workers | None,
        count: Callable[[str, PlacedResult], None],
    ) -> None:
        self._here, self._workers, self._count = here, workers, count
        self._past: dict[tuple[str, str], Mapping[str, History]] = {}
        self._tables = TablesOfPlaces()
        self._quarantine = Quarantine[tuple[str, str]](_ADVICE)
        self._config: Config | None = None

    async def __call__(
        self,
        config: Config,
        cluster: ClusterConfig,
        now: datetime,
        remotes: tuple[str, ...] = (),
        past: Mapping[str, History] = NOTHING,
        partly: Partly | None = None,
    ) -> ClusterEvidence:
        """Look from everywhere at once. Whatever happens at a vantage point raises nothing."""
        asked = asked_views(config, cluster, remotes)
        if asked == (None,):
            return await self._here(config, cluster, now, remotes, past, partly)
        self._forget(config)

        async def view(place: SeenFrom | None) -> ClusterEvidence:
            if place is None:
                return await self._here(config, cluster, now, remotes, past, partly)
            known = self._past.get((cluster.name, place.name), NOTHING)
            seconds = max_round_seconds(config)
            work = _Round(
                config=config,
                cluster=cluster,
                now=now,
                remotes=remotes,
                seconds=seconds,
                past=known,
                seen_from=place,
                partly=partly,
            )
            return await self._there(work)

        return together(await asyncio.gather(*map(view, asked)))

    def _forget(self, config: Config) -> None:
        if config is self._config:
            return
        before, self._config = self._config, config
        known = {} if before is None else {one.name: one for one in before.clusters}
        same = {one.name for one in config.clusters if known.get(one.name) == one}
        self._quarantine.forget(lambda key: key[0] not in same)
        names = {one.name for one in config.clusters}
        for key in [key for key in self._past if key[0] not in names]:
            del self._past[key]

    async def _there(self, work: _Round) -> ClusterEvidence:
        """Have a round made at a vantage point; where that brings nothing, say why."""
        place = work.seen_from.name
        try:
            async with asyncio.timeout(work.seconds + LINK_SECONDS):
                done = await self._made(work)
        except TimeoutError:
            because, result = f"no answer came from the vantage point {place} in time", PlacedResult.LATE
        except LostRoundError:
            because = f"the worker at the vantage point {place} that made the round was lost, and so was the one that repeated it"
            result = PlacedResult.LOST
        except LeftAloneError as error:
            because, result = str(error), PlacedResult.QUARANTINED
        except RefusedError as error:
            because, result = f"the vantage point {place} made no round: {error}", PlacedResult.REFUSED
        else:
            if done is not None:
                if not work.remotes:
                    self._quarantine.survived((work.cluster.name, place))
                    self._past[work.cluster.name, place] = past_of_cluster(done)
                self._count(
                    place, PlacedResult.TAKEN_OVER if done.seen_from and done.seen_from.by else PlacedResult.FINISHED
                )
                return done
            because, result = self._absence(work), PlacedResult.AWAY
        self._count(place, result)
        log.warning(
            "vantage.no_round", cluster=work.cluster.name, vantage_point=place, because=shown(because, _MAX_TEXT)
        )
        return not_looked(work.config, work.cluster, work.now, because, seen_from=work.seen_from, remotes=work.remotes)

    def _absence(self, work: _Round) -> str:
        place = work.seen_from.name
        if self._workers is None:
            return f"the vantage point {place} was not there when diag daemon started: restart it, to have it listen for workers"
        if release := self._workers.refused.get(place):
            return f"the worker at the vantage point {place} runs {release}, which is not the release of the daemon"
        others = _stand_ins(work)
        also = f", nor to {', '.join(others)}, which may look in its place" if others else ""
        return f"the vantage point {place} is away: no diag worker is connected to it{also}"

    async def _made(self, work: _Round) -> ClusterEvidence | None:
        """The evidence; None where nobody is there to look. A round that is lost is repeated once, by whoever is there then, and alone.

        Raises LeftAloneError where workers died of it too often in a row.
        """
        key = (work.cluster.name, work.seen_from.name)
        self._refuse_in_quarantine(key)
        attempt = 1
        while (place := await self._who(work)) is not None and self._workers is not None:
            try:
                return await self._made_at(place, work, self._workers)
            except LostRoundError as error:
                if not error.given:  # Nobody began with it, and nothing is lost.
                    continue
                log.warning("vantage.round_lost", cluster=work.cluster.name, vantage_point=place, attempt=attempt)
                self._quarantine.died(key, f"or its connection broke, at the vantage point {place}")
                if attempt == _ATTEMPTS and not self._quarantine.why_closed(key):
                    raise
                self._count(work.seen_from.name, PlacedResult.LOST)
                self._refuse_in_quarantine(key)
                attempt += 1
        return None

    def _refuse_in_quarantine(self, key: tuple[str, str]) -> None:
        if because := self._quarantine.why_closed(key):
            raise LeftAloneError(because)

    async def _made_at(self, place: str, work: _Round, workers: Workers) -> ClusterEvidence:
        """Have it made at a place. A worker that does not know the keys of the other clusters yet says so, and is given them."""
        by = "" if place == work.seen_from.name else place
        alone = self._quarantine.deaths((work.cluster.name, work.seen_from.name)) > 0
        table = await asyncio.to_thread(self._tables.of, work.config, place)
        for with_table in (False, True):
            order = await asyncio.to_thread(_order, work, by, table, with_table=with_table)
            async with _handing_over(work) as early:
                answer = await workers.make_round(place, order, alone=alone, early=early)
            with contextlib.suppress(UnknownKeysError):
                return await asyncio.to_thread(read_answer, answer, work.cluster.name)
        msg = "it asks for the keys of other clusters again, which it was given"
        raise RefusedError(msg)

    async def _who(self, work: _Round) -> str | None:
        """The vantage point itself, else the first of those that may look in its place."""
        if self._workers is None:
            return None
        if await self._workers.wait_for(work.seen_from.name, ARRIVAL_SECONDS):
            return work.seen_from.name
        return next((place for place in _stand_ins(work) if self._workers.present.get(place)), None)


@contextlib.asynccontextmanager
async def _handing_over(work: _Round) -> AsyncIterator[Early | None]:
    """Hand on what a worker sends before its round ends; nothing after that."""
    partly = work.partly
    if partly is None:
        yield None
        return
    reading: set[asyncio.Task[None]] = set()

    async def hand_over(sent: bytes) -> None:
        with contextlib.suppress(RefusedError):  # It is a courtesy; what comes in the end says what is wrong.
            partly(await asyncio.to_thread(read_answer, sent, work.cluster.name))

    def early(sent: bytes) -> None:
        task = asyncio.create_task(hand_over(sent))
        reading.add(task)
        task.add_done_callback(reading.discard)

    try:
        yield early
    finally:
        for task in reading:
            task.cancel()


def _stand_ins(work: _Round) -> tuple[str, ...]:
    known = {one.name: one for one in work.config.vantage_points}
    return known[work.seen_from.name].taken_over_by if work.seen_from.name in known else ()


def _order(work: _Round, by: str, table: KeyTable, *, with_table: bool) -> bytes:
    seen_from = SeenFrom(
        name=work.seen_from.name, by=by, remotes_only=work.seen_from.remotes_only, left_out=work.seen_from.left_out
    )
    return order_of(
        work.config,
        work.cluster,
        work.now,
        remotes=work.remotes,
        seconds=work.seconds,
        past=work.past,
        seen_from=seen_from,
        early=work.partly is not None,
        table=table,
        with_table=with_table,
    )
