"""One round for one local cluster: from its configuration to evidence. Never raises for anything a peer or a file does."""

from __future__ import annotations

import asyncio
import functools
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from time import perf_counter
from typing import Final

from diag.collect.api_evidence import ClusterAnswers, key_id_of, local_answers, with_local_view
from diag.collect.configured import Configured, configured, local_cluster, undiscovered, waits_for_api
from diag.collect.material import secrets_of
from diag.collect.network import Network
from diag.collect.platforms.platform_evidence import PLATFORM, PlatformEvidence
from diag.collect.reload_response import keystore_of, read_reload
from diag.collect.remote_probing import RemoteProbing
from diag.collect.round_input import RoundInput, read_materials
from diag.collect.session import ApiSession, ClusterBasics
from diag.collect.together import in_turn, together
from diag.collect.usage import UsageCalls, without_followers
from diag.collect.watch import Nobody, Watch
from diag.collect.waves import done_in_waves
from diag.config import ClusterConfig, fleet
from diag.isolate import isolate
from diag.model import (
    ClusterEvidence,
    Indices,
    LocalApi,
    LocalCluster,
    LocalVersion,
    Remote,
    RemoteApi,
    RemoteEvidence,
    RemoteVersion,
    ResolvedPatterns,
    SearchTrial,
    SecureSettingsReload,
    Step,
    Unavailable,
)
from diag.pieces import release
from diag.redact import Redactor

WAVE_SECONDS: Final = 1.0  # How long what is known waits for others before it is handed over.

Partly = Callable[[ClusterEvidence], None]


async def gather(
    work: RoundInput, network: Network, watch: Watch | None = None, partly: Partly | None = None
) -> ClusterEvidence:
    """Look at every remote of one local cluster, all at once; ``watch`` hears how far that is.

    ``partly`` is given the evidence of those remotes that are known while others still are looked at, each remote in the same words as in the
    whole evidence in the end. It is called again as more are known, each time with those that it was not given yet.
    """
    started = perf_counter()
    # A bug of diag makes the whole cluster unknown: nothing goes out unmasked.
    evidence = await isolate(
        _masked(work, network, watch or Nobody(), partly), functools.partial(_nothing, work), Step.CONFIGURATION
    )
    return replace(evidence, seconds=perf_counter() - started)


async def _masked(work: RoundInput, network: Network, watch: Watch, partly: Partly | None) -> ClusterEvidence:
    """Mask every secret of the configuration; in a thread, because the evidence of many remotes is large."""

    async def masked(evidence: ClusterEvidence) -> ClusterEvidence:
        return await asyncio.to_thread(lambda: _redactor(secrets_of(work.cluster, work.platforms)).evidence(evidence))

    async def hand_over(evidence: ClusterEvidence) -> None:
        if partly is not None:
            partly(await masked(evidence))

    return await masked(await _gathered(work, network, watch, hand_over if partly else None))


async def _gathered(
    work: RoundInput, network: Network, watch: Watch, hand_over: Callable[[ClusterEvidence], Awaitable[None]] | None
) -> ClusterEvidence:
    end = None if work.seconds is None else asyncio.get_running_loop().time() + work.seconds
    session = ApiSession(network=network, seconds=work.timeouts.api, end=end)
    probing = RemoteProbing(work, network, session, watch)
    asked = asyncio.ensure_future(session.local(work.cluster))
    probes: list[asyncio.Future[RemoteEvidence]] = []
    try:
        first = await asked if waits_for_api(work.cluster) else ClusterBasics(version=fleet.local_version(work.cluster))
        known = configured(work.cluster, first)
        chosen = [one for one in known if work.asks_for(one.remote.alias)]
        watch.begins([one.remote.alias for one in chosen])
        materials = await asyncio.to_thread(read_materials, work, chosen)
        probes += [
            asyncio.ensure_future(probing.remote(one, of, first)) for one, of in zip(chosen, materials, strict=True)
        ]
        with_keys = any(isinstance(one.key, str) for one in materials)
        reports, platforms = await asyncio.gather(
            _local_reports(session, work.cluster, asked, with_keys=with_keys),
            _ask_platforms(work, chosen, session),
        )
        reported = await asked
        usage = _usage_calls(work, session, reported)
        whole = _without_remotes(work, known, reported, await _usage_here(usage, reports), platforms)
        found: dict[int, RemoteEvidence] = {}
        async for places in done_in_waves(probes, None if hand_over is None else WAVE_SECONDS):
            seen = [
                with_local_view(probes[n].result(), reports.of(chosen[n].config, key_id_of(materials[n].key)))
                for n in places
            ]
            seen = [_with_release(one, platforms) for one in seen]
            used = await _usage(usage, [chosen[n] for n in places], seen, reports)
            found |= dict(zip(places, used, strict=True))
            if hand_over is not None and len(found) < len(chosen):
                await hand_over(replace(whole, remotes=used))
    finally:
        asked.cancel()
        for probe in probes:
            probe.cancel()
        probing.stop()
    return replace(whole, remotes=tuple(found[n] for n in range(len(chosen))))


async def _ask_platforms(work: RoundInput, chosen: Sequence[Configured], session: ApiSession) -> PlatformEvidence:
    """Ask the platforms, where any are configured."""
    if not work.platforms:
        return PlatformEvidence()
    from diag.collect.platforms.asking import ask_platforms  # noqa: PLC0415 -- slow to import, and few rounds ask a platform.

    return await ask_platforms(work.platforms, work.cluster, chosen, session)


def _without_remotes(
    work: RoundInput,
    known: tuple[Configured, ...],
    reported: ClusterBasics,
    api: LocalApi,
    platforms: PlatformEvidence,
) -> ClusterEvidence:
    """What is known of the local cluster itself."""
    return ClusterEvidence(
        cluster=local_cluster(work.cluster, known, reported),
        taken_at=work.now,
        local_version=_local_version(reported.version, platforms),
        keystore=keystore_of(fleet.keystore(work.cluster), api[SecureSettingsReload], platforms.keystore),
        thresholds=work.thresholds,
        discovery=undiscovered(work.cluster, reported, chosen=bool(work.remotes)),
        api=api,
        surroundings=platforms.put_into(work.surroundings),
        seen_from=work.seen_from,
    )


def _local_version(known: LocalVersion | Unavailable, platforms: PlatformEvidence) -> LocalVersion | Unavailable:
    """The release of the local cluster; where neither its API nor the configuration says it, that of the plan in force."""
    found = platforms.version() if isinstance(known, Unavailable) else None
    return known if found is None else LocalVersion(number=found, source=PLATFORM)


def _with_release(remote: RemoteEvidence, platforms: PlatformEvidence) -> RemoteEvidence:
    """The same for a remote."""
    unknown = isinstance(remote.remote_version, Unavailable)
    found = platforms.version(remote.remote.alias) if unknown else None
    return remote if found is None else replace(remote, remote_version=RemoteVersion(number=found, source=PLATFORM))


async def _local_reports(
    session: ApiSession, cluster: ClusterConfig, asked: asyncio.Future[ClusterBasics], *, with_keys: bool
) -> ClusterAnswers:
    """Ask the local cluster for what it holds of itself and of its remotes."""
    first = await asked
    return await isolate(local_answers(session, cluster, first.answers, with_keys=with_keys), ClusterAnswers.without)


async def _usage_here(usage: UsageCalls, reports: ClusterAnswers) -> LocalApi:
    """Ask the local cluster for what the use of its remotes makes interesting, and read what somebody stored of a reload."""
    api, reload = await asyncio.gather(
        isolate(usage.local(reports.api, reports.copy_rate), lambda why: without_followers(reports.api, why)),
        asyncio.to_thread(read_reload, usage.cluster.reload_response),
    )
    return api.having({SecureSettingsReload: reload})


async def _usage(
    usage: UsageCalls, chosen: Sequence[Configured], remotes: Sequence[RemoteEvidence], reports: ClusterAnswers
) -> tuple[RemoteEvidence, ...]:
    """Ask both sides for what the use of these remotes makes interesting."""
    asked = [
        isolate(usage.remote(one.config, remote, reports.api), functools.partial(_without_indices, remote.api))
        for one, remote in zip(chosen, remotes, strict=True)
    ]
    at_once = together if any(one.config.url for one in chosen) else in_turn
    held, apis = await asyncio.gather(
        isolate(
            usage.local_views(remotes),
            lambda why: tuple(one.belief.having({SearchTrial: why, ResolvedPatterns: why}) for one in remotes),
        ),
        at_once(asked),
    )
    return tuple(
        replace(remote, belief=belief, api=found) for remote, belief, found in zip(remotes, held, apis, strict=True)
    )


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
        remotes=tuple(r for r in remotes if work.asks_for(r.remote.alias)),
        discovery=why if work.cluster.url is not None else None,
        surroundings=work.surroundings,
        seen_from=work.seen_from,
    )


@functools.lru_cache(maxsize=32)
def _redactor(secrets: tuple[str, ...]) -> Redactor:
    return Redactor(secrets)
