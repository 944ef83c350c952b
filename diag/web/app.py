"""The routes. Everything is read-only but the reload of the configuration."""

from __future__ import annotations

import asyncio
import dataclasses
import functools
from collections.abc import AsyncIterator, Awaitable, Callable
from urllib.parse import urlsplit

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from diag.board import ClusterState
from diag.config import ConfigError
from diag.engine import report as report_of
from diag.metrics import render_report_series
from diag.model import RemoteReport, Status
from diag.web.backend import BusyError, Probed, ProbeFailedError, Service, UnknownNameError
from diag.web.check_page import render_check
from diag.web.page import render_page
from diag.web.remote_page import render_remote
from diag.web.response_cache import Body, ResponseCache, report_body
from diag.web.wanted import EVERYTHING, BadQueryError, Wanted

PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8"
SCRAPE_MARGIN = 0.5  # Seconds that are left for the answer to travel when a scraper says how long it waits.
SHORTEST_PROBE = 0.5
SLICE = 256 * 1024
HEADERS = (
    (
        b"content-security-policy",
        b"default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    ),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"cache-control", b"no-cache"),
)

_NO_PAGE = (
    "there is no such page; there are / /remote/CLUSTER/ALIAS /checks/ID /metrics /report /probe /-/healthy /-/ready"
    " and POST /-/reload"
)

Endpoint = Callable[[Request], Awaitable[Response]]


def build_app(service: Service) -> Starlette:
    """Make the web application over a service."""
    pages = _Pages(service)
    routes = [
        Route("/", pages.status),
        Route("/metrics", pages.metrics),
        Route("/report", pages.report),
        Route("/remote/{name:path}", pages.remote),
        Route("/remote/{name:path}", pages.look_now, methods=["POST"]),
        Route("/checks/{id:path}", pages.check),
        Route("/probe", pages.probe),
        Route("/-/healthy", pages.healthy),
        Route("/-/ready", pages.ready),
        Route("/-/reload", pages.reload, methods=["POST"]),
    ]
    app = Starlette(
        routes=routes,
        middleware=[Middleware(_SafeHeaders)],
        exception_handlers={HTTPException: _plain_refusal, BadQueryError: _bad_query},
    )
    app.router.redirect_slashes = False
    return app


class _SafeHeaders:
    """Adds the headers that keep a browser from doing more with an answer than showing it."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *HEADERS]
            await send(message)

        await self._app(scope, receive, with_headers)


class _Pages:
    def __init__(self, service: Service) -> None:
        self._service = service
        self._bodies = ResponseCache(service)

    async def status(self, request: Request) -> Response:
        snapshot, wanted = self._service.board.snapshot(), Wanted.of(request.query_params)
        service = self._service
        page = await asyncio.to_thread(render_page, snapshot, service.interval, service.notes, None, wanted)
        return Response(page, media_type="text/html")

    async def remote(self, request: Request) -> Response:
        state, remote = self._named(request)
        return Response(await asyncio.to_thread(render_remote, state, remote), media_type="text/html")

    async def look_now(self, request: Request) -> Response:
        if _is_foreign(request):
            return PlainTextResponse("a page of another site can't ask for a look\n", 403)
        state, remote = self._named(request)
        try:
            probed = await self._service.probe(state.report.name, remote.alias)
        except (UnknownNameError, BusyError, ProbeFailedError) as error:
            return _refused_probe(error)
        found = next((one for one in probed.report.remotes if one.alias == remote.alias), remote)
        fresh = dataclasses.replace(state, report=probed.report)
        page = await asyncio.to_thread(functools.partial(render_remote, fresh, found, asked=True))
        return Response(page, media_type="text/html")

    async def check(self, request: Request) -> Response:
        found = next((one for one in self._service.known_checks if one.id == request.path_params["id"]), None)
        if found is None:
            raise HTTPException(404, "there is no check of that id; diag checks list names them all")
        return Response(
            await asyncio.to_thread(render_check, found, self._service.board.snapshot()), media_type="text/html"
        )

    def _named(self, request: Request) -> tuple[ClusterState, RemoteReport]:
        """The remote that an address names. The path comes decoded, so that a slash in a name is no seam."""
        name = request.path_params["name"]
        for cluster, state in self._service.board.snapshot().clusters.items():
            for remote in state.report.remotes:
                if name == f"{cluster}/{remote.alias}":
                    return state, remote
        raise HTTPException(404, "no remote of that name was looked at; / lists those that were")

    async def metrics(self, request: Request) -> Response:
        packed = _takes_gzip(request)
        return _answer(await self._bodies.metrics(packed=packed), PROMETHEUS, packed=packed)

    async def report(self, request: Request) -> Response:
        packed, wanted = _takes_gzip(request), Wanted.of(request.query_params)
        if wanted != EVERYTHING:
            body = await asyncio.to_thread(report_body, wanted.of_report(self._service.board.snapshot().report))
            return _answer(Body("", body), "application/json", packed=False)
        tag = self._bodies.report_tag()
        if _has_already(request, tag):
            return Response(status_code=304, headers=_tag_headers(tag))
        return _answer(await self._bodies.report(packed=packed), "application/json", packed=packed, tagged=True)

    async def healthy(self, _request: Request) -> Response:
        return PlainTextResponse("healthy\n")

    async def ready(self, _request: Request) -> Response:
        reason = self._service.not_ready()
        return PlainTextResponse(f"{reason or 'ready'}\n", 503 if reason else 200)

    async def reload(self, request: Request) -> Response:
        if _is_foreign(request):
            return PlainTextResponse("a page of another site can't reload the configuration\n", 403)
        try:
            await self._service.reload()
        except ConfigError as error:
            return PlainTextResponse(f"{error}\n", 400)
        return PlainTextResponse("the configuration was loaded\n")

    async def probe(self, request: Request) -> Response:
        cluster, remote = (request.query_params.get(key, "") for key in ("cluster", "remote"))
        seconds = _patience(request)
        try:
            async with asyncio.timeout(seconds):
                probed = await self._service.probe(cluster, remote)
        except (UnknownNameError, BusyError, ProbeFailedError) as error:
            return _refused_probe(error)
        except TimeoutError:
            return PlainTextResponse(_probe_series(None, seconds or 0.0), media_type=PROMETHEUS)
        text = await asyncio.to_thread(_probe_text, probed, remote)
        return PlainTextResponse(text.encode("utf-8", "backslashreplace"), media_type=PROMETHEUS)


def _refused_probe(error: Exception) -> Response:
    match error:
        case UnknownNameError():
            return PlainTextResponse(f"{error.args[0]}\n", 404)
        case BusyError():
            return PlainTextResponse(f"{error}\n", 503, headers={"retry-after": "5"})
        case _:
            return PlainTextResponse(f"{error}\n", 500)


def _probe_text(probed: Probed, alias: str) -> str:
    """Write the series of the remote that was asked for, and only those."""
    found = next((remote for remote in probed.report.remotes if remote.alias == alias), None)
    only = dataclasses.replace(probed.report, results=(), remotes=(found,) if found else ())
    report = report_of([only], only.evidence.taken_at)
    return render_report_series(report) + _probe_series(found, probed.took)


def _probe_series(remote: RemoteReport | None, took: float) -> str:
    success = remote is not None and remote.status in {Status.OK, Status.WARN}
    return (
        "# HELP probe_success 1 if the remote is ok or has only warnings, 0 if it fails or can't be judged.\n"
        "# TYPE probe_success gauge\n"
        f"probe_success {int(success)}\n"
        "# HELP probe_duration_seconds How long the probe took.\n"
        "# TYPE probe_duration_seconds gauge\n"
        f"probe_duration_seconds {took:.6f}\n"
    )


def _patience(request: Request) -> float | None:
    """How long the scraper waits, by the header that Prometheus sends; None where it doesn't say."""
    try:
        seconds = float(request.headers.get("x-prometheus-scrape-timeout-seconds", ""))
    except ValueError:
        return None
    return max(seconds - SCRAPE_MARGIN, SHORTEST_PROBE) if 0 < seconds < float("inf") else None


def _answer(body: Body, media_type: str, *, packed: bool, tagged: bool = False) -> Response:
    headers = {"vary": "accept-encoding"}
    if tagged:
        headers |= _tag_headers(body.tag)
    if packed:
        headers["content-encoding"] = "gzip"
    data = body.packed if packed else body.plain
    if len(data) <= SLICE:
        return Response(data, media_type=media_type, headers=headers)
    headers["content-length"] = str(len(data))
    return StreamingResponse(_slices(data), media_type=media_type, headers=headers)


async def _slices(data: bytes) -> AsyncIterator[bytes]:
    """Give a long body in slices: written at once it would hold up the rounds, and wait in memory for a slow reader."""
    for start in range(0, len(data), SLICE):
        yield data[start : start + SLICE]


def _tag_headers(tag: str) -> dict[str, str]:
    return {"etag": f'W/"{tag}"', "vary": "accept-encoding"}


def _has_already(request: Request, tag: str) -> bool:
    """Tell whether the client has the current report (RFC 9110, 13.1.2: a weak comparison)."""
    tags = [one.strip().removeprefix("W/") for one in request.headers.get("if-none-match", "").split(",")]
    return f'"{tag}"' in tags or tags == ["*"]


def _takes_gzip(request: Request) -> bool:
    for part in request.headers.get("accept-encoding", "").lower().split(","):
        coding, _, weight = part.partition(";")
        if coding.strip() in {"gzip", "*"}:
            return weight.replace(" ", "") not in {"q=0", "q=0.0", "q=0.00", "q=0.000"}
    return False


def _is_foreign(request: Request) -> bool:
    """Tell whether a browser sends this for a page of another site; a command line sends neither header."""
    origin = request.headers.get("origin")
    if origin is not None and urlsplit(origin).netloc != request.headers.get("host", ""):
        return True
    return request.headers.get("sec-fetch-site", "none") not in {"none", "same-origin"}


async def _bad_query(_request: Request, error: Exception) -> Response:
    return PlainTextResponse(f"{error}\n", 400)


async def _plain_refusal(_request: Request, error: Exception) -> Response:
    if not isinstance(error, HTTPException):
        raise error
    text = {
        404: _NO_PAGE if error.detail == "Not Found" else error.detail,
        405: "this page does not take that method",
    }.get(error.status_code, error.detail)
    return PlainTextResponse(f"{text}\n", error.status_code, headers=error.headers)
