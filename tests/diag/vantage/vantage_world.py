"""A configuration with vantage points, and workers that a test plays."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import yaml

from diag.collect import Partly
from diag.config import ClusterConfig, Config, load_config
from diag.model import ClusterEvidence, History
from diag.plan import NOTHING
from diag.vantage.key_table import GivenTables, UnknownKeysError
from diag.vantage.round_order import answer_of, keys_wanted, read_order
from diag.vantage.vantage_collector import Early, LostRoundError
from tests.diag.daemon.world import World

__all__ = ["Here", "PlayedWorkers", "config_of", "remote"]


def remote(alias: str, **more: object) -> dict[str, object]:
    """A remote of the configuration."""
    return {
        "alias": alias,
        "security_model": "api_key",
        "mode": "proxy",
        "proxy_address": f"{alias}.example:9443",
        **more,
    }


def config_of(folder: Path, clusters: list[dict[str, object]], **more: object) -> Config:
    """Load a configuration with two vantage points, of which the first may be taken over by the second."""
    points = [{"name": "eu", "taken_over_by": ["us"]}, {"name": "us"}]
    text = {"clusters": clusters, "vantage_points": points, "scheduler": {"listen": "127.0.0.1:0"}, **more}
    path = folder / "diag.yaml"
    path.write_text(yaml.safe_dump(text))
    return load_config(path)


@dataclass(slots=True)
class Here:
    """Looks from here, and remembers at what."""

    world: World = field(default_factory=World)
    looks: list[str] = field(default_factory=list)

    async def __call__(
        self,
        config: Config,
        cluster: ClusterConfig,
        now: datetime,
        remotes: tuple[str, ...] = (),
        past: Mapping[str, History] = NOTHING,
        partly: Partly | None = None,
    ) -> ClusterEvidence:
        """Look."""
        self.looks.append(cluster.name)
        return await self.world(config, cluster, now, remotes, past, partly)


@dataclass(slots=True)
class PlayedWorkers:
    """Workers that answer as the world is; ``losses`` are rounds that are lost first, ``answer`` is said in place of evidence.

    ``elsewhere`` are the clusters of whose keys each round that was made knew.
    """

    present: dict[str, int] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)
    losses: int = 0
    given: bool = True
    sent_early: tuple[bytes, ...] = ()
    heard: asyncio.Event = field(default_factory=asyncio.Event)
    answer: bytes | None = None
    world: World = field(default_factory=World)
    orders: list[tuple[str, bytes]] = field(default_factory=list)
    frozen: asyncio.Event | None = None
    alone: list[bool] = field(default_factory=list)
    tables: GivenTables = field(default_factory=GivenTables)
    elsewhere: list[set[str]] = field(default_factory=list)

    async def wait_for(self, place: str, seconds: float) -> bool:
        """Say at once."""
        del seconds
        return bool(self.present.get(place))

    async def make_round(self, place: str, order: bytes, *, alone: bool = False, early: Early | None = None) -> bytes:
        """Make it, or lose it."""
        self.orders.append((place, order))
        self.alone.append(alone)
        if self.frozen is not None:
            await self.frozen.wait()
        if self.losses:
            self.losses -= 1
            raise LostRoundError(given=self.given)
        if self.answer is not None:
            return self.answer
        try:
            work, sends_early = read_order(order, self.tables)
        except UnknownKeysError as error:
            return keys_wanted(str(error))
        self.elsewhere.append(set(work.keys_elsewhere))
        if early is not None:
            assert sends_early
            for sent in self.sent_early:
                early(sent)
            await self.heard.wait()
        evidence = await self.world(_config(work.cluster), work.cluster, work.now, work.remotes)
        kept = tuple(one for one in evidence.remotes if work.asks_for(one.remote.alias))
        return answer_of(dataclasses.replace(evidence, remotes=kept, seen_from=work.seen_from))


def _config(cluster: ClusterConfig) -> Config:
    return Config(clusters=(cluster,))
