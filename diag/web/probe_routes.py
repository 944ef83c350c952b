"""The route of a look at one remote now, in the manner of the Prometheus exporters that probe on request."""

from __future__ import annotations

import asyncio
from typing import Final

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from diag.web.answers import JSON, PROMETHEUS
from diag.web.backend import BusyError, Probed, ProbeFailedError, Service, UnknownNameError
from diag.web.probe_body import probe_json, probe_series, probe_text, success_series
from diag.web.query import a_flag, a_word
from diag.web.refusals import refusal, refused_look

FORMATS: Final = ("prometheus", "json", "text")
SCRAPE_MARGIN: Final = 0.5  # Seconds that are left for the answer to travel when a scraper says how long it waits.
SHORTEST_PROBE: Final = 0.5


class ProbeRoutes:
    """A look at one remote, now."""

    def __init__(self, service: Service) -> None:
        self._service = service

    def routes(self) -> list[Route]:
        """What it is reached by."""
        return [Route("/probe", self.probe)]

    async def probe(self, request: Request) -> Response:
        """Look at one remote now, and answer in the format that is asked for."""
        query = request.query_params
        form, debug = a_word(query, "format", FORMATS), a_flag(query, "debug")
        cluster, remote, seconds = query.get("cluster", ""), query.get("remote", ""), _patience(request)
        try:
            async with asyncio.timeout(seconds):
                probed = await self._service.probe(cluster, remote)
        except (UnknownNameError, BusyError, ProbeFailedError) as error:
            return refused_look(request, error)
        except TimeoutError:
            if form != "prometheus":
                return refusal(request, 504, f"the look at the remote did not end within {seconds:g} s")
            return PlainTextResponse(success_series(success=False, took=seconds or 0.0), media_type=PROMETHEUS)
        return await asyncio.to_thread(_answer, probed, remote, form, debug=debug)


def _answer(probed: Probed, remote: str, form: str, *, debug: bool) -> Response:
    if form == "json":
        return Response(probe_json(probed, remote, full=debug), media_type=JSON)
    if form == "text":
        return _plain(probe_text(probed, remote, debug=debug))
    series = probe_series(probed, remote)
    if debug:  # For eyes, as the exporters do it: what was seen, and then what a scraper would get.
        return _plain(f"{probe_text(probed, remote, debug=True)}\nMetrics that would have been returned:\n{series}")
    return Response(series.encode("utf-8", "backslashreplace"), media_type=PROMETHEUS)


def _plain(text: str) -> Response:
    return PlainTextResponse(text.encode("utf-8", "backslashreplace"))


def _patience(request: Request) -> float | None:
    """How long the scraper waits, by the header that Prometheus sends; None where it doesn't say."""
    try:
        seconds = float(request.headers.get("x-prometheus-scrape-timeout-seconds", ""))
    except ValueError:
        return None
    return max(seconds - SCRAPE_MARGIN, SHORTEST_PROBE) if 0 < seconds < float("inf") else None
