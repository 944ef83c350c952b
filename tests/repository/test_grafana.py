"""The rules are what the program prints, name what exists, and each alert has tests; the dashboards are sound."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from diag.alert_rules import RuleLimits, expressions, rule_file
from diag.alert_rules.alert_table import alerts
from diag.engine import load_catalogue
from diag.metrics import FAMILIES
from tests.clilib import diag

ROOT = Path(__file__).parents[2]
GRAFANA = ROOT / "grafana"
METRIC = re.compile(r"\bdiag_[a-z_]+\b")
CHECK = re.compile(r"\b([a-z-]+/[a-z0-9-]+)\b")


def known() -> set[str]:
    """Give every metric that a report or the daemon exports."""
    own = (ROOT / "diag" / "daemon" / "own_metrics.py").read_text()
    return set(FAMILIES) | set(METRIC.findall(own))


def rules() -> list[dict[str, Any]]:
    """Give every rule of the committed file."""
    groups = yaml.safe_load((GRAFANA / "alerts.yml").read_text())["groups"]
    return [rule for group in groups for rule in group["rules"]]


def tried_rules() -> Iterator[dict[str, Any]]:
    """Give each test of an alert."""
    for path in (GRAFANA / "tests").glob("*_test.yml"):
        for test in yaml.safe_load(path.read_text())["tests"]:
            yield from test.get("alert_rule_test", ())


def test_the_committed_rules_are_those_that_are_printed() -> None:
    """The file is the output of ``diag setup alerts`` without options, whose usual values are those of the table."""
    printed = diag("setup", "alerts")
    assert printed.exit_code == 0
    assert printed.output == (GRAFANA / "alerts.yml").read_text() == rule_file(RuleLimits())


def test_limits_change_without_editing() -> None:
    """Each option reaches the rules that it is about, and no other one."""
    usual = {alert.name: alert for alert in alerts(RuleLimits())}
    options = {
        "certificate_days": 21,
        "key_days": 21,
        "license_days": 21,
        "critical_days": 3,
        "lag_operations": 5,
        "lag_operations_critical": 50,
        "read_seconds": 77,
        "wait": "9m",
        "wait_unknown": "9m",
        "wait_diag": "9m",
        "job": "doctor",
    }
    changed = {
        option: {
            alert.name
            for alert in alerts(RuleLimits(**{option: value}))
            if alert.rule("") != usual[alert.name].rule("")
        }  # type: ignore[arg-type]
        for option, value in options.items()
    }
    dates = {"RemoteClusterCertificateExpiring", "RemoteClusterApiKeyExpiring", "LicenseExpiring"}
    assert changed["certificate_days"] == {"RemoteClusterCertificateExpiring"}
    assert changed["key_days"] == {"RemoteClusterApiKeyExpiring"}
    assert changed["license_days"] == {"LicenseExpiring"}
    assert changed["critical_days"] == dates
    assert changed["lag_operations"] == changed["lag_operations_critical"] == {"FollowerIndexBehind"}
    assert changed["read_seconds"] == {"FollowerIndexNotReading"}
    assert changed["job"] == {"DiagDown"}
    waits = [changed[option] for option in ("wait", "wait_unknown", "wait_diag")]
    assert sum(map(len, waits)) == len(set().union(*waits)) == len(usual)
    printed = diag("setup", "alerts", "--certificate-days", "21", "--for", "1h30m").output
    assert "< 21 * 86400" in printed
    assert "for: 1h30m" in printed


@pytest.mark.parametrize(
    "given", [("--for", "5"), ("--certificate-days", "0"), ("--job", 'a"b'), ("--lag-operations", "many")]
)
def test_a_limit_that_is_none_is_refused(given: tuple[str, str]) -> None:
    """Prometheus would refuse the file, or the alert would never fire."""
    assert diag("setup", "alerts", *given).exit_code != 0


def test_rules_name_what_exists() -> None:
    """A renamed metric or check would make an alert silent."""
    text = (GRAFANA / "alerts.yml").read_text()
    assert set() == set(METRIC.findall(text)) - known()
    checks = {check.id for check in load_catalogue().checks}
    named = {check for rule in rules() for check in re.findall(r'check="([^"]+)"', str(rule))}
    named |= {
        value for name, value in vars(expressions).items() if name.isupper() and CHECK.fullmatch(str(value)) is not None
    }
    assert named
    assert named <= checks


def test_every_alert_tells_what_to_do() -> None:
    """Each has a summary, a description and an action, a severity, and (as long as there is a page to open) two addresses."""
    for rule in rules():
        if "alert" not in rule:
            continue
        wanted = {"summary", "description", "action"}
        links = set() if rule["alert"] == "DiagDown" else {"page", "runbook_url"}
        assert set(rule["annotations"]) == wanted | links
        severities = re.sub(r"\{\{.*?\}\}", " ", rule["labels"]["severity"]).split()
        assert severities in (["info"], ["warning"], ["critical"], ["critical", "warning"])


def test_every_alert_is_tested_both_ways() -> None:
    """Each fires in some test with its whole text, and is silent in another one."""
    names = {rule["alert"] for rule in rules() if "alert" in rule}
    tried = list(tried_rules())
    assert {test["alertname"] for test in tried if test["exp_alerts"]} == names
    assert {test["alertname"] for test in tried if not test["exp_alerts"]} == names


def test_alertmanager_silences_only_alerts_that_exist() -> None:
    """Every name in the example fits some alert, and what is silenced is no source of silence for itself."""
    names = {rule["alert"] for rule in rules() if "alert" in rule}
    example = yaml.safe_load((GRAFANA / "alertmanager.example.yml").read_text())
    for inhibited in example["inhibit_rules"]:
        fits = {}
        for side in ("source_matchers", "target_matchers"):
            (matcher,) = inhibited[side]
            pattern = re.fullmatch(r'alertname=~?"(.+)"', matcher)
            assert pattern
            fits[side] = {name for name in names if re.fullmatch(pattern[1], name)}
            assert fits[side]
            assert len(fits[side]) >= pattern[1].count("|") + 1
        assert not fits["source_matchers"] & fits["target_matchers"]


def test_the_dashboard_names_existing_metrics() -> None:
    """Each panel has a title, a description and queries over metrics that are exported."""
    board = json.loads((GRAFANA / "dashboards" / "remotes.json").read_text())
    assert len(board["panels"]) == len({panel["id"] for panel in board["panels"]})
    for panel in board["panels"]:
        assert panel["title"]
        assert panel["description"]
        for target in panel["targets"]:
            names = set(METRIC.findall(target["expr"]))
            assert names
            assert names <= known(), panel["title"]
