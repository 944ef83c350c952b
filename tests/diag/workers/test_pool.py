"""Rounds in real worker processes: the same reports as here, and what becomes of them when a process dies or hangs."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import errno
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from diag.config import load_config
from diag.engine import load_catalogue
from diag.model import ClusterReport
from diag.plan import Plan, plan_of
from diag.rounds import Done, RoundFailure, Rounds
from diag.workers import WorkerPool, pool, worker_process
from tests.diag.daemon.world import SECRET, until, write_config
from tests.diag.workers.far_world import COLLECTOR, FarWorld
from tests.patience import PATIENCE

ROOT = Path(__file__).parents[3]
CLOCK = datetime(2027, 1, 1, tzinfo=UTC)


class Counted:
    """What was noted of the processes."""

    def __init__(self) -> None:
        self.number = -1
        self.lost = 0

    def workers(self, number: int) -> None:
        """Note how many there are."""
        self.number = number

    def worker_lost(self, because: str) -> None:
        """Note that one ended."""
        assert because
        self.lost += 1


def plan_for(folder: Path, *names: str) -> Plan:
    """A plan with these clusters, of two remotes each."""
    path = write_config(folder, {name: ["logs", "audit"] for name in names})
    return plan_of(load_config(path), load_catalogue())


@contextlib.asynccontextmanager
async def opened(folder: Path, plan: Plan, workers: int, counted: Counted | None = None) -> AsyncIterator[WorkerPool]:
    """A pool that has begun with a plan."""
    made = WorkerPool(
        Rounds(FarWorld(folder)),
        lambda _plan: workers,
        collector=COLLECTOR,
        arguments=(str(folder),),
        noted=counted,
        logs=False,
    )
    made.begin(plan)
    try:
        yield made
    finally:
        await made.stop()


async def run(made: WorkerPool, plan: Plan, name: str) -> Done:
    """A round of a cluster."""
    cluster = plan.cluster(name)
    assert cluster is not None
    async with asyncio.timeout(PATIENCE):
        return await made.run(plan, cluster)


def looks(folder: Path) -> dict[str, list[int]]:
    """The processes that looked at each cluster, in their order."""
    found: dict[str, list[int]] = {}
    path = folder / "looks"
    for line in path.read_text().splitlines() if path.exists() else ():
        name, pid, _ = line.split()
        found.setdefault(name, []).append(int(pid))
    return found


def timeless(report: ClusterReport) -> ClusterReport:
    """A report without the time at which it was made."""
    evidence = dataclasses.replace(report.evidence, taken_at=CLOCK, seconds=0.0)
    return dataclasses.replace(report, evidence=evidence)


def is_alive(pid: int) -> bool:
    """Whether a process runs: one that has ended and was not asked for its code does not."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


async def test_reports_are_the_same_as_here(tmp_path: Path) -> None:
    """Whoever runs a round, it says the same; a cluster stays with its process, and every process has some."""
    plan = plan_for(tmp_path, "a", "b", "c", "d")
    async with opened(tmp_path, plan, 0) as here:
        expected = {name: await run(here, plan, name) for name in plan.names}
    assert set(looks(tmp_path)["a"]) == {os.getpid()}
    (tmp_path / "looks").unlink()
    async with opened(tmp_path, plan, 2) as made:
        pids = set(made.pids)
        for _ in range(2):
            for name in plan.names:
                there, this = await run(made, plan, name), expected[name]
                assert not isinstance(there, RoundFailure)
                assert not isinstance(this, RoundFailure)
                assert timeless(there[0]) == timeless(this[0])
    seen = looks(tmp_path)
    assert {len(set(pids)) for pids in seen.values()} == {1}
    assert {pids[0] for pids in seen.values()} == pids
    assert os.getpid() not in pids
    assert not any(map(is_alive, pids))


async def test_one_that_is_killed_costs_its_rounds(tmp_path: Path) -> None:
    """They are told, with what happened; the other process goes on, and the next round runs in a new one."""
    plan, counted = plan_for(tmp_path, "slow-1", "slow-2"), Counted()
    async with opened(tmp_path, plan, 2, counted) as made:
        tasks = {name: asyncio.create_task(run(made, plan, name)) for name in plan.names}
        await until(lambda: len(looks(tmp_path)) == 2, PATIENCE)
        victim = looks(tmp_path)["slow-1"][0]
        os.kill(victim, signal.SIGKILL)
        lost = await tasks["slow-1"]
        assert isinstance(lost, RoundFailure)
        assert lost.lost
        assert lost.detail == "the worker process that ran this round is gone: it was killed by SIGKILL"
        (tmp_path / "go").touch()
        assert not isinstance(await tasks["slow-2"], RoundFailure)
        assert not isinstance(await run(made, plan, "slow-1"), RoundFailure)
        assert looks(tmp_path)["slow-1"][1] not in {victim, looks(tmp_path)["slow-2"][0]}
    assert (counted.number, counted.lost) == (2, 1)


async def test_one_that_hangs_is_replaced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A check that never lets another thread run can't be stopped by anything but the end of its process."""
    plan, counted = plan_for(tmp_path, "stuck", "fine"), Counted()
    async with opened(tmp_path, plan, 1, counted) as made:
        assert not isinstance(await run(made, plan, "fine"), RoundFailure)
        monkeypatch.setattr(pool, "give_up_seconds", lambda _config: 1.0)
        failed = await run(made, plan, "stuck")
        assert isinstance(failed, RoundFailure)
        assert (failed.kind, failed.lost) == ("WorkerStuck", False)
        (tmp_path / "free").touch()
        monkeypatch.setattr(pool, "give_up_seconds", lambda _config: PATIENCE)
        assert not isinstance(await run(made, plan, "fine"), RoundFailure)
        assert not isinstance(await run(made, plan, "stuck"), RoundFailure)
    assert counted.lost == 1
    assert len(set(looks(tmp_path)["fine"])) == 2


async def test_one_without_a_sign_of_life_is_replaced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Long before the time of its round is over: the other clusters of that process wait."""
    monkeypatch.setattr(worker_process, "SILENT_SECONDS", 8.0)
    monkeypatch.setattr(worker_process, "LOOK_EVERY", 0.1)
    plan = plan_for(tmp_path, "stuck")
    async with opened(tmp_path, plan, 1) as made:
        failed = await run(made, plan, "stuck")
        assert isinstance(failed, RoundFailure)
        assert failed.lost
        assert "no sign of life for 8 s" in failed.detail


async def test_a_round_that_crashes_is_told_without_secrets(tmp_path: Path) -> None:
    """As it is here: the process stays."""
    plan, counted = plan_for(tmp_path, "crash", "fine"), Counted()
    async with opened(tmp_path, plan, 1, counted) as made:
        failed = await run(made, plan, "crash")
        assert isinstance(failed, RoundFailure)
        assert (failed.kind, failed.detail) == ("RuntimeError", "it failed with *** in its hands")
        assert any("far_world.py" in frame for frame in failed.frames)
        assert SECRET not in repr(failed)
        assert not isinstance(await run(made, plan, "fine"), RoundFailure)
    assert counted.lost == 0


async def test_what_is_known_early_comes_early(tmp_path: Path) -> None:
    """Before the round has ended, with the remotes that are known."""
    plan = plan_for(tmp_path, "early")
    came: asyncio.Queue[ClusterReport] = asyncio.Queue()
    async with opened(tmp_path, plan, 1) as made:
        task = asyncio.create_task(made.run(plan, plan.in_shard[0], early=came.put_nowait))
        async with asyncio.timeout(PATIENCE):
            first = await came.get()
            assert [one.alias for one in first.remotes] == ["logs"]
            assert not task.done()
            (tmp_path / "go").touch()
            assert not isinstance(await task, RoundFailure)


async def test_a_plan_may_ask_for_more_and_for_fewer(tmp_path: Path) -> None:
    """A cluster stays where it is while that process is there; the rounds of one that goes are finished."""
    plan = plan_for(tmp_path, "slow-1", "slow-2", "fine")
    wanted = 2
    made = WorkerPool(
        Rounds(FarWorld(tmp_path)),
        lambda _plan: wanted,
        collector=COLLECTOR,
        arguments=(str(tmp_path),),
        logs=False,
    )
    made.begin(plan)
    try:
        tasks = [asyncio.create_task(run(made, plan, name)) for name in ("slow-1", "slow-2")]
        await until(lambda: len(looks(tmp_path)) == 2, PATIENCE)
        before = made.pids
        wanted = 0
        made.begin(plan)
        assert made.pids == ()
        assert not isinstance(await run(made, plan, "fine"), RoundFailure)
        assert looks(tmp_path)["fine"] == [os.getpid()]
        assert all(map(is_alive, before))
        (tmp_path / "go").touch()
        assert not any(isinstance(done, RoundFailure) for done in await asyncio.gather(*tasks))
        await until(lambda: not any(map(is_alive, before)), PATIENCE)
    finally:
        await made.stop()


async def test_one_that_can_not_begin_is_started_again_later(tmp_path: Path) -> None:
    """Not in a loop that has the machine to itself; its rounds run here meanwhile, and the pool can be ended."""
    plan, counted = plan_for(tmp_path, "fine"), Counted()
    made = WorkerPool(
        Rounds(FarWorld(tmp_path)),
        lambda _plan: 1,
        collector="tests.diag.workers.far_world:not_there",
        noted=counted,
        logs=False,
    )
    made.begin(plan)
    task = asyncio.create_task(run(made, plan, "fine"))
    try:
        await until(lambda: counted.lost >= 2, PATIENCE)
        assert not isinstance(await task, RoundFailure)
        assert not isinstance(await run(made, plan, "fine"), RoundFailure)
        assert set(looks(tmp_path)["fine"]) == {os.getpid()}
    finally:
        await made.stop()


async def test_where_no_process_can_be_started_rounds_run_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The system may have no room for one, for however long; as soon as there is one, they run there."""
    plan, counted, room = plan_for(tmp_path, "fine"), Counted(), False
    popen = subprocess.Popen

    def start(*arguments: Any, **named: Any) -> Any:
        if not room:
            raise BlockingIOError(errno.EAGAIN, os.strerror(errno.EAGAIN))
        return popen(*arguments, **named)

    monkeypatch.setattr(worker_process.subprocess, "Popen", start)
    async with opened(tmp_path, plan, 1, counted) as made:
        for _ in range(2):
            assert not isinstance(await run(made, plan, "fine"), RoundFailure)
        assert looks(tmp_path)["fine"] == [os.getpid()] * 2
        assert counted.lost >= 1
        room = True
        await until(lambda: bool(made.pids), PATIENCE)
        assert not isinstance(await run(made, plan, "fine"), RoundFailure)
        assert looks(tmp_path)["fine"][2:] == list(made.pids)


async def test_who_stood_still_itself_ends_nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A daemon that was stopped for a while, or starved, has heard nobody meanwhile: that says nothing of its workers."""
    plan, counted = plan_for(tmp_path, "fine"), Counted()
    async with opened(tmp_path, plan, 1, counted) as made:
        assert not isinstance(await run(made, plan, "fine"), RoundFailure)
        before, (process,) = made.pids, [seat.process for seat in made._seats]
        assert process is not None
        begun = process._last_look
        monkeypatch.setattr(worker_process.time, "monotonic", lambda: begun + 1000.0)
        process._look_at_it()
        assert made.pids == before
        monkeypatch.setattr(worker_process.time, "monotonic", lambda: begun + 1005.0)
        process._last_sign = begun
        process._look_at_it()
        assert process.pid not in made.pids
        monkeypatch.undo()
        async with asyncio.timeout(PATIENCE):
            await process.gone.wait()
    assert counted.lost == 1


PARENT = """
import asyncio, sys
from pathlib import Path
from tests.diag.workers.test_pool import opened, plan_for, run

async def main():
    folder = Path(sys.argv[1])
    plan = plan_for(folder, "slow", "stuck")
    async with opened(folder, plan, 2) as made:
        await asyncio.gather(*(run(made, plan, name) for name in plan.names))

asyncio.run(main())
"""


async def test_no_process_outlives_its_parent(tmp_path: Path) -> None:
    """Killed with SIGKILL, it can't say goodbye: not even a process that hangs is left behind."""
    parent = await asyncio.create_subprocess_exec(sys.executable, "-c", PARENT, str(tmp_path), cwd=ROOT)
    try:
        await until(lambda: looks(tmp_path).keys() == {"slow", "stuck"}, PATIENCE)
        workers = [pid for pids in looks(tmp_path).values() for pid in pids]
        assert all(map(is_alive, workers))
    finally:
        parent.kill()
        await parent.wait()
    await until(lambda: not any(map(is_alive, workers)), PATIENCE)
