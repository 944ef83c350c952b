"""A Prometheus with the rules that are shipped, an Alertmanager with the example that is shipped, and somebody who is notified."""

from __future__ import annotations

import asyncio
import contextlib
import http.server
import json
import re
import subprocess
import threading
import urllib.parse
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.e2e.conftest import fetched, free_ports, program, running, wait_until_ready

GRAFANA = Path(__file__).parents[2] / "grafana"
# Only the patience of what is shipped is shortened, and its order kept. What comes together has to arrive within the wait of a group, however
# late a busy machine evaluates a rule; and a scrape may take as long as the time between two, so that is no second.
_FOR = {"2m": "1s", "5m": "1s", "10m": "4s"}
SCRAPED_EVERY = "5s"
_GROUP_WAIT = "15s"


def rules_in_a_hurry() -> str:
    """The rules, with short times."""
    text = (GRAFANA / "alerts.yml").read_text()
    text = re.sub(r"(?m)^(\s+for): (\w+)$", lambda found: f"{found[1]}: {_FOR[found[2]]}", text)
    return (
        text.replace("keep_firing_for: 5m", "keep_firing_for: 30s")
        .replace("interval: 3m", "interval: 1s")
        .replace("60 + 3 *", "3 *")
    )


def notifying_in_a_hurry(receiver: int) -> str:
    """The configuration of Alertmanager, with short times and the port of the receiver."""
    text = (GRAFANA / "alertmanager.example.yml").read_text().replace("127.0.0.1:9095", f"127.0.0.1:{receiver}")
    text = re.sub(r"group_wait: \w+", f"group_wait: {_GROUP_WAIT}", text)
    return text.replace("group_interval: 5m", "group_interval: 2s")


@dataclass
class Receiver:
    """Who is notified: every notification, as Alertmanager hands it over."""

    port: int
    notifications: list[dict[str, Any]] = field(default_factory=list)

    @contextlib.contextmanager
    def listening(self) -> Iterator[None]:
        """Listen until the block ends."""
        kept = self.notifications

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                kept.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
                self.send_response(200)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        with http.server.ThreadingHTTPServer(("127.0.0.1", self.port), Handler) as server:
            thread = threading.Thread(target=server.serve_forever, daemon=True)
            thread.start()
            try:
                yield
            finally:
                server.shutdown()
                thread.join()


@dataclass(frozen=True)
class Watch:
    """A Prometheus and the receiver of what its Alertmanager has to say."""

    prometheus: str
    receiver: Receiver

    async def query(self, expression: str) -> list[dict[str, Any]]:
        """What a query gives now."""
        query = urllib.parse.urlencode({"query": expression})
        answer = await asyncio.to_thread(fetched, f"{self.prometheus}/api/v1/query?{query}")
        return list(answer["data"]["result"])

    async def alerts(self) -> list[dict[str, Any]]:
        """Every alert of Prometheus, pending and firing."""
        answer = await asyncio.to_thread(fetched, f"{self.prometheus}/api/v1/alerts")
        return list(answer["data"]["alerts"])

    async def evaluated(self, times: int) -> None:
        """Wait until Prometheus has gone through its rules so many times more."""
        asked = 'prometheus_rule_group_iterations_total{rule_group=~".*;diag"}'

        async def count() -> float:
            rows = await self.query(asked)
            return float(rows[0]["value"][1]) if rows else 0.0

        end = await count() + times
        while await count() < end:  # noqa: ASYNC110 -- Prometheus has no event for it.
            await asyncio.sleep(0.2)

    def notified(self) -> list[dict[str, Any]]:
        """Each alert of each notification about something that fires."""
        return [
            alert
            for one in self.receiver.notifications
            if one["status"] == "firing"
            for alert in one["alerts"]
            if alert["status"] == "firing"
        ]


def write_configurations(
    folder: Path, targets: Sequence[int], prometheus: int, alertmanager: int, receiver: int
) -> None:
    """Write what the two servers read; all the others are ports."""
    folder.mkdir()
    (folder / "alerts.yml").write_text(rules_in_a_hurry())
    (folder / "alertmanager.yml").write_text(notifying_in_a_hurry(receiver))
    addresses = [f"127.0.0.1:{port}" for port in targets]
    scraped = {
        "global": {"scrape_interval": SCRAPED_EVERY, "evaluation_interval": "1s"},
        "rule_files": ["alerts.yml"],
        "alerting": {"alertmanagers": [{"static_configs": [{"targets": [f"127.0.0.1:{alertmanager}"]}]}]},
        "scrape_configs": [
            {"job_name": "diag", "static_configs": [{"targets": addresses}]},
            {"job_name": "prometheus", "static_configs": [{"targets": [f"127.0.0.1:{prometheus}"]}]},
        ],
    }
    (folder / "prometheus.yml").write_text(json.dumps(scraped))  # JSON is YAML.


@contextlib.asynccontextmanager
async def watching(folder: Path, targets: Sequence[int]) -> AsyncIterator[Watch]:
    """Watch daemons at these ports."""
    prometheus, alertmanager, receiver = free_ports(3)
    write_configurations(folder, targets, prometheus, alertmanager, receiver)
    told = Receiver(receiver)
    with (
        told.listening(),
        running(
            program("prometheus-alertmanager"),
            f"--config.file={folder / 'alertmanager.yml'}",
            f"--storage.path={folder / 'alertmanager'}",
            f"--web.listen-address=127.0.0.1:{alertmanager}",
            "--cluster.listen-address=",
            log=folder / "alertmanager.log",
            stdin=subprocess.DEVNULL,
        ),
        running(
            program("prometheus"),
            f"--config.file={folder / 'prometheus.yml'}",
            f"--storage.tsdb.path={folder / 'data'}",
            f"--web.listen-address=127.0.0.1:{prometheus}",
            log=folder / "prometheus.log",
            stdin=subprocess.DEVNULL,
        ),
    ):
        await asyncio.to_thread(wait_until_ready, prometheus)
        await asyncio.to_thread(wait_until_ready, alertmanager)
        yield Watch(f"http://127.0.0.1:{prometheus}", told)
