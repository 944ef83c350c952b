"""The network itself: what a round asks of it goes out from here."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from time import perf_counter
from types import TracebackType
from typing import TYPE_CHECKING, Self

from diag.collect.address import AddressProbe
from diag.collect.descriptors import SLOW, connections_within, raised_limit, shortage
from diag.collect.dns import Resolver
from diag.collect.shared_answers import SharedAnswers
from diag.collect.target import ApiTarget, ProbeTarget
from diag.collect.two_speeds import Places
from diag.evidence.call import Answer, Answers, Call
from diag.model import Probe, Resolution, Unavailable

if TYPE_CHECKING:
    from diag.collect.api import Api


class RealNetwork:
    """The real network, with a bounded number of connections at once: waiting for a place costs nobody his deadline.

    Addresses that do not answer keep no others waiting. ``connections``: how many of each kind; left out: as many as the file descriptors allow. ``shortage`` says where those are few.
    """

    def __init__(self, *, connections: int | None = None, lookups: int = 64) -> None:
        limit = raised_limit()
        connections = connections_within(limit) if connections is None else connections
        self.shortage = shortage(connections, limit)
        self._places = Places(connections, SLOW * connections)
        self._api_places = asyncio.Semaphore(connections)
        self._second_places = Places(connections, SLOW * connections)
        self._resolver = Resolver(lookups)
        self._shared = SharedAnswers()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._shared.close()

    async def resolve(self, host: str, seconds: float, /) -> Resolution | Unavailable:
        """Give the addresses of a host."""
        return await self._resolver.resolve(host, seconds)

    async def probe(self, dial: ProbeTarget, /) -> Probe:
        """Look at one address: one connection, and further ones where it failed in a telling way."""
        address = (dial.ip, dial.endpoint.port)
        return await AddressProbe(dial, self._places.at(address), self._second_places.at(address)).probe()

    async def call(self, target: ApiTarget, calls: tuple[Call, ...], /) -> Answers:
        """Make calls at one address of an API, all at once, on a connection each."""
        api = await asyncio.to_thread(self._api, target)
        answers = await asyncio.gather(*(self._answer(api, target, call) for call in calls))
        return dict(zip(calls, answers, strict=True))

    async def _answer(self, api: Api, target: ApiTarget, call: Call) -> Answer:
        """Make a call, or take what another round got, or is getting, for the same one."""
        if not call.shared:
            return await self._timed(api, call)
        return await self._shared.get(
            (target.url, target.auth, target.token, target.ca, target.ca_pem, call),
            call.shared,
            lambda: self._timed(api, call),
        )

    async def _timed(self, api: Api, call: Call) -> Answer:
        async with self._api_places:
            started = perf_counter()
            value = await api.ask(call)
            return Answer(value=value, seconds=perf_counter() - started, at=datetime.now(UTC))

    def _api(self, target: ApiTarget) -> Api:
        """Read secret and CA; runs in a thread."""
        from diag.collect.api import Api  # noqa: PLC0415 -- httpx is slow to import, and most runs ask no API.

        return Api(target, self.resolve)
