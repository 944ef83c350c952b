"""How a refusal reads: as a problem document for programs that read JSON, as a line of plain text for everybody else."""

from __future__ import annotations

import http
import json
from collections.abc import Mapping
from typing import Final

from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse, Response

from diag.web.backend import BusyError, UnknownNameError

PROBLEM: Final = "application/problem+json"
# What answers in JSON refuses in JSON, unless another kind is asked for.
JSON_PATHS: Final = ("/report", "/findings", "/events", "/run", "/openapi.json")
RETRY_SECONDS: Final = "5"


def refusal(request: HTTPConnection, status: int, text: str, headers: Mapping[str, str] | None = None) -> Response:
    """Refuse a request, and say why and what would be right (RFC 9457)."""
    carried = {**(headers or {}), "vary": "accept"}
    if not _reads_json(request):
        return PlainTextResponse(f"{text}\n", status, headers=carried)
    problem = {"type": "about:blank", "title": http.HTTPStatus(status).phrase, "status": status, "detail": text}
    return Response(json.dumps(problem) + "\n", status, headers=carried, media_type=PROBLEM)


def refused_look(request: HTTPConnection, error: Exception) -> Response:
    """Say why there was no look at a cluster or remote."""
    match error:
        case UnknownNameError():
            return refusal(request, http.HTTPStatus.NOT_FOUND, str(error.args[0]))
        case BusyError():
            return refusal(request, http.HTTPStatus.SERVICE_UNAVAILABLE, str(error), {"retry-after": RETRY_SECONDS})
        case _:
            return refusal(request, http.HTTPStatus.INTERNAL_SERVER_ERROR, str(error))


def _reads_json(request: HTTPConnection) -> bool:
    accepted = [part.partition(";")[0].strip().lower() for part in request.headers.get("accept", "*/*").split(",")]
    if any(kind in {"application/json", PROBLEM} for kind in accepted):
        return True
    asked = request.url.path in JSON_PATHS or request.query_params.get("format") == "json"
    return asked and ("*/*" in accepted or "application/*" in accepted)
