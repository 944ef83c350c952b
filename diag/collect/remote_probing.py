"""The look at one remote: its addresses, what is behind them, and its API."""

from __future__ import annotations

import asyncio
import functools
from collections.abc import Awaitable
from typing import Final, TypeVar

from diag.collect.api_evidence import key_id_of, remote_api
from diag.collect.configured import Configured
from diag.collect.endpoints import endpoints_of
from diag.collect.material import Material
from diag.collect.network import Network
from diag.collect.observed_release import observed_version, with_observed_model
from diag.collect.round_input import RoundInput
from diag.collect.second_hop import second_hop
from diag.collect.session import ApiSession, ClusterBasics, remote_version
from diag.collect.target import ProbeTarget, not_connected
from diag.collect.together import together
from diag.collect.watch import Watch
from diag.config import fleet
from diag.evidence.history import NO_PAST
from diag.isolate import isolate
from diag.model import (
    Endpoint,
    EndpointEvidence,
    Endpoints,
    LocalVersion,
    Nodes,
    Probe,
    PublishedEndpoints,
    Reason,
    Remote,
    RemoteApi,
    RemoteEvidence,
    Resolution,
    Step,
    Unavailable,
    Version,
    is_ip,
)

T = TypeVar("T")
_LATE: Final = "the time for the whole round was over before this was done"


class RemoteProbing:
    """The probes of one round: names are looked up once, for all remotes; ``session.end`` is when the round has to be over."""

    def __init__(self, work: RoundInput, network: Network, session: ApiSession, watch: Watch) -> None:
        self._work = work
        self._network = network
        self._session = session
        self._watch = watch
        self._lookups: dict[str, asyncio.Task[Resolution | Unavailable]] = {}

    def stop(self) -> None:
        """Stop waiting for lookups that nobody waits for any more."""
        for lookup in self._lookups.values():
            lookup.cancel()

    async def remote(self, one: Configured, material: Material, reported: ClusterBasics) -> RemoteEvidence:
        """Look at one remote. What goes wrong here stays here."""
        try:
            return await self._looked_at(one, material, reported)
        finally:
            self._watch.ends(one.remote.alias)

    async def _looked_at(self, one: Configured, material: Material, reported: ClusterBasics) -> RemoteEvidence:
        probing = self._endpoints(one, material, reported.version)
        asking = isolate(
            remote_api(self._session, one.config, key_id_of(material.key)), lambda why: (RemoteApi.nothing(why), None)
        )
        if one.config.url is None:  # Nothing is asked there that there would be something to wait for.
            (api, answers), endpoints = await asking, await probing
        else:
            endpoints, (api, answers) = await asyncio.gather(probing, asking)
        published = await self._published(one, material, endpoints, api)
        declared = fleet.remote_version(one.config)
        version = declared if answers is None else remote_version(declared, answers)
        return RemoteEvidence(
            remote=with_observed_model(one.remote, endpoints),
            unreadable=one.unreadable,
            remote_version=observed_version(endpoints, version, _releases(api)),
            trust=material.trust,
            identity=material.identity,
            restrictions=material.restrictions,
            signing=material.signing,
            credential=material.credential,
            endpoints=endpoints,
            published=published,
            api=api,
            past=self._work.past.get(one.remote.alias, NO_PAST),
        )

    async def _endpoints(
        self, one: Configured, material: Material, local: LocalVersion | Unavailable
    ) -> Endpoints | Unavailable:
        if one.unreadable is not None:
            return one.unreadable
        return await isolate(self._dialled(one.remote, material, local), lambda why: why, Step.CONNECT)

    async def _dialled(
        self, remote: Remote, material: Material, local: LocalVersion | Unavailable
    ) -> Endpoints | Unavailable:
        endpoints = endpoints_of(remote, local)
        if isinstance(endpoints, Unavailable):
            return endpoints
        if isinstance(material.identity, Unavailable) and material.identity.step is Step.FILE:
            # Without the certificate that the nodes present, the refusal of the peer would be caused by diag.
            return Endpoints(
                all=tuple(EndpointEvidence(endpoint=one, resolution=material.identity) for one in endpoints)
            )
        probing = [self._endpoint(remote, endpoint, material=material) for endpoint in endpoints]
        return Endpoints(all=await together(probing))

    async def _published(
        self, one: Configured, material: Material, endpoints: Endpoints | Unavailable, api: RemoteApi
    ) -> PublishedEndpoints | Unavailable:
        """Look at what the nodes publish, where that is where the connections go to."""
        if one.unreadable is not None:
            return one.unreadable
        return await second_hop(
            one.remote, endpoints, api, functools.partial(self._endpoint, one.remote, material=material)
        )

    async def _endpoint(
        self, remote: Remote, endpoint: Endpoint, known: Resolution | None = None, *, material: Material
    ) -> EndpointEvidence:
        resolution = known or await self._resolve(endpoint.host)
        if isinstance(resolution, Unavailable):
            return EndpointEvidence(endpoint=endpoint, resolution=resolution)
        timeouts = self._work.timeouts
        dials = [
            ProbeTarget(
                alias=remote.alias,
                endpoint=endpoint,
                ip=ip,
                connect_seconds=timeouts.connect,
                handshake_seconds=timeouts.handshake,
                anchors=material.anchors,
                public_roots_too=material.public_roots_too,
                client_key=material.client_key,
                transport=self._work.transport,
                key=material.key,
                now=self._work.now,
            )
            for ip in resolution.addresses
        ]
        probes = await together([self._probe(dial) for dial in dials])
        return EndpointEvidence(endpoint=endpoint, resolution=resolution, probes=probes)

    async def _resolve(self, host: str) -> Resolution | Unavailable:
        """Look a name up, once in a round; an address is none."""
        if is_ip(host):
            return await _resolved(self._network.resolve(host, self._work.timeouts.connect))
        lookup = self._lookups.get(host.lower())
        if lookup is None:
            lookup = asyncio.ensure_future(_resolved(self._network.resolve(host, self._work.timeouts.connect)))
            self._lookups[host.lower()] = lookup
        try:
            async with asyncio.timeout_at(self._session.end):
                return await asyncio.shield(lookup)
        except TimeoutError:
            return Unavailable(step=Step.DNS, reason=Reason.OUT_OF_TIME, detail=_LATE)

    async def _probe(self, dial: ProbeTarget) -> Probe:
        try:
            async with asyncio.timeout_at(self._session.end):
                return await isolate(self._network.probe(dial), functools.partial(not_connected, dial), Step.CONNECT)
        except TimeoutError:
            return not_connected(dial, Unavailable(step=Step.CONNECT, reason=Reason.OUT_OF_TIME, detail=_LATE))


def _releases(api: RemoteApi) -> tuple[Version, ...]:
    nodes = api[Nodes]
    return () if isinstance(nodes, Unavailable) else nodes.versions


async def _resolved(awaitable: Awaitable[T]) -> T:
    return await awaitable
