"""The way to the evidence of one cluster: what the daemon asks of the gathering of evidence."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping
from datetime import datetime
from typing import Protocol

from diag.collect import Network, Partly, RealNetwork, gather
from diag.config import ClusterConfig, Config
from diag.model import ClusterEvidence, History
from diag.plan import NOTHING, round_input

MIN_SECONDS = 60.0  # Seconds that even a round of short intervals and short time limits has.


class CollectRound(Protocol):
    """Looks at one local cluster now; at some of its remotes only, where ``remotes`` names them."""

    async def __call__(
        self,
        config: Config,
        cluster: ClusterConfig,
        now: datetime,
        remotes: tuple[str, ...] = (),
        past: Mapping[str, History] = NOTHING,
        partly: Partly | None = None,
    ) -> ClusterEvidence:
        """Give what was found; ``past`` is what earlier rounds saw, by alias. Whatever a peer or a file does raises nothing.

        ``partly`` is given what is known while others still are looked at, where the collector can do that.
        """


def max_round_seconds(config: Config) -> float:
    """The seconds after which a round is cut short; what is not known by then is unavailable."""
    limits = config.timeouts
    return max(MIN_SECONDS, 2 * config.interval, 10 * (limits.connect + limits.handshake + limits.api))


def through(network: Network) -> CollectRound:
    """Look through a network."""

    async def collect(
        config: Config,
        cluster: ClusterConfig,
        now: datetime,
        remotes: tuple[str, ...] = (),
        past: Mapping[str, History] = NOTHING,
        partly: Partly | None = None,
    ) -> ClusterEvidence:
        # It reads the documents that the configuration names; a disk may be slow.
        work = await asyncio.to_thread(
            round_input, config, cluster, now, remotes=remotes, seconds=max_round_seconds(config), past=past
        )
        return await gather(work, network, partly=partly)

    return collect


@contextlib.asynccontextmanager
async def real_collector() -> AsyncIterator[CollectRound]:
    """Look at the real world, with one set of workers and cached contexts for as long as this is open."""
    async with RealNetwork() as network:
        yield through(network)
