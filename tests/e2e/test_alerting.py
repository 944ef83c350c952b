"""Each alert fires for its fault and for nothing else, is one notification, and says cause and fix: real Prometheus, real Alertmanager."""

from __future__ import annotations

import asyncio
import contextlib
import urllib.request
from collections import Counter
from pathlib import Path
from typing import Any

import yaml

from diag.daemon import running_daemon
from diag.lab.clusters import running_lab
from diag.lab.scenarios import SCENARIOS, Scenario
from diag.model import Status
from tests.e2e.alert_world import FAULTS, STUCK, troubled
from tests.e2e.alerting import GRAFANA, rules_in_a_hurry, watching
from tests.e2e.conftest import free_port
from tests.patience import PATIENCE, unhurry, until_async

PAGES = "https://diag.example/behind"


def text_of(alert: dict[str, Any]) -> str:
    """Everything that whoever is called reads."""
    return "\n".join(alert["annotations"].values())


async def test_each_fault_is_one_notification(tmp_path: Path) -> None:
    """Clusters with one fault each and some with none, an instance with every trouble of its own, and one that is not there."""
    gone = free_port()
    async with (
        troubled(tmp_path, PAGES) as daemons,
        watching(tmp_path / "watch", [daemons.fleet, daemons.sick, gone]) as watch,
    ):
        expected = expected_alerts(f"127.0.0.1:{daemons.sick}", f"127.0.0.1:{gone}")

        def heard() -> Counter[tuple[str, str, str]]:
            labels = [alert["labels"] for alert in watch.notified()]
            return Counter((one["alertname"], one.get("cluster", one["instance"]), one["severity"]) for one in labels)

        await until_async(lambda: expected <= heard(), what=lambda: (expected - heard(), heard() - expected))
        # What would be too much comes within the longest time that an alert waits.
        await watch.evaluated(10)
        assert heard() == expected
        # What only follows fires too, and nobody is called for it.
        fires = {(a["labels"]["alertname"], a["labels"].get("cluster")) for a in await watch.alerts()}
        follows = {
            ("FollowerIndexNotReading", "cut off"),
            ("RemoteClusterUnknown", "blind"),
            ("RemoteClusterUnknown", STUCK),
        }
        assert follows <= fires
        texts_name_cause_and_fix(watch.notified())


def expected_alerts(sick: str, gone: str) -> Counter[tuple[str, str, str]]:
    """Each alert, of which cluster or instance, and how severe: each once, and every alert that is shipped among them."""
    own = {
        ("DiagConfigRefused", sick, "warning"),
        ("DiagCheckPackBroken", sick, "warning"),
        ("DiagDown", gone, "critical"),
    }
    own |= {("DiagDiscoveryFailing", sick, "warning"), ("DiagNotificationsFailing", sick, "warning")}
    own |= {("DiagVantagePointAway", sick, "warning")}
    own |= {("DiagRoundsLate", STUCK, "warning"), ("DiagHistoryUnavailable", sick, "warning")}
    of_clusters = {(alert, name, fault.severity) for name, fault in FAULTS.items() for alert in fault.alerts}
    groups = yaml.safe_load((GRAFANA / "alerts.yml").read_text())["groups"]
    shipped = {rule["alert"] for group in groups for rule in group["rules"] if "alert" in rule}
    assert {alert for alert, _, _ in own | of_clusters} == shipped
    return Counter(dict.fromkeys(own | of_clusters, 1))


def texts_name_cause_and_fix(notified: list[dict[str, Any]]) -> None:
    """Whoever is called need not log in anywhere to learn what to do."""
    for alert in notified:
        fault = FAULTS.get(alert["labels"].get("cluster", ""))
        for word in fault.says if fault else ():
            assert word in text_of(alert), alert
    by_name = {alert["labels"]["alertname"]: text_of(alert) for alert in notified}
    assert "kidn" in by_name["DiagConfigRefused"]
    assert "house: No module named house_rules" in by_name["DiagCheckPackBroken"]
    (cut,) = (a for a in notified if a["labels"].get("cluster") == "cut off")
    assert cut["annotations"]["page"] == f"{PAGES}/remote/cut%20off/logs"
    assert cut["annotations"]["runbook_url"] == f"{PAGES}/checks/network/tcp-refused"


def status(url: str) -> int:
    """How a page answers."""
    with urllib.request.urlopen(url, timeout=PATIENCE) as answer:  # noqa: S310 -- an address of this test.
        return int(answer.status)


async def test_the_lab_alerts_for_what_is_broken(tmp_path: Path) -> None:
    """Each broken remote of the lab is in the notification of its cluster, with its causes in order and links that answer; a healthy one is not."""
    names = {Status.FAIL: "RemoteClusterFailing", Status.WARN: "RemoteClusterWarning"}
    expected = {(names[one.status], one.alias) for one in SCENARIOS if one.status in names}
    async with contextlib.AsyncExitStack() as stack:
        lab = await stack.enter_async_context(running_lab(tmp_path / "lab", interval="60s"))
        # Some of its remotes are silent, and are waited for as long as a handshake may take.
        unhurry(lab.config, handshake="10s")
        one = await stack.enter_async_context(running_daemon(lab.config, listen=("127.0.0.1", 0)))
        targets = [int(one.url.rpartition(":")[2])]
        watch = await stack.enter_async_context(watching(tmp_path / "watch", targets))

        def heard() -> set[tuple[str, str]]:
            return {(a["labels"]["alertname"], a["labels"].get("remote", "")) for a in watch.notified()}

        await until_async(lambda: expected <= heard(), what=lambda: expected ^ heard())
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
