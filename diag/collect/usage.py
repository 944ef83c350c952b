"""What a round asks once it knows what a remote is used for: indices on both sides, followers, searches. Without use, nothing."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final
from urllib.parse import quote

from diag.collect.session import ApiSession, asked
from diag.collect.together import in_turn, together
from diag.config import ClusterConfig, RemoteConfig
from diag.evidence.call import MAX_NAMES_LENGTH, Answers, Call
from diag.evidence.elasticsearch import followers, indices, resolved, searches
from diag.evidence.elasticsearch.followers import NO_FOLLOWERS, NO_RECOVERIES
from diag.evidence.elasticsearch.indices import NO_DECLARED_USE
from diag.evidence.elasticsearch.searches import NO_SEARCH
from diag.lazy_dataclass import dataclass
from diag.model import (
    MAX_INDICES,
    FollowedRemotes,
    FollowersHealth,
    Indices,
    InitialRecoveries,
    LocalApi,
    LocalView,
    Reason,
    Registration,
    Registrations,
    RemoteApi,
    RemoteEvidence,
    Replication,
    Resolution,
    ResolvedPatterns,
    SearchTrial,
    Step,
    Unavailable,
    Version,
)
from diag.pieces import read

_MAX_CALLS: Final = 8
_MAX_HOSTS: Final = 8
_NO_PATTERNS: Final = Unavailable(
    step=Step.API, reason=Reason.NOT_REQUESTED, detail="no use.search is declared for this remote"
)
_NOT_REGISTERED: Final = Unavailable(
    step=Step.API, reason=Reason.NOT_FOUND, detail="the local cluster has no remote of this alias to ask"
)
_NOT_NAMED: Final = Unavailable(
    step=Step.API, reason=Reason.NOT_FOUND, detail="GET /_resolve/cluster does not name this remote"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class UsageCalls:
    """How to ask a local cluster and its remotes for what their use makes interesting.

    ``number`` is the release of the local cluster; ``search`` allows searches to be tried.
    """

    api_session: ApiSession
    cluster: ClusterConfig
    number: Version | Unavailable
    search: bool = False

    async def local(self, api: LocalApi, rate: int) -> LocalApi:
        """Add what the local cluster tells of its follower indices; ``rate`` is how fast they may be copied."""
        replication = api[Replication]
        if isinstance(replication, Unavailable):
            return without_followers(api, replication)
        names = tuple(one.index for one in replication.followers)
        if not names:
            return without_followers(api, NO_FOLLOWERS)
        call = indices.of_names(names)
        answers = await self._ask(call, indices.AROUND, followers.HEALTH)
        health = read(answers, followers.HEALTH, lambda answer: followers.read_health(answer, names))
        return api.having(
            {
                Indices: await asyncio.to_thread(_indices, answers, call, names),
                FollowersHealth: health,
                InitialRecoveries: await self._recoveries(health, rate),
            }
        )

    async def _recoveries(self, health: FollowersHealth | Unavailable, rate: int) -> InitialRecoveries | Unavailable:
        if isinstance(health, Unavailable):
            return health
        starting = [one.index for one in health.all if one.initializing]
        if not starting:
            return NO_RECOVERIES
        batches = _batches(starting)
        if len(batches) > _MAX_CALLS:
            return _too_many(f"{len(starting)} followers start at once")
        calls = [followers.of_names(batch) for batch in batches]
        answers = await self._ask(*calls)
        found = [read(answers, call, followers.read_recoveries) for call in calls]
        for one in found:
            if isinstance(one, Unavailable):
                return one
        every = tuple(one for part in found if not isinstance(part, Unavailable) for one in part)
        return InitialRecoveries(all=every, rate=rate)

    async def local_views(self, remotes: Sequence[RemoteEvidence]) -> tuple[LocalView, ...]:
        """Add to what the local cluster holds of each remote what came of its declared patterns."""
        uses = await self._resolved(remotes)
        trials = [self._searched(one, uses[one.remote.alias]) for one in remotes]
        return await (together(trials) if self.search else in_turn(trials))

    async def _resolved(self, remotes: Sequence[RemoteEvidence]) -> Mapping[str, ResolvedPatterns | Unavailable]:
        """Ask for the patterns of all remotes in one call, or in few where they are many; one that is not there would spoil it."""
        wanted = {
            f"{one.remote.alias}:{name}": one.remote.alias
            for one in remotes
            if _may_ask(one)
            for name in one.remote.use.search
        }
        batches = _batches(wanted)
        calls = {resolved.of_patterns(batch): batch for batch in batches[:_MAX_CALLS]}
        answers = await self._ask(*calls)
        found: dict[str, list[ResolvedPatterns | Unavailable]] = {}
        for call, batch in calls.items():
            reported = resolved.read_patterns(answers[call])
            for alias in dict.fromkeys(wanted[name] for name in batch):
                one = reported if isinstance(reported, Unavailable) else reported.get(alias, _NOT_NAMED)
                found.setdefault(alias, []).append(one)
        for name in (name for batch in batches[_MAX_CALLS:] for name in batch):
            found.setdefault(wanted[name], []).append(_too_many("the patterns under use.search of all remotes"))
        return {one.remote.alias: _merged(found.get(one.remote.alias, [_not_asked(one)])) for one in remotes}

    async def _searched(self, one: RemoteEvidence, use: ResolvedPatterns | Unavailable) -> LocalView:
        return one.belief.having({ResolvedPatterns: use, SearchTrial: await self._search(one)})

    async def _search(self, one: RemoteEvidence) -> SearchTrial | Unavailable:
        alias, patterns = one.remote.alias, one.remote.use.search
        if not (self.search and patterns):
            return NO_SEARCH
        if not _may_ask(one):
            return _not_asked(one)
        if len(_batches(f"{alias}:{pattern}" for pattern in patterns)) > 1:
            return _too_many("the patterns under use.search of this remote")
        call = searches.of_patterns(alias, patterns)
        return read(await self._ask(call), call, lambda answer: searches.read(answer, alias))

    async def remote(self, config: RemoteConfig, one: RemoteEvidence, here: LocalApi) -> RemoteApi:
        """Add what the remote cluster tells of the leaders that are followed and of the indices that the declared use names.

        Where it matters which way the remotes of that cluster lead, their hosts are looked up.
        """
        if config.url is None:
            return one.api
        return one.api.having(
            {
                Indices: await self._indices(config, config.url, one, here),
                Registrations: await self._located(one, here[Replication]),
            }
        )

    async def _indices(
        self, config: RemoteConfig, url: str, one: RemoteEvidence, here: LocalApi
    ) -> Indices | Unavailable:
        leaders = tuple(dict.fromkeys(_leaders(one, here)))
        # Among other names, this one is no longer the word for all of them.
        named = ("*" if name == "_all" else name for name in (*one.remote.use.search, *one.remote.use.replicate))
        patterns = tuple(dict.fromkeys(named))
        if not (leaders or patterns):
            return _of_no_use(here[Replication])
        # Each by itself: a pattern that the cluster refuses must not take the leaders with it. Where one is for all, it is for both.
        calls = tuple(dict.fromkeys(indices.of_names(names) for names in (leaders, patterns) if names))
        answers = await self.api_session.ask(config, (url,), (*calls, indices.AROUND))
        return await asyncio.to_thread(_merged_indices, answers, calls, (*leaders, *patterns))

    async def _located(
        self, one: RemoteEvidence, replication: Replication | Unavailable
    ) -> Registrations | Unavailable:
        """Look up where the remotes of the remote cluster lead to, where one of them may matter: it may be the local cluster."""
        found = one.api[Registrations]
        here = one.belief[Registration]
        followed = one.api[FollowedRemotes]
        follows = isinstance(followed, FollowedRemotes) and bool(followed.aliases)
        both_ways = follows and isinstance(replication, Replication) and one.remote.alias in replication.aliases
        missing_here = isinstance(here, Registration) and not here.exists
        if isinstance(found, Unavailable) or not (both_ways or missing_here):
            return found
        names = (address.rpartition(":")[0].strip("[]") for other in found.all for address in other.addresses)
        hosts = tuple(dict.fromkeys(name for name in names if name))[:_MAX_HOSTS]
        known = zip(hosts, await asyncio.gather(*map(self.api_session.resolve, hosts)), strict=True)
        return dataclasses.replace(
            found,
            resolved=tuple(
                (host, resolution.addresses) for host, resolution in known if isinstance(resolution, Resolution)
            ),
        )

    async def _ask(self, *calls: Call) -> Answers:
        return await asked(self.api_session, self.cluster, self.cluster.urls, calls, self.number)


def _merged(found: Sequence[ResolvedPatterns | Unavailable]) -> ResolvedPatterns | Unavailable:
    """What several calls report of one remote, where its patterns are too many for one: whatever is wrong in any of them."""
    first, *more = found
    for one in more:
        if isinstance(first, Unavailable) or isinstance(one, Unavailable):
            return first if isinstance(first, Unavailable) else one
        matching = {first.matching, one.matching}
        first = dataclasses.replace(
            first,
            connected=first.connected and one.connected,
            error=first.error or one.error,
            matching=True if True in matching else None if None in matching else False,
            seconds=max(first.seconds, one.seconds),
        )
    return first


def _of_no_use(replication: Replication | Unavailable) -> Unavailable:
    """Whether something is replicated has to be known before nothing counts as replicated: the local cluster reports it."""
    if isinstance(replication, Unavailable) and replication.reason is Reason.OFFLINE:
        return replication
    if isinstance(replication, Unavailable) and replication.reason is not Reason.NOT_REQUESTED:
        detail = f"whether anything is replicated from this remote is not known: {replication}"
        return Unavailable(step=Step.API, reason=Reason.NOT_DECLARED, detail=detail, cause=replication)
    return NO_DECLARED_USE


def _leaders(one: RemoteEvidence, here: LocalApi) -> Iterator[str]:
    """The leaders of what follows this remote, and of what follows an alias that is gone: it may be this remote under its old name."""
    replication, registered = here[Replication], here[Registrations]
    following = () if isinstance(replication, Unavailable) else replication.followers
    known = None if isinstance(registered, Unavailable) else {each.alias for each in registered.all if each.enabled}
    for follower in following:
        if follower.remote == one.remote.alias or (known is not None and follower.remote not in known):
            yield follower.leader


def _merged_indices(answers: Answers, calls: tuple[Call, ...], wanted: tuple[str, ...]) -> Indices | Unavailable:
    """What several calls report, as one; runs in a thread, for a cluster may have very many."""
    parts = [_indices(answers, call, wanted) for call in calls]
    for one in parts:
        if isinstance(one, Unavailable):
            return one
    found = {index.name: index for part in parts if not isinstance(part, Unavailable) for index in part.all}
    first = next(part for part in parts if not isinstance(part, Unavailable))
    return dataclasses.replace(first, all=tuple(found[name] for name in sorted(found))[:MAX_INDICES])


def _indices(answers: Answers, call: Call, wanted: tuple[str, ...]) -> Indices | Unavailable:
    return indices.read(answers[call].value, answers[indices.AROUND].value, wanted)


def without_followers(api: LocalApi, why: Unavailable) -> LocalApi:
    """What a local cluster tells where nothing could be learned of its followers."""
    return api.having({Indices: why, FollowersHealth: why, InitialRecoveries: why})


def _may_ask(one: RemoteEvidence) -> bool:
    registered = one.belief[Registration]
    return bool(one.remote.use.search) and isinstance(registered, Registration) and registered.enabled


def _not_asked(one: RemoteEvidence) -> Unavailable:
    if not one.remote.use.search:
        return _NO_PATTERNS
    registered = one.belief[Registration]
    return registered if isinstance(registered, Unavailable) else _NOT_REGISTERED


def _too_many(what: str) -> Unavailable:
    detail = f"{what}: more than can be asked for in a few calls"
    return Unavailable(step=Step.API, reason=Reason.TOO_LARGE, detail=detail)


def _batches(names: Iterable[str]) -> list[list[str]]:
    """Share names out among calls, so that what each call names fits into an address."""
    batches, length = list[list[str]](), 0
    for name in names:
        # Most of what is not ASCII takes three characters there for each of its bytes.
        needs = len(quote(name)) + 1
        if not batches or length + needs > MAX_NAMES_LENGTH:
            batches.append([])
            length = 0
        batches[-1].append(name)
        length += needs
    return batches
