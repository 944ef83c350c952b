"""Rounds for one remote on demand: only configured names, shared by those who ask at the same time, few at a time."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

from diag.board import Snapshot
from diag.config import ClusterConfig
from diag.plan import Plan
from diag.rounds import RoundFailure, RunsRounds
from diag.text import did_you_mean, shown
from diag.web.backend import BusyError, Probed, ProbeFailedError, UnknownNameError

MAX_RUNNING = 8
MAX_WAITING = 64
MAX_NAME = 100


class Probes:
    """Probes that are running. Who asks for one that runs already gets the same answer."""

    def __init__(self, rounds: RunsRounds) -> None:
        self._rounds = rounds
        self._running: dict[tuple[str, str], asyncio.Task[Probed]] = {}
        self._slots = asyncio.Semaphore(MAX_RUNNING)

    async def probe(self, plan: Plan, snapshot: Snapshot, cluster: str, remote: str) -> Probed:
        """Probe one remote, or join the probe of it that is running."""
        config = _known_cluster(plan, snapshot, cluster, remote)
        task = self._running.get((cluster, remote))
        if task is None:
            if len(self._running) >= MAX_WAITING:
                msg = f"{len(self._running)} probes are running or waiting; ask again later"
                raise BusyError(msg)
            task = asyncio.create_task(self._run(plan, config, remote))
            self._running[cluster, remote] = task
            task.add_done_callback(lambda _: self._running.pop((cluster, remote), None))
        return await asyncio.shield(task)

    async def stop(self) -> None:
        """Give up what is running."""
        tasks = tuple(self._running.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _run(self, plan: Plan, cluster: ClusterConfig, remote: str) -> Probed:
        async with self._slots:
            done = await self._rounds.run(plan, cluster, (remote,))
        if isinstance(done, RoundFailure):
            raise failed(done)
        return Probed(report=done[0], took=done[1])


def failed(failure: RoundFailure) -> ProbeFailedError:
    """Say that a look failed by a fault of diag, or that what did it is gone."""
    if failure.quarantined:
        return ProbeFailedError(failure.detail)
    if failure.lost:
        return ProbeFailedError(f"{failure.detail}; ask again")
    return ProbeFailedError(f"the probe failed inside diag ({failure.kind}: {failure.detail}); please report it")


def named_cluster(plan: Plan, name: str) -> ClusterConfig:
    """The configuration of a cluster. Raises UnknownNameError with the nearest name."""
    config = plan.cluster(name)
    if config is None:
        raise UnknownNameError(_unknown("cluster", name, plan.names))
    return config


def _known_cluster(plan: Plan, snapshot: Snapshot, cluster: str, remote: str) -> ClusterConfig:
    """The configuration of the cluster, if it and its remote are known: from the file, or from the cluster's own settings."""
    config = named_cluster(plan, cluster)
    state = snapshot.clusters.get(cluster)
    seen = (one.alias for one in state.report.remotes) if state else ()
    aliases = tuple(dict.fromkeys((*(one.alias for one in config.remotes), *seen)))
    if remote not in aliases:
        raise UnknownNameError(_unknown("remote", remote, aliases))
    return config


def _unknown(what: str, name: str, known: Iterable[str]) -> str:
    if not name:
        return f"no {what} given: expected {what}=NAME in the query"
    hint = did_you_mean(name, known)
    return f"no {what} {shown(name, MAX_NAME)} is configured{'; ' if hint else ''}{hint}"
