"""One round for one local cluster: from its configuration to evidence. Never raises for anything a peer or a file does."""

from __future__ import annotations

import asyncio
import functools
from dataclasses import replace
from time import perf_counter

from diag.collect.api_evidence import ClusterAnswers, key_id_of, local_answers, with_local_view
from diag.collect.configured import Configured, configured, local_cluster, undiscovered, waits_for_api
from diag.collect.isolate import isolate
from diag.collect.material import secrets_of
from diag.collect.network import Network
from diag.collect.reload_response import keystore_of, read_reload
from diag.collect.remote_probing import RemoteProbing
from diag.collect.round_input import RoundInput, read_materials
from diag.collect.session import ApiSession, ClusterBasics, release
from diag.collect.usage import UsageCalls, without_followers
from diag.collect.watch import Nobody, Watch
from diag.config import ClusterConfig, fleet
from diag.model import (
    ClusterEvidence,
    Indices,
    LocalApi,
    LocalCluster,
    LocalVersion,
    Remote,
    RemoteApi,
    RemoteEvidence,
    ResolvedPatterns,
    SearchTrial,
    SecureSettingsReload,
    Step,
    Unavailable,
)
from diag.redact import Redactor


async def gather(work: RoundInput, network: Network, watch: Watch | None = None) -> ClusterEvidence:
    """Look at every remote of one local cluster, all at once; ``watch`` hears how far that is."""
    started = perf_counter()
    # A bug of diag makes the whole cluster unknown: nothing goes out unmasked.
    evidence = await isolate(
        _masked(work, network, watch or Nobody()), functools.partial(_nothing, work), Step.CONFIGURATION
    )
    return replace(evidence, seconds=perf_counter() - started)


async def _masked(work: RoundInput, network: Network, watch: Watch) -> ClusterEvidence:
    """Mask every secret of the configuration; in a thread, because the evidence of many remotes is large."""
    evidence = await _gathered(work, network, watch)
    return await asyncio.to_thread(lambda: _redactor(secrets_of(work.cluster)).evidence(evidence))


async def _gathered(work: RoundInput, network: Network, watch: Watch) -> ClusterEvidence:
    end = None if work.seconds is None else asyncio.get_running_loop().time() + work.seconds
    session = ApiSession(network=network, seconds=work.timeouts.api, end=end)
    probing = RemoteProbing(work, network, session, watch)
    asked = asyncio.ensure_future(session.local(work.cluster))
    try:
        first = await asked if waits_for_api(work.cluster) else ClusterBasics(version=fleet.local_version(work.cluster))
        known = configured(work.cluster, first)
        chosen = [one for one in known if not work.remotes or one.remote.alias in work.remotes]
        watch.begins([one.remote.alias for one in chosen])
        materials = await asyncio.to_thread(read_materials, work, chosen)
        with_keys = any(isinstance(one.key, str) for one in materials)
        remotes, reports = await asyncio.gather(
            asyncio.gather(*(probing.remote(one, of, first) for one, of in zip(chosen, materials, strict=True))),
            _local_reports(session, work.cluster, asked, with_keys=with_keys),
        )
        reported = await asked
        local_views = tuple(
            with_local_view(remote, reports.of(one.config, key_id_of(material.key)))
            for remote, one, material in zip(remotes, chosen, materials, strict=True)
        )
        used, api = await _usage(_usage_calls(work, session, reported), chosen, local_views, reports)
    finally:
        asked.cancel()
        probing.stop()
    return ClusterEvidence(
        cluster=local_cluster(work.cluster, known, reported),
        taken_at=work.now,
        local_version=reported.version,
        keystore=keystore_of(fleet.keystore(work.cluster), api[SecureSettingsReload]),
        thresholds=work.thresholds,
        remotes=used,
        discovery=undiscovered(work.cluster, reported, chosen=bool(work.remotes)),
        api=api,
        surroundings=work.surroundings,
    )


async def _local_reports(
    session: ApiSession, cluster: ClusterConfig, asked: asyncio.Future[ClusterBasics], *, with_keys: bool
) -> ClusterAnswers:
    """Ask the local cluster for what it holds of itself and of its remotes."""
    first = await asked
    return await isolate(local_answers(session, cluster, first.answers, with_keys=with_keys), ClusterAnswers.without)


async def _usage(
    usage: UsageCalls, chosen: list[Configured], remotes: tuple[RemoteEvidence, ...], reports: ClusterAnswers
) -> tuple[tuple[RemoteEvidence, ...], LocalApi]:
    """Ask for what the use of the remotes makes interesting, and read what somebody stored of a reload."""
    asked = (
        isolate(usage.remote(one.config, remote, reports.api), functools.partial(_without_indices, remote.api))
        for one, remote in zip(chosen, remotes, strict=True)
    )
    api, held, reload, apis = await asyncio.gather(
        isolate(usage.local(reports.api, reports.copy_rate), lambda why: without_followers(reports.api, why)),
        isolate(
            usage.local_views(remotes),
            lambda why: tuple(one.belief.having({SearchTrial: why, ResolvedPatterns: why}) for one in remotes),
        ),
        asyncio.to_thread(read_reload, usage.cluster.reload_response),
        asyncio.gather(*asked),
    )
    used = tuple(
        replace(remote, belief=belief, api=found) for remote, belief, found in zip(remotes, held, apis, strict=True)
    )
    return used, api.having({SecureSettingsReload: reload})


def _usage_calls(work: RoundInput, session: ApiSession, reported: ClusterBasics) -> UsageCalls:
    number = reported.version if reported.answers is None else release(reported.answers)
    return UsageCalls(
        api_session=session,
        cluster=work.cluster,
        number=number.number if isinstance(number, LocalVersion) else number,
        search=work.search,
    )


def _without_indices(api: RemoteApi, why: Unavailable) -> RemoteApi:
    return api.having({Indices: why})


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
        surroundings=work.surroundings,
    )


@functools.lru_cache(maxsize=32)
def _redactor(secrets: tuple[str, ...]) -> Redactor:
    return Redactor(secrets)
