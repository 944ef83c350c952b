"""The route of what changed: every event after a cursor, and, for who waits for it, the next one."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from diag.history import Event, EventKind, History
from diag.lazy_dataclass import dataclass
from diag.report.past import event_to_json
from diag.web.answers import JSON
from diag.web.backend import Service
from diag.web.query import a_number, known_word, refuse_other_keys, refuse_unknown_places
from diag.web.report_body import as_json
from diag.web.wanted import Wanted

USUAL_LIMIT: Final = 100
MAX_LIMIT: Final = 1000
MAX_CURSOR: Final = 2**63 - 1
MAX_WAIT: Final = 60  # Seconds for which an answer may be held back until something happens.
LOOK_EVERY: Final = 0.25


@dataclass(frozen=True, slots=True, kw_only=True)
class EventChoice:
    """Which events are asked for; empty texts and no kinds mean all."""

    after: int = 0
    limit: int = USUAL_LIMIT
    wait: int = 0
    cluster: str = ""
    remote: str = ""
    kinds: tuple[EventKind, ...] = ()

    @classmethod
    def of(cls, query: Mapping[str, str]) -> EventChoice:
        """Read the query of an address. Raises BadQueryError for what there is not."""
        kinds = [kind.strip() for kind in query.get("kind", "").split(",") if kind.strip()]
        return cls(
            after=a_number(query, "after", 0, MAX_CURSOR),
            limit=max(1, a_number(query, "limit", USUAL_LIMIT, MAX_LIMIT)),
            wait=a_number(query, "wait", 0, MAX_WAIT),
            cluster=query.get("cluster", ""),
            remote=query.get("remote", ""),
            kinds=tuple(EventKind(known_word("kind", kind, tuple(EventKind))) for kind in kinds),
        )

    def read(self, history: History) -> tuple[Event, ...]:
        """The events, the oldest first, and one more than asked for where there is one."""
        return history.events(
            after=self.after,
            limit=self.limit + 1,
            cluster=self.cluster or None,
            remote=self.remote or None,
            kinds=self.kinds,
        )


class EventRoutes:
    """What changed."""

    def __init__(self, service: Service) -> None:
        self._service = service

    def routes(self) -> list[Route]:
        """What it is reached by."""
        return [Route("/events", self.events)]

    async def events(self, request: Request) -> Response:
        """What changed after a cursor, the oldest first."""
        refuse_other_keys(request.query_params, ("after", "limit", "wait", "cluster", "remote", "kind"))
        choice = EventChoice.of(request.query_params)
        found = await self._when_there(request, choice)
        if not found and (choice.cluster or choice.remote):
            await self._refuse_unknown(choice)
        oldest = await asyncio.to_thread(self._service.history.events, limit=1)
        # What the cursor stands for is no longer kept, so that something after it may be gone, too.
        missed = 0 < choice.after < (oldest[0].cursor if oldest else 0)
        listed = found[: choice.limit]
        ahead = self._is_ahead(choice)
        nothing = self._service.history.newest() if ahead else choice.after
        body = {
            "events": [event_to_json(event) for event in listed],
            "after": listed[-1].cursor if listed else nothing,
            "more": len(found) > choice.limit,
            "missed": missed or ahead,
        }
        return Response(as_json(body) + b"\n", media_type=JSON)

    async def _when_there(self, request: Request, choice: EventChoice) -> tuple[Event, ...]:
        """Read the events; where there are none, wait until there are, as long as was asked for."""
        loop, history = asyncio.get_running_loop(), self._service.history
        until = loop.time() + choice.wait
        generation = self._service.board.generation
        found = await asyncio.to_thread(choice.read, history)
        while not found and loop.time() < until and not self._is_ahead(choice) and not await request.is_disconnected():
            await asyncio.sleep(LOOK_EVERY)
            if self._service.board.generation != generation:
                generation = self._service.board.generation
                found = await asyncio.to_thread(choice.read, history)
        return found

    def _is_ahead(self, choice: EventChoice) -> bool:
        """Whether nothing here has so high a cursor: it is of a past that is gone, whose clock was ahead of the one of today."""
        return 0 < self._service.history.newest() < choice.after

    async def _refuse_unknown(self, choice: EventChoice) -> None:
        """A name without any event may be of what is gone, or mistyped: what was never there is refused."""
        ever = EventChoice(limit=1, cluster=choice.cluster, remote=choice.remote)
        if not await asyncio.to_thread(ever.read, self._service.history):
            wanted = Wanted(cluster=choice.cluster, remote=choice.remote)
            refuse_unknown_places(wanted, self._service.board.snapshot())
