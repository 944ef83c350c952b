"""The one door through which all traffic of a round goes."""

from __future__ import annotations

from typing import Protocol

from diag.collect.target import ApiTarget, ProbeTarget
from diag.evidence.call import Answers, Call
from diag.model import Probe, Resolution, Unavailable


class Network(Protocol):
    """The one door through which all traffic of a round goes: a name, an address, an API.

    What stands behind it may be the world, a recording of it (``recorded.py``), or nothing at all (``diag lint``).
    """

    async def resolve(self, host: str, seconds: float, /) -> Resolution | Unavailable:
        """Give the addresses of a host."""

    async def probe(self, dial: ProbeTarget, /) -> Probe:
        """Look at one address."""

    async def call(self, target: ApiTarget, calls: tuple[Call, ...], /) -> Answers:
        """Make calls at one address of an API, all at once; each gets its answer, or why there is none."""
