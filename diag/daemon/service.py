"""The daemon itself: rounds by the timetable, the board they fill, and reloads."""

from __future__ import annotations

import asyncio
import dataclasses
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import structlog

from diag.board import Board, RoundFacts, report_as_unknown
from diag.check import Check
from diag.config import ClusterConfig, ConfigError, fleet
from diag.config import Daemon as DaemonSettings
from diag.daemon.discovering import Discovering
from diag.daemon.looking_from import clusters_seen_from, log_what_needs_restart
from diag.daemon.lost_rounds import LOST_AGAIN, LostRounds
from diag.daemon.own_metrics import OwnMetrics, RoundResult
from diag.daemon.plan_logs import log_what_is_amiss
from diag.daemon.probes import Probes, named_cluster
from diag.daemon.remembering import Remembering, is_news, with_kept_remotes
from diag.daemon.stale import STALE_AFTER, why_stale, why_to_say_anew
from diag.daemon.timetable import Timetable, spread
from diag.daemon.wanted_rounds import WantedRounds
from diag.discovery import Find
from diag.history import Event, History
from diag.model import ClusterReport, Status
from diag.notify import Notifier
from diag.observations import past_of_all
from diag.plan import Plan
from diag.rounds import RoundFailure, RunsRounds
from diag.web.backend import BusyError, Probed

RECHECK_PART = 4  # While a remote is failing, its cluster is looked at again after this part of the interval,
MIN_RECHECK = 5.0  # but not within so many seconds, nor sooner than the round took: where there is much to do, it would be all of it,
MAX_RECHECKS = 8  # and not more often than this without any change: what stays broken is in no hurry.
WATCH_EVERY = 0.5
CLOCK_JUMP = 5.0  # Seconds by which the clock of the day may move against the steady one.

Load = Callable[[], Plan]

log = structlog.stdlib.get_logger("diag.daemon")


class Daemon:
    """Keeps the board fresh. Rounds are run by ``rounds``; everything else happens on the event loop."""

    def __init__(
        self, plan: Plan, rounds: RunsRounds, load: Load, history: History, find: Find, own: OwnMetrics
    ) -> None:
        self.board = Board(plan.names)
        self.history = history
        self.own = own
        self.notifier = Notifier(self.board, history, self.own.notifications)
        self._plan, self._load = plan, load
        self._discovering = Discovering(find, self.own, self._adopt)
        # A thread of its own: what is remembered of one cluster does not wait until others are judged.
        self._past = ThreadPoolExecutor(1, "diag-past")
        self._remembering = Remembering(self.board, history, self._past, self.notifier.notify)
        self._rounds = rounds
        self._probes = Probes(self._rounds)
        self._timetable = Timetable(self._round, self._skipped)
        self._wanted = WantedRounds()
        self._reloading = asyncio.Lock()
        self._seen: dict[str, float] = {}  # When a round of a cluster last finished, by the steady clock.
        self._tried: set[str] = set()
        self._lost = LostRounds()
        self._rechecks: dict[str, int] = {}
        self._refused = ""
        self._stopping = False

    @property
    def interval(self) -> float:
        """The seconds between two rounds of a cluster."""
        return self._plan.config.interval

    @property
    def settings(self) -> DaemonSettings:
        """What the configuration in use says of the service itself."""
        return self._plan.config.daemon

    @property
    def grace(self) -> float:
        """How long running rounds may go on after the daemon was stopped."""
        return self._plan.config.timeouts.handshake + 2

    @property
    def notes(self) -> tuple[str, ...]:
        """What the reader of the status page should know."""
        refused = f"The new configuration was refused, the old one is in use: {self._refused}" if self._refused else ""
        broken = len(self._plan.selection.broken)
        packs = f"{broken} check packs could not be loaded." if broken else ""
        others = (*self.own.vantage.notes, *self._discovering.notes, *self.history.notes)
        return tuple(filter(None, (refused, packs, *others)))

    @property
    def known_checks(self) -> tuple[Check, ...]:
        """Every check that there is, chosen or not."""
        return self._plan.selection.known

    def not_ready(self) -> str:
        """Why the service is not ready: it is stopping, or clusters did not have their first round."""
        if self._stopping:
            return "stopping"
        if not_looked_at := self._discovering.waiting:
            return not_looked_at
        waiting = [name for name in self._plan.names if name not in self._tried]
        return f"waiting for the first round of {len(waiting)} of {len(self._plan.names)} clusters" if waiting else ""

    def start(self) -> None:
        """Begin with a round of every cluster."""
        self._timetable.start()
        self._note_plan(self._plan)
        self._place(self._plan.names)
        self._discovering.begin(self._plan)

    async def watch(self) -> None:
        """See, for ever, that nothing old looks healthy and that a change of the clock does not stop the rounds."""
        offset = time.time() - time.monotonic()
        while True:
            await asyncio.sleep(WATCH_EVERY)
            moved = time.time() - time.monotonic() - offset
            if abs(moved) > CLOCK_JUMP:
                log.warning("clock.moved", seconds=round(moved, 1))
                offset += moved
                self._timetable.again()
            self.own.history(self.history.file)
            if not (
                self._discovering.waiting or self._discovering.notes
            ):  # Else others may be there that are not found yet.
                self.notifier.notify(self.history.expect(self._plan.names, datetime.now(UTC)))
            for name in self._plan.names:
                await self._report_stale(name)

    async def stop(self, grace: float | None = None) -> None:
        """Start no more rounds, and let those that run finish within ``grace`` seconds."""
        begun, grace = time.monotonic(), self.grace if grace is None else grace
        self._stopping = True
        self._wanted.stop()
        await self._discovering.stop()
        await self._timetable.stop(grace)
        await self._probes.stop()
        await self.notifier.stop(begun + grace - time.monotonic())
        await self._rounds.stop()
        self._past.shutdown(wait=False, cancel_futures=True)

    async def reload(self) -> None:
        """Load the configuration again; only what it changes is scheduled anew. Raises ConfigError if it is bad."""
        async with self._reloading:
            try:
                plan = await asyncio.to_thread(self._load)
            except ConfigError as error:
                self._refused = str(error)
                self.own.refused(str(error))
                log.error("config.refused", problems=len(error.problems), error=str(error))  # noqa: TRY400 -- no traceback: it is not ours.
                raise
            self._adopt(self._discovering.begin(plan))

    async def probe(self, cluster: str, remote: str) -> Probed:
        """Run a round for one remote now."""
        return await self._probes.probe(self._plan, self.board.snapshot(), cluster, remote)

    async def run(self, cluster: str) -> Probed:
        """Have the next round of a cluster now, and wait for it."""
        if self._stopping:
            msg = "diag is stopping"
            raise BusyError(msg)
        named_cluster(self._plan, cluster)
        return await self._wanted.next_of(cluster, self._timetable.now)

    def look_again_from(self, place: str) -> None:
        """Have a round now of every cluster that is looked at from a vantage point."""
        for name in clusters_seen_from(self._plan, place):
            self._timetable.now(name)

    def _adopt(self, plan: Plan) -> None:
        old, self._plan = self._plan, plan
        gone = [name for name in old.names if plan.cluster(name) is None]
        changed = tuple(name for name in plan.names if old.cluster(name) is None or plan.changed(name, old))
        for name in gone:
            self._timetable.remove(name)
            self._wanted.give_up(name)
            for known in (self._seen, self._rechecks):
                known.pop(name, None)
            self._tried.discard(name)
        self.board.expect(plan.names)
        self._note_plan(plan)
        self._place(changed)
        log_what_needs_restart(old.config, plan.config)
        log.info("config.loaded", clusters=len(plan.names), changed=len(changed), gone=len(gone))

    def _note_plan(self, plan: Plan) -> None:
        self._refused = ""
        self._rounds.begin(plan)
        self.notifier.begin(plan.config.daemon, plan.selection.policy)
        self.own.expect(plan.names, plan.config.interval, [one.name for one in plan.config.vantage_points])
        log_what_is_amiss(plan)
        broken = {pack.name: pack.error for pack in plan.selection.broken}
        self.own.loaded(time.time(), url=plan.config.daemon.url or "", broken=broken)

    def _place(self, names: tuple[str, ...]) -> None:
        configured = filter(None, map(self._plan.cluster, names))
        for name, wait in spread(names, self.interval, sum(len(one.remotes) for one in configured)).items():
            # What is there stays good until the round that is placed here had an interval's time to finish.
            now = time.monotonic()
            self._seen[name] = max(self._seen.get(name, now), now - (STALE_AFTER - 1) * self.interval)
            self._rechecks[name] = 0
            self._timetable.place(name, self.interval, wait=wait)

    def _skipped(self, name: str) -> None:
        self.own.count(name, RoundResult.SKIPPED)
        log.warning("round.skipped", cluster=name, because="the round before is still running")

    async def _round(self, name: str, late: float) -> None:
        plan = self._plan
        cluster = plan.cluster(name)
        if cluster is None:
            return
        state = self.board.state(name)
        past = {} if state is None else past_of_all(state.report)
        with self._wanted.round(name) as answer:
            # Only what nobody has seen yet is worth showing before the whole cluster is judged.
            early = self.board.put_early if state is None else None
            done = await self._rounds.run(plan, cluster, past=past, early=early)
            if isinstance(done, RoundFailure):
                await self._note_failure(cluster, done, late)
                answer(done)
            else:
                await self._note_report(name, *done, late)
                shown_now = self.board.state(name)
                answer(Probed(report=shown_now.report if shown_now else done[0], took=done[1]))
            if name not in self._lost:
                self._tried.add(name)

    async def _note_report(self, name: str, report: ClusterReport, took: float, late: float) -> None:
        self._seen[name] = time.monotonic()
        self._lost.over(name)
        now = datetime.now(UTC)
        before = self.board.state(name)
        report = with_kept_remotes(report, before, now, self._plan.selection.policy)
        events = await self._put(report, RoundFacts(finished_at=now, took=took, late=late), now)
        self.own.count(name, RoundResult.FINISHED)
        self.own.timed(name, took=took, late=late, finished=now.timestamp())
        failing = sum(remote.status is Status.FAIL for remote in report.remotes)
        unknown = sum(remote.status is Status.UNKNOWN for remote in report.remotes)
        counts = {"remotes": len(report.remotes), "failing": failing, "unknown": unknown}
        log.info("round.finished", cluster=name, took=round(took, 3), late=round(late, 3), **counts)
        if any(map(is_news, events)) or not failing + unknown:
            self._rechecks[name] = 0
        if failing + unknown:
            self._recheck(name, took)

    async def _note_failure(self, cluster: ClusterConfig, failure: RoundFailure, late: float) -> None:
        name = cluster.name
        self.own.count(name, RoundResult.QUARANTINED if failure.quarantined else RoundResult.FAILED)
        self.own.timed(name, took=failure.took, late=late, finished=None)
        if failure.lost and self._lost.again(name):
            log.warning("round.lost", cluster=name, because=failure.detail)
            self._timetable.sooner(name, LOST_AGAIN)
            return
        self._lost.over(name)
        if failure.quarantined:
            self._lost.left_alone(name, failure.detail)
            await self._report_as_unknown(cluster, failure.detail)
            return
        log.error("round.failed", cluster=name, error=failure.kind, detail=failure.detail, frames=list(failure.frames))
        await self._report_as_unknown(
            cluster, f"the last round failed inside diag ({failure.kind}); its log says where"
        )
        self._recheck(name, failure.took)

    def _recheck(self, name: str, took: float) -> None:
        if self._rechecks.get(name, 0) < MAX_RECHECKS:
            self._rechecks[name] = self._rechecks.get(name, 0) + 1
            self._timetable.sooner(name, max(MIN_RECHECK, self.interval / RECHECK_PART, took))

    async def _report_stale(self, name: str) -> None:
        """Take away what a report says once it is too old; what is said of it then follows the times of maintenance."""
        cluster, state = self._plan.cluster(name), self.board.state(name)
        if cluster is None:
            return
        stale = why_stale(name, state, self._seen[name], self.interval)
        if because := stale or why_to_say_anew(state, self._plan.selection.policy, datetime.now(UTC)):
            await self._report_as_unknown(cluster, because)

    async def _report_as_unknown(self, cluster: ClusterConfig, because: str) -> None:
        state = self.board.state(cluster.name)
        now = datetime.now(UTC)
        facts = state.round if state else RoundFacts()
        chosen, before = self._plan.selection, state.report if state else None
        report = report_as_unknown(before, fleet.local_cluster(cluster), because, now, chosen.policy, chosen.checks)
        await self._put(report, dataclasses.replace(facts, failure=because), now)

    async def _put(self, report: ClusterReport, facts: RoundFacts, now: datetime) -> tuple[Event, ...]:
        return await self._remembering.put(report, facts, now, timedelta(seconds=STALE_AFTER * self.interval))
