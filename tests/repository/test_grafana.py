"""Every metric that the rules and the dashboard name exists, and the files are sound."""

from __future__ import annotations

import json
import re
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[2]
METRIC = re.compile(r"\bdiag_[a-z_]+\b")


def known() -> set[str]:
    """Give every metric name in the source of the program."""
    text = "".join(path.read_text() for path in (ROOT / "diag").rglob("*.py"))
    return set(METRIC.findall(text))


def test_rules_name_existing_metrics() -> None:
    """A renamed metric would make an alert silent."""
    text = (ROOT / "grafana" / "alerts.yml").read_text()
    assert set() == set(METRIC.findall(text)) - known()


def test_every_rule_tells_what_to_do() -> None:
    """Each has a summary, a description and an action, and a severity."""
    groups = yaml.safe_load((ROOT / "grafana" / "alerts.yml").read_text())["groups"]
    rules = [rule for group in groups for rule in group["rules"]]
    assert {
        "RemoteClusterFailing",
        "RemoteClusterUnknown",
        "LocalClusterFailing",
        "LocalClusterUnknown",
        "RemoteClusterCertificateExpiring",
        "DiagRoundsLate",
        "DiagDown",
    } == {rule["alert"] for rule in rules}
    for rule in rules:
        assert {"summary", "description", "action"} <= set(rule["annotations"])
        assert rule["labels"]["severity"] in {"warning", "critical"}


def test_the_dashboard_names_existing_metrics() -> None:
    """Each panel has a title, a description and queries over metrics that are exported."""
    board = json.loads((ROOT / "grafana" / "dashboards" / "remotes.json").read_text())
    assert len(board["panels"]) == len({panel["id"] for panel in board["panels"]})
    for panel in board["panels"]:
        assert panel["title"]
        assert panel["description"]
        for target in panel["targets"]:
            names = set(METRIC.findall(target["expr"]))
            assert names
            assert names <= known(), panel["title"]
