"""The routes of what programs read: metrics and the report."""

from __future__ import annotations

import asyncio

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from diag.web.answers import answer, has_already, tag_headers, takes_gzip
from diag.web.backend import Service
from diag.web.probe_routes import PROMETHEUS
from diag.web.response_cache import Body, ResponseCache, report_body
from diag.web.wanted import EVERYTHING, Wanted


class DataRoutes:
    """Metrics and the report, each rendered once for each state of the board."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._bodies = ResponseCache(service)

    def routes(self) -> list[Route]:
        """What they are reached by."""
        return [Route("/metrics", self.metrics), Route("/report", self.report)]

    async def metrics(self, request: Request) -> Response:
        """All series."""
        packed = takes_gzip(request)
        return answer(await self._bodies.metrics(packed=packed), PROMETHEUS, packed=packed)

    async def report(self, request: Request) -> Response:
        """The report, or the part that the query chooses."""
        packed, wanted = takes_gzip(request), Wanted.of(request.query_params)
        if wanted != EVERYTHING:
            body = await asyncio.to_thread(report_body, wanted.of_report(self._service.board.snapshot().report))
            return answer(Body("", body), "application/json", packed=False)
        tag = self._bodies.report_tag()
        if has_already(request, tag):
            return Response(status_code=304, headers=tag_headers(tag))
        return answer(await self._bodies.report(packed=packed), "application/json", packed=packed, tagged=True)
