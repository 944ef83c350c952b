"""The route of a look at one remote now, in the manner of the Prometheus exporters that probe on request."""

from __future__ import annotations

import asyncio
import dataclasses

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from diag.engine import report as report_of
from diag.metrics import render_report_series
from diag.model import RemoteReport, Status
from diag.web.backend import BusyError, Probed, ProbeFailedError, Service, UnknownNameError

PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8"
SCRAPE_MARGIN = 0.5  # Seconds that are left for the answer to travel when a scraper says how long it waits.
SHORTEST_PROBE = 0.5


class ProbeRoutes:
    """A look at one remote, now."""

    def __init__(self, service: Service) -> None:
        self._service = service

    def routes(self) -> list[Route]:
        """What it is reached by."""
        return [Route("/probe", self.probe)]

    async def probe(self, request: Request) -> Response:
        """Run a round for one remote and give its series."""
        cluster, remote = (request.query_params.get(key, "") for key in ("cluster", "remote"))
        seconds = _patience(request)
        try:
            async with asyncio.timeout(seconds):
                probed = await self._service.probe(cluster, remote)
        except (UnknownNameError, BusyError, ProbeFailedError) as error:
            return refused_probe(error)
        except TimeoutError:
            return PlainTextResponse(_probe_series(None, seconds or 0.0), media_type=PROMETHEUS)
        text = await asyncio.to_thread(_probe_text, probed, remote)
        return PlainTextResponse(text.encode("utf-8", "backslashreplace"), media_type=PROMETHEUS)


def refused_probe(error: Exception) -> Response:
    """Say why there was no look."""
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
