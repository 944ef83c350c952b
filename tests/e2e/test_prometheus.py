"""A real Prometheus scrapes the running daemon, and the alert fires when a remote of the lab is broken at run time."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from pathlib import Path
from typing import Any

from diag.lab.clusters import running_lab
from diag.lab.scenarios import SCENARIOS
from tests.clilib import diag
from tests.e2e.conftest import fetched, free_port, printed, program, running, wait_until_ready
from tests.patience import unhurry, until

ROOT = Path(__file__).parents[2]


async def firing(prometheus: str, alert: str) -> list[dict[str, Any]]:
    """Wait until the alert fires, and give what fires."""

    def look() -> list[dict[str, Any]]:
        alerts = fetched(f"{prometheus}/api/v1/alerts")["data"]["alerts"]
        return [a for a in alerts if a["labels"]["alertname"] == alert and a["state"] == "firing"]

    return await asyncio.to_thread(until, look, what=alert)


async def becomes(prometheus: str, expression: str, value: str) -> None:
    """Wait until a query has one result, with this value."""

    def look() -> list[str]:
        rows = fetched(f"{prometheus}/api/v1/query?query={expression}")["data"]["result"]
        return [row["value"][1] for row in rows]

    await asyncio.to_thread(until, look, lambda values: values == [value], what=expression)


async def scraped(prometheus: str) -> None:
    """Wait until the last scrape of every target went well."""

    def look() -> list[str]:
        targets = fetched(f"{prometheus}/api/v1/targets")["data"]["activeTargets"]
        return [target["health"] for target in targets]

    await asyncio.to_thread(until, look, lambda health: health == ["up"], what="the target")


async def test_the_alert_fires_with_the_root_cause(tmp_path: Path) -> None:
    """Healthy first, and no alert; then its certificate expires, and the annotation says so."""
    # The shipped rules wait for minutes; only their patience is shortened here.
    rules = (ROOT / "grafana" / "alerts.yml").read_text().replace("for: 2m", "for: 1s")
    (tmp_path / "alerts.yml").write_text(rules)
    port, daemon_port = free_port(), free_port()
    (tmp_path / "prometheus.yml").write_text(
        "global: {scrape_interval: 1s, evaluation_interval: 1s}\n"
        "rule_files: [alerts.yml]\n"
        f"scrape_configs: [{{job_name: diag, static_configs: [{{targets: ['127.0.0.1:{daemon_port}']}}]}}]\n"
    )
    prometheus = f"http://127.0.0.1:{port}"
    healthy = tuple(s for s in SCENARIOS if s.alias == "logs")
    async with running_lab(tmp_path / "lab", healthy, interval="2s") as lab:
        unhurry(lab.config)
        config = lab.config.read_text() + f"daemon: {{listen: '127.0.0.1:{daemon_port}'}}\n"
        lab.config.write_text(config)
        diag = (
            sys.executable,
            "-c",
            "import sys; from diag.cli import main; sys.exit(main())",
            "daemon",
            "-c",
            str(lab.config),
        )
        server = (
            program("prometheus"),
            f"--config.file={tmp_path / 'prometheus.yml'}",
            f"--storage.tsdb.path={tmp_path / 'data'}",
            f"--web.listen-address=127.0.0.1:{port}",
        )
        log = tmp_path / "diag.log"
        with (
            running(*diag, log=log, stdin=subprocess.DEVNULL) as process,
            running(*server, log=tmp_path / "prometheus.log", stdin=subprocess.DEVNULL),
        ):
            await asyncio.to_thread(printed, log, r"(daemon\.started)", process)
            await asyncio.to_thread(wait_until_ready, port)
            await becomes(prometheus, 'diag_remote_status{remote="logs"}', "0")
            lab.peers["logs"].identity = lab.pki.identity("expired", "logs")
            (alert,) = await firing(prometheus, "RemoteClusterFailing")
            assert alert["labels"]["remote"] == "logs"
            assert "tls/expired (critical)" in alert["annotations"]["description"]
            await scraped(prometheus)


def test_promtool_accepts_the_metrics_and_the_rules(tmp_path: Path) -> None:
    """The rules and their tests pass; promtool finds nothing to mend in what is exported."""
    promtool = program("promtool")
    tests = sorted(str(path) for path in (ROOT / "grafana" / "tests").glob("*_test.yml"))
    for arguments in (["check", "rules", "grafana/alerts.yml"], ["test", "rules", *tests]):
        done = subprocess.run([promtool, *arguments], cwd=ROOT, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
    others = "--job=a/b --for=90s --keep-firing-for=1h30m --certificate-days=0.5 --critical-days=21.25 --lag-operations=7 --read-seconds=1.5"
    (tmp_path / "others.yml").write_text(diag("setup", "alerts", *others.split()).output)
    done = subprocess.run(
        [promtool, "check", "rules", str(tmp_path / "others.yml")], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    config = tmp_path / "diag.yaml"
    config.write_text(
        "clusters: [{name: a, keystore: [], remotes: [{alias: b, mode: proxy, proxy_address: '127.0.0.1:1'}]}]\n"
    )
    shown = subprocess.run(
        [
            sys.executable,
            "-c",
            "import sys; from diag.cli import main; sys.exit(main())",
            "run",
            "-c",
            str(config),
            "--format",
            "prometheus",
        ],
        capture_output=True,
        check=False,
    )
    done = subprocess.run([promtool, "check", "metrics"], input=shown.stdout, capture_output=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
