"""The route by which somebody who has fixed something has a round at once, instead of waiting for the next one."""

from __future__ import annotations

import asyncio
from typing import Final
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from diag.web.answers import JSON
from diag.web.backend import BusyError, ProbeFailedError, Service, UnknownNameError
from diag.web.headers import is_foreign
from diag.web.probe_body import probe_json
from diag.web.query import a_flag, a_number, refuse_other_keys
from diag.web.refusals import refusal, refused_look
from diag.web.report_body import as_json
from diag.web.wanted import BadQueryError

USUAL_WAIT: Final = 60  # Seconds for which the answer is held back until the round of a cluster has ended,
MAX_WAIT: Final = 600  # and the most that somebody may ask for.


class RunRoutes:
    """A round now."""

    def __init__(self, service: Service) -> None:
        self._service = service

    def routes(self) -> list[Route]:
        """What it is reached by."""
        return [Route("/run", self.run, methods=["POST"])]

    async def run(self, request: Request) -> Response:
        """Have a round of a cluster, or a look at one remote, now, and answer with what was found."""
        if is_foreign(request):
            return refusal(request, 403, "a page of another site can't ask for a round")
        query = request.query_params
        refuse_other_keys(query, ("cluster", "remote", "wait", "full"))
        cluster, remote, full = query.get("cluster", ""), query.get("remote", ""), a_flag(query, "full")
        if remote and "wait" in query:
            msg = "wait: expected only for a whole cluster; a look at one remote is answered once it has ended"
            raise BadQueryError(msg)
        wait = a_number(query, "wait", USUAL_WAIT, MAX_WAIT)
        try:
            if remote:
                probed = await self._service.probe(cluster, remote)
            else:
                async with asyncio.timeout(wait):
                    probed = await self._service.run(cluster)
        except (UnknownNameError, BusyError, ProbeFailedError) as error:
            return refused_look(request, error)
        except TimeoutError:
            return _later(cluster)
        body = await asyncio.to_thread(probe_json, probed, remote or None, full=full)
        return Response(body, media_type=JSON)


def _later(cluster: str) -> Response:
    """The round is not done: say where its report will be."""
    where = f"/report?{urlencode({'cluster': cluster})}"
    body = as_json({"cluster": cluster, "remote": None, "finished": False, "report_at": where})
    return Response(body + b"\n", 202, headers={"location": where}, media_type=JSON)
