"""The rules are what the program prints, name what exists, and each alert has tests; the dashboards are sound."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.cog.plugins import register_default_plugins
from grafana_foundation_sdk.models.dashboard import Dashboard

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
    own = "".join(path.read_text() for path in (ROOT / "diag" / "daemon").glob("*_*.py"))
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


BOARDS = {path.name: json.loads(path.read_text()) for path in sorted((GRAFANA / "dashboards").glob("*.json"))}


@pytest.fixture(scope="module")
def written() -> dict[str, str]:
    """What the tool writes, by file."""
    tool = ROOT / "tools" / "dashboards"
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            "import json, write; print(json.dumps({k: write.as_text(v) for k, v in write.boards().items()}))",
        ],
        cwd=tool,
        capture_output=True,
        check=True,
        text=True,
    )
    return dict(json.loads(done.stdout))


def test_the_committed_dashboards_are_those_of_the_code(written: dict[str, str]) -> None:
    """``make docs`` writes them; none lies there that nobody writes."""
    assert written == {path.name: path.read_text() for path in (GRAFANA / "dashboards").iterdir()}


def test_dashboards_have_names_of_their_own() -> None:
    """Grafana keeps them by their uid, and a reader by their title."""
    for key in ("uid", "title"):
        assert len({board[key] for board in BOARDS.values()}) == len(BOARDS) == 5


@pytest.mark.parametrize("name", BOARDS)
def test_a_dashboard_names_existing_metrics(name: str) -> None:
    """Each panel has a title, a description, a unit, and queries over what is exported or recorded."""
    panels = BOARDS[name]["panels"]
    assert len(panels) == len({panel["id"] for panel in panels})
    recorded = {rule["record"] for rule in rules() if "record" in rule}
    of_prometheus = {"scrape_samples_scraped", "scrape_duration_seconds"}
    for panel in panels:
        assert panel["title"]
        assert panel["description"].endswith(".")
        assert panel["fieldConfig"]["defaults"]["unit"]
        for target in panel["targets"]:
            names = set(re.findall(r"[a-z_]+:[a-z_0-9:]+|\b[a-z]+_[a-z_]+\b(?!\()", target["expr"]))
            assert names
            assert names <= known() | recorded | of_prometheus, panel["title"]


@pytest.mark.parametrize("name", BOARDS)
def test_panels_lie_side_by_side(name: str) -> None:
    """No panel lies on another one or beyond the right edge."""
    taken: set[tuple[int, int]] = set()
    for panel in BOARDS[name]["panels"]:
        at = panel["gridPos"]
        cells = {(x, y) for x in range(at["x"], at["x"] + at["w"]) for y in range(at["y"], at["y"] + at["h"])}
        assert not cells & taken, panel["title"]
        assert at["x"] + at["w"] <= 24
        taken |= cells


@pytest.mark.parametrize("name", BOARDS)
def test_grafana_knows_every_key(name: str) -> None:
    """Read into the types that Grafana publishes and written again, nothing is lost: a misspelled key would be."""
    register_default_plugins()
    again = json.loads(JSONEncoder().encode(Dashboard.from_json(BOARDS[name])))
    assert list(lost(BOARDS[name], again)) == []


def lost(before: Any, after: Any, place: str = "") -> Iterator[str]:
    """Where something of the one is not in the other."""
    if isinstance(before, dict) and isinstance(after, dict):
        for key, value in before.items():
            if key not in after and value is not None:
                yield f"{place}.{key}"
            elif key in after:
                yield from lost(value, after[key], f"{place}.{key}")
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        for number, (one, other) in enumerate(zip(before, after, strict=True)):
            yield from lost(one, other, f"{place}[{number}]")
    elif before != after:
        yield f"{place}: {before!r} is {after!r}"


def test_a_misspelled_key_is_found() -> None:
    """The comparison with the types of Grafana is one that can fail."""
    register_default_plugins()
    board = json.loads(json.dumps(BOARDS["fleet.json"]))
    board["panels"][0]["gridPoz"] = board["panels"][0].pop("gridPos")
    again = json.loads(JSONEncoder().encode(Dashboard.from_json(board)))
    assert list(lost(board, again)) == [".panels[0].gridPoz"]
