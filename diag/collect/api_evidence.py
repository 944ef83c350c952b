"""What the APIs of both sides tell beyond what the probes need: one set of calls for a local cluster, one for each remote."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import Mapping
from dataclasses import field
from typing import Any, Final, TypeVar

from diag.collect.observed_release import narrowed
from diag.collect.session import FIRST, FIRST_REMOTE, ApiSession, asked
from diag.config import ClusterConfig, RemoteConfig
from diag.evidence import encoded_key
from diag.evidence.call import Answer, Answers
from diag.evidence.elasticsearch import api_keys, cluster_settings, connections, followers, replication, resolved
from diag.evidence.elasticsearch.connections import ONE_URL
from diag.evidence.piece import Subject
from diag.lazy_dataclass import dataclass
from diag.model import (
    ConnectedPerNode,
    KeyLookup,
    LocalApi,
    LocalView,
    Reason,
    Registration,
    Registrations,
    RemoteApi,
    RemoteEvidence,
    RemoteInfo,
    Replication,
    ResolvedCluster,
    Step,
    Unavailable,
    Version,
)
from diag.pieces import calls_of, read, read_all, release

T = TypeVar("T")
R = TypeVar("R")
_PAUSE: Final = 1.2  # Seconds between two looks at what is replicated.
_NO_KEY: Final = Unavailable(
    step=Step.API, reason=Reason.NOT_REQUESTED, detail="no API key is configured for this remote"
)
_NO_ID: Final = Unavailable(
    step=Step.API, reason=Reason.NOT_USABLE, detail="the configured API key holds no id to look for: it is not encoded"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClusterAnswers:
    """What a local cluster reports of itself, and of each remote, by its alias."""

    api: LocalApi = field(default_factory=LocalApi)
    registrations: Mapping[str, Registration] | Unavailable | None = None
    infos: Mapping[str, RemoteInfo] | Unavailable | None = None
    resolved: Mapping[str, ResolvedCluster] | Unavailable | None = None
    keys: Answer | None = None
    copy_rate: int = 0
    views: Mapping[str, Mapping[str, RemoteInfo] | Unavailable] | None = None

    @classmethod
    def without(cls, why: Unavailable) -> ClusterAnswers:
        """Nothing of it could be had."""
        return cls(api=LocalApi.nothing(why), registrations=why, infos=why, resolved=why, keys=Answer(value=why))

    def of(self, remote: RemoteConfig, key: str | Unavailable) -> LocalView:
        """What it tells of one remote. An alias that it does not name is evidence too."""
        if self.infos is None:
            return LocalView()
        if isinstance(self.infos, Unavailable) and self.infos.reason is Reason.OFFLINE:
            return LocalView.nothing(self.infos)
        alias = remote.alias
        return LocalView().having(
            {
                Registration: _one(self.registrations, alias, Registration(alias=alias)),
                RemoteInfo: _one(self.infos, alias, RemoteInfo(listed=False)),
                ResolvedCluster: _one(self.resolved, alias, _not_resolved(alias)),
                KeyLookup: _key(self.keys, key),
                ConnectedPerNode: self._views(alias),
            }
        )

    def _views(self, alias: str) -> ConnectedPerNode | Unavailable:
        """What each node says, of those that answered; one alone is no comparison."""
        if not self.views:
            return ONE_URL
        answered = {url: infos for url, infos in self.views.items() if not isinstance(infos, Unavailable)}
        if len(answered) > 1:
            seen = {url: one[alias] for url, one in answered.items() if alias in one}
            return ConnectedPerNode(
                all=tuple((url, url in seen and seen[url].connected) for url in answered),
                keys=tuple((url, info.has_credential) for url, info in seen.items() if info.has_credential is not None),
            )
        return next((infos for infos in self.views.values() if isinstance(infos, Unavailable)), ONE_URL)


def _one(all_: Mapping[str, T] | Unavailable | None, alias: str, otherwise: R) -> T | R | Unavailable:
    return all_ if isinstance(all_, Unavailable) else (all_ or {}).get(alias, otherwise)


def _not_resolved(alias: str) -> Unavailable:
    detail = f"GET /_resolve/cluster does not name {alias}"
    return Unavailable(step=Step.API, reason=Reason.NOT_FOUND, detail=detail)


async def local_answers(
    api_session: ApiSession, cluster: ClusterConfig, first: Answers | None, *, with_keys: bool
) -> ClusterAnswers:
    """Make the further calls at a local cluster; ``first`` are the answers that the probes needed, None without a url."""
    if cluster.url is None or first is None:
        return ClusterAnswers()
    number = release(first)
    wanted = (*calls_of(Subject.LOCAL), *replication.PIECE.calls, resolved.CALL)
    further = tuple(call for call in wanted if call not in FIRST)
    keys = (api_keys.CALL,) if with_keys else ()
    answers = {**first, **await asked(api_session, cluster, cluster.urls, (*further, *keys), number)}
    found = read_all(Subject.LOCAL, answers)
    replicated = await _replication(api_session, cluster, answers)
    registered = found[Registrations]
    assert isinstance(registered, (Registrations, Unavailable))  # noqa: S101 -- what its reader gives.
    return ClusterAnswers(
        api=LocalApi().having({**found, Replication: replicated}),
        registrations=registered if isinstance(registered, Unavailable) else {one.alias: one for one in registered.all},
        infos=read(first, connections.CALL, lambda answer: connections.read(answer, number)),
        resolved=resolved.read(answers[resolved.CALL]),
        keys=answers.get(api_keys.CALL),
        copy_rate=followers.read_rate(first[cluster_settings.CALL].value),
        views=await _views(api_session, cluster, number),
    )


async def _replication(api_session: ApiSession, cluster: ClusterConfig, answers: Answers) -> Replication | Unavailable:
    """Read what is replicated; where something shows that may be over in a moment, look a second time after a pause.

    A write that fails is tried again within half a second (``max_retry_delay``), so that after the pause the counter has gone on.
    """
    calls = replication.PIECE.calls
    first = replication.read(*(answers[call].value for call in calls))
    if isinstance(first, Unavailable) or not replication.needs_second_request(first):
        return first
    await asyncio.sleep(_PAUSE)
    again = await api_session.ask(cluster, cluster.urls, calls)
    second = replication.read(*(again[call].value for call in calls))
    return first if isinstance(second, Unavailable) else replication.seen_twice(first, second)


async def _views(api_session: ApiSession, cluster: ClusterConfig, number: Version | Unavailable) -> Mapping[str, Any]:
    """Ask each address by itself for its connections: they are those of one node."""
    if not cluster.other_urls:
        return {}
    call = connections.CALL
    answers = await asyncio.gather(*(api_session.ask(cluster, (url,), (call,)) for url in cluster.urls))
    return {
        url: read(one, call, lambda answer: connections.read(answer, number))
        for url, one in zip(cluster.urls, answers, strict=True)
    }


async def remote_api(
    api_session: ApiSession, remote: RemoteConfig, key: str | Unavailable
) -> tuple[RemoteApi, Answers | None]:
    """Make all calls at a remote cluster; without a url none. The answers tell its release too."""
    if remote.url is None:
        return RemoteApi(), None
    first = await api_session.ask(remote, (remote.url,), FIRST_REMOTE)
    number = release(first)
    own = () if isinstance(key, Unavailable) else (api_keys.of_key(key),)
    further = tuple(call for call in calls_of(Subject.REMOTE) if call not in FIRST_REMOTE)
    answers = {**first, **await asked(api_session, remote, (remote.url,), (*further, *own), number)}
    lookup = _key(next((answers[call] for call in own), None), key)
    return RemoteApi().having({**read_all(Subject.REMOTE, answers), KeyLookup: lookup}), answers


def with_local_view(evidence: RemoteEvidence, view: LocalView) -> RemoteEvidence:
    """Put in what the local cluster tells of the remote: whether it has a key, which then needs no declaration, and its release."""
    remote, info = evidence.remote, view[RemoteInfo]
    if remote.keystore_credential is None and remote.declared_model is not None and isinstance(info, RemoteInfo):
        remote = dataclasses.replace(remote, keystore_credential=info.has_credential)
    version = narrowed(evidence.remote_version, view[ResolvedCluster])
    return dataclasses.replace(evidence, belief=view, remote=remote, remote_version=version)


def key_id_of(key: str | Unavailable) -> str | Unavailable:
    """The id inside the configured key: all of the key that is looked for anywhere."""
    if isinstance(key, Unavailable):
        return _NO_KEY if key.reason in {Reason.NOT_DECLARED, Reason.NOT_TRIED} else key
    return encoded_key.key_id(key.strip()) or _NO_ID


def _key(keys: Answer | None, wanted: str | Unavailable) -> KeyLookup | Unavailable:
    if isinstance(wanted, Unavailable):
        return wanted
    if keys is None:
        return _NO_KEY
    return keys.value if isinstance(keys.value, Unavailable) else api_keys.read(keys.value, wanted)
