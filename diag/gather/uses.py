"""What a round asks once it knows what a remote is used for: indices on both sides, followers, searches. Without use, nothing."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeVar
from urllib.parse import quote

from diag.config import ClusterConfig, RemoteConfig
from diag.gather import told
from diag.gather.asking import Answered, Answers, Door, asked, read
from diag.gather.calls import AROUND, FOLLOWERS_HEALTH, LONGEST_NAMES, Call, metadata, recovery, resolve, search
from diag.model import (
    Belief,
    Copies,
    FollowersHealth,
    LocalApi,
    LocalIndices,
    Reason,
    Registration,
    RemoteEvidence,
    RemoteIndices,
    Replication,
    ResolvedUse,
    Step,
    Unavailable,
    Version,
)
from diag.model.api import NO_COPIES, NO_FOLLOWERS, NO_SEARCH, NO_USE

M = TypeVar("M", LocalIndices, RemoteIndices)
_NO_PATTERNS: Final = Unavailable(
    step=Step.API, reason=Reason.NOT_ASKED, detail="no use.search is declared for this remote"
)
_NOT_REGISTERED: Final = Unavailable(
    step=Step.API, reason=Reason.NOT_FOUND, detail="the local cluster has no remote of this alias to ask"
)
_NOT_NAMED: Final = Unavailable(
    step=Step.API, reason=Reason.NOT_FOUND, detail="GET /_resolve/cluster does not name this remote"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Uses:
    """How to ask a local cluster and its remotes for what their use makes interesting.

    ``number`` is the release of the local cluster; ``search`` allows searches to be tried.
    """

    door: Door
    cluster: ClusterConfig
    number: Version | Unavailable
    search: bool = False

    async def local(self, api: LocalApi, rate: int) -> LocalApi:
        """Add what the local cluster tells of its follower indices; ``rate`` is how fast they may be copied."""
        replication = api.replication
        if isinstance(replication, Unavailable):
            return dataclasses.replace(api, indices=replication, health=replication, copies=replication)
        names = tuple(one.index for one in replication.followers)
        if not names:
            return dataclasses.replace(api, indices=NO_FOLLOWERS, health=NO_FOLLOWERS, copies=NO_FOLLOWERS)
        call = metadata(names)
        answers = await self._ask(call, AROUND, FOLLOWERS_HEALTH)
        shards = read(answers, FOLLOWERS_HEALTH, lambda answer: told.followers_health_of(answer, names))
        health = shards if isinstance(shards, Unavailable) else FollowersHealth(all=shards)
        return dataclasses.replace(
            api,
            indices=_indices(answers, call, names, LocalIndices),
            health=health,
            copies=await self._copies(health, rate),
        )

    async def _copies(self, health: FollowersHealth | Unavailable, rate: int) -> Copies | Unavailable:
        if isinstance(health, Unavailable):
            return health
        starting = [one.index for one in health.all if one.initializing]
        if not starting:
            return NO_COPIES
        call = recovery(_fitting(starting))
        found = read(await self._ask(call), call, told.copies_of)
        return found if isinstance(found, Unavailable) else Copies(all=found, rate=rate)

    async def beliefs(self, remotes: Sequence[RemoteEvidence]) -> tuple[Belief, ...]:
        """Add to what the local cluster holds of each remote what came of its declared patterns."""
        resolved = await self._resolved(remotes)
        trials = (self._searched(one, resolved[one.remote.alias]) for one in remotes)
        return tuple(await asyncio.gather(*trials))

    async def _resolved(self, remotes: Sequence[RemoteEvidence]) -> Mapping[str, ResolvedUse | Unavailable]:
        """Ask for the patterns of all remotes in one call, or in few where they are many; one that is not there would spoil it."""
        wanted = [(one.remote.alias, pattern) for one in remotes if _may_ask(one) for pattern in one.remote.use.search]
        found: dict[str, list[ResolvedUse | Unavailable]] = {}
        for batch in _batches(wanted):
            call = resolve(f"{alias}:{pattern}" for alias, pattern in batch)
            told_ = _resolved_use((await self._ask(call))[call])
            for alias in dict.fromkeys(alias for alias, _ in batch):
                one = told_ if isinstance(told_, Unavailable) else told_.get(alias, _NOT_NAMED)
                found.setdefault(alias, []).append(one)
        return {one.remote.alias: _together(found.get(one.remote.alias, [_not_asked(one)])) for one in remotes}

    async def _searched(self, one: RemoteEvidence, resolved: ResolvedUse | Unavailable) -> Belief:
        if not (self.search and _may_ask(one)):
            return dataclasses.replace(one.belief, resolved_use=resolved, search=NO_SEARCH)
        alias = one.remote.alias
        call = search(alias, _fitting(one.remote.use.search, len(alias) + 1))
        found = read(await self._ask(call), call, lambda answer: told.searched_of(answer, alias))
        return dataclasses.replace(one.belief, resolved_use=resolved, search=found)

    async def remote(
        self, config: RemoteConfig, one: RemoteEvidence, replication: Replication | Unavailable
    ) -> RemoteIndices | Unavailable:
        """What the remote cluster tells of the leaders that are followed, and of the indices that the declared use names."""
        if config.url is None:
            return one.api.indices
        use = one.remote.use
        followers = () if isinstance(replication, Unavailable) else replication.followers
        leaders = (follower.leader for follower in followers if follower.remote == one.remote.alias)
        named = (*leaders, *use.search, *use.replicate)
        # Among other names, this one is no longer the word for all of them.
        wanted = tuple(dict.fromkeys("*" if name == "_all" else name for name in named))
        if not wanted:
            return NO_USE
        call = metadata(wanted)
        answers = await self.door.ask((config.url,), config.auth, config.ca, (call, AROUND))
        return _indices(answers, call, wanted, RemoteIndices)

    async def _ask(self, *calls: Call) -> Mapping[Call, Answered]:
        return await asked(self.door, self.cluster, self.cluster.urls, calls, self.number)


def _resolved_use(answered: Answered) -> Mapping[str, ResolvedUse] | Unavailable:
    value = answered.value
    return value if isinstance(value, Unavailable) else told.resolved_use_of(value, answered.seconds)


def _together(found: Sequence[ResolvedUse | Unavailable]) -> ResolvedUse | Unavailable:
    """What several calls were told of one remote, where its patterns are too many for one: whatever is wrong in any of them."""
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


def _indices(answers: Answers, call: Call, wanted: tuple[str, ...], kind: type[M]) -> M | Unavailable:
    found = told.indices_of(answers[call].value, answers[AROUND].value, wanted)
    if isinstance(found, Unavailable):
        return found
    return kind(all=found.all, policies=found.policies, pipelines=found.pipelines, data_streams=found.data_streams)


def _may_ask(one: RemoteEvidence) -> bool:
    registered = one.belief.registration
    return bool(one.remote.use.search) and isinstance(registered, Registration) and registered.enabled


def _not_asked(one: RemoteEvidence) -> Unavailable:
    if not one.remote.use.search:
        return _NO_PATTERNS
    registered = one.belief.registration
    return registered if isinstance(registered, Unavailable) else _NOT_REGISTERED


def _fitting(names: Iterable[str], each: int = 0) -> tuple[str, ...]:
    """As many of the names as an address can hold; ``each`` is what stands before every one of them."""
    kept, length = list[str](), 0
    for name in names:
        length += _length(name) + each + 1
        if kept and length > LONGEST_NAMES:
            break
        kept.append(name)
    return tuple(kept)


def _batches(wanted: Iterable[tuple[str, str]]) -> list[list[tuple[str, str]]]:
    """Share aliases with their patterns out among calls, so that what each call names fits into an address."""
    batches, length = list[list[tuple[str, str]]](), 0
    for alias, pattern in wanted:
        needs = _length(alias) + _length(pattern) + 2
        if not batches or length + needs > LONGEST_NAMES:
            batches.append([])
            length = 0
        batches[-1].append((alias, pattern))
        length += needs
    return batches


def _length(name: str) -> int:
    """How long a name is in an address, where most of what is not ASCII takes three characters for each of its bytes."""
    return len(quote(name))
