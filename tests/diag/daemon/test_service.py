"""The daemon behind the pages: rounds, crashes, old reports, reloads, re-checks, on-demand probes."""

from __future__ import annotations

import asyncio
import contextlib
import io
import json
import logging
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import structlog

from diag.config import ClusterConfig, ConfigError
from diag.daemon import Daemon, Running, StartError, running_daemon, service, stale
from diag.daemon.probes import MAX_RUNNING
from diag.logs import set_up_logs
from diag.metrics import render_report_series
from diag.model import Status
from diag.plan import Plan
from diag.rounds import Done, RoundFailure
from diag.web import BusyError, ProbeFailedError, UnknownNameError
from diag.workers import WorkerPool
from tests.diag.daemon.world import SECRET, World, until, write_config


@pytest.fixture(autouse=True)
def logged() -> Iterator[io.StringIO]:
    """Collect the log, and leave the logging of the process as it was."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    stream = io.StringIO()
    set_up_logs(stream)
    yield stream
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


def events(stream: io.StringIO, name: str) -> list[dict[str, Any]]:
    """The logged events of one name."""
    found = [json.loads(line) for line in stream.getvalue().splitlines()]
    return [event for event in found if event["event"] == name]


@contextlib.asynccontextmanager
async def running(world: World, path: Path) -> AsyncIterator[Running]:
    """Run the daemon on a world."""
    async with running_daemon(path, open_collector=world.open) as made:
        yield made


def state(daemon: Daemon, cluster: str = "eu", alias: str = "logs") -> Status | None:
    """The state of a remote on the board, None if it is not there."""
    standing = daemon.board.snapshot().clusters.get(cluster)
    return next((one.status for one in standing.report.remotes if one.alias == alias), None) if standing else None


async def test_every_cluster_is_looked_at_on_start(tmp_path: Path, logged: io.StringIO) -> None:
    """One round each, one line for each round, and a line for a remote that is not well."""
    world = World(broken={"audit"})
    async with running(world, write_config(tmp_path, {"eu": ["logs", "audit"], "us": ["logs"]})) as made:
        await until(lambda: not made.daemon.not_ready())
        assert state(made.daemon, "eu", "audit") is Status.FAIL
        assert state(made.daemon, "us", "logs") is Status.OK
    assert sorted((event["cluster"], event["failing"]) for event in events(logged, "round.finished")) == [
        ("eu", 1),
        ("us", 0),
    ]
    (change,) = events(logged, "remote.changed")
    assert (change["remote"], change["after"], change["root_cause"]) == ("audit", "fail", "network/dns-nxdomain")


async def test_first_results_are_there_before_the_slowest_remote(tmp_path: Path, logged: io.StringIO) -> None:
    """What the first round has judged is shown while it waits for the others; nothing counts it, and the end has all of them."""
    slow = asyncio.Event()

    async def before(_cluster: str) -> None:
        await slow.wait()

    world = World(broken={"audit"}, quick=("audit",), before=before)
    async with running(world, write_config(tmp_path, {"eu": ["logs", "audit"]})) as made:
        board = made.daemon.board
        await until(lambda: bool(board.snapshot().early))
        seen = board.snapshot().shown["eu"].report
        assert [(one.alias, one.status) for one in seen.remotes] == [("audit", Status.FAIL)]
        assert made.daemon.not_ready()
        assert board.snapshot().awaited == ("eu",)
        assert not board.snapshot().report.clusters
        assert not events(logged, "remote.changed")
        slow.set()
        await until(lambda: not made.daemon.not_ready())
        snapshot = board.snapshot()
        assert not snapshot.early
        assert [one.alias for one in snapshot.clusters["eu"].report.remotes] == ["logs", "audit"]
        assert snapshot.clusters["eu"].report.remote("audit").root_causes == seen.remote("audit").root_causes  # type: ignore[union-attr]  # -- it is there.


async def test_a_change_is_seen_before_the_interval_ends(
    tmp_path: Path, logged: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While a remote fails, its cluster is looked at sooner, so that a mended remote is soon well again."""
    monkeypatch.setattr(service, "MIN_RECHECK", 0.05)
    monkeypatch.setattr(service, "RECHECK_PART", 1000)
    world = World(broken={"logs"})
    async with running(world, write_config(tmp_path, {"eu": ["logs"]})) as made:
        await until(lambda: state(made.daemon) is Status.FAIL)
        world.broken.clear()
        await until(lambda: state(made.daemon) is Status.OK)
    assert [(e["before"], e["after"]) for e in events(logged, "remote.changed")] == [("new", "fail"), ("fail", "ok")]


async def test_what_stays_broken_is_looked_at_more_often_for_a_while_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Early re-checks have a bound: the peer of a dead remote is not called at four times the rate for ever."""
    monkeypatch.setattr(service, "MIN_RECHECK", 0.01)
    monkeypatch.setattr(service, "RECHECK_PART", 100_000)
    monkeypatch.setattr(service, "MAX_RECHECKS", 3)
    world = World(broken={"logs"})
    async with running(world, write_config(tmp_path, {"eu": ["logs"]}, interval="3600s")):
        await until(lambda: len(world.looks) >= 4)
        await asyncio.sleep(0.2)
    assert len(world.looks) == 4


async def test_a_round_that_takes_long_is_not_repeated_sooner_than_it_took(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where all clusters have something broken, early re-checks take half of the time at most: rounds that are due find room."""
    waits: list[float] = []
    monkeypatch.setattr(service, "MIN_RECHECK", 0.01)
    monkeypatch.setattr(service, "RECHECK_PART", 100_000)
    monkeypatch.setattr(service.Timetable, "sooner", lambda _self, _name, seconds: waits.append(seconds))
    world = World(broken={"logs"}, before=lambda _name: asyncio.sleep(0.2))
    async with running(world, write_config(tmp_path, {"eu": ["logs"]}, interval="3600s")):
        await until(lambda: bool(waits))
    assert waits[0] >= 0.19


async def test_a_crash_makes_the_remotes_unknown_and_is_logged_without_secrets(
    tmp_path: Path, logged: io.StringIO
) -> None:
    """A fault of ours is counted and shown; it leaves no old ok, and the secret in its text is masked."""
    world = World(crash=RuntimeError(f"cannot handle {SECRET}"))
    async with running(world, write_config(tmp_path, {"eu": ["logs"], "us": ["logs"]})) as made:
        await until(lambda: not made.daemon.not_ready())
        assert state(made.daemon) is Status.UNKNOWN
        standing = made.daemon.board.snapshot().clusters["eu"]
        assert "RuntimeError" in standing.round.failure
        assert standing.round.finished_at is None
        assert 'diag_rounds_total{cluster="eu",result="failed"} 1.0' in made.daemon.own.render()[1].decode()
    failure = events(logged, "round.failed")[0]
    assert failure["error"] == "RuntimeError"
    assert any("world.py" in frame for frame in failure["frames"])
    assert SECRET not in logged.getvalue()
    assert "planted-secret" not in logged.getvalue()


async def test_a_crash_after_a_good_round_takes_its_ok_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was ok before the crash is unknown after it, and well again after the next good round."""
    monkeypatch.setattr(service, "MIN_RECHECK", 0.05)
    monkeypatch.setattr(service, "RECHECK_PART", 1000)
    world = World()
    async with running(world, write_config(tmp_path, {"eu": ["logs"]}, interval="1s")) as made:
        await until(lambda: state(made.daemon) is Status.OK)
        world.crash = ValueError("x")
        await until(lambda: state(made.daemon) is Status.UNKNOWN)
        world.crash = None
        await until(lambda: state(made.daemon) is Status.OK)


@pytest.mark.parametrize("why", ["crash", "overdue", "not discovered"])
async def test_a_lost_remote_stays_under_maintenance_until_it_is_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, why: str
) -> None:
    """Whatever keeps rounds from bringing anything: unknown, silent in the alerts, and silent no more once it is over."""
    monkeypatch.setattr(service, "WATCH_EVERY", 0.05)
    world = World()
    window = {"remote": "logs", "from": "2020-01-01T00:00", "until": "2999-01-01T00:00", "note": "new firewall"}
    config = write_config(tmp_path, {"eu": ["logs"]}, interval="1s", maintenance=[window])
    async with running(world, config) as made:
        await until(lambda: state(made.daemon) is Status.OK)
        if why == "crash":
            world.crash = RuntimeError("a bug")
        elif why == "overdue":
            world.before = lambda _name: asyncio.Event().wait()  # type: ignore[assignment,return-value]  # -- it never returns.
        else:
            world.undiscovered = True
        await until(lambda: state(made.daemon) is Status.UNKNOWN)
        (remote,) = made.daemon.board.snapshot().clusters["eu"].report.remotes
        assert remote.maintenance
        assert "new firewall" in remote.maintenance.words
        text = render_report_series(made.daemon.board.snapshot().report)
        assert 'diag_remote_status{cluster="eu",remote="logs"} 3' in text
        assert 'diag_maintenance{cluster="eu",remote="logs"} 1' in text
        window["until"] = "2020-01-02T00:00"
        write_config(tmp_path, {"eu": ["logs"]}, interval="1s", maintenance=[window])
        await made.daemon.reload()

        def is_over() -> bool:
            standing = made.daemon.board.snapshot().clusters["eu"].report.remotes[0]
            return standing.status is Status.UNKNOWN and standing.maintenance is None

        await until(is_over)


async def test_an_old_report_does_not_look_healthy(
    tmp_path: Path, logged: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When rounds no longer end, three intervals later every remote is unknown, and rounds that are due are told."""
    monkeypatch.setattr(service, "WATCH_EVERY", 0.05)
    world, gate = World(), asyncio.Event()
    gate.set()

    async def wait(_name: str) -> None:
        await gate.wait()

    world.before = wait
    async with running(world, write_config(tmp_path, {"eu": ["logs"]}, interval="1s")) as made:
        await until(lambda: state(made.daemon) is Status.OK)
        gate.clear()
        await until(lambda: state(made.daemon) is Status.UNKNOWN)
        standing = made.daemon.board.snapshot().clusters["eu"]
        assert "no round finished" in standing.round.failure
        assert standing.round.finished_at is not None
        gate.set()
        await until(lambda: state(made.daemon) is Status.OK)
    assert world.most_running == 1
    assert events(logged, "round.missing")
    assert events(logged, "round.skipped")


async def test_a_cluster_whose_first_round_never_ends_is_unknown_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also without any report before, the remotes of the configuration are shown, as unknown."""
    monkeypatch.setattr(service, "WATCH_EVERY", 0.02)
    monkeypatch.setattr(stale, "STALE_AFTER", 0.1)
    monkeypatch.setattr(service, "STALE_AFTER", 0.1)
    monkeypatch.setattr(Daemon, "grace", 0.05)
    world = World()

    async def wait(_name: str) -> None:
        await asyncio.Event().wait()

    world.before = wait
    async with running(world, write_config(tmp_path, {"eu": ["logs"]}, interval="1s")) as made:
        await until(lambda: state(made.daemon) is Status.UNKNOWN)
        assert made.daemon.not_ready()


async def test_a_moved_clock_does_not_stop_the_rounds(
    tmp_path: Path, logged: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When the clock is set back by an hour, the next round does not wait for an hour."""
    monkeypatch.setattr(service, "WATCH_EVERY", 0.02)
    world = World()
    async with running(world, write_config(tmp_path, {"eu": ["logs"]}, interval="3600s")) as made:
        # A clock that moves while a round runs needs no further round: the next one is placed when that one is over.
        await until(lambda: not made.daemon.not_ready())
        import time  # noqa: PLC0415 -- only here.

        real = time.time
        monkeypatch.setattr(service.time, "time", lambda: real() - 3600)
        await until(lambda: len(world.looks) == 2)
        assert state(made.daemon) is Status.OK
    assert events(logged, "clock.moved")


async def test_a_reload_schedules_only_what_it_changes(tmp_path: Path) -> None:
    """A new cluster is looked at, a changed one again, an untouched one not, and a gone one is nowhere."""
    world = World()
    path = write_config(tmp_path, {"same": ["logs"], "changed": ["logs"], "gone": ["logs"]})
    async with running(world, path) as made:
        await until(lambda: not made.daemon.not_ready())
        world.looks.clear()
        write_config(tmp_path, {"new": ["logs"], "same": ["logs"], "changed": ["logs", "audit"]})
        await made.daemon.reload()
        assert made.daemon.not_ready()
        await until(lambda: not made.daemon.not_ready() and state(made.daemon, "changed", "audit") is Status.OK)
        assert sorted(name for name, _ in world.looks) == ["changed", "new"]
        assert list(made.daemon.board.snapshot().clusters) == ["new", "same", "changed"]
        assert b'"gone"' not in made.daemon.own.render()[1]


async def test_a_reload_of_other_rules_looks_at_everything_again(tmp_path: Path) -> None:
    """Severities, limits and timeouts concern every cluster."""
    world = World(broken={"logs"})
    path = write_config(tmp_path, {"eu": ["logs"]})
    async with running(world, path) as made:
        await until(lambda: state(made.daemon) is Status.FAIL)
        write_config(tmp_path, {"eu": ["logs"]}, checks={"severity": {"network/dns-nxdomain": "warning"}})
        await made.daemon.reload()
        await until(lambda: state(made.daemon) is not Status.FAIL)


async def test_a_choice_that_leaves_no_check_is_refused(tmp_path: Path) -> None:
    """A failing remote is not turned to ok by a reload that asks nothing: the old plan goes on."""
    path = write_config(tmp_path, {"eu": ["logs"]})
    async with running(World(broken={"logs"}), path) as made:
        await until(lambda: state(made.daemon) is Status.FAIL)
        write_config(tmp_path, {"eu": ["logs"]}, checks={"skip": ["*"]})
        with pytest.raises(ConfigError, match="no check is left"):
            await made.daemon.reload()
        assert state(made.daemon) is Status.FAIL
    write_config(tmp_path, {"eu": ["logs"]}, checks={"skip": ["*"]})
    with pytest.raises(ConfigError, match="no check is left"):
        async with running(World(), path):
            pass


async def test_a_bad_configuration_is_refused_and_the_old_one_goes_on(tmp_path: Path, logged: io.StringIO) -> None:
    """The errors are raised, logged, counted and noted; a good file takes the note away."""
    path = write_config(tmp_path, {"eu": ["logs"]})
    good = path.read_text()
    async with running(World(), path) as made:
        await until(lambda: not made.daemon.not_ready())
        path.write_text("interval: 0s\n")
        with pytest.raises(ConfigError):
            await made.daemon.reload()
        assert made.daemon.interval == 60
        assert "refused" in made.daemon.notes[0]
        assert b"diag_config_last_reload_successful 0.0" in made.daemon.own.render()[1]
        path.write_text(good)
        await made.daemon.reload()
        assert made.daemon.notes == ()
        assert b"diag_config_last_reload_successful 1.0" in made.daemon.own.render()[1]
    assert events(logged, "config.refused")


async def test_an_acknowledgement_of_a_cluster_that_there_is_not_is_told(tmp_path: Path, logged: io.StringIO) -> None:
    """At the start, and again when the file is loaded anew; the daemon works with it."""
    known = {"check": "*", "cluster": "ue", "until": "2031-01-01", "note": "n"}
    path = write_config(tmp_path, {"eu": ["logs"]}, checks={"acknowledge": [known]})
    async with running(World(), path) as made:
        await made.daemon.reload()
    said = [event["problem"] for event in events(logged, "config.without_effect")]
    assert len(said) == 2
    assert all("it fits no local cluster; did you mean eu?" in one for one in said)


async def test_a_glob_that_fits_no_check_is_refused_with_the_nearest(tmp_path: Path) -> None:
    """A misspelt check would silently be left on."""
    path = write_config(tmp_path, {"eu": ["logs"]}, checks={"skip": ["network/dns-nxdomian"]})
    with pytest.raises(ConfigError, match="did you mean network/dns-nxdomain"):
        async with running(World(), path):
            pass


async def test_a_report_of_the_old_configuration_does_not_land_after_a_reload(tmp_path: Path) -> None:
    """A round that runs while its cluster is changed is given up; the board gets that of the new configuration."""
    world, gate = World(), asyncio.Event()

    async def wait(_name: str) -> None:
        if len(world.looks) == 1:
            await gate.wait()

    world.before = wait
    path = write_config(tmp_path, {"eu": ["old"]})
    async with running(world, path) as made:
        await until(lambda: len(world.looks) == 1)
        write_config(tmp_path, {"eu": ["new"]})
        await made.daemon.reload()
        gate.set()
        await until(lambda: state(made.daemon, "eu", "new") is Status.OK)
        assert state(made.daemon, "eu", "old") is None


async def test_a_probe_looks_at_one_remote_and_leaves_the_board_alone(tmp_path: Path) -> None:
    """Asked for one remote, one is looked at, now."""
    world = World()
    async with running(world, write_config(tmp_path, {"eu": ["logs", "audit"]})) as made:
        await until(lambda: not made.daemon.not_ready())
        generation = made.daemon.board.snapshot().generation
        world.broken.add("audit")
        probed = await made.daemon.probe("eu", "audit")
        assert [(one.alias, one.status) for one in probed.report.remotes] == [("audit", Status.FAIL)]
        assert world.looks[-1] == ("eu", ("audit",))
        assert made.daemon.board.snapshot().generation == generation


async def test_probes_of_one_remote_at_one_time_are_one(tmp_path: Path) -> None:
    """Who asks while it runs gets the same answer, also when the first one has gone away."""
    world, gate = World(), asyncio.Event()
    async with running(world, write_config(tmp_path, {"eu": ["logs"]})) as made:
        await until(lambda: not made.daemon.not_ready())
        world.looks.clear()

        async def wait(_name: str) -> None:
            await gate.wait()

        world.before = wait
        asked = [asyncio.create_task(made.daemon.probe("eu", "logs")) for _ in range(20)]
        await until(lambda: bool(world.looks))
        asked[0].cancel()
        gate.set()
        answers = await asyncio.gather(*asked[1:])
        assert len({id(answer) for answer in answers}) == 1
        assert len(world.looks) == 1


async def test_only_so_many_probes_run_at_a_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Further ones wait, and too many are turned away."""
    monkeypatch.setattr("diag.daemon.probes.MAX_WAITING", 12)
    world, gate = World(), asyncio.Event()
    aliases = [f"r{number}" for number in range(14)]
    async with running(world, write_config(tmp_path, {"eu": aliases})) as made:
        await until(lambda: not made.daemon.not_ready())
        world.most_running = 0

        async def wait(_name: str) -> None:
            await gate.wait()

        world.before = wait
        asked = [asyncio.create_task(made.daemon.probe("eu", alias)) for alias in aliases]
        await until(lambda: world.running == MAX_RUNNING)
        gate.set()
        answers = await asyncio.gather(*asked, return_exceptions=True)
        assert sum(isinstance(answer, BusyError) for answer in answers) == 2
        assert world.most_running == MAX_RUNNING


async def test_a_probe_of_an_unknown_name_names_the_nearest(tmp_path: Path) -> None:
    """Only what is configured is probed: nobody can point the daemon at an address."""
    world = World()
    async with running(world, write_config(tmp_path, {"eu": ["logs"]})) as made:
        await until(lambda: not made.daemon.not_ready())
        world.looks.clear()
        for cluster, remote, words in (("eu", "log", "logs"), ("ue", "logs", "eu"), ("", "", "expected cluster=NAME")):
            with pytest.raises(UnknownNameError, match=words):
                await made.daemon.probe(cluster, remote)
        assert world.looks == []


async def test_a_probe_that_crashes_says_so_without_secrets(tmp_path: Path) -> None:
    """The text of a fault of ours is masked for the client too."""
    world = World()
    async with running(world, write_config(tmp_path, {"eu": ["logs"]})) as made:
        await until(lambda: not made.daemon.not_ready())
        world.crash = RuntimeError(f"oh {SECRET}")
        with pytest.raises(ProbeFailedError, match=r"oh \*\*\*"):
            await made.daemon.probe("eu", "logs")


async def test_stopping_lets_a_round_finish_and_accepts_nothing_more(tmp_path: Path, logged: io.StringIO) -> None:
    """The round in flight ends well; meanwhile a new connection is refused."""
    world, gate = World(), asyncio.Event()

    async def wait(_name: str) -> None:
        await gate.wait()

    world.before = wait
    loop = asyncio.get_running_loop()
    refused: list[bool] = []

    async def look_in(url: str) -> None:
        await asyncio.sleep(0.1)
        host, port = url.removeprefix("http://").rsplit(":", 1)
        try:
            await asyncio.open_connection(host, int(port))
        except ConnectionRefusedError:
            refused.append(True)
        gate.set()

    async with running(world, write_config(tmp_path, {"eu": ["logs"]})) as made:
        await until(lambda: bool(world.looks))
        looking = loop.create_task(look_in(made.url))
    await looking
    assert refused == [True]
    assert len(events(logged, "round.finished")) == 1


async def test_a_port_in_use_and_a_bad_address_are_told_apart(tmp_path: Path) -> None:
    """One line each; the exit code says whose fault it is."""
    async with running(World(), write_config(tmp_path, {"eu": ["logs"]})) as made:
        port = httpx.URL(made.url).port
        for listen, code, words in (
            (f"127.0.0.1:{port}", 1, "in use"),
            ("192.0.2.1:9643", 2, "no such address"),
            ("no-such-name.invalid:9643", 2, "no address"),
        ):
            path = write_config(tmp_path, {"eu": ["logs"]}, daemon={"listen": listen})
            with pytest.raises(StartError, match=words) as caught:
                async with running(World(), path):
                    pass
            assert caught.value.exit_code == code
            assert "\n" not in str(caught.value)


async def test_a_round_that_went_down_with_its_process_is_repeated(
    tmp_path: Path, logged: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    """That says nothing of the cluster: what is shown stays. Lost again, nobody knows how the cluster is."""
    world = World()
    lost = RoundFailure(kind="WorkerLost", detail="it was killed by SIGKILL", took=0.1, lost=True)
    losing: list[RoundFailure] = []
    whole = WorkerPool.run

    async def run(pool: WorkerPool, *order: Any, **more: Any) -> Done:
        return losing.pop() if losing else await whole(pool, *order, **more)

    monkeypatch.setattr(WorkerPool, "run", run)
    async with running(world, write_config(tmp_path, {"eu": ["logs"]}, interval="1h")) as made:
        await until(lambda: not made.daemon.not_ready())
        losing.append(lost)
        with pytest.raises(ProbeFailedError, match="SIGKILL"):
            await made.daemon.run("eu")
        assert state(made.daemon) is Status.OK
        looked = len(world.looks)
        await until(lambda: len(world.looks) > looked)
        assert [event["because"] for event in events(logged, "round.lost")] == ["it was killed by SIGKILL"]
        assert not events(logged, "round.failed")
        losing += [lost] * 3  # It is repeated twice.
        with pytest.raises(ProbeFailedError):
            await made.daemon.run("eu")
        await until(lambda: state(made.daemon) is Status.UNKNOWN)
        assert len(events(logged, "round.failed")) == 1


async def test_a_cluster_that_ends_its_processes_is_unknown(
    tmp_path: Path, logged: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the reason, counted, and not repeated in a hurry; the others are as before. Once a round of it ends well it is as it is."""
    because = "3 times in a row, the process that looked at it died (was killed by SIGSEGV), and so it is left alone"
    whole = WorkerPool.run
    sick = {"eu"}

    async def run(made: WorkerPool, plan: Plan, cluster: ClusterConfig, *order: Any, **more: Any) -> Done:
        if cluster.name in sick:
            return RoundFailure(kind="Quarantined", detail=because, took=0.0, quarantined=True)
        return await whole(made, plan, cluster, *order, **more)

    monkeypatch.setattr(WorkerPool, "run", run)
    async with running(World(), write_config(tmp_path, {"eu": ["logs"], "us": ["audit"]}, interval="1h")) as made:
        await until(lambda: not made.daemon.not_ready())
        report = {name: one.report for name, one in made.daemon.board.snapshot().clusters.items()}
        assert (report["eu"].status, report["us"].status) == (Status.UNKNOWN, Status.OK)
        assert made.daemon.board.snapshot().clusters["eu"].round.failure == because
        with pytest.raises(ProbeFailedError, match="left alone"):
            await made.daemon.run("eu")
        text = made.daemon.own.render()[1].decode()
        assert 'diag_rounds_total{cluster="eu",result="quarantined"} 2.0' in text
        assert 'diag_rounds_total{cluster="us",result="quarantined"} 0.0' in text
        assert not events(logged, "round.failed")
        assert [event["cluster"] for event in events(logged, "round.quarantined")] == ["eu"], "once, for two rounds"
        sick.clear()
        await made.daemon.run("eu")
        assert made.daemon.board.snapshot().clusters["eu"].report.status is Status.OK
