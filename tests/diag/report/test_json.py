"""The JSON report: its fixed fields, its schema, and what never stands in it."""

from __future__ import annotations

import json
import math
import re
from pathlib import Path
from typing import Any

import pytest

from diag.model import Finding, Layer, Outcome, Result, Severity
from diag.report import render
from diag.report.json import to_json
from diag.report.json_schema import report_schema
from tests import reportlib

COMMITTED = Path(__file__).parents[3] / "report.schema.json"


def test_golden() -> None:
    """The JSON report is written as the file says."""
    reportlib.compare_with_golden(
        Path(__file__).parent / "golden" / "report.json", render(reportlib.of_each_kind(), "json")
    )


@pytest.mark.parametrize("report", [reportlib.of_each_kind(), reportlib.hostile(), reportlib.whole()])
def test_the_text_holds_the_same(report: reportlib.Report) -> None:
    """What is written is what ``to_json`` gives, hostile text and no cluster at all included."""
    assert json.loads(json.dumps(to_json(report))) == json.loads(render(report, "json"))


@pytest.mark.parametrize("report", [reportlib.of_each_kind(), reportlib.hostile(), reportlib.whole()])
def test_the_schema_holds(report: reportlib.Report) -> None:
    """Every report is as the schema says."""
    schema = report_schema()
    assert violations(to_json(report), schema, schema) == []


def test_the_schema_refuses() -> None:
    """The schema is no rubber stamp: a missing field, a wrong word and a wrong type are seen."""
    schema = report_schema()
    raw = to_json(reportlib.of_each_kind())
    del raw["clusters"][0]["remotes"][0]["root_causes"]
    raw["status"] = "fine"
    raw["counts"]["pass"] = "3"
    assert len(violations(raw, schema, schema)) == 3


def test_the_committed_schema_is_fresh() -> None:
    """The schema in the repository is the one the program prints: ``diag config schema --report > report.schema.json``."""
    assert report_schema() == json.loads(COMMITTED.read_text())


def test_fixed_fields() -> None:
    """The fields that users rely on are there, in the fixed order."""
    raw = to_json(reportlib.of_each_kind())
    assert list(raw) == ["schema_version", "generated_at", "tool", "status", "counts", "clusters"]
    assert {"name": "diag", "version": raw["tool"]["version"]} == raw["tool"]
    assert raw["schema_version"] == "1"
    assert raw["generated_at"] == "2026-01-15T12:00:00Z"
    assert list(raw["counts"]) == ["pass", "fail", "skip", "unknown", "error"]
    remote = raw["clusters"][0]["remotes"][0]
    later = ["coverage", "coverage_hints", "results", "evidence", "maintenance", "seen_from"]
    assert list(remote) == ["alias", "security_model", "mode", "kind", "status", "root_causes", *later]
    assert remote["root_causes"] == ["config/port-model-mismatch"]
    result = next(r for r in remote["results"] if r["outcome"] == "fail")
    assert list(result)[:5] == ["check", "outcome", "severity", "because", "findings"]
    assert list(result["findings"][0]) == ["summary", "remedy", "fix", "severity", "place", "facts", "docs"]
    assert result["findings"][0]["facts"] == {"port": 9400, "expected": 9443, "addresses": ["192.0.2.10:9400"]}
    assert all(r["severity"] is None for r in remote["results"] if r["outcome"] != "fail")


def test_no_pem() -> None:
    """Certificates are told in words; their PEM only bloats a report."""
    pem = "-----BEGIN CERTIFICATE-----\nMII\n-----END CERTIFICATE-----\n"
    report = reportlib.whole(reportlib.cluster(reportlib.remote(leaf={"pem": pem})))
    assert "CERTIFICATE" not in render(report, "json")
    assert '"pem"' not in render(report, "json")


def test_odd_values_are_still_json() -> None:
    """Numbers that JSON can't write, and half of a surrogate pair, do not break the report."""
    finding = Finding(summary="\udc80", remedy="", facts={"a": math.inf, "b": math.nan}, severity=Severity.INFO)
    result = Result(check="a/b", outcome=Outcome.FAIL, layer=Layer.TCP, severity=Severity.INFO, findings=(finding,))
    text = render(reportlib.whole(reportlib.cluster(reportlib.remote(result))), "json")
    text.encode()
    read = json.loads(text, parse_constant=pytest.fail)
    facts = read["clusters"][0]["remotes"][0]["results"][0]["findings"][0]["facts"]
    assert facts == {"a": "inf", "b": "nan"}


def test_ndjson_is_one_object_a_line() -> None:
    """Each result is a line of its own that says which cluster and remote it is about."""
    report = reportlib.of_each_kind()
    lines = [json.loads(line) for line in render(report, "ndjson").splitlines()]
    assert sum(report.counts.values()) == len(lines)
    root = next(line for line in lines if line["check"] == "config/port-model-mismatch")
    assert (root["cluster"], root["remote"], root["root_cause"]) == ("search-eu", "logs", True)
    assert len(render(reportlib.hostile(), "ndjson").splitlines()) == sum(reportlib.hostile().counts.values())


def violations(value: Any, schema: Any, root: Any, at: str = "$") -> list[str]:
    """Check the part of JSON Schema that the report's schema uses; an unknown word of it fails the test."""
    known = {"$ref", "type", "required", "properties", "additionalProperties", "items", "enum", "const", "anyOf"}
    known |= {"pattern", "format", "minimum", "description", "title", "$schema", "$defs"}
    assert set(schema) <= known, f"teach this test {set(schema) - known}"
    if "$ref" in schema:
        return violations(value, root["$defs"][schema["$ref"].removeprefix("#/$defs/")], root, at)
    if "anyOf" in schema:
        tried = [violations(value, one, root, at) for one in schema["anyOf"]]
        return [] if [] in tried else tried[0]
    found = [] if _has_type(value, schema.get("type", [])) else [f"{at} is no {schema['type']}"]
    if ("enum" in schema and value not in schema["enum"]) or ("const" in schema and value != schema["const"]):
        found.append(f"{at} is {value!r}")
    if "pattern" in schema and isinstance(value, str) and not re.search(schema["pattern"], value):
        found.append(f"{at} does not match")
    if isinstance(value, dict):
        found += [f"{at}.{key} is missing" for key in schema.get("required", []) if key not in value]
        rest = schema.get("additionalProperties", {})
        for key, item in value.items():
            found += violations(item, schema.get("properties", {}).get(key, rest), root, f"{at}.{key}")
    if isinstance(value, list):
        for i, item in enumerate(value):
            found += violations(item, schema.get("items", {}), root, f"{at}[{i}]")
    return found


def _has_type(value: Any, wanted: str | list[str]) -> bool:
    types = {"object": dict, "array": list, "string": str, "boolean": bool, "integer": int, "null": type(None)}
    names = [wanted] if isinstance(wanted, str) else wanted
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return not names or any(
        number if name in {"number", "integer"} else isinstance(value, types[name]) for name in names
    )
