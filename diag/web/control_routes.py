"""The routes by which the daemon itself is watched, and made to load its configuration again."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from diag.config import ConfigError
from diag.web.backend import Service
from diag.web.headers import is_foreign
from diag.web.refusals import refusal


class ControlRoutes:
    """Health, readiness, reload."""

    def __init__(self, service: Service) -> None:
        self._service = service

    def routes(self) -> list[Route]:
        """What they are reached by."""
        return [
            Route("/-/healthy", self.healthy),
            Route("/-/ready", self.ready),
            Route("/-/reload", self.reload, methods=["POST"]),
        ]

    async def healthy(self, _request: Request) -> Response:
        """The process answers."""
        return PlainTextResponse("healthy\n")

    async def ready(self, _request: Request) -> Response:
        """Whether every cluster had its first round."""
        reason = self._service.not_ready()
        return PlainTextResponse(f"{reason or 'ready'}\n", 503 if reason else 200)

    async def reload(self, request: Request) -> Response:
        """Load the configuration again."""
        if is_foreign(request):
            return refusal(request, 403, "a page of another site can't reload the configuration")
        try:
            await self._service.reload()
        except ConfigError as error:
            return refusal(request, 400, str(error))
        return PlainTextResponse("the configuration was loaded\n")
