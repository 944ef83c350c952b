"""A small world for the daemon: evidence without a network, which a test can break, slow down or make crash."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import functools
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import httpx
import yaml

from diag.collect import Partly
from diag.config import ClusterConfig, Config
from diag.evidence.history import NO_PAST
from diag.model import (
    ClusterEvidence,
    EndpointEvidence,
    Endpoints,
    History,
    Identity,
    LocalView,
    Reason,
    RemoteApi,
    RemoteEvidence,
    Step,
    Unavailable,
)
from diag.plan import NOTHING
from diag.rounds import CollectRound
from tests import caselib
from tests.patience import PATIENCE, until_async

SECRET = "c2VjcmV0LWlkOnBsYW50ZWQtc2VjcmV0"


@functools.cache
def healthy() -> ClusterEvidence:
    """Evidence with which nothing is wrong."""
    return caselib.evidence(caselib.base_of("api_key"))


def _cluster_of_its_own(api: RemoteApi, alias: str) -> RemoteApi:
    """The same answers, of a cluster with another UUID: two remotes that lead to one cluster would be a finding."""
    if isinstance(api[Identity], Unavailable):
        return api
    return dataclasses.replace(api, identity=dataclasses.replace(api[Identity], uuid=f"uuid-of-{alias}"))


def without_name(remote: RemoteEvidence) -> RemoteEvidence:
    """The same remote, its name no longer resolving."""
    assert isinstance(remote.endpoints, Endpoints)
    gone = Unavailable(step=Step.DNS, reason=Reason.NO_SUCH_NAME, detail="no such name")
    endpoint = EndpointEvidence(endpoint=remote.endpoints.all[0].endpoint, resolution=gone)
    return dataclasses.replace(remote, endpoints=Endpoints(all=(endpoint,)))


@dataclass(slots=True)
class World:
    """What there is to see.

    ``broken`` aliases do not resolve; ``crash`` is raised; ``undiscovered`` remotes could not be read from the cluster; ``before`` is awaited by each look; ``quick`` are the aliases that are handed over
    before that.
    """

    broken: set[str] = field(default_factory=set)
    crash: Exception | None = None
    undiscovered: bool = False
    quick: tuple[str, ...] = ()
    before: Callable[[str], Awaitable[None]] | None = None
    looks: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)
    pasts: list[Mapping[str, History]] = field(default_factory=list)
    running: int = 0
    most_running: int = 0

    async def __call__(
        self,
        config: Config,
        cluster: ClusterConfig,
        now: datetime,
        remotes: tuple[str, ...] = (),
        past: Mapping[str, History] = NOTHING,
        partly: Partly | None = None,
    ) -> ClusterEvidence:
        """Look at a cluster."""
        assert config.clusters
        self.pasts.append(past)
        self.looks.append((cluster.name, remotes))
        self.running += 1
        self.most_running = max(self.most_running, self.running)
        try:
            if partly and self.quick:
                partly(self._evidence(cluster, now, self.quick))
            if self.before:
                await self.before(cluster.name)
        finally:
            self.running -= 1
        if self.crash:
            raise self.crash
        if self.undiscovered:
            silent = Unavailable(step=Step.API, reason=Reason.REFUSED, detail="connection refused")
            return dataclasses.replace(self._evidence(cluster, now, remotes), remotes=(), discovery=silent)
        return self._evidence(cluster, now, remotes)

    def _evidence(self, cluster: ClusterConfig, now: datetime, remotes: tuple[str, ...]) -> ClusterEvidence:
        base = healthy()
        model = dataclasses.replace(base.remotes[0], belief=LocalView())  # Its addresses are changed below.
        # Each remote at an address of its own: two aliases of one remote cluster would be a finding.
        declared = [
            dataclasses.replace(model.remote, alias=one.alias, proxy_address=f"{one.alias}.example:9443")
            for one in cluster.remotes
        ]
        found = [
            dataclasses.replace(model, remote=one, api=_cluster_of_its_own(model.api, one.alias), past=NO_PAST)
            for one in declared
            if not remotes or one.alias in remotes
        ]
        seen = tuple(without_name(one) if one.remote.alias in self.broken else one for one in found)
        local = dataclasses.replace(base.cluster, name=cluster.name, remotes=tuple(declared))
        keystore = dataclasses.replace(  # type: ignore[type-var]  # -- the base declares one.
            base.keystore, names=tuple(f"cluster.remote.{one.alias}.credentials" for one in cluster.remotes)
        )
        return dataclasses.replace(base, cluster=local, taken_at=now, keystore=keystore, remotes=seen)

    @contextlib.asynccontextmanager
    async def open(self) -> AsyncIterator[CollectRound]:
        """Open it as the daemon opens the real world."""
        yield self


def write_config(folder: Path, clusters: dict[str, list[str]], **more: object) -> Path:
    """Write a configuration with these clusters and the aliases of their remotes."""
    key = folder / "logs.key"
    key.write_text(SECRET)
    text = {
        "interval": "60s",
        "daemon": {"listen": "127.0.0.1:0"},
        "clusters": [
            {
                "name": name,
                "version": "8.14.1",
                "remotes": [
                    {
                        "alias": alias,
                        "security_model": "api_key",
                        "mode": "proxy",
                        "proxy_address": "logs.example:9443",
                        "credential": {"file": str(key)},
                    }
                    for alias in aliases
                ],
            }
            for name, aliases in clusters.items()
        ],
        **more,
    }
    path = folder / "diag.yaml"
    path.write_text(yaml.safe_dump(text))
    return path


async def until(condition: Callable[[], bool], seconds: float = PATIENCE) -> None:
    """Wait until something is true."""
    await until_async(condition, seconds=seconds, pause=0.01)


async def until_ready(client: httpx.AsyncClient) -> None:
    """Wait until every cluster had its first round."""
    async with asyncio.timeout(PATIENCE):
        while (await client.get("/-/ready")).status_code != httpx.codes.OK:  # noqa: ASYNC110 -- there is no event for it.
            await asyncio.sleep(0.01)
