"""The description of everything that is answered over HTTP (OpenAPI 3.1), made from the routes that there are.

A route that the table of ``operations`` does not name is a page for people: its description says no more than that.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterable, Iterator
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from diag import VERSION
from diag.report.json_schema import report_schema
from diag.web.answers import JSON
from diag.web.operations import OPERATIONS, SCHEMAS
from diag.web.refusals import PROBLEM
from diag.web.report_body import ALWAYS, as_json

_PARAMETER: Final = re.compile(r"\{(\w+):(\w+)\}")
_REFUSED: Final = {
    "description": "Refused, with the reason: JSON for who reads JSON, else a line of text.",
    "content": {
        PROBLEM: {"schema": {"$ref": "#/components/schemas/Problem"}},
        "text/plain": {"schema": {"type": "string"}},
    },
}


class OpenApiRoutes:
    """The description, as an answer."""

    def __init__(self, routes: list[Route]) -> None:
        described = [*routes, *self.routes()]
        self._body = as_json(description(described)) + b"\n"

    def routes(self) -> list[Route]:
        """What it is reached by."""
        return [Route("/openapi.json", self.openapi)]

    async def openapi(self, _request: Request) -> Response:
        """This description."""
        return Response(self._body, media_type=JSON)


def description(routes: Iterable[Route]) -> dict[str, Any]:
    """Describe the routes."""
    paths: dict[str, dict[str, Any]] = {}
    for route in routes:
        for method in sorted(_methods(route)):
            paths.setdefault(path_of(route), {})[method.lower()] = _operation(route, method)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "diag",
            "version": VERSION,
            "summary": "The doctor for Elasticsearch remote clusters.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "security": [{}],
        "paths": paths,
        "components": {"schemas": {**SCHEMAS, **_report_schemas()}},
    }


def path_of(route: Route) -> str:
    """The path of a route as OpenAPI writes it."""
    return _PARAMETER.sub(r"{\1}", route.path)


def _methods(route: Route) -> set[str]:
    return (route.methods or set()) - {"HEAD"}  # Every GET takes it, and gives the same headers.


def _operation(route: Route, method: str) -> dict[str, Any]:
    first_line = (route.endpoint.__doc__ or "").partition("\n")[0]
    page = {"responses": {"200": {"description": "A page.", "content": {"text/html": {"schema": {"type": "string"}}}}}}
    known = copy.deepcopy(OPERATIONS.get((method, path_of(route)), page))
    parameters = [*_in_path(route), *known.pop("parameters", [])]
    return {
        "operationId": f"{method.lower()}_{route.name}",
        "summary": first_line,
        **({"parameters": parameters} if parameters else {}),
        **known,
        "responses": {**known["responses"], "default": _REFUSED},
    }


def _in_path(route: Route) -> Iterator[dict[str, Any]]:
    for name, _ in _PARAMETER.findall(route.path):
        yield {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}


def _report_schemas() -> dict[str, Any]:
    """The schema of the report, and the same of a report with some fields alone; inner references point to where both stand here."""
    whole = report_schema()
    inner = whole.pop("$defs")
    del whole["$schema"], whole["title"]
    part_of_cluster, part_of_remote = (
        {**inner[name], "required": [field for field in inner[name]["required"] if field in ALWAYS]}
        for name in ("cluster", "remote")
    )
    part = {**whole, "properties": {**whole["properties"], "clusters": _list_of("ClusterPart")}}
    named = {
        "Report": whole,
        "ReportPart": part,
        "ClusterPart": {
            **part_of_cluster,
            "properties": {**part_of_cluster["properties"], "remotes": _list_of("RemotePart")},
        },
        "RemotePart": part_of_remote,
        **{name.capitalize(): schema for name, schema in inner.items()},
    }
    moved: dict[str, Any] = _moved(named)
    return moved


def _list_of(name: str) -> dict[str, Any]:
    return {"type": "array", "items": {"$ref": f"#/components/schemas/{name}"}}


def _moved(part: Any) -> Any:  # noqa: ANN401 -- any part of a JSON schema.
    if isinstance(part, list):
        return [_moved(one) for one in part]
    if not isinstance(part, dict):
        return part
    return {key: _reference(value) if key == "$ref" else _moved(value) for key, value in part.items()}


def _reference(target: str) -> str:
    name = target.removeprefix("#/$defs/")
    return f"#/components/schemas/{name.capitalize()}" if name != target else target
