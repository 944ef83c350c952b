"""The routes of the pages that a person reads."""

from __future__ import annotations

import asyncio
import dataclasses
import functools
import secrets
import time
from collections.abc import Callable
from datetime import UTC, datetime
from hashlib import sha256
from typing import Final

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from diag.board import ClusterState, Snapshot
from diag.model import RemoteReport
from diag.web.answers import answer, has_already, tag_headers, takes_gzip
from diag.web.backend import BusyError, ProbeFailedError, Service, UnknownNameError
from diag.web.background import Background
from diag.web.check_page import render_check
from diag.web.cluster_page import render_cluster
from diag.web.headers import is_foreign
from diag.web.page import render_page
from diag.web.refusals import refusal, refused_look
from diag.web.remote_page import render_remote
from diag.web.response_cache import Body, packed_body
from diag.web.wanted import Wanted, page_number

HTML: Final = "text/html; charset=utf-8"
# Seconds after which a page is written anew although nothing changed: it says how long ago things were.
TICK: Final = 10.0


class PageRoutes:
    """The overview, one local cluster, one remote, one check."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._boot = secrets.token_hex(4)  # Generations begin again with each start; tags must not.

    def routes(self) -> list[Route]:
        """What they are reached by."""
        return [
            Route("/", self.status),
            Route("/clusters/{name:path}", self.cluster),
            Route("/remote/{name:path}", self.remote),
            Route("/remote/{name:path}", self.look_now, methods=["POST"]),
            Route("/checks/{id:path}", self.check),
        ]

    async def status(self, request: Request) -> Response:
        """The overview."""
        wanted, number = Wanted.of(request.query_params), page_number(request.query_params)
        return await self._page(
            request,
            lambda snapshot, now: render_page(snapshot, Background.of(self._service), now, wanted, number=number),
        )

    async def cluster(self, request: Request) -> Response:
        """One local cluster."""
        state = self._service.board.snapshot().shown.get(request.path_params["name"])
        if state is None:
            raise HTTPException(404, "no local cluster of that name was looked at; / lists those that were")
        return await self._page(request, lambda _, now: render_cluster(state, self._service.history, now))

    async def remote(self, request: Request) -> Response:
        """One remote."""
        state, remote = self._named(request)
        return await self._page(request, lambda _, now: render_remote(state, remote, self._service.history, now))

    async def look_now(self, request: Request) -> Response:
        """One remote, looked at because somebody asks."""
        if is_foreign(request):
            return refusal(request, 403, "a page of another site can't ask for a look")
        state, remote = self._named(request)
        try:
            probed = await self._service.probe(state.report.name, remote.alias)
        except (UnknownNameError, BusyError, ProbeFailedError) as error:
            return refused_look(request, error)
        found = probed.report.remote(remote.alias)
        if found is None:
            because = f": {probed.report.evidence.discovery}" if probed.report.evidence.discovery else ""
            return refusal(
                request, 404, f"the look did not find this remote in the settings of its local cluster{because}"
            )
        fresh = dataclasses.replace(state, report=probed.report)
        page = await asyncio.to_thread(
            functools.partial(render_remote, fresh, found, self._service.history, asked=True)
        )
        return Response(page.encode("utf-8", "backslashreplace"), media_type=HTML)

    async def check(self, request: Request) -> Response:
        """The manual page of a check."""
        found = next((one for one in self._service.known_checks if one.id == request.path_params["id"]), None)
        if found is None:
            raise HTTPException(404, "there is no check of that id; diag checks list names them all")
        return await self._page(
            request, lambda snapshot, now: render_check(found, snapshot, self._service.history, now)
        )

    async def _page(self, request: Request, write: Callable[[Snapshot, datetime], str]) -> Response:
        """Write a page on a thread, unless the reader has it as it is now."""
        snapshot, packed = self._service.board.snapshot(), takes_gzip(request)
        notes = sha256(
            "\n".join((*self._service.notes, *self._service.history.notes)).encode("utf-8", "backslashreplace")
        ).hexdigest()[:8]
        tag = f"{self._boot}-{snapshot.generation}-{notes}-{time.monotonic() // TICK:.0f}"
        if has_already(request, tag):
            return Response(status_code=304, headers=tag_headers(tag))

        def body() -> Body:
            # Half a surrogate pair in a name is no valid text anywhere: it is written out.
            plain = write(snapshot, datetime.now(UTC)).encode("utf-8", "backslashreplace")
            return packed_body(tag, (plain,))

        return answer(request, await asyncio.to_thread(body), HTML, packed=packed, tagged=True)

    def _named(self, request: Request) -> tuple[ClusterState, RemoteReport]:
        """The remote that an address names. The path comes decoded, so that a slash in a name is no seam."""
        name = request.path_params["name"]
        for cluster, state in self._service.board.snapshot().shown.items():
            for remote in state.report.remotes:
                if name == f"{cluster}/{remote.alias}":
                    return state, remote
        raise HTTPException(404, "no remote of that name was looked at; / lists those that were")
