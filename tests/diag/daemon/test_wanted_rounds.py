"""Rounds that somebody asks for: the next one in the timetable, shared, and never a lie about one that did not come."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from diag.daemon import wanted_rounds
from diag.model import Status
from diag.web import BusyError, ProbeFailedError, UnknownNameError
from tests.diag.daemon.test_service import running, state
from tests.diag.daemon.world import SECRET, World, until, write_config
from tests.patience import PATIENCE


async def test_the_round_comes_at_once_and_its_report_is_on_the_board(tmp_path: Path) -> None:
    """Long before its time; what was broken meanwhile is seen, by the answer and by everybody."""
    world = World()
    async with running(world, write_config(tmp_path, {"eu": ["logs"], "us": ["logs"]}, interval="1h")) as made:
        await until(lambda: not made.daemon.not_ready())
        world.looks.clear()
        world.broken.add("logs")
        probed = await made.daemon.run("eu")
        assert probed.report is made.daemon.board.snapshot().clusters["eu"].report
        assert (probed.report.status, state(made.daemon)) == (Status.FAIL, Status.FAIL)
        assert world.looks == [("eu", ())]
        assert state(made.daemon, "us") is Status.OK


def gate_of(world: World) -> asyncio.Event:
    """Hold up every look until the gate is opened."""
    gate = asyncio.Event()

    async def wait(_name: str) -> None:
        await gate.wait()

    world.before = wait
    return gate


async def test_a_round_that_runs_already_is_not_the_one(tmp_path: Path) -> None:
    """It began before somebody asked, and may have looked before the fault was fixed: the next one is, for all who wait."""
    world = World()
    gate = gate_of(world)
    async with running(world, write_config(tmp_path, {"eu": ["logs"]}, interval="1h")) as made:
        await until(lambda: world.running == 1)
        asked = [asyncio.create_task(made.daemon.run("eu")) for _ in range(5)]
        await asyncio.sleep(0.05)
        asked[0].cancel()
        gate.set()
        answers = await asyncio.gather(*asked[1:])
        assert len({id(answer.report) for answer in answers}) == 1
        assert (len(world.looks), world.most_running) == (2, 1)


async def test_one_that_crashes_is_said_without_secrets(tmp_path: Path) -> None:
    """And leaves nothing behind: the next one is answered."""
    world = World()
    async with running(world, write_config(tmp_path, {"eu": ["logs"]}, interval="1h")) as made:
        await until(lambda: not made.daemon.not_ready())
        world.crash = RuntimeError(f"oh {SECRET}")
        with pytest.raises(ProbeFailedError, match=r"oh \*\*\*"):
            await made.daemon.run("eu")
        world.crash = None
        assert (await made.daemon.run("eu")).report.status is Status.OK


async def test_unknown_names_and_too_many(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits for what will not come, and few wait at a time."""
    monkeypatch.setattr(wanted_rounds, "MAX_WAITING", 3)
    world = World()
    async with running(world, write_config(tmp_path, {"eu": ["logs"]}, interval="1h")) as made:
        await until(lambda: not made.daemon.not_ready())
        with pytest.raises(UnknownNameError, match="did you mean eu"):
            await made.daemon.run("ue")
        gate = gate_of(world)
        asked = [asyncio.create_task(made.daemon.run("eu")) for _ in range(4)]
        await until(asked[3].done)
        with pytest.raises(BusyError, match="3 rounds"):
            asked[3].result()
        gate.set()
        await asyncio.gather(*asked[:3])
        assert (await made.daemon.run("eu")).report.status is Status.OK


async def test_a_cluster_that_is_taken_out_is_no_longer_waited_for(tmp_path: Path) -> None:
    """Neither for its round that runs, nor for the next one."""
    world = World()
    async with running(world, write_config(tmp_path, {"eu": ["logs"], "us": ["logs"]}, interval="1h")) as made:
        await until(lambda: not made.daemon.not_ready())
        gate_of(world)
        asked = asyncio.create_task(made.daemon.run("eu"))
        await until(lambda: world.running == 1)
        later = asyncio.create_task(made.daemon.run("eu"))
        await asyncio.sleep(0)
        write_config(tmp_path, {"us": ["logs"]}, interval="1h")
        await made.daemon.reload()
        for task in (asked, later):
            with pytest.raises(BusyError):
                await asyncio.wait_for(task, PATIENCE)


async def test_stopping_answers_all_who_wait(tmp_path: Path) -> None:
    """The round that runs is let finish; no request hangs for one that will not come."""
    world = World()
    async with running(world, write_config(tmp_path, {"eu": ["logs"]}, interval="1h")) as made:
        await until(lambda: not made.daemon.not_ready())
        gate = gate_of(world)
        asked = asyncio.create_task(made.daemon.run("eu"))
        await until(lambda: world.running == 1)
        later = asyncio.create_task(made.daemon.run("eu"))
        await asyncio.sleep(0)
        asyncio.get_running_loop().call_soon(lambda: asyncio.get_running_loop().call_soon(gate.set))
    assert (await asked).report.status is Status.OK
    with pytest.raises(BusyError, match="stopping"):
        await later
    with pytest.raises(BusyError, match="stopping"):
        await made.daemon.run("eu")
