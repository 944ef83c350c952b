"""The interface through which all traffic goes, and its real implementation."""

from __future__ import annotations

import asyncio
from types import TracebackType
from typing import Protocol, Self

from diag.collect.address import AddressProbe
from diag.collect.dns import Resolver
from diag.collect.target import ProbeTarget
from diag.model import Probe, Resolution, Unavailable


class Network(Protocol):
    """The interface through which all traffic of a round goes, so that a round can be replayed."""

    async def resolve(self, host: str, seconds: float, /) -> Resolution | Unavailable:
        """Give the addresses of a host."""

    async def probe(self, dial: ProbeTarget, /) -> Probe:
        """Look at one address."""


class RealNetwork:
    """The real network, with a bounded number of connections at once: waiting for a place costs nobody his deadline."""

    def __init__(self, *, connections: int = 256, lookups: int = 64) -> None:
        self._places = asyncio.Semaphore(connections)
        self._second_places = asyncio.Semaphore(connections)
        self._resolver = Resolver(lookups)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        return None

    async def resolve(self, host: str, seconds: float, /) -> Resolution | Unavailable:
        """Give the addresses of a host."""
        return await self._resolver.resolve(host, seconds)

    async def probe(self, dial: ProbeTarget, /) -> Probe:
        """Look at one address: one connection, and further ones where it failed in a telling way."""
        return await AddressProbe(dial, self._places, self._second_places).probe()
