"""What the APIs of both sides tell beyond what the probes need: one set of calls for a local cluster, one for each remote."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final, TypeVar

from diag.collect import told
from diag.collect.calls import (
    CCR_INFO,
    CCR_STATS,
    CERTIFICATES,
    CLOCK,
    HEALTH,
    INFO,
    KEYS,
    LICENSE,
    NODES,
    RESOLVE,
    ROLES,
    ROOT,
    SECURITY,
    SETTINGS,
    TRANSFORM_STATES,
    TRANSFORMS,
)
from diag.collect.calls import key as key_call
from diag.collect.observed_release import narrowed
from diag.collect.session import FIRST_REMOTE, Answers, ApiSession, CallResult, asked, read, release
from diag.config import ClusterConfig, RemoteConfig
from diag.evidence.api import ONE_URL
from diag.model import (
    Belief,
    ConnectedPerNode,
    KeyRecord,
    LocalApi,
    LocalCertificates,
    LocalClock,
    LocalIdentity,
    LocalKey,
    LocalLicense,
    LocalNodes,
    LocalRoles,
    LocalSecurity,
    Reason,
    Registration,
    Registrations,
    RemoteApi,
    RemoteCertificates,
    RemoteEvidence,
    RemoteFollows,
    RemoteHealth,
    RemoteIdentity,
    RemoteInfo,
    RemoteKey,
    RemoteLicense,
    RemoteNodes,
    RemoteRegistrations,
    RemoteRoles,
    Replication,
    ResolvedCluster,
    Step,
    Transforms,
    Unavailable,
    Version,
)

T = TypeVar("T")
R = TypeVar("R")
_LOCAL: Final = (
    LICENSE,
    CLOCK,
    SECURITY,
    ROLES,
    RESOLVE,
    CCR_STATS,
    CCR_INFO,
    CERTIFICATES,
    TRANSFORMS,
    TRANSFORM_STATES,
)
_REMOTE: Final = (LICENSE, HEALTH, ROLES, SETTINGS, CCR_INFO, CERTIFICATES)
_PAUSE: Final = 1.2  # Seconds between two looks at what is replicated.
_NO_KEY: Final = Unavailable(step=Step.API, reason=Reason.NOT_ASKED, detail="no API key is configured for this remote")
_NO_ID: Final = Unavailable(
    step=Step.API, reason=Reason.NOT_USABLE, detail="the configured API key holds no id to look for: it is not encoded"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClusterAnswers:
    """What a local cluster told of itself, and of each remote by its alias."""

    api: LocalApi = field(default_factory=LocalApi)
    registrations: Mapping[str, Registration] | Unavailable | None = None
    infos: Mapping[str, RemoteInfo] | Unavailable | None = None
    resolved: Mapping[str, ResolvedCluster] | Unavailable | None = None
    keys: CallResult | None = None
    copy_rate: int = 0
    views: Mapping[str, Mapping[str, RemoteInfo] | Unavailable] | None = None

    @classmethod
    def without(cls, why: Unavailable) -> ClusterAnswers:
        """Nothing of it could be had."""
        api = LocalApi(**dict.fromkeys((one.name for one in dataclasses.fields(LocalApi)), why))
        return cls(api=api, registrations=why, infos=why, resolved=why, keys=CallResult(value=why))

    def of(self, remote: RemoteConfig, key: str | Unavailable) -> Belief:
        """What it holds of one remote. An alias that it does not name is evidence too."""
        if self.infos is None:
            return Belief()
        alias = remote.alias
        return Belief(
            registration=_one(self.registrations, alias, Registration(alias=alias)),
            info=_one(self.infos, alias, RemoteInfo(listed=False)),
            resolved=_one(self.resolved, alias, _not_resolved(alias)),
            key=_key(self.keys, key, lambda record: LocalKey(record=record)),
            views=self._views(alias),
        )

    def _views(self, alias: str) -> ConnectedPerNode | Unavailable:
        """What each node says, of those that answered; one alone is no comparison."""
        if not self.views:
            return ONE_URL
        reported_ = {url: infos for url, infos in self.views.items() if not isinstance(infos, Unavailable)}
        if len(reported_) > 1:
            seen = {url: one[alias] for url, one in reported_.items() if alias in one}
            return ConnectedPerNode(
                all=tuple((url, url in seen and seen[url].connected) for url in reported_),
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
    answers = await asked(api_session, cluster, cluster.urls, (*_LOCAL, *((KEYS,) if with_keys else ())), number)
    replication = await _replication(api_session, cluster, answers)
    transforms = told.transforms_of(*(answers[call].value for call in (TRANSFORMS, TRANSFORM_STATES)))
    registrations = read(first, SETTINGS, told.registrations_of)
    return ClusterAnswers(
        api=LocalApi(
            identity=_made(read(first, ROOT, told.identity_of), lambda one: LocalIdentity(name=one[0], uuid=one[1])),
            nodes=_made(read(first, NODES, told.nodes_of), lambda one: LocalNodes(all=one[0], failed=one[1])),
            registrations=_made(registrations, lambda one: Registrations(all=one)),
            license=_made(
                read(answers, LICENSE, told.license_of),
                lambda one: LocalLicense(type=one[0], status=one[1], expires=one[2]),
            ),
            roles=_made(read(answers, ROLES, told.roles_of), lambda one: LocalRoles(all=one)),
            replication=replication,
            clock=_made(read(answers, CLOCK, told.clock_of), lambda one: _clock(one, answers[CLOCK])),
            security=_made(read(answers, SECURITY, told.security_is_on), lambda one: LocalSecurity(enabled=one)),
            certificates=_made(
                read(answers, CERTIFICATES, told.certificates_of), lambda one: LocalCertificates(all=one)
            ),
            transforms=_made(transforms, lambda one: Transforms(all=one)),
        ),
        registrations=_made(registrations, lambda found: {one.alias: one for one in found}),
        infos=read(first, INFO, lambda answer: told.infos_of(answer, number)),
        resolved=read(answers, RESOLVE, lambda answer: told.resolved_of(answer, answers[RESOLVE].seconds)),
        keys=answers.get(KEYS),
        copy_rate=told.copy_rate_of(first[SETTINGS].value),
        views=await _views(api_session, cluster, number),
    )


async def _replication(api_session: ApiSession, cluster: ClusterConfig, answers: Answers) -> Replication | Unavailable:
    """Read what is replicated; where something shows that may be over in a moment, look a second time after a pause.

    A write that fails is tried again within half a second (``max_retry_delay``), so that after the pause the counter has gone on.
    """
    first = told.replication_of(*(answers[call].value for call in (CCR_STATS, CCR_INFO)))
    if isinstance(first, Unavailable) or not told.wants_a_second_look(first):
        return first
    await asyncio.sleep(_PAUSE)
    again = await api_session.ask(cluster.urls, cluster.auth, cluster.ca, (CCR_STATS, CCR_INFO))
    second = told.replication_of(*(again[call].value for call in (CCR_STATS, CCR_INFO)))
    return first if isinstance(second, Unavailable) else told.seen_twice(first, second)


async def _views(api_session: ApiSession, cluster: ClusterConfig, number: Version | Unavailable) -> Mapping[str, Any]:
    """Ask each address by itself for its connections: they are those of one node."""
    if not cluster.other_urls:
        return {}
    answers = await asyncio.gather(
        *(api_session.ask((url,), cluster.auth, cluster.ca, (INFO,)) for url in cluster.urls)
    )
    return {
        url: read(one, INFO, lambda answer: told.infos_of(answer, number))
        for url, one in zip(cluster.urls, answers, strict=True)
    }


async def remote_api(
    api_session: ApiSession, remote: RemoteConfig, key: str | Unavailable
) -> tuple[RemoteApi, Answers | None]:
    """Make all calls at a remote cluster; without a url none. The answers tell its release too."""
    if remote.url is None:
        return RemoteApi(), None
    first = await api_session.ask((remote.url,), remote.auth, remote.ca, FIRST_REMOTE)
    number = release(first)
    own = KEYS if isinstance(key, Unavailable) else key_call(key)
    calls = (*_REMOTE, *(() if isinstance(key, Unavailable) else (own,)))
    answers = {**first, **await asked(api_session, remote, (remote.url,), calls, number)}
    api = RemoteApi(
        identity=_made(read(answers, ROOT, told.identity_of), lambda one: RemoteIdentity(name=one[0], uuid=one[1])),
        nodes=_made(read(answers, NODES, told.nodes_of), lambda one: RemoteNodes(all=one[0], failed=one[1])),
        license=_made(
            read(answers, LICENSE, told.license_of),
            lambda one: RemoteLicense(type=one[0], status=one[1], expires=one[2]),
        ),
        roles=_made(read(answers, ROLES, told.roles_of), lambda one: RemoteRoles(all=one)),
        health=_made(read(answers, HEALTH, told.health_of), lambda one: RemoteHealth(status=one)),
        filters=read(answers, SETTINGS, told.filters_of),
        registrations=_made(read(answers, SETTINGS, told.registrations_of), lambda one: RemoteRegistrations(all=one)),
        certificates=_made(read(answers, CERTIFICATES, told.certificates_of), lambda one: RemoteCertificates(all=one)),
        follows=_made(read(answers, CCR_INFO, told.follows_of), lambda one: RemoteFollows(aliases=one)),
        key=_key(answers.get(own), key, lambda record: RemoteKey(record=record)),
    )
    return api, answers


def with_local_view(evidence: RemoteEvidence, belief: Belief) -> RemoteEvidence:
    """Put in what the local cluster holds of the remote: whether it has a key, which then needs no declaration, and its release."""
    remote, info = evidence.remote, belief.info
    if remote.keystore_credential is None and remote.declared_model is not None and isinstance(info, RemoteInfo):
        remote = dataclasses.replace(remote, keystore_credential=info.has_credential)
    version = narrowed(evidence.remote_version, belief.resolved)
    return dataclasses.replace(evidence, belief=belief, remote=remote, remote_version=version)


def key_id_of(key: str | Unavailable) -> str | Unavailable:
    """The id inside the configured key: all of the key that is looked for anywhere."""
    if isinstance(key, Unavailable):
        return _NO_KEY if key.reason in {Reason.NOT_TOLD, Reason.NOT_TRIED} else key
    return told.key_id(key.strip()) or _NO_ID


def _made(reported_: T | Unavailable, make: Callable[[T], R]) -> R | Unavailable:
    return reported_ if isinstance(reported_, Unavailable) else make(reported_)


def _clock(at: datetime, answered: CallResult) -> LocalClock:
    """How far the node is ahead: it took its time somewhere in the course of the call, so half of that is uncertain."""
    now = answered.at or datetime.now(UTC)
    return LocalClock(ahead=(at - now).total_seconds() + answered.seconds / 2)


def _key(keys: CallResult | None, wanted: str | Unavailable, make: Callable[[KeyRecord | None], R]) -> R | Unavailable:
    if isinstance(wanted, Unavailable):
        return wanted
    if keys is None or isinstance(keys.value, Unavailable):
        return keys.value if keys is not None and isinstance(keys.value, Unavailable) else _NO_KEY
    return _made_record(told.record_of(keys.value, wanted), make)


def _made_record(record: KeyRecord | Unavailable | None, make: Callable[[KeyRecord | None], R]) -> R | Unavailable:
    return record if isinstance(record, Unavailable) else make(record)
