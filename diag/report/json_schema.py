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
        **_listing(
            {
                "schema_version": {"const": SCHEMA_VERSION},
                "generated_at": _TIME,
                "tool": record({"name": {"const": "diag"}, "version": _TEXT}),
                "status": any_of_words(Status),
                "counts": record({outcome.value: _COUNT for outcome in Outcome}),
                "clusters": array({"$ref": "#/$defs/cluster"}),
            }
        ),
        "$defs": {"cluster": _cluster(), "remote": _remote(), "result": _result(), "finding": _finding()},
    }


def _maintenance() -> dict[str, Any]:
    return nullable(
        record({"until": _TEXT, "note": _TEXT}),
        "The time of maintenance that is on, during which nothing counts that is found; null where there is none.",
    )


def _cluster() -> dict[str, Any]:
    return _listing(
        {
            "name": _TEXT,
            "version": nullable(_TEXT, "The release of the local cluster, null where it is not known."),
            "status": any_of_words(Status),
            "kind": any_of_words(Kind),
            "taken_at": _TIME,
            "seconds": {"type": "number", "description": "How long the round took."},
            "discovery": nullable(
                record({"unavailable": _TEXT, "step": _TEXT, "reason": _TEXT}),
                "Why the remotes could not be read from the cluster itself; null where they could, or were not asked for.",
            ),
            "unanswered": nullable(
                record({"unavailable": _TEXT, "step": _TEXT, "reason": _TEXT}),
                "Why the configured API of the cluster could not be asked; null where it answered, or none is configured.",
            ),
            "maintenance": _maintenance(),
            "checks": {
                **record({"asked": _COUNT, "known": _COUNT, "left_out": array(_TEXT)}),
                "description": "How many checks were chosen of how many, and the essential questions that the choice left out.",
            },
            "results": array({"$ref": "#/$defs/result"}),
            "remotes": array({"$ref": "#/$defs/remote"}),
        }
    )


def _remote() -> dict[str, Any]:
    return _listing(
        {
            "alias": _TEXT,
            "security_model": any_of_words(SecurityModel),
            "mode": any_of_words(Mode),
            "kind": any_of_words(Kind),
            "status": any_of_words(Status),
            "root_causes": array(_TEXT, "Check ids, the first one first to be fixed."),
            "maintenance": _maintenance(),
            "coverage": {
                **record({part: any_of_words(Seen) for part, _ in Coverage().parts}),
                "description": "How far the remote was looked at: yes, no (looked, and it fails), unknown (tried), not_asked.",
            },
            "coverage_hints": {
                "type": "object",
                "additionalProperties": _TEXT,
                "description": "For a part that was not asked: what would make it asked.",
            },
            "results": array({"$ref": "#/$defs/result"}),
            "seen_from": _views(),
            "evidence": {
                "type": "object",
                "description": (
                    "What was seen. Where a piece is missing, an object with the keys unavailable, step and reason "
                    "stands in its place. The inside may grow and change; findings and facts are the stable part."
                ),
            },
        }
    )


def _views() -> dict[str, Any]:
    """How each vantage point sees a remote."""
    return array(
        record(
            {
                "vantage_point": _TEXT,
                "by": {**_TEXT, "description": "Who looked: the vantage point, or another in its place."},
                "status": any_of_words(Status),
                "root_causes": array(_TEXT),
                "coverage": {"type": "object", "additionalProperties": any_of_words(Seen)},
                "evidence": {
                    "type": ["object", "null"],
                    "description": "What was seen from there; null where evidence of the remote is the same.",
                },
            }
        ),
        "How each vantage point sees it; empty where diag looked from where it runs.",
    )


def _result() -> dict[str, Any]:
    return record(
        {
            "check": {"type": "string", "pattern": "^[a-z][a-z0-9-]*/[a-z0-9][a-z0-9-]*$"},
            "outcome": any_of_words(Outcome),
            "severity": nullable(any_of_words(Severity), "That of the worst finding; null unless the outcome is fail."),
            "because": {"type": "string", "description": "Why there is no verdict; empty where there is one."},
            "findings": array({"$ref": "#/$defs/finding"}),
            "layer": any_of_words(Layer),
            "essential": {"type": "boolean", "description": "Without an answer the remote can't be called ok."},
            "explained_by": array(
                _TEXT,
                "The checks of whose failure this one is only the consequence; of an open question, those that leave it open.",
            ),
            "acknowledged": nullable(
                record({"until": {"type": "string", "format": "date"}, "note": _TEXT}),
                "Set while the failure is acknowledged: it counts for nothing.",
            ),
        }
    )


def _finding() -> dict[str, Any]:
    fact = {"type": ["string", "integer", "number", "boolean", "array"], "items": _TEXT}
    return record(
        {
            "summary": _TEXT,
            "remedy": {**_TEXT, "description": "How to fix it, in a sentence."},
            "fix": array(fix_schema(), "What is typed for that, step by step; empty where there is nothing to type."),
            "severity": any_of_words(Severity),
            "place": {
                "type": ["string", "null"],
                "description": "File, line and column of a document that it is about: file:line:column.",
            },
            "facts": {"type": "object", "additionalProperties": fact},
            "docs": array({"type": "string", "format": "uri"}),
        }
    )


def fix_schema() -> dict[str, Any]:
    """What is typed for a fix."""
    return record(
        {
            "where": {
                **any_of_words(Where),
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


def _listing(properties: dict[str, Any]) -> dict[str, Any]:
    """A record that holds results, or places with results; the service over HTTP may have left some out."""
    made = record(properties)
    left_out = {
        **record({outcome.value: _COUNT for outcome in (Outcome.PASS, Outcome.SKIP)}),
        "description": "Over HTTP alone: how many results are not listed here. full=1 lists them all.",
    }
    return {**made, "properties": {**properties, "left_out": left_out}}


def record(properties: dict[str, Any]) -> dict[str, Any]:
    """An object of which every field is there."""
    return {"type": "object", "required": list(properties), "properties": properties}


def array(items: dict[str, Any], description: str = "") -> dict[str, Any]:
    """A list."""
    return {"type": "array", "items": items, **({"description": description} if description else {})}


def any_of_words(words: Iterable[StrEnum]) -> dict[str, Any]:
    """One word of a closed set."""
    return {"enum": [word.value for word in words]}


def nullable(schema: dict[str, Any], description: str) -> dict[str, Any]:
    """A value, or null."""
    return {"anyOf": [schema, {"type": "null"}], "description": description}
