"""SARIF 2.1.0: a rule for each check, a result for each finding, as code forges and editors read it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import PurePath
from typing import Any, Final
from urllib.parse import quote

from diag import VERSION
from diag.documents.located import LintReport, Located
from diag.model import Severity
from diag.report.documents.problems import FileProblem, file_problems
from diag.report.options import RenderOptions
from diag.text import visible

_SCHEMA: Final = "https://json.schemastore.org/sarif-2.1.0.json"
_LEVELS: Final = {
    Severity.CRITICAL: "error",
    Severity.ERROR: "error",
    Severity.WARNING: "warning",
    Severity.INFO: "note",
}
# What GitHub orders findings by (its security-severity, 0 to 10).
_SCORES: Final = {Severity.CRITICAL: "9.0", Severity.ERROR: "7.0", Severity.WARNING: "4.0", Severity.INFO: "1.0"}


def render(report: LintReport, options: RenderOptions) -> str:  # noqa: ARG001 -- every format takes them.
    """Write the log with its one run."""
    found = [*report.findings, *report.ignored]
    problems = list(file_problems(report))
    rules = _rules(found, problems)
    index = {rule["id"]: number for number, rule in enumerate(rules)}
    run = {
        "tool": {"driver": {"name": "diag", "semanticVersion": VERSION, "rules": rules}},
        "columnKind": "unicodeCodePoints",
        "results": [*(_of_problem(one, index) for one in problems), *(_result(one, index) for one in found)],
    }
    return json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2, ensure_ascii=False) + "\n"


def _rules(found: Iterable[Located], problems: Iterable[FileProblem]) -> list[dict[str, Any]]:
    rules: dict[str, dict[str, Any]] = {}
    for problem in problems:
        rules.setdefault(problem.rule, {"id": problem.rule})
    for one in found:
        rule = rules.setdefault(one.check, {"id": one.check, "properties": {}})
        if one.finding.docs:
            rule.setdefault("helpUri", one.finding.docs[0])
        known = rule["properties"].get("security-severity", "0")
        rule["properties"]["security-severity"] = max(known, _SCORES[one.severity])
    return list(rules.values())


def _of_problem(problem: FileProblem, index: dict[str, int]) -> dict[str, Any]:
    return {
        "ruleId": problem.rule,
        "ruleIndex": index[problem.rule],
        "level": "error",
        "message": {"text": visible(problem.message)},
        "locations": [_location(problem.file, {"startLine": problem.line})],
    }


def _result(one: Located, index: dict[str, int]) -> dict[str, Any]:
    at = one.origin
    region = {"startLine": at.line, "startColumn": at.column, "endLine": at.end_line, "endColumn": at.end_column}
    result: dict[str, Any] = {
        "ruleId": one.check,
        "ruleIndex": index[one.check],
        "level": _LEVELS[one.severity],
        "message": {"text": f"{visible(one.message)} {visible(one.finding.full_remedy)}".strip()},
        "locations": [_location(at.file, region)],
    }
    if one.replacement is not None:
        change = {
            "artifactLocation": {"uri": _address(at.file)},
            "replacements": [{"deletedRegion": region, "insertedContent": {"text": one.replacement}}],
        }
        result["fixes"] = [{"description": {"text": visible(one.finding.remedy)}, "artifactChanges": [change]}]
    if one.ignored is not None:
        until = f"until {one.ignored.until}: {one.ignored.note}"
        result["suppressions"] = [{"kind": "inSource", "justification": until}]
    return result


def _location(file: str, region: dict[str, int]) -> dict[str, Any]:
    return {"physicalLocation": {"artifactLocation": {"uri": _address(file)}, "region": region}}


def _address(file: str) -> str:
    path = PurePath(file)
    return path.as_uri() if path.is_absolute() else quote(path.as_posix().removeprefix("./"))
