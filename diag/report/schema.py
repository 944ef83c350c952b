"""The JSON schema of the report, made from the words of the model, so that it can't fall behind."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import Any

from diag.model import Coverage, Kind, Layer, Mode, Outcome, SecurityModel, Seen, Severity, Status, Where
from diag.report.json import SCHEMA_VERSION

_TEXT = {"type": "string"}
_TIME = {"type": "string", "format": "date-time", "pattern": "Z$"}
_COUNT = {"type": "integer", "minimum": 0}


def report_schema() -> dict[str, Any]:
    """Describe the report (JSON Schema 2020-12). Further fields may be added; those named here stay."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Report of diag",
        **_object(
            {
                "schema_version": {"const": SCHEMA_VERSION},
                "generated_at": _TIME,
                "tool": _object({"name": {"const": "diag"}, "version": _TEXT}),
                "status": _one_of(Status),
                "counts": _object({outcome.value: _COUNT for outcome in Outcome}),
                "clusters": _list({"$ref": "#/$defs/cluster"}),
            }
        ),
        "$defs": {"cluster": _cluster(), "remote": _remote(), "result": _result(), "finding": _finding()},
    }


def _cluster() -> dict[str, Any]:
    return _object(
        {
            "name": _TEXT,
            "version": _or_null(_TEXT, "The release of the local cluster, null where it is not known."),
            "status": _one_of(Status),
            "kind": _one_of(Kind),
            "taken_at": _TIME,
            "seconds": {"type": "number", "description": "How long the round took."},
            "discovery": _or_null(
                _object({"unavailable": _TEXT, "step": _TEXT, "reason": _TEXT}),
                "Why the remotes could not be read from the cluster itself; null where they could, or were not asked for.",
            ),
            "unanswered": _or_null(
                _object({"unavailable": _TEXT, "step": _TEXT, "reason": _TEXT}),
                "Why the configured API of the cluster could not be asked; null where it answered, or none is configured.",
            ),
            "checks": {
                **_object({"asked": _COUNT, "known": _COUNT, "left_out": _list(_TEXT)}),
                "description": "How many checks were chosen of how many, and the essential questions that the choice left out.",
            },
            "results": _list({"$ref": "#/$defs/result"}),
            "remotes": _list({"$ref": "#/$defs/remote"}),
        }
    )


def _remote() -> dict[str, Any]:
    return _object(
        {
            "alias": _TEXT,
            "security_model": _one_of(SecurityModel),
            "mode": _one_of(Mode),
            "kind": _one_of(Kind),
            "status": _one_of(Status),
            "root_causes": _list(_TEXT, "Check ids, the first one first to be fixed."),
            "coverage": {
                **_object({part: _one_of(Seen) for part, _ in Coverage().parts}),
                "description": "How far the remote was looked at: yes, no (looked, and it fails), unknown (tried), not_asked.",
            },
            "coverage_hints": {
                "type": "object",
                "additionalProperties": _TEXT,
                "description": "For a part that was not asked: what would make it asked.",
            },
            "results": _list({"$ref": "#/$defs/result"}),
            "evidence": {
                "type": "object",
                "description": (
                    "What was seen. Where a piece is missing, an object with the keys unavailable, step and reason "
                    "stands in its place. The inside may grow and change; findings and facts are the stable part."
                ),
            },
        }
    )


def _result() -> dict[str, Any]:
    return _object(
        {
            "check": {"type": "string", "pattern": "^[a-z][a-z0-9-]*/[a-z0-9][a-z0-9-]*$"},
            "outcome": _one_of(Outcome),
            "severity": _or_null(_one_of(Severity), "That of the worst finding; null unless the outcome is fail."),
            "because": {"type": "string", "description": "Why there is no verdict; empty where there is one."},
            "findings": _list({"$ref": "#/$defs/finding"}),
            "layer": _one_of(Layer),
            "essential": {"type": "boolean", "description": "Without an answer the remote can't be called ok."},
            "explained_by": _list(_TEXT, "The checks of whose failure this one is only the consequence."),
            "acknowledged": _or_null(
                _object({"until": {"type": "string", "format": "date"}, "note": _TEXT}),
                "Set while the failure is acknowledged: it counts for nothing.",
            ),
        }
    )


def _finding() -> dict[str, Any]:
    fact = {"type": ["string", "integer", "number", "boolean", "array"], "items": _TEXT}
    return _object(
        {
            "summary": _TEXT,
            "remedy": {**_TEXT, "description": "How to fix it, in a sentence."},
            "fix": _list(_fix(), "What is typed for that, step by step; empty where there is nothing to type."),
            "severity": _one_of(Severity),
            "facts": {"type": "object", "additionalProperties": fact},
            "docs": _list({"type": "string", "format": "uri"}),
        }
    )


def _fix() -> dict[str, Any]:
    return _object(
        {
            "where": {
                **_one_of(Where),
                "description": "The cluster, each of its nodes, what is between, or where diag runs.",
            },
            "when": {**_TEXT, "description": "Where it is one of several ways: when it is the right one."},
            "console": {
                **_TEXT,
                "description": "Calls for Dev Tools: request line, body below it; an empty line between calls.",
            },
            "shell": {**_TEXT, "description": "Commands, one a line."},
            "yml": {**_TEXT, "description": "Lines of elasticsearch.yml, or of the file that is named."},
            "file": {**_TEXT, "description": "Which file the lines are of; empty for elasticsearch.yml."},
        }
    )


def _object(properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "required": list(properties), "properties": properties}


def _list(items: dict[str, Any], description: str = "") -> dict[str, Any]:
    return {"type": "array", "items": items, **({"description": description} if description else {})}


def _one_of(words: Iterable[StrEnum]) -> dict[str, Any]:
    return {"enum": [word.value for word in words]}


def _or_null(schema: dict[str, Any], description: str) -> dict[str, Any]:
    return {"anyOf": [schema, {"type": "null"}], "description": description}
