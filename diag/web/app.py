"""The application: the routes of all kinds, what every answer carries, and how a refusal reads.

Everything is read-only but the reload of the configuration and a round that somebody asks for.
"""

from __future__ import annotations

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response

from diag.web.assets import AssetRoutes
from diag.web.backend import Service
from diag.web.control_routes import ControlRoutes
from diag.web.data_routes import DataRoutes
from diag.web.event_routes import EventRoutes
from diag.web.guard import Guard, Guards
from diag.web.headers import ConfiguredHeaders, SafeHeaders
from diag.web.logins import Logins
from diag.web.openapi import OpenApiRoutes
from diag.web.page_routes import PageRoutes
from diag.web.probe_routes import ProbeRoutes
from diag.web.refusals import refusal
from diag.web.run_routes import RunRoutes
from diag.web.wanted import BadQueryError

_NO_PAGE = "there is no such page; / leads to those for people, /openapi.json lists all"


def build_app(service: Service, guards: Guards | None = None) -> Starlette:
    """Make the web application over a service; without guards it lets in whoever reaches it, as on loopback."""
    guards = guards or Guards()
    kinds = (PageRoutes, AssetRoutes, DataRoutes, EventRoutes, ProbeRoutes, RunRoutes, ControlRoutes)
    routes = [route for kind in kinds for route in kind(service).routes()]
    app = Starlette(
        routes=[*routes, *OpenApiRoutes(routes).routes()],
        middleware=[
            Middleware(ConfiguredHeaders, headers=guards.headers),
            Middleware(SafeHeaders),
            Middleware(Guard, rules=guards.rules, logins=Logins(guards.users)),
        ],
        exception_handlers={HTTPException: _refusal, BadQueryError: _bad_query},
    )
    app.router.redirect_slashes = False
    return app


async def _bad_query(request: Request, error: Exception) -> Response:
    return refusal(request, 400, str(error))


async def _refusal(request: Request, error: Exception) -> Response:
    if not isinstance(error, HTTPException):
        raise error
    text = {
        404: _NO_PAGE if error.detail == "Not Found" else error.detail,
        405: "this page does not take that method",
    }.get(error.status_code, error.detail)
    return refusal(request, error.status_code, text, error.headers)
