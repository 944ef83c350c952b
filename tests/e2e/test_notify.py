"""The daemon tells a real Alertmanager, without a Prometheus: the alert arrives, and ends when the remote is well."""

from __future__ import annotations

import asyncio
import subprocess
from pathlib import Path
from typing import Any

from diag.daemon import running_daemon
from tests.diag.daemon.world import World, write_config
from tests.e2e.alerting import Receiver, notifying_in_a_hurry
from tests.e2e.conftest import fetched, free_ports, program, running, wait_until_ready
from tests.patience import until


async def test_an_alert_arrives_and_ends(tmp_path: Path) -> None:
    """With the configuration that is shipped: what follows from the cluster is silenced as the rules' alerts are."""
    alertmanager, receiver = free_ports(2)
    told, world = Receiver(receiver), World(broken={"logs"})
    (tmp_path / "alertmanager.yml").write_text(notifying_in_a_hurry(receiver))
    notify = {"alertmanager": [{"url": f"http://127.0.0.1:{alertmanager}", "wait": "1s"}]}
    daemon = {"listen": "127.0.0.1:0", "url": "https://diag.example", "notify": notify}
    config = write_config(tmp_path, {"eu": ["logs", "shop"]}, daemon=daemon)

    def active() -> list[dict[str, Any]]:
        return list(fetched(f"http://127.0.0.1:{alertmanager}/api/v2/alerts"))

    def notified(status: str) -> list[dict[str, Any]]:
        return [alert for one in told.notifications for alert in one["alerts"] if alert["status"] == status]

    with (
        told.listening(),
        running(
            program("prometheus-alertmanager"),
            f"--config.file={tmp_path / 'alertmanager.yml'}",
            f"--storage.path={tmp_path / 'alertmanager'}",
            f"--web.listen-address=127.0.0.1:{alertmanager}",
            "--cluster.listen-address=",
            log=tmp_path / "alertmanager.log",
            stdin=subprocess.DEVNULL,
        ),
    ):
        await asyncio.to_thread(wait_until_ready, alertmanager)
        async with running_daemon(config, open_collector=world.open) as made:
            await asyncio.to_thread(until, lambda: notified("firing"), what="an alert that fires")
            (alert,) = await asyncio.to_thread(active)
            labels = {"alertname": "RemoteClusterFailing", "cluster": "eu", "remote": "logs", "severity": "critical"}
            assert alert["labels"] == labels
            assert alert["annotations"]["runbook_url"] == "https://diag.example/checks/network/dns-nxdomain"
            assert alert["annotations"]["page"] == "https://diag.example/remote/eu/logs"
            assert "\nFix: " in alert["annotations"]["description"]
            world.broken.clear()
            await made.daemon.run("eu")
            await asyncio.to_thread(until, active, lambda alerts: not alerts and notified("resolved"), what="no alert")
    assert {one["labels"]["remote"] for one in (*notified("firing"), *notified("resolved"))} == {"logs"}
