"""The daemon tells its receivers: in order, until it arrived, once, signed, and nothing of what somebody knows about."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx
import pytest
import structlog

from diag.daemon import running_daemon
from diag.notify import receivers
from tests.diag.daemon.world import World, until, write_config
from tests.diag.notify.receiving import Receiver

SECRET = "planted-signing-secret"
PATH = "/T0/planted-path"
PASSWORD = "planted-password"


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """No second of waiting between attempts."""
    monkeypatch.setattr(receivers, "_FIRST_PAUSE", 0.02)


@pytest.fixture
def receiver() -> Receiver:
    """A receiver with a port of its own, which does not listen yet."""
    made = Receiver()
    with made.listening():
        pass
    return made


def config_with(
    folder: Path, receiver: Receiver, aliases: tuple[str, ...] = ("logs",), *, kind: str = "webhooks", **more: object
) -> Path:
    """A configuration with one receiver, and a file for the past."""
    (folder / "hook.secret").write_text(SECRET + "\n")
    (folder / "password").write_text(PASSWORD)
    if kind == "webhooks":
        told: dict[str, Any] = {"url": receiver.url + PATH, "secret": {"file": "hook.secret"}}
    else:
        login = {"username": "diag", "password": {"file": "password"}}
        told = {"url": receiver.url, "wait": "1s", "auth": login}
    daemon = {
        "listen": "127.0.0.1:0",
        "url": "https://diag.example/behind/",
        "history": {"path": "history.sqlite"},
        "notify": {kind: [told]},
    }
    return write_config(folder, {"eu": list(aliases)}, daemon=daemon, **more)


async def test_a_change_arrives_signed_with_cause_fix_and_links(tmp_path: Path, receiver: Receiver) -> None:
    """Whoever gets it can verify it, and knows what is wrong, why, what to do and where to look."""
    world = World(broken={"logs"})
    with receiver.listening():
        async with running_daemon(config_with(tmp_path, receiver), open_collector=world.open) as made:
            await until(lambda: len(receiver.taken) == 1)
            world.broken.clear()
            await made.daemon.run("eu")
            await until(lambda: len(receiver.taken) == 2)
    broke, mended = receiver.taken
    assert (broke["cluster"], broke["remote"], broke["before"], broke["after"]) == ("eu", "logs", "", "fail")
    assert (mended["before"], mended["after"], mended["root_causes"]) == ("fail", "ok", [])
    (cause,) = broke["root_causes"]
    assert cause["check"] == "network/dns-nxdomain"
    assert cause["summary"] in broke["summary"]
    assert cause["fix"]
    assert broke["page"] == "https://diag.example/behind/remote/eu/logs"
    assert broke["runbook_url"] == "https://diag.example/behind/checks/network/dns-nxdomain"
    for one in receiver.posted:
        assert one.path == PATH
        assert one.is_signed_with(SECRET.encode())
        assert not one.is_signed_with(b"another")
        assert one.headers["x-diag-id"] == one.json["id"]


async def test_what_does_not_arrive_is_tried_again_in_order(tmp_path: Path, receiver: Receiver) -> None:
    """A connection that is refused, errors of the receiver, and a redirect, which is not followed."""
    world = World(broken={"logs"})
    async with running_daemon(config_with(tmp_path, receiver), open_collector=world.open) as made:
        failed = f'diag_notifications_total{{receiver="127.0.0.1:{receiver.port}",result="failed"}}'
        await until(lambda: value(made.daemon.own.render()[1], failed) >= 2)
        world.broken.clear()
        await made.daemon.run("eu")
        receiver.answers += [500, 503, 429, 307]
        with receiver.listening():
            # What arrived is counted a moment after the receiver has it.
            await until(lambda: value(made.daemon.own.render()[1], failed.replace("failed", "sent")) >= 2)
        text = made.daemon.own.render()[1]
    assert [one.answered for one in receiver.posted] == [500, 503, 429, 307, 200, 200]
    assert [one["after"] for one in receiver.taken] == ["fail", "ok"]
    assert len({one.json["id"] for one in receiver.posted[:5]}) == 1
    assert {one.path for one in receiver.posted} == {PATH}
    assert value(text, failed.replace("failed", "sent")) == 2
    assert value(text, f'diag_notify_last_success_timestamp_seconds{{receiver="127.0.0.1:{receiver.port}"}}') > 0


async def test_what_is_refused_does_not_hold_up_the_others(tmp_path: Path, receiver: Receiver) -> None:
    """A receiver that will never take a message is not asked for ever."""
    world = World(broken={"logs"})
    receiver.answers.append(422)
    with receiver.listening():
        async with running_daemon(config_with(tmp_path, receiver), open_collector=world.open) as made:
            await until(lambda: len(receiver.posted) == 1)
            world.broken.clear()
            await made.daemon.run("eu")
            await until(lambda: len(receiver.taken) == 1)
            refused = f'diag_notifications_total{{receiver="127.0.0.1:{receiver.port}",result="refused"}}'
            assert value(made.daemon.own.render()[1], refused) == 1
    assert receiver.taken[0]["after"] == "ok"


async def test_a_restart_tells_nothing_twice_and_forgets_nothing(tmp_path: Path, receiver: Receiver) -> None:
    """What had arrived does not come again; what had not comes from the process after it."""
    config, world = config_with(tmp_path, receiver, ("logs", "shop")), World(broken={"logs"})
    with receiver.listening():
        async with running_daemon(config, open_collector=world.open):
            await until(lambda: len(receiver.taken) == 1)
    world.broken.add("shop")
    async with running_daemon(config, open_collector=world.open) as made:  # Nobody listens.
        await until(lambda: not made.daemon.not_ready())
    with receiver.listening():
        async with running_daemon(config, open_collector=world.open) as made:
            await until(lambda: len(receiver.taken) == 2)
            world.broken.clear()
            await made.daemon.run("eu")
            await until(lambda: len(receiver.taken) == 4)
    told = [(one["remote"], one["before"], one["after"]) for one in receiver.taken]
    assert told[:2] == [("logs", "", "fail"), ("shop", "ok", "fail")]
    assert sorted(told[2:]) == [("logs", "fail", "ok"), ("shop", "fail", "ok")]
    assert [one["check"] for one in receiver.taken[1]["root_causes"]] == ["network/dns-nxdomain"]
    assert (tmp_path / "history.sqlite.notified").stat().st_mode & 0o077 == 0


async def test_a_webhook_that_never_answered_gets_what_an_earlier_process_saw(
    tmp_path: Path, receiver: Receiver
) -> None:
    """Also where it has got nothing at all yet, two processes long."""
    config, world = config_with(tmp_path, receiver), World(broken={"logs"})
    for _ in range(2):
        async with running_daemon(config, open_collector=world.open) as made:
            await until(lambda: not made.daemon.not_ready())
    with receiver.listening():
        async with running_daemon(config, open_collector=world.open):
            await until(lambda: len(receiver.taken) == 1)
    assert [(one["remote"], one["after"]) for one in receiver.taken] == [("logs", "fail")]


async def test_a_reload_changes_the_receivers(tmp_path: Path, receiver: Receiver) -> None:
    """The new one gets what happens from then on, the old one nothing more; without a change nothing comes twice."""
    other, world = Receiver(), World(broken={"logs"})
    config = config_with(tmp_path, receiver)
    with receiver.listening(), other.listening():
        async with running_daemon(config, open_collector=world.open) as made:
            await until(lambda: len(receiver.taken) == 1)
            await made.daemon.reload()
            config_with(tmp_path, other)
            await made.daemon.reload()
            world.broken.clear()
            await made.daemon.run("eu")
            await until(lambda: len(other.taken) == 1)
            await until(lambda: f'"127.0.0.1:{other.port}",result="sent"' in made.daemon.own.render()[1].decode())
            text = made.daemon.own.render()[1].decode()
    assert [one["after"] for one in receiver.taken] == ["fail"]
    assert [one["after"] for one in other.taken] == ["ok"]
    assert f'receiver="127.0.0.1:{other.port}"' in text
    assert f'receiver="127.0.0.1:{receiver.port}"' not in text


KNOWN = {
    "checks": {"acknowledge": [{"check": "*", "remote": "known", "until": "2999-01-01", "note": "known"}]},
    "maintenance": [
        {"remote": "worked-on", "from": "2020-01-01T00:00", "until": "2999-01-01T00:00", "note": "new firewall"}
    ],
}


@pytest.mark.parametrize("kind", ["webhooks", "alertmanager"])
async def test_what_somebody_knows_about_is_told_to_nobody(tmp_path: Path, receiver: Receiver, kind: str) -> None:
    """Of three broken remotes one is acknowledged and one under maintenance: the third is told, alone."""
    aliases = ("known", "worked-on", "loud")
    config, world = config_with(tmp_path, receiver, aliases, kind=kind, **KNOWN), World(broken=set(aliases))
    with receiver.listening():
        async with running_daemon(config, open_collector=world.open) as made:
            await until(lambda: bool(receiver.taken))
            await made.daemon.run("eu")
    alerts = receiver.taken if kind == "webhooks" else [one["labels"] for batch in receiver.taken for one in batch]
    assert {one["remote"] for one in alerts} == {"loud"}


async def test_an_alertmanager_is_told_what_is_broken_and_when_it_is_over(tmp_path: Path, receiver: Receiver) -> None:
    """As the rules would: the same labels and annotations; it runs out by itself where diag is gone."""
    world = World(broken={"logs"})
    config = config_with(tmp_path, receiver, kind="alertmanager")
    receiver.answers.append(503)
    with receiver.listening():
        async with running_daemon(config, open_collector=world.open) as made:
            await until(lambda: len(receiver.taken) == 1)
            world.broken.clear()
            await made.daemon.run("eu")
            await until(lambda: len(receiver.taken) == 2)
    ((firing,), (over,)) = receiver.taken
    labels = {"alertname": "RemoteClusterFailing", "cluster": "eu", "remote": "logs", "severity": "critical"}
    assert firing["labels"] == over["labels"] == labels
    said = firing["annotations"]
    first, fix = said["description"].splitlines()
    assert first.startswith("1. network/dns-nxdomain (critical): ")
    assert fix == f"Fix: {said['action']}"
    assert said["runbook_url"] == "https://diag.example/behind/checks/network/dns-nxdomain"
    assert firing["startsAt"] == over["startsAt"] < over["endsAt"] < firing["endsAt"]
    assert {one.path for one in receiver.posted} == {"/api/v2/alerts"}
    assert {one.headers["authorization"] for one in receiver.posted} == {"Basic ZGlhZzpwbGFudGVkLXBhc3N3b3Jk"}


async def test_no_secret_leaves_in_logs_metrics_or_files(tmp_path: Path, receiver: Receiver) -> None:
    """The path of a webhook can be one, too."""
    world = World(broken={"logs"})
    with structlog.testing.capture_logs() as logs, receiver.listening():
        receiver.answers += [500, 400]
        async with running_daemon(config_with(tmp_path, receiver), open_collector=world.open) as made:
            await until(lambda: len(receiver.posted) >= 2)
            async with httpx.AsyncClient(base_url=made.url, trust_env=False) as client:
                shown = [(await client.get(path)).text for path in ("/metrics", "/", "/report")]
    assert [one for one in logs if one["event"] == "notify.failed"]
    kept = [(tmp_path / "history.sqlite.notified").read_text(), *(one.body.decode() for one in receiver.posted)]
    for text in (repr(logs), *shown, *kept):
        assert SECRET not in text
        assert "planted-path" not in text


def value(text: bytes, series: str) -> float:
    """The value of a series, 0 where it is not there."""
    lines = [line for line in text.decode().splitlines() if line.startswith(series)]
    return float(lines[0].rpartition(" ")[2]) if lines else 0.0
