"""A cluster whose rounds end their process: it is found, left alone and tried again, and nobody else is touched."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from diag.config import load_config
from diag.engine import load_catalogue
from diag.plan import Plan, plan_of
from diag.rounds import Done, RoundFailure, Rounds, quarantine
from diag.workers import WorkerPool, pool
from tests.diag.daemon.world import until
from tests.diag.workers import deadly_pack
from tests.diag.workers.far_world import FarWorld
from tests.diag.workers.test_pool import PATIENCE, Counted, looks, opened, plan_for, run


def failed(done: Done) -> RoundFailure:
    """What became of a round that failed."""
    assert isinstance(done, RoundFailure)
    return done


async def deaths(made: WorkerPool, plan: Plan, name: str = "deadly") -> list[tuple[bool, bool]]:
    """Have rounds of a cluster until no more are made of it: whether each was lost, and whether it is left alone."""
    found: list[tuple[bool, bool]] = []
    while not found or not found[-1][1]:
        done = failed(await run(made, plan, name))
        found.append((done.lost, done.quarantined))
    return found


async def test_whose_check_kills_is_found_among_many(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Those in the same process are lost with it, are looked at apart from it, and then go on where they were; of it no round is made."""
    deadly_pack.install(tmp_path, monkeypatch)
    others = [f"slow-{n}" for n in range(6)]
    plan, counted = plan_for(tmp_path, "deadly", *others), Counted()
    async with opened(tmp_path, plan, 1, counted) as made:
        tasks = {name: asyncio.create_task(run(made, plan, name)) for name in (*others, "deadly")}
        first = {name: failed(await task) for name, task in tasks.items()}
        assert {(one.lost, one.died) for one in first.values()} == {(True, "was killed by SIGSEGV")}
        tasks = {name: asyncio.create_task(run(made, plan, name)) for name in ("deadly", *others)}
        assert failed(await tasks["deadly"]).lost
        (tmp_path / "go").touch()
        second = {name: await tasks[name] for name in others}
        with_it = [name for name, done in second.items() if isinstance(done, RoundFailure)]
        assert len(with_it) == 3, "it was one of four that were looked at at a time"
        tasks = {name: asyncio.create_task(run(made, plan, name)) for name in ("deadly", *with_it)}
        last = failed(await tasks["deadly"])
        assert (last.quarantined, last.lost) == (True, False)
        assert "3 times in a row, the process that looked at it died (was killed by SIGSEGV)" in last.detail
        third = [await tasks[name] for name in with_it]
        assert not any(isinstance(done, RoundFailure) for done in third)
        before = looks(tmp_path)
        assert failed(await run(made, plan, "deadly")).quarantined
        assert looks(tmp_path) == before
        for name in others:
            assert not isinstance(await run(made, plan, name), RoundFailure)
        assert {looks(tmp_path)[name][-1] for name in others} == set(made.pids)
    assert counted.lost == 3


async def test_it_is_tried_again_and_goes_on_where_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Apart from the others until it has ended well."""
    deadly_pack.install(tmp_path, monkeypatch)
    monkeypatch.setattr(quarantine, "FIRST_PAUSE", 0.5)
    plan = plan_for(tmp_path, "deadly", "fine")
    async with opened(tmp_path, plan, 1) as made:
        assert await deaths(made, plan) == [(True, False)] * 2 + [(False, True)]
        (own,) = made.pids
        begun = len(looks(tmp_path)["deadly"])
        await asyncio.sleep(0.6)
        assert failed(await run(made, plan, "deadly")).quarantined
        assert len(looks(tmp_path)["deadly"]) == begun + 1, "it was looked at once more"
        (tmp_path / "mercy").touch()
        assert failed(await run(made, plan, "deadly")).quarantined, "the second pause is longer"
        await asyncio.sleep(1.1)
        assert not isinstance(await run(made, plan, "deadly"), RoundFailure)
        assert looks(tmp_path)["deadly"][-1] != own
        assert not isinstance(await run(made, plan, "deadly"), RoundFailure)
        assert looks(tmp_path)["deadly"][-1] == own
        assert made.pids == (own,)


async def test_a_plan_that_changes_it_has_it_tried_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A reload that is about others does not."""
    deadly_pack.install(tmp_path, monkeypatch)
    plan = plan_for(tmp_path, "deadly", "fine")
    async with opened(tmp_path, plan, 1) as made:
        await deaths(made, plan)
        (tmp_path / "mercy").touch()
        other = plan_for(tmp_path, "deadly", "fine", "further")
        made.begin(other)
        assert failed(await run(made, other, "deadly")).quarantined
        path = tmp_path / "diag.yaml"
        path.write_text(path.read_text().replace("8.14.1", "8.15.3", 1))
        changed = plan_of(load_config(path), load_catalogue())
        made.begin(changed)
        assert not isinstance(await run(made, changed, "deadly"), RoundFailure)


async def test_one_that_hangs_each_time_is_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its process is ended, which costs the others that it runs just as much."""
    plan, counted = plan_for(tmp_path, "stuck", "fine"), Counted()
    async with opened(tmp_path, plan, 1, counted) as made:
        assert not isinstance(await run(made, plan, "fine"), RoundFailure)
        monkeypatch.setattr(pool, "give_up_seconds", lambda _config: 3.0)
        assert await deaths(made, plan, "stuck") == [(False, False)] * 2 + [(False, True)]
        monkeypatch.setattr(pool, "give_up_seconds", lambda _config: PATIENCE)
        assert not isinstance(await run(made, plan, "fine"), RoundFailure)
        (own,) = made.pids
        await until(lambda: counted.lost == 3, PATIENCE)
        assert looks(tmp_path)["fine"][-1] == own


async def test_processes_that_can_not_begin_are_nobodys_fault(tmp_path: Path) -> None:
    """However often; their rounds run here, but for those of a cluster that ended one before."""
    plan = plan_for(tmp_path, "fine", "deadly")
    made = WorkerPool(
        Rounds(FarWorld(tmp_path)), lambda _plan: 1, collector="tests.diag.workers.far_world:not_there", logs=False
    )
    made.begin(plan)
    try:
        for _ in range(2):
            assert not isinstance(await run(made, plan, "fine"), RoundFailure)
        made._quarantine.died("deadly", "was killed")
        for _ in range(2):
            done = failed(await run(made, plan, "deadly"))
            assert (done.lost, done.died, done.quarantined) == (True, "", False)
        assert set(looks(tmp_path)) == {"fine"}
    finally:
        await made.stop()
