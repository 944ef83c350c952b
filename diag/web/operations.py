"""What each route for programs takes and gives: the table behind the OpenAPI description."""

from __future__ import annotations

from typing import Any, Final

from diag.history import EventKind
from diag.model import Layer, Outcome, Severity, Status
from diag.report.json import SCHEMA_VERSION
from diag.report.json_schema import any_of_words, array, nullable, record
from diag.web.answers import JSON, PROMETHEUS
from diag.web.event_routes import MAX_LIMIT, USUAL_LIMIT
from diag.web.event_routes import MAX_WAIT as MAX_WAIT_FOR_EVENTS
from diag.web.probe_routes import FORMATS
from diag.web.report_body import FIELDS
from diag.web.run_routes import MAX_WAIT, USUAL_WAIT

Schema = dict[str, Any]

_TEXT: Final[Schema] = {"type": "string"}
_TIME: Final[Schema] = {"type": "string", "format": "date-time", "pattern": "Z$"}
_FLAG: Final[Schema] = {"type": "string", "enum": ["0", "1", "false", "true"]}


def _ref(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


def _query(name: str, text: str, schema: Schema | None = None, *, required: bool = False) -> Schema:
    more = {"required": True} if required else {}
    return {"name": name, "in": "query", "description": text, **more, "schema": schema or _TEXT}


def _json(text: str, schema: Schema, **headers: str) -> Schema:
    described = {name: {"description": about, "schema": _TEXT} for name, about in headers.items()}
    return {
        "description": text,
        **({"headers": described} if described else {}),
        "content": {JSON: {"schema": schema}},
    }


def _plain(text: str, media_type: str = "text/plain") -> Schema:
    return {"description": text, "content": {media_type: {"schema": _TEXT}}}


_TAGGED: Final = {"ETag": "Changes whenever the answer may have changed; send it as If-None-Match."}
_UNCHANGED: Final = {"description": "Nothing changed since the answer with that tag."}
_PLACES: Final = [
    _query("cluster", "The name of a local cluster."),
    _query("remote", "The alias of a remote."),
    _query("status", "Remotes in this state.", any_of_words(Status)),
    _query("cause", "Remotes of which this check is a root cause."),
]
_LOOK: Final = record(
    {
        "cluster": _TEXT,
        "remote": nullable(_TEXT, "Null where it was about the whole cluster."),
        "finished": {"const": True},
        "success": {"type": "boolean", "description": "Whether the status is ok or warn."},
        "status": any_of_words(Status),
        "seconds": {"type": "number", "description": "How long it took."},
        "report": _ref("Report"),
    }
)
_PLACE: Final = {
    "cluster": _TEXT,
    "remote": nullable(_TEXT, "Null where it is about the local cluster as a whole."),
    "check": _TEXT,
}

SCHEMAS: Final[dict[str, Schema]] = {
    "Problem": {
        **record({"type": _TEXT, "title": _TEXT, "status": {"type": "integer"}, "detail": _TEXT}),
        "description": "RFC 9457: what was wrong with the request, and what would be right.",
    },
    "Look": _LOOK,
    "Later": record({"cluster": _TEXT, "remote": {"type": "null"}, "finished": {"const": False}, "report_at": _TEXT}),
    "Findings": record(
        {
            "schema_version": {"const": SCHEMA_VERSION},
            "generated_at": _TIME,
            "status": {**any_of_words(Status), "description": "Of everything that was looked at, whatever is chosen."},
            "awaited": array(_TEXT, "Local clusters that had no round yet."),
            "findings": array(_ref("Row")),
            "open": array(_ref("OpenQuestion"), "Where there is no verdict: no finding there is no good news."),
        }
    ),
    "Row": {
        "allOf": [
            _ref("Finding"),
            record(
                {
                    **_PLACE,
                    "layer": any_of_words(Layer),
                    "since": nullable(
                        _TIME, "Since when the check fails without a break, as far as this process has seen."
                    ),
                    "root_cause": {"type": "boolean"},
                    "explained_by": array(_TEXT, "The checks of whose failure this one is only the consequence."),
                    "acknowledged": nullable(
                        record({"until": _TEXT, "note": _TEXT}), "Set while it counts for nothing."
                    ),
                }
            ),
        ]
    },
    "Events": record(
        {
            "events": array(_ref("Event"), "The oldest first."),
            "after": {"type": "integer", "description": "The cursor to ask with for what comes after these."},
            "more": {"type": "boolean", "description": "Whether there are more already."},
            "missed": {
                "type": "boolean",
                "description": "Events after the cursor may no longer be kept: read the report.",
            },
        }
    ),
    "Event": record(
        {
            "cursor": {"type": "integer", "description": "Grows, and is never given twice."},
            "at": _TIME,
            "cluster": _TEXT,
            "remote": nullable(_TEXT, "Null where it is about the local cluster itself."),
            "kind": any_of_words(EventKind),
            "subject": {**_TEXT, "description": "Which setting, which address, which certificate."},
            "before": _TEXT,
            "after": _TEXT,
        }
    ),
    "OpenQuestion": record({**_PLACE, "outcome": any_of_words((Outcome.UNKNOWN, Outcome.ERROR)), "because": _TEXT}),
}

OPERATIONS: Final[dict[tuple[str, str], Schema]] = {
    ("GET", "/metrics"): {"responses": {"200": _plain("All series.", PROMETHEUS.partition(";")[0])}},
    ("GET", "/report"): {
        "parameters": [
            *_PLACES,
            _query(
                "full",
                "1: with the results that passed or were skipped, which are counted in left_out otherwise.",
                _FLAG,
            ),
            _query("fields", f"Only these fields of clusters and remotes, with commas between: {', '.join(FIELDS)}."),
        ],
        "responses": {
            "200": _json(
                "The report. Status and counts at its head are those of everything that was looked at, whatever is chosen.",
                {"anyOf": [_ref("Report"), _ref("ReportPart")]},
                **_TAGGED,
            ),
            "304": _UNCHANGED,
        },
    },
    ("GET", "/findings"): {
        "parameters": [
            *_PLACES,
            _query("check", "A check, or a glob such as tls/*."),
            _query("severity", "Findings of this severity or a higher one.", any_of_words(Severity)),
        ],
        "responses": {"200": _json("The findings.", _ref("Findings"), **_TAGGED), "304": _UNCHANGED},
    },
    ("GET", "/events"): {
        "parameters": [
            _query(
                "after",
                "The cursor of the last answer; left out, from the oldest one that is kept.",
                {"type": "integer"},
            ),
            _query(
                "limit", f"The most that are given, up to {MAX_LIMIT}.", {"type": "integer", "default": USUAL_LIMIT}
            ),
            _query("wait", f"The seconds, up to {MAX_WAIT_FOR_EVENTS}, to wait for the next one.", {"type": "integer"}),
            _query("cluster", "Of this local cluster."),
            _query("remote", "Of this remote."),
            _query("kind", f"Of these kinds, with commas between: {', '.join(EventKind)}."),
        ],
        "responses": {"200": _json("What changed.", _ref("Events"))},
    },
    ("GET", "/probe"): {
        "parameters": [
            _query("cluster", "The name of a configured local cluster.", required=True),
            _query("remote", "The alias of one of its remotes.", required=True),
            _query("format", "How it is answered.", {"type": "string", "enum": list(FORMATS)}),
            _query(
                "debug", "1: everything that was seen, for a person; of json: also what passed or was skipped.", _FLAG
            ),
        ],
        "responses": {
            "200": {
                "description": "What the look found.",
                "content": {"text/plain": {"schema": _TEXT}, JSON: {"schema": _ref("Look")}},
            }
        },
    },
    ("POST", "/run"): {
        "parameters": [
            _query("cluster", "The name of a configured local cluster.", required=True),
            _query("remote", "Look at this remote alone; the look changes nothing of /report and /metrics, as /probe."),
            _query(
                "wait",
                f"The seconds, up to {MAX_WAIT}, for which the answer waits for the round; left out, {USUAL_WAIT}.",
                {"type": "integer", "minimum": 0, "maximum": MAX_WAIT},
            ),
            _query("full", "1: with the results that passed or were skipped.", _FLAG),
        ],
        "responses": {
            "200": _json("The round is done, and this is its report.", _ref("Look")),
            "202": _json("The round is not done yet.", _ref("Later"), Location="Where its report will be."),
        },
    },
    ("GET", "/-/healthy"): {"responses": {"200": _plain("The process answers.")}},
    ("GET", "/-/ready"): {
        "responses": {
            "200": _plain("Every cluster had its first round."),
            "503": _plain("Some did not, or diag is stopping."),
        }
    },
    ("POST", "/-/reload"): {"responses": {"200": _plain("The configuration was loaded.")}},
    ("GET", "/openapi.json"): {"responses": {"200": _json("This description.", {"type": "object"})}},
}
