"""Documents and their findings as JSON, with ranges."""

from __future__ import annotations

import json
from typing import Any

from diag import VERSION
from diag.documents.located import JudgedDocument, LintReport, Located
from diag.evidence.documents.origin import Origin
from diag.report.json import SCHEMA_VERSION, fix_to_json
from diag.report.options import RenderOptions
from diag.report.plain import rfc3339


def to_json(report: LintReport) -> dict[str, Any]:
    """Give the report as plain values, keys in a fixed order."""
    return {
        "schema_version": SCHEMA_VERSION,
        "generated_at": rfc3339(report.generated_at),
        "tool": {"name": "diag", "version": VERSION},
        "documents": [_document(one) for one in report.documents],
    }


def _document(document: JudgedDocument) -> dict[str, Any]:
    return {
        "file": document.file,
        "kind": document.kind.value if document.kind else None,
        "why": document.why,
        "results": [finding_to_json(one) for one in document.findings],
        "remarks": [{"line": line, "message": message} for line, message in document.remarks],
    }


def finding_to_json(finding: Located) -> dict[str, Any]:
    """Give one finding as plain values."""
    return {
        "check": finding.check,
        "severity": finding.severity.value,
        "message": finding.message,
        "range": range_to_json(finding.origin),
        "remote": finding.alias or None,
        "replacement": finding.replacement,
        "remedy": finding.finding.remedy,
        "fix": [fix_to_json(one) for one in finding.finding.fix],
        "docs": list(finding.finding.docs),
        "ignored": {"until": known.until, "note": known.note} if (known := finding.ignored) else None,
    }


def range_to_json(origin: Origin) -> dict[str, Any]:
    """Give a place as file, start and end; the end is behind the last character."""
    return {
        "file": origin.file,
        "start": {"line": origin.line, "column": origin.column},
        "end": {"line": origin.end_line, "column": origin.end_column},
    }


def render(report: LintReport, options: RenderOptions) -> str:  # noqa: ARG001 -- every format takes them.
    """Write the report."""
    return json.dumps(to_json(report), indent=2, ensure_ascii=False) + "\n"
