"""The JSON schema of what ``diag lint FILE… --format json`` writes."""

from __future__ import annotations

from typing import Any

from diag.evidence.documents.kind import DocumentKind
from diag.model import Severity
from diag.report.json import SCHEMA_VERSION
from diag.report.json_schema import any_of_words, array, fix_schema, nullable, record

_TEXT = {"type": "string"}
_PLACE = {"type": "integer", "minimum": 1}


def documents_schema() -> dict[str, Any]:
    """Describe the documents and their findings (JSON Schema 2020-12). Further fields may be added; those named here stay."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Documents judged by diag lint",
        **record(
            {
                "schema_version": {"const": SCHEMA_VERSION},
                "generated_at": {"type": "string", "format": "date-time", "pattern": "Z$"},
                "tool": record({"name": {"const": "diag"}, "version": _TEXT}),
                "documents": array(_document(), "Every file, in the order in which it was named or found."),
            }
        ),
    }


def _document() -> dict[str, Any]:
    return record(
        {
            "file": _TEXT,
            "kind": nullable(any_of_words(DocumentKind), "What it was taken for; null where it is of no known kind."),
            "why": {**_TEXT, "description": "By what it was recognised, or why it was not."},
            "results": array(_finding(), "What was found in it, in the order of its lines."),
            "remarks": array(
                record({"line": _PLACE, "message": _TEXT}), "Comments to diag in it that cannot be understood."
            ),
        }
    )


def _finding() -> dict[str, Any]:
    position = record({"line": _PLACE, "column": _PLACE})
    return record(
        {
            "check": {"type": "string", "pattern": "^[a-z][a-z0-9-]*/[a-z0-9][a-z0-9-]*$"},
            "severity": any_of_words(Severity),
            "message": _TEXT,
            "range": {
                **record({"file": _TEXT, "start": position, "end": position}),
                "description": "Lines and columns begin at 1; the end is behind the last character.",
            },
            "remote": nullable(_TEXT, "The alias that it is about, null where it is about none."),
            "replacement": nullable(_TEXT, "What to write in that place, where there is one right answer."),
            "remedy": {**_TEXT, "description": "How to fix it, in a sentence."},
            "fix": array(fix_schema(), "What is typed for that, step by step."),
            "docs": array({"type": "string", "format": "uri"}),
            "ignored": nullable(
                record({"until": {"type": "string", "format": "date"}, "note": _TEXT}),
                "Set while a comment in the file ignores it: it counts for nothing.",
            ),
        }
    )
