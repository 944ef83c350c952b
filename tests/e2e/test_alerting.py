"""Each alert fires for its fault and for nothing else, is one notification, and says cause and fix: real Prometheus, real Alertmanager."""

from __future__ import annotations

import asyncio
import dataclasses
import urllib.request
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml

from diag.config import ConfigError
from diag.daemon import process, running_daemon
from diag.engine import BrokenPack, load_catalogue
from diag.lab.clusters import running_lab
from diag.lab.scenarios import SCENARIOS, Scenario
from diag.model import Status
from tests.diag.daemon.world import write_config
from tests.e2e.alert_world import FAULTS, STUCK, World
from tests.e2e.alerting import GRAFANA, rules_in_a_hurry, watching
from tests.e2e.conftest import free_port

PAGES = "https://diag.example/behind a"


def text_of(alert: dict[str, Any]) -> str:
    """Everything that whoever is called reads."""
    return "\n".join(alert["annotations"].values())


async def test_each_fault_is_one_notification(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nineteen clusters with one fault each, an instance with every trouble of its own, and one that is not there."""
    broken = dataclasses.replace(
        load_catalogue(), broken=(BrokenPack(name="house", error="No module named house_rules"),)
    )
    folders = [tmp_path / name for name in ("fleet", "sick")]
    for folder in folders:
        folder.mkdir()
    config = write_config(
        folders[0],
        {name: ["logs"] for name in FAULTS},
        interval="5s",
        daemon={"listen": "127.0.0.1:0", "url": PAGES.replace(" ", "-")},
    )
    sick = write_config(folders[1], {STUCK: ["logs"], "fine": ["logs"]}, interval="5s")
    async with running_daemon(config, open_collector=World().open) as fleet:
        with monkeypatch.context() as patched:
            patched.setattr(process, "load_catalogue", lambda: broken)
            opened = running_daemon(sick, open_collector=World().open)
            ill = await opened.__aenter__()
        try:
            sick.write_text("clusters: [{name: fine, kidn: eck}]")
            with pytest.raises(ConfigError):
                await ill.daemon.reload()
            ports = [int(one.url.rpartition(":")[2]) for one in (fleet, ill)]
            gone = free_port()
            async with watching(tmp_path / "watch", [*ports, gone]) as watch:
                sick_at, gone_at = f"127.0.0.1:{ports[1]}", f"127.0.0.1:{gone}"
                expected = Counter(
                    {(alert, cluster, fault.severity): 1 for cluster, fault in FAULTS.items() for alert in fault.alerts}
                ) + Counter(
                    {
                        ("DiagRoundsLate", STUCK, "warning"): 1,
                        ("DiagConfigRefused", sick_at, "warning"): 1,
                        ("DiagCheckPackBroken", sick_at, "warning"): 1,
                        ("DiagDown", gone_at, "critical"): 1,
                    }
                )
                assert {alert for alert, _, _ in expected} == {
                    rule["alert"]
                    for group in yaml.safe_load((GRAFANA / "alerts.yml").read_text())["groups"]
                    for rule in group["rules"]
                    if "alert" in rule
                }

                def heard() -> Counter[tuple[str, str, str]]:
                    labels = [alert["labels"] for alert in watch.notified()]
                    return Counter(
                        (one["alertname"], one.get("cluster", one["instance"]), one["severity"]) for one in labels
                    )

                await watch.until(lambda: expected <= heard(), lambda: (expected - heard(), heard() - expected))
                # What would be too much comes within the longest time that an alert waits.
                await watch.evaluated(10)
                assert heard() == expected
                for alert in watch.notified():
                    fault = FAULTS.get(alert["labels"].get("cluster", ""))
                    for word in fault.says if fault else ():
                        assert word in text_of(alert), alert
                by_name = {alert["labels"]["alertname"]: text_of(alert) for alert in watch.notified()}
                assert "kidn" in by_name["DiagConfigRefused"]
                assert "house: No module named house_rules" in by_name["DiagCheckPackBroken"]
                # What only follows fires too, and nobody is called for it.
                silenced = {(a["labels"]["alertname"], a["labels"].get("cluster")) for a in await watch.alerts()}
                assert {
                    ("FollowerIndexNotReading", "cut off"),
                    ("RemoteClusterUnknown", "blind"),
                    ("RemoteClusterUnknown", STUCK),
                } <= silenced
                (cut,) = (a for a in watch.notified() if a["labels"].get("cluster") == "cut off")
                assert cut["annotations"]["page"] == "https://diag.example/behind-a/remote/cut%20off/logs"
                assert cut["annotations"]["runbook_url"] == "https://diag.example/behind-a/checks/network/tcp-refused"
        finally:
            await opened.__aexit__(None, None, None)


def status(url: str) -> int:
    """How a page answers."""
    with urllib.request.urlopen(url, timeout=30) as answer:  # noqa: S310 -- an address of this test.
        return int(answer.status)


async def test_the_lab_alerts_for_what_is_broken(tmp_path: Path) -> None:
    """Each broken remote of the lab is in the notification of its cluster, with its causes in order and links that answer; a healthy one is not."""
    names = {Status.FAIL: "RemoteClusterFailing", Status.WARN: "RemoteClusterWarning"}
    expected = {(names[one.status], one.alias) for one in SCENARIOS if one.status in names}
    async with (
        running_lab(tmp_path / "lab", interval="5s") as lab,
        running_daemon(lab.config, listen=("127.0.0.1", 0)) as one,
        watching(tmp_path / "watch", [int(one.url.rpartition(":")[2])]) as watch,
    ):

        def heard() -> set[tuple[str, str]]:
            return {(a["labels"]["alertname"], a["labels"].get("remote", "")) for a in watch.notified()}

        await watch.until(lambda: expected <= heard(), lambda: expected ^ heard())
        await watch.evaluated(10)
        assert heard() == expected
        groups = {one["groupKey"] for one in watch.receiver.notifications}
        assert len(groups) == len(names), groups
        said = {alert["labels"]["remote"]: alert["annotations"] for alert in watch.notified()}
        for scenario in SCENARIOS:
            if scenario.status in names:
                causes_are_in_order(said[scenario.alias], scenario)
                for link in ("page", "runbook_url"):
                    assert await asyncio.to_thread(status, said[scenario.alias][link]) == 200


def causes_are_in_order(said: dict[str, str], scenario: Scenario) -> None:
    """The first cause that is named is the first one of the lab's truth, the others are of it, and each has its fix."""
    lines = said["description"].splitlines()
    causes = [line.split(" ")[1] for line in lines if not line.startswith("Fix: ")]
    assert causes[0] == scenario.root_cause[0], said
    assert set(scenario.root_cause) <= set(causes) <= {*scenario.root_cause, *scenario.also}, said
    assert [line[:3] for line in lines[::2]] == [f"{place}. " for place in range(1, len(causes) + 1)]
    assert all(line.removeprefix("Fix: ") for line in lines[1::2])
    assert said["action"] == lines[1].removeprefix("Fix: ")
    assert said["runbook_url"].endswith(f"/checks/{causes[0]}")


def test_only_times_are_shortened() -> None:
    """What the tests run is what is shipped, word for word but for the times."""
    shipped, run = (GRAFANA / "alerts.yml").read_text().splitlines(), rules_in_a_hurry().splitlines()
    changed = [old.split(":")[0].strip() for old, new in zip(shipped, run, strict=True) if old != new]
    assert set(changed) == {
        "for",
        "keep_firing_for",
        "interval",
        "time() - diag_round_last_finished_timestamp_seconds > 60 + 3 * diag_round_interval_seconds",
    }
