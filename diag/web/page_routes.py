"""The routes of the pages that a person reads."""

from __future__ import annotations

import asyncio
import dataclasses
import functools

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from diag.board import ClusterState
from diag.model import RemoteReport
from diag.web.backend import BusyError, ProbeFailedError, Service, UnknownNameError
from diag.web.check_page import render_check
from diag.web.headers import is_foreign
from diag.web.page import render_page
from diag.web.refusals import refusal, refused_look
from diag.web.remote_page import render_remote
from diag.web.wanted import Wanted


class PageRoutes:
    """The overview, one remote, one check."""

    def __init__(self, service: Service) -> None:
        self._service = service

    def routes(self) -> list[Route]:
        """What they are reached by."""
        return [
            Route("/", self.status),
            Route("/remote/{name:path}", self.remote),
            Route("/remote/{name:path}", self.look_now, methods=["POST"]),
            Route("/checks/{id:path}", self.check),
        ]

    async def status(self, request: Request) -> Response:
        """The overview."""
        snapshot, wanted = self._service.board.snapshot(), Wanted.of(request.query_params)
        service = self._service
        page = await asyncio.to_thread(render_page, snapshot, service.interval, service.notes, None, wanted)
        return Response(page, media_type="text/html")

    async def remote(self, request: Request) -> Response:
        """One remote."""
        state, remote = self._named(request)
        return Response(await asyncio.to_thread(render_remote, state, remote), media_type="text/html")

    async def look_now(self, request: Request) -> Response:
        """One remote, looked at because somebody asks."""
        if is_foreign(request):
            return refusal(request, 403, "a page of another site can't ask for a look")
        state, remote = self._named(request)
        try:
            probed = await self._service.probe(state.report.name, remote.alias)
        except (UnknownNameError, BusyError, ProbeFailedError) as error:
            return refused_look(request, error)
        found = next((one for one in probed.report.remotes if one.alias == remote.alias), remote)
        fresh = dataclasses.replace(state, report=probed.report)
        page = await asyncio.to_thread(functools.partial(render_remote, fresh, found, asked=True))
        return Response(page, media_type="text/html")

    async def check(self, request: Request) -> Response:
        """The manual page of a check."""
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
