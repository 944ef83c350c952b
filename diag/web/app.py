"""The application: the routes of all kinds, what every answer carries, and how a refusal reads.

Everything is read-only but the reload of the configuration.
"""

from __future__ import annotations

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from diag.web.backend import Service
from diag.web.control_routes import ControlRoutes
from diag.web.data_routes import DataRoutes
from diag.web.headers import SafeHeaders
from diag.web.page_routes import PageRoutes
from diag.web.probe_routes import ProbeRoutes
from diag.web.wanted import BadQueryError

_NO_PAGE = (
    "there is no such page; there are / /remote/CLUSTER/ALIAS /checks/ID /metrics /report /probe /-/healthy /-/ready"
    " and POST /-/reload"
)


def build_app(service: Service) -> Starlette:
    """Make the web application over a service."""
    kinds = (PageRoutes(service), DataRoutes(service), ProbeRoutes(service), ControlRoutes(service))
    app = Starlette(
        routes=[route for kind in kinds for route in kind.routes()],
        middleware=[Middleware(SafeHeaders)],
        exception_handlers={HTTPException: _plain_refusal, BadQueryError: _bad_query},
    )
    app.router.redirect_slashes = False
    return app


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
