"""One round for one local cluster: from its configuration to evidence. Never raises for anything a peer or a file does."""

from __future__ import annotations

import asyncio
import functools
from collections.abc import Awaitable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from time import perf_counter
from typing import Final, TypeVar

from diag.collect.api_evidence import ClusterAnswers, key_id_of, local_answers, remote_api, with_local_view
from diag.collect.configured import Configured, configured, local_cluster, undiscovered, waits_for_api
from diag.collect.credentials import Keys
from diag.collect.endpoints import endpoints_of
from diag.collect.files import Material, read_material, secrets_of
from diag.collect.isolate import isolate, own_failure
from diag.collect.network import Network
from diag.collect.observed_release import observed_version, with_observed_model
from diag.collect.reload import keystore_of, read_reload
from diag.collect.second_hop import second_hop
from diag.collect.session import ApiSession, ClusterBasics, release, remote_version
from diag.collect.target import ProbeTarget, not_connected
from diag.collect.usage import UsageCalls, without_followers
from diag.config import ClusterConfig, SecretRef, Timeouts, fleet
from diag.evidence.history import NO_PAST
from diag.model import (
    ClusterEvidence,
    Endpoint,
    EndpointEvidence,
    Endpoints,
    History,
    Indices,
    LocalApi,
    LocalCluster,
    LocalVersion,
    Nodes,
    Probe,
    PublishedEndpoints,
    Reason,
    Remote,
    RemoteApi,
    RemoteEvidence,
    Resolution,
    ResolvedPatterns,
    SearchTrial,
    SecureSettingsReload,
    Step,
    Thresholds,
    Unavailable,
    Version,
)
from diag.redact import Redactor

T = TypeVar("T")
_LATE: Final = "the time for the whole round was over before this was done"


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundInput:
    """What goes into a round: plain values, and secrets by reference only, so that a round can run anywhere.

    ``remotes`` are the aliases to look at (none: all). ``seconds`` bounds the whole round; what is not known by then is
    unavailable, out of time. ``transport`` allows frames of the transport protocol to be sent (``probe.transport``).
    ``search`` allows the declared patterns to be searched (``probe.search``). ``past`` is what earlier rounds saw, by alias.
    ``keys_elsewhere`` are the keys of the other local clusters, by the name of the cluster: one key is meant for one of them.
    """

    cluster: ClusterConfig
    timeouts: Timeouts = field(default_factory=Timeouts)
    thresholds: Thresholds = field(default_factory=Thresholds)
    now: datetime
    remotes: tuple[str, ...] = ()
    seconds: float | None = None
    transport: bool = True
    search: bool = False
    past: Mapping[str, History] = field(default_factory=dict)
    keys_elsewhere: Mapping[str, tuple[SecretRef, ...]] = field(default_factory=dict)


async def gather(work: RoundInput, network: Network) -> ClusterEvidence:
    """Look at every remote of one local cluster, all at once."""
    started = perf_counter()
    try:
        evidence = await asyncio.to_thread(_masked, work.cluster, await _probe_all(work, network))
    except Exception as error:  # noqa: BLE001 -- a defect of ours: the cluster is then unknown, and nothing goes out unmasked.
        evidence = _nothing(work, own_failure(error, Step.CONFIGURATION))
    return replace(evidence, seconds=perf_counter() - started)


async def _probe_all(work: RoundInput, network: Network) -> ClusterEvidence:
    one_round = _Round(work, network)
    asked = asyncio.ensure_future(one_round.api_session.local(work.cluster))
    try:
        first = await asked if waits_for_api(work.cluster) else ClusterBasics(version=fleet.local_version(work.cluster))
        known = configured(work.cluster, first)
        chosen = [one for one in known if not work.remotes or one.remote.alias in work.remotes]
        materials = await asyncio.to_thread(_read_all, work, chosen)
        probing = (one_round.look(one, material, first) for one, material in zip(chosen, materials, strict=True))
        remotes, reports = await asyncio.gather(
            asyncio.gather(*probing), one_round.local_reports(asked, any(isinstance(one.key, str) for one in materials))
        )
        reported = await asked
        local_views = tuple(
            with_local_view(remote, reports.of(one.config, key_id_of(material.key)))
            for remote, one, material in zip(remotes, chosen, materials, strict=True)
        )
        used, api = await one_round.usage(chosen, local_views, reports, reported)
    finally:
        asked.cancel()
        one_round.stop()
    return ClusterEvidence(
        cluster=local_cluster(work.cluster, known, reported),
        taken_at=work.now,
        local_version=reported.version,
        keystore=keystore_of(fleet.keystore(work.cluster), api[SecureSettingsReload]),
        thresholds=work.thresholds,
        remotes=used,
        discovery=undiscovered(work.cluster, reported, chosen=bool(work.remotes)),
        api=api,
    )


class _Round:
    """The state of one round: when it has to end, and which names were looked up already."""

    def __init__(self, work: RoundInput, network: Network) -> None:
        self._work = work
        self._network = network
        self._lookups: dict[str, asyncio.Task[Resolution | Unavailable]] = {}
        self._end = None if work.seconds is None else asyncio.get_running_loop().time() + work.seconds
        self.api_session = ApiSession(network=network, seconds=work.timeouts.api, end=self._end)

    def stop(self) -> None:
        """Stop waiting for lookups that nobody waits for any more."""
        for lookup in self._lookups.values():
            lookup.cancel()

    async def local_reports(self, asked: asyncio.Future[ClusterBasics], with_keys: bool) -> ClusterAnswers:  # noqa: FBT001 -- said at the one place of its call.
        """Ask the local cluster for what it holds of itself and of its remotes."""
        first = await asked
        reported = local_answers(self.api_session, self._work.cluster, first.answers, with_keys=with_keys)
        return await isolate(reported, ClusterAnswers.without)

    async def usage(
        self,
        chosen: list[Configured],
        remotes: tuple[RemoteEvidence, ...],
        reports: ClusterAnswers,
        reported: ClusterBasics,
    ) -> tuple[tuple[RemoteEvidence, ...], LocalApi]:
        """Ask for what the use of the remotes makes interesting, and read what somebody stored of a reload."""
        cluster = self._work.cluster
        number = reported.version if reported.answers is None else release(reported.answers)
        usage = UsageCalls(
            api_session=self.api_session,
            cluster=cluster,
            number=number.number if isinstance(number, LocalVersion) else number,
            search=self._work.search,
        )
        asked = (
            isolate(
                usage.remote(one.config, remote, reports.api),
                functools.partial(_without_indices, remote.api),
            )
            for one, remote in zip(chosen, remotes, strict=True)
        )
        api, held, reload, apis = await asyncio.gather(
            isolate(usage.local(reports.api, reports.copy_rate), lambda why: without_followers(reports.api, why)),
            isolate(
                usage.local_views(remotes),
                lambda why: tuple(one.belief.having({SearchTrial: why, ResolvedPatterns: why}) for one in remotes),
            ),
            asyncio.to_thread(read_reload, cluster.reload_response),
            asyncio.gather(*asked),
        )
        used = tuple(
            replace(remote, belief=belief, api=found) for remote, belief, found in zip(remotes, held, apis, strict=True)
        )
        return used, api.having({SecureSettingsReload: reload})

    async def look(self, one: Configured, material: Material, reported: ClusterBasics) -> RemoteEvidence:
        """Look at one remote. What goes wrong here stays here."""
        endpoints, (api, answers) = await asyncio.gather(
            self._endpoints(one, material, reported.version),
            isolate(
                remote_api(self.api_session, one.config, key_id_of(material.key)),
                lambda why: (RemoteApi.nothing(why), None),
            ),
        )
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
        try:
            return one.unreadable or await self._dialled(one.remote, material, local)
        except Exception as error:  # noqa: BLE001 -- a defect of ours: one remote is then unknown, the others are not.
            return own_failure(error, Step.CONNECT)

    async def _dialled(
        self, remote: Remote, material: Material, local: LocalVersion | Unavailable
    ) -> Endpoints | Unavailable:
        endpoints = endpoints_of(remote, local)
        if isinstance(endpoints, Unavailable):
            return endpoints
        if isinstance(material.identity, Unavailable) and material.identity.step is Step.FILE:
            # Without the certificate that the nodes present, the refusal of the peer would be of our making.
            return Endpoints(
                all=tuple(EndpointEvidence(endpoint=one, resolution=material.identity) for one in endpoints)
            )
        probing = (self._endpoint(remote, endpoint, material=material) for endpoint in endpoints)
        return Endpoints(all=tuple(await asyncio.gather(*probing)))

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
        dials = (
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
        )
        probes = await asyncio.gather(*map(self._probe, dials))
        return EndpointEvidence(endpoint=endpoint, resolution=resolution, probes=tuple(probes))

    async def _resolve(self, host: str) -> Resolution | Unavailable:
        """Look a name up, once in a round."""
        lookup = self._lookups.get(host.lower())
        if lookup is None:
            lookup = asyncio.ensure_future(_resolved(self._network.resolve(host, self._work.timeouts.connect)))
            self._lookups[host.lower()] = lookup
        try:
            async with asyncio.timeout_at(self._end):
                return await asyncio.shield(lookup)
        except TimeoutError:
            return Unavailable(step=Step.DNS, reason=Reason.OUT_OF_TIME, detail=_LATE)

    async def _probe(self, dial: ProbeTarget) -> Probe:
        try:
            async with asyncio.timeout_at(self._end):
                return await self._network.probe(dial)
        except TimeoutError:
            return not_connected(dial, Unavailable(step=Step.CONNECT, reason=Reason.OUT_OF_TIME, detail=_LATE))
        except Exception as error:  # noqa: BLE001 -- a defect of ours: one address is then unknown, the others are not.
            return not_connected(dial, own_failure(error, Step.CONNECT))


def _read_all(work: RoundInput, chosen: list[Configured]) -> tuple[Material, ...]:
    """Read the files of all remotes; runs in a thread, because a disk may be slow."""
    keys = Keys(work.cluster, work.keys_elsewhere)
    return tuple(_usable(_material(work.cluster, one, keys)) for one in chosen)


def _releases(api: RemoteApi) -> tuple[Version, ...]:
    nodes = api[Nodes]
    return () if isinstance(nodes, Unavailable) else nodes.versions


def _without_indices(api: RemoteApi, why: Unavailable) -> RemoteApi:
    return api.having({Indices: why})


def _usable(material: Material | Unavailable) -> Material:
    if isinstance(material, Unavailable):
        return Material(trust=material, identity=material, restrictions=material, credential=material)
    return material


def _material(cluster: ClusterConfig, one: Configured, keys: Keys) -> Material | Unavailable:
    if one.unreadable is not None:
        return one.unreadable
    try:
        return read_material(cluster, one.config, one.remote.security_model, keys)
    except Exception as error:  # noqa: BLE001 -- a defect of ours: one remote is then unknown, the others are not.
        return own_failure(error, Step.FILE)


def _masked(cluster: ClusterConfig, evidence: ClusterEvidence) -> ClusterEvidence:
    """Mask every secret of the configuration; runs in a thread, because the evidence of many remotes is large."""
    return _redactor(secrets_of(cluster)).evidence(evidence)


def _nothing(work: RoundInput, why: Unavailable) -> ClusterEvidence:
    """Make the evidence of a round that found out nothing."""
    remotes = tuple(
        RemoteEvidence(
            remote=Remote(alias=remote.alias),
            unreadable=why,
            remote_version=why,
            trust=why,
            identity=why,
            restrictions=why,
            endpoints=why,
        )
        for remote in work.cluster.remotes
    )
    cluster = LocalCluster(name=work.cluster.name, kind=work.cluster.kind, remotes=tuple(r.remote for r in remotes))
    return ClusterEvidence(
        cluster=cluster,
        taken_at=work.now,
        local_version=why,
        keystore=why,
        thresholds=work.thresholds,
        remotes=tuple(r for r in remotes if not work.remotes or r.remote.alias in work.remotes),
        discovery=why if work.cluster.url is not None else None,
    )


async def _resolved(awaitable: Awaitable[T]) -> T:
    return await awaitable


@functools.lru_cache(maxsize=32)
def _redactor(secrets: tuple[str, ...]) -> Redactor:
    return Redactor(secrets)
