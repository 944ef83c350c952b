"""The routes of what programs read: metrics, the report, findings."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from diag.board import Snapshot
from diag.web.answers import JSON, PROMETHEUS, answer, has_already, tag_headers, takes_gzip
from diag.web.backend import Service
from diag.web.findings import FindingsChoice, findings_body
from diag.web.query import refuse_other_keys, refuse_unknown_cause, refuse_unknown_check, refuse_unknown_places
from diag.web.report_body import ReportChoice, report_chunks
from diag.web.response_cache import ResponseCache
from diag.web.wanted import Wanted

PLACES = ("cluster", "remote", "status", "cause")


class DataRoutes:
    """Metrics, report and findings, each rendered once for each state of the board and each choice."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._bodies = ResponseCache(service)

    def routes(self) -> list[Route]:
        """What they are reached by."""
        return [
            Route("/metrics", self.metrics),
            Route("/report", self.report),
            Route("/findings", self.findings),
        ]

    async def metrics(self, request: Request) -> Response:
        """All series, in the text format of Prometheus."""
        packed = takes_gzip(request)
        return answer(request, await self._bodies.metrics(), PROMETHEUS, packed=packed)

    async def report(self, request: Request) -> Response:
        """The report, or the part of it that the query chooses."""
        refuse_other_keys(request.query_params, (*PLACES, "full", "fields"))
        choice = ReportChoice.of(request.query_params)
        return await self._json(request, choice, choice.wanted, lambda now: report_chunks(now.report, choice))

    async def findings(self, request: Request) -> Response:
        """The findings, one row each, and the questions that stayed open."""
        refuse_other_keys(request.query_params, (*PLACES, "check", "severity"))
        choice = FindingsChoice.of(request.query_params)
        refuse_unknown_check(choice.check, [check.id for check in self._service.known_checks])
        return await self._json(
            request, choice, choice.wanted, lambda now: (findings_body(now, self._service.history, choice),)
        )

    async def _json(
        self, request: Request, choice: Hashable, wanted: Wanted, render: Callable[[Snapshot], Iterable[bytes]]
    ) -> Response:
        refuse_unknown_places(wanted, self._service.board.snapshot())
        refuse_unknown_cause(wanted, [check.id for check in self._service.known_checks])
        tag = self._bodies.tag()
        if has_already(request, tag):
            return Response(status_code=304, headers=tag_headers(tag))
        packed = takes_gzip(request)
        return answer(request, await self._bodies.json(choice, render), JSON, packed=packed, tagged=True)
