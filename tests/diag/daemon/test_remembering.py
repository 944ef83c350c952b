"""The daemon and its past: it goes on where the one before it ended, holds no secret, and says what is wrong with the file."""

from __future__ import annotations

import asyncio
import dataclasses
from datetime import datetime
from pathlib import Path

import httpx

from diag.config import ClusterConfig
from diag.daemon import running_daemon, service
from diag.history import EventKind, History
from diag.model import ClusterEvidence, LocalView, Registration, Status
from diag.redact import Redactor
from tests.diag.daemon.world import SECRET, World, until, write_config


def config_in(folder: Path, path: str = "history.sqlite") -> Path:
    """A configuration with a file for the past."""
    return write_config(folder, {"eu": ["logs"]}, daemon={"listen": "127.0.0.1:0", "history": {"path": path}})


async def test_a_second_process_goes_on_where_the_first_one_ended(tmp_path: Path) -> None:
    """It knows since when, what changed, and that what it finds now is news or none."""
    config, world = config_in(tmp_path), World(broken={"logs"})
    async with running_daemon(config, open_collector=world.open) as made:
        await until(lambda: not made.daemon.not_ready())
        since = made.daemon.history.since("eu", "logs")
        first = made.daemon.history.events()
    async with running_daemon(config, open_collector=world.open) as made:
        await until(lambda: not made.daemon.not_ready())
        assert made.daemon.history.since("eu", "logs") == since
        assert made.daemon.history.events() == first
    world.broken.clear()
    async with running_daemon(config, open_collector=world.open) as made:
        await until(lambda: not made.daemon.not_ready())
        statuses = made.daemon.history.events(remote="logs", kinds={EventKind.STATUS})
        assert [(one.before, one.after) for one in statuses] == [("fail", "ok")]


async def test_the_first_round_after_a_restart_that_fails_removes_nothing(tmp_path: Path) -> None:
    """A remote that the cluster itself had named is not gone because nobody could ask: it is unknown."""
    config, world = config_in(tmp_path), World()
    async with running_daemon(config, open_collector=world.open) as made:
        await until(lambda: not made.daemon.not_ready())
    world.crash = RuntimeError("a bug")
    write_config(tmp_path, {"eu": []}, daemon={"listen": "127.0.0.1:0", "history": {"path": "history.sqlite"}})
    async with running_daemon(config, open_collector=world.open) as made:
        await until(lambda: not made.daemon.not_ready())
        (last, *_) = made.daemon.history.latest("eu", "logs", 1)
        assert (last.kind, last.before, last.after) == (EventKind.STATUS, Status.OK, Status.UNKNOWN)


async def test_a_cluster_that_is_not_found_yet_is_not_gone(tmp_path: Path) -> None:
    """After a restart sources are looked at anew, and one of them may be broken: only when all were read is what none names gone."""
    names, world = tmp_path / "sd.json", World()
    good = '[{"targets": ["a:9200"]}]'
    names.write_text(good)
    config = write_config(
        tmp_path,
        {"eu": ["logs"]},
        daemon={"listen": "127.0.0.1:0", "history": {"path": "history.sqlite"}},
        discover=[{"name": "files", "file_sd": {"files": ["sd.json"], "refresh": "1s"}}],
    )

    def gone(history: History) -> set[str]:
        return {one.cluster for one in history.events(kinds={EventKind.GONE})}

    async with running_daemon(config, open_collector=world.open) as made:
        await until(lambda: made.daemon.history.since("a:9200", "") is not None)
    names.write_text("broken: [")
    async with running_daemon(config, open_collector=world.open) as made:
        await until(lambda: bool(made.daemon.notes) and len(world.looks) > 2)
        await asyncio.sleep(3 * service.WATCH_EVERY)
        assert gone(made.daemon.history) == set()
        names.write_text("[]")
        await until(lambda: gone(made.daemon.history) == {"a:9200"})


async def test_a_file_that_can_not_be_used_is_no_reason_not_to_run(tmp_path: Path) -> None:
    """Rounds go on; the page, the notes and the metrics say it."""
    async with running_daemon(config_in(tmp_path, "nowhere/history.sqlite"), open_collector=World().open) as made:
        await until(lambda: not made.daemon.not_ready())
        assert made.daemon.history.since("eu", "logs") is not None
        wanted = f"The history is not written to {tmp_path}/nowhere/history.sqlite: the folder {tmp_path}/nowhere does not exist."
        assert wanted in made.daemon.notes
        async with httpx.AsyncClient(base_url=made.url) as client:
            assert "the folder" in (await client.get("/")).text
            text = ""
            while "diag_history_available 0.0\n" not in text:
                text = (await client.get("/metrics")).text
    assert "diag_history_failures_total" in text


async def test_the_metrics_of_a_file_that_is_used(tmp_path: Path) -> None:
    """Available, with what it holds; without a file there is no such series."""
    async with running_daemon(config_in(tmp_path), open_collector=World().open) as made:
        await until(lambda: not made.daemon.not_ready())
        text = ""
        async with httpx.AsyncClient(base_url=made.url) as client:
            while "diag_history_events 2.0\n" not in text:
                text = (await client.get("/metrics")).text
    assert "diag_history_available 1.0\n" in text
    async with (
        running_daemon(write_config(tmp_path, {"eu": ["logs"]}), open_collector=World().open) as made,
        httpx.AsyncClient(base_url=made.url) as client,
    ):
        assert "diag_history" not in (await client.get("/metrics")).text


class Echoing(World):
    """A cluster whose settings and certificates hold the very key that diag logs in with; masked as the real gathering masks it."""

    def _evidence(self, cluster: ClusterConfig, now: datetime, remotes: tuple[str, ...]) -> ClusterEvidence:
        seen = super()._evidence(cluster, now, remotes)
        values = (("proxy_address", f"{SECRET}.example:{len(self.looks)}"),)
        echo = tuple(
            dataclasses.replace(one, belief=LocalView(registration=Registration(alias=one.remote.alias, values=values)))
            for one in seen.remotes
        )
        return Redactor([SECRET]).evidence(dataclasses.replace(seen, remotes=echo))


async def test_no_secret_is_in_the_file(tmp_path: Path) -> None:
    """Not in an event, not in what is known: the bytes of the file and its log are searched."""
    config, world = config_in(tmp_path), Echoing()
    for _ in range(2):
        async with running_daemon(config, open_collector=world.open) as made:
            await until(lambda: not made.daemon.not_ready())
            changed = made.daemon.history.events(kinds={EventKind.SETTING})
    assert [(one.before, one.after) for one in changed] == [("***.example:1", "***.example:2")]
    assert not [path for path in tmp_path.glob("history.sqlite*") if SECRET.encode() in path.read_bytes()]  # noqa: ASYNC240 -- small files.
