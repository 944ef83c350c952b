"""The description of what is answered over HTTP, held to the answers: every route is described, every answer is as described."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import httpx
import jsonschema
import pytest
from openapi_spec_validator import validate
from starlette.applications import Starlette
from starlette.routing import Route

from diag.config import ConfigError, Problem
from diag.web import BusyError, ProbeFailedError, UnknownNameError, build_app
from diag.web.openapi import path_of
from diag.web.operations import OPERATIONS
from diag.web.refusals import JSON_PATHS
from tests.diag.test_web import NOW, FakeService, client, report, service

__all__ = ["client", "service"]

# A request to each route: method, path of the description, query; what a path with a parameter is filled with.
FILLED = {"/remote/{name}": "/remote/eu/logs", "/checks/{id}": "/checks/tls/expired"}
# More requests to those for programs, good and refused ones: method, path, query.
MORE = [
    ("GET", "/report", "full=1"),
    ("GET", "/report", "fields=status,root_causes"),
    ("GET", "/report", "cluster=us&status=fail"),
    ("GET", "/report", "cluster=nope"),
    ("GET", "/report", "statsu=fail"),
    ("GET", "/findings", "check=network/*&severity=error"),
    ("GET", "/findings", "severity=x"),
    ("GET", "/events", "limit=1"),
    ("GET", "/events", "after=1&kind=status,gone"),
    ("GET", "/events", "after=-1"),
    ("GET", "/probe", "cluster=eu&remote=broken"),
    ("GET", "/probe", "cluster=eu&remote=broken&format=json"),
    ("GET", "/probe", "cluster=eu&remote=logs&format=json&debug=1"),
    ("GET", "/probe", "cluster=eu&remote=logs&format=text"),
    ("GET", "/probe", "cluster=eu&remote=logs&format=x"),
    ("POST", "/run", "cluster=eu&remote=broken"),
    ("POST", "/run", "cluster=eu&full=1"),
    ("POST", "/run", "cluster=eu&wait=x"),
]
ERRORS = [None, UnknownNameError("no cluster x"), BusyError("busy"), ProbeFailedError("a fault")]


async def described(client: httpx.AsyncClient) -> dict[str, Any]:
    """The description that is served."""
    document: dict[str, Any] = (await client.get("/openapi.json")).json()
    return document


def routes_of(service: FakeService) -> set[tuple[str, str]]:
    """Method and path of every route of the application."""
    app: Starlette = build_app(service)
    return {
        (method, path_of(route))
        for route in app.routes
        if isinstance(route, Route)
        for method in (route.methods or set()) - {"HEAD"}
    }


def refute(document: dict[str, Any], method: str, path: str, answer: httpx.Response) -> str:
    """Say how an answer differs from its description; empty where it does not."""
    responses = document["paths"][path][method.lower()]["responses"]
    known = responses.get(str(answer.status_code))
    if known is None and answer.status_code < 400:
        return f"{answer.status_code} is not described"
    content = (known or responses["default"]).get("content", {})
    kind = answer.headers.get("content-type", "").partition(";")[0]
    if not content:
        return "a body is not described" if answer.content else ""
    if kind not in content:
        return f"{kind} is not among {sorted(content)}"
    if "json" not in kind:
        return ""
    schema = {
        "$ref": "#/$defs/answer",
        "$defs": {"answer": content[kind]["schema"]},
        "components": document["components"],
    }
    errors = jsonschema.Draft202012Validator(schema).iter_errors(json.loads(answer.content))
    return "; ".join(f"{error.json_path}: {error.message[:200]}" for error in errors)


async def test_the_description_is_one(client: httpx.AsyncClient) -> None:
    """By the rules of OpenAPI 3.1."""
    document = await described(client)
    validate(document)
    assert document["openapi"].startswith("3.1")


async def test_every_route_is_described_and_every_described_one_is_there(
    service: FakeService, client: httpx.AsyncClient
) -> None:
    """And the table behind it names none that is gone."""
    document = await described(client)
    written = {(method.upper(), path) for path, methods in document["paths"].items() for method in methods}
    routes = routes_of(service)
    assert written == routes
    assert set(OPERATIONS) <= routes
    assert all(
        operation["summary"].endswith(".") for methods in document["paths"].values() for operation in methods.values()
    )


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
@pytest.mark.parametrize("accept", ["*/*", "application/json", "text/html"])
async def test_every_answer_is_as_described(
    service: FakeService, client: httpx.AsyncClient, accept: str, error: Exception | None
) -> None:
    """Of every route, whatever the service behind it says, refusals included."""
    service.board.put(report("audit", broken=True, cluster="us"))
    service.history.record(report(broken=True), NOW, timedelta(minutes=2))
    document, found, seen = await described(client), {}, 0
    service.error = error if error is None or accept != "text/html" else ConfigError([Problem(file="x", message="bad")])
    for method, path, query in [*((method, path, "") for method, path in sorted(routes_of(service))), *MORE]:
        if isinstance(service.error, ConfigError) and path != "/-/reload":
            continue
        if path == "/-/reload" and error is not None and not isinstance(service.error, ConfigError):
            continue  # A reload raises nothing else.
        answer = await client.request(method, f"{FILLED.get(path, path)}?{query}", headers={"accept": accept})
        seen += 1
        if different := refute(document, method, path, answer):
            found[method, path, query] = different
    assert found == {}
    assert seen > 0


async def test_what_answers_in_json_refuses_in_json(client: httpx.AsyncClient) -> None:
    """The paths that refuse in JSON are those whose answer is JSON and nothing else."""
    document = await described(client)
    kinds = {
        path: {
            kind
            for response in operation["responses"].values()
            if response is not operation["responses"]["default"]
            for kind in response.get("content", {})
        }
        for path, methods in document["paths"].items()
        for operation in methods.values()
    }
    assert {path for path, found in kinds.items() if found == {"application/json"}} == set(JSON_PATHS)


async def test_an_answer_that_differs_is_seen(client: httpx.AsyncClient) -> None:
    """The tests above can fail: a wrong status, a wrong kind, a field that is missing."""
    document = await described(client)
    good = await client.get("/findings")
    body = good.json()
    del body["open"]
    json_kind = {"content-type": "application/json"}
    assert refute(document, "GET", "/findings", good) == ""
    assert "open" in refute(document, "GET", "/findings", httpx.Response(200, json=body))
    assert "not described" in refute(document, "GET", "/findings", httpx.Response(203, json=body))
    assert "not among" in refute(document, "GET", "/findings", httpx.Response(200, text="x"))
    assert refute(document, "GET", "/report", httpx.Response(400, headers=json_kind, content=b"{}"))


async def test_the_report_is_described_by_its_own_schema(client: httpx.AsyncClient) -> None:
    """Without fields it holds to the strict one: what a part may leave out, the whole may not."""
    document = await described(client)
    schema = {"$ref": "#/components/schemas/Report", "components": document["components"]}
    whole = (await client.get("/report")).json()
    jsonschema.validate(whole, schema)
    del whole["clusters"][0]["remotes"][0]["evidence"]
    with pytest.raises(jsonschema.ValidationError, match="evidence"):
        jsonschema.validate(whole, schema)
