"""Rounds in this process: everything but judging happens on the event loop."""

from __future__ import annotations

import asyncio
import functools
import time
import traceback
from collections.abc import Mapping
from concurrent.futures import Executor, ThreadPoolExecutor
from datetime import UTC, datetime

from diag import engine
from diag.collect.material import secrets_of
from diag.config import ClusterConfig
from diag.model import ClusterEvidence, History
from diag.plan import NOTHING, Plan
from diag.redact import Redactor
from diag.rounds.collecting import CollectRound
from diag.rounds.runs_rounds import Done, Early, RoundFailure, give_up_seconds
from diag.text import shown

JUDGES = 2
MAX_FRAMES = 8
MAX_TEXT = 500


class Rounds:
    """Runs rounds. Judging is done on threads of its own, so that a large cluster does not hold up the others.

    ``gives_up``: a round that does not end is a failure after a while. Otherwise that is the business of who asks for it.
    """

    def __init__(self, collect: CollectRound, *, gives_up: bool = True) -> None:
        self._collect, self._threads = collect, ThreadPoolExecutor(JUDGES, "diag-judge")
        self._gives_up = gives_up
        self._memories: dict[str, tuple[Plan, engine.Memory]] = {}

    async def run(
        self,
        plan: Plan,
        cluster: ClusterConfig,
        remotes: tuple[str, ...] = (),
        past: Mapping[str, History] = NOTHING,
        early: Early | None = None,
    ) -> Done:
        """Run one round, and give the report and the seconds it took. Raises nothing but cancellation.

        ``early`` is given reports on the remotes that are known while others still are looked at; never after this has ended.
        """
        started, chosen = time.monotonic(), plan.selection
        ahead = _Ahead(self._threads, plan, early)
        try:
            async with asyncio.timeout(give_up_seconds(plan.config) if self._gives_up else None):
                evidence = await self._collect(
                    plan.config, cluster, datetime.now(UTC), remotes, past, ahead.judge if early else None
                )
                report = await asyncio.get_running_loop().run_in_executor(
                    self._threads,
                    functools.partial(engine.judge, memory=None if remotes else self._memory(plan, cluster.name)),
                    evidence,
                    chosen.checks,
                    chosen.policy,
                    chosen.known,
                )
        except Exception as error:  # noqa: BLE001 -- a round that crashes is counted and shown; the others go on.
            return await self._failure(error, plan, cluster, time.monotonic() - started)
        finally:
            ahead.stop()
        return report, time.monotonic() - started

    def begin(self, plan: Plan) -> None:
        """Hear of a plan: each round brings its own."""

    async def stop(self) -> None:
        """Judge nothing more."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _memory(self, plan: Plan, name: str) -> engine.Memory:
        """What the round before left, if it was judged by this plan."""
        kept = self._memories.get(name)
        if kept is None or kept[0] is not plan:
            self._memories = {one: held for one, held in self._memories.items() if held[0] is plan}
            kept = self._memories[name] = (plan, engine.Memory())
        return kept[1]

    async def _failure(self, error: Exception, plan: Plan, cluster: ClusterConfig, took: float) -> RoundFailure:
        """Describe an error of diag itself. Its text may hold what it was handling, so known secrets are masked in it."""
        secrets = await asyncio.get_running_loop().run_in_executor(
            self._threads, secrets_of, cluster, plan.config.platforms
        )
        frames = traceback.extract_tb(error.__traceback__)[-MAX_FRAMES:]
        return RoundFailure(
            kind=type(error).__name__,
            detail=shown(Redactor(secrets).text(str(error)), MAX_TEXT),
            frames=tuple(f"{frame.filename}:{frame.lineno} in {frame.name}" for frame in frames),
            took=took,
        )


class _Ahead:
    """Judges what a round hands over before it ends."""

    def __init__(self, threads: Executor, plan: Plan, early: Early | None) -> None:
        self._threads, self._chosen, self._early = threads, plan.selection, early
        self._running: set[asyncio.Task[None]] = set()

    def judge(self, evidence: ClusterEvidence) -> None:
        """Judge it on a thread, and hand the report on."""
        task = asyncio.create_task(self._judge(evidence))
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    def stop(self) -> None:
        """Hand on nothing more."""
        for task in self._running:
            task.cancel()

    async def _judge(self, evidence: ClusterEvidence) -> None:
        chosen = self._chosen
        report = await asyncio.get_running_loop().run_in_executor(
            self._threads, engine.judge, evidence, chosen.checks, chosen.policy, chosen.known
        )
        if self._early is not None:
            self._early(report)
