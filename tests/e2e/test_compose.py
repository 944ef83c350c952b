"""The Compose file and what it mounts: by the schema of Compose, and by the programs that read the rest. No engine runs here, and no Grafana."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import jsonschema

from tests.composelib import compose, mounted
from tests.e2e.conftest import fetched, free_ports, printed, program, running, wait_until_ready
from tests.e2e.toolcache import wheel
from tests.patience import until

# A wheel that carries the schema of https://compose-spec.io.
_SCHEMA = ("check-jsonschema==0.39.0", "14ce5c94871c551268ea948ffe21e9f1464dc48fb20bf9a4c13deeaaf756cf9b")
_SCHEMA_FILE = "check_jsonschema/builtin_schemas/vendor/compose-spec.json"


def test_the_schema_of_compose_holds() -> None:
    """And would not for a key that Compose does not know."""
    with wheel(*_SCHEMA) as found:
        schema = json.loads(found.read(_SCHEMA_FILE))
    validator = jsonschema.validators.validator_for(schema)(schema)
    good = compose()
    validator.validate(good)
    good["services"]["diag"]["read-only"] = True
    assert not validator.is_valid(good)


def test_prometheus_scrapes_diag_and_knows_the_alertmanager(tmp_path: Path) -> None:
    """The real three, with the mounted files: only the names of services are replaced by addresses of this machine."""
    ports = dict(zip(("diag:9643", "alertmanager:9093", "prometheus:9090", "cluster"), free_ports(4), strict=True))
    text = mounted()["prometheus", "/etc/prometheus/prometheus.yml"].read_text()
    for name, port in ports.items():
        text = text.replace(name, f"127.0.0.1:{port}")
    (tmp_path / "prometheus.yml").write_text(text.replace(": 30s", ": 1s"))
    (tmp_path / "alerts.yml").write_text(mounted()["prometheus", "/etc/prometheus/alerts.yml"].read_text())
    subprocess.run([program("promtool"), "check", "config", tmp_path / "prometheus.yml"], check=True)
    alertmanager = mounted()["alertmanager", "/etc/alertmanager/alertmanager.yml"]
    subprocess.run([program("amtool"), "check-config", alertmanager], check=True)
    (tmp_path / "diag.yaml").write_text("clusters: [{name: a, keystore: [], remotes: [{alias: b, mode: proxy, proxy_address: '127.0.0.1:1'}]}]\n")  # fmt: skip
    daemon = (sys.executable, "-c", "from diag.cli import main; main()", "daemon", "-c", str(tmp_path / "diag.yaml"))
    receiver = (
        *(program("prometheus-alertmanager"), f"--config.file={alertmanager}", f"--storage.path={tmp_path / 'am'}"),
        *(f"--web.listen-address=127.0.0.1:{ports['alertmanager:9093']}", "--cluster.listen-address="),
    )
    prometheus = (
        *(program("prometheus"), f"--config.file={tmp_path / 'prometheus.yml'}"),
        *(f"--storage.tsdb.path={tmp_path / 'data'}", f"--web.listen-address=127.0.0.1:{ports['prometheus:9090']}"),
    )
    listen = f"127.0.0.1:{ports['diag:9643']}"
    nowhere = subprocess.DEVNULL
    with (
        running(*daemon, "--listen", listen, log=tmp_path / "diag.log", stdin=nowhere) as process,
        running(*receiver, log=tmp_path / "alertmanager.log", stdin=nowhere),
        running(*prometheus, log=tmp_path / "prometheus.log", stdin=nowhere),
    ):
        printed(tmp_path / "diag.log", r"(round\.finished)", process)
        for port in (ports["alertmanager:9093"], ports["prometheus:9090"]):
            wait_until_ready(port)
        api = f"http://127.0.0.1:{ports['prometheus:9090']}/api/v1"
        rows = until(lambda: fetched(f"{api}/query?query=diag_remote_status")["data"]["result"], what="the status")
        assert [(one["metric"]["job"], one["metric"]["remote"], one["value"][1]) for one in rows] == [
            ("diag", "b", "2")
        ]
        known = until(lambda: fetched(f"{api}/alertmanagers")["data"]["activeAlertmanagers"], what="the Alertmanager")
        assert len(known) == 1
        groups = fetched(f"{api}/rules")["data"]["groups"]
        assert any(rule["name"] == "RemoteClusterFailing" for group in groups for rule in group["rules"])
