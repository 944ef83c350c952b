"""Asking the APIs that a configuration names, of local and of remote clusters. A failure is returned as evidence, never raised."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import field
from typing import Final, TypeVar

from diag.collect.discovery import credentials_of, remotes_of
from diag.collect.network import Network
from diag.collect.target import ApiTarget
from diag.config import ClusterConfig, RemoteConfig, fleet
from diag.evidence.call import Answer, Answers, Call
from diag.evidence.elasticsearch import cluster_settings, connections, identity, nodes, registrations
from diag.isolate import isolate
from diag.lazy_dataclass import dataclass
from diag.model import LocalVersion, Reason, RemoteVersion, Resolution, Step, Unavailable, Version
from diag.pieces import read, release

T = TypeVar("T")
API: Final = "api"
_LATE: Final = "the time for the whole round was over before the API answered"
_NOT_ASKED: Final = Unavailable(
    step=Step.API, reason=Reason.NOT_REQUESTED, detail="no url is configured for this cluster"
)
FIRST: Final = (identity.CALL, cluster_settings.CALL, connections.CALL, nodes.CALL)
FIRST_REMOTE: Final = (identity.CALL, nodes.CALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClusterBasics:
    """What a local cluster reports first: its release, its remotes, and which of them use a key (where that is known)."""

    version: LocalVersion | Unavailable
    remotes: tuple[RemoteConfig, ...] | Unavailable = _NOT_ASKED
    credentials: Mapping[str, bool] | Unavailable = _NOT_ASKED
    answers: Answers | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiSession:
    """How a round asks APIs: through the network of the round; ``end`` is when the round has to be over.

    ``answering`` remembers which address of a cluster answered in this round, so that a dead one costs its time once.
    """

    network: Network
    seconds: float
    end: float | None
    answering: dict[tuple[str, ...], str] = field(default_factory=dict)

    async def resolve(self, host: str) -> Resolution | Unavailable:
        """Look a name up, as long as the round lasts."""
        try:
            async with asyncio.timeout_at(self.end):
                return await self.network.resolve(host, self.seconds)
        except TimeoutError:
            return Unavailable(step=Step.DNS, reason=Reason.OUT_OF_TIME, detail=_LATE)

    async def local(self, cluster: ClusterConfig) -> ClusterBasics:
        """Ask a local cluster for what the probes need. The release that it tells goes before the declared one."""
        declared = fleet.local_version(cluster)
        if cluster.url is None:
            return ClusterBasics(version=declared)
        answers = await self.ask(cluster, cluster.urls, FIRST)
        number = release(answers)
        version: LocalVersion | Unavailable = _unless_declared(declared, number)
        if isinstance(number, Version):
            version = LocalVersion(number=number, source=API)
        return ClusterBasics(
            version=version,
            remotes=remotes_of(read(answers, cluster_settings.CALL, registrations.read)),
            credentials=credentials_of(
                read(answers, connections.CALL, lambda answer: connections.read(answer, number)), number
            ),
            answers=answers,
        )

    async def ask(self, of: ClusterConfig | RemoteConfig, urls: tuple[str, ...], calls: tuple[Call, ...]) -> Answers:
        """Make calls, all at once, at the first address that answers any of them; else return the answer of the last one."""
        known = self.answering.get(urls)
        if known is not None:
            # A node that answered in this round is not given up for a call that it is slow at.
            return await self._ask(of, known, calls) if calls else {}
        answers: Answers = {}
        for url in urls if calls else ():
            answers = await self._ask(of, url, calls)
            if not all(_is_no_answer(answer.value) for answer in answers.values()):
                self.answering[urls] = url
                break
        return answers

    async def _ask(self, of: ClusterConfig | RemoteConfig, url: str, calls: tuple[Call, ...]) -> Answers:
        return await self.at(ApiTarget(url=url, auth=of.auth, ca=of.ca, seconds=self.seconds), calls)

    async def at(self, target: ApiTarget, calls: tuple[Call, ...]) -> Answers:
        """Make calls at one address, all at once, as long as the round lasts."""

        def nothing(why: Unavailable) -> Answers:
            return dict.fromkeys(calls, Answer(value=why))

        try:
            async with asyncio.timeout_at(self.end):
                return await isolate(self.network.call(target, calls), nothing)
        except TimeoutError:
            return nothing(Unavailable(step=Step.API, reason=Reason.OUT_OF_TIME, detail=_LATE))


# Reasons that lie with one node or the way to it, so that another node may well answer.
_OF_ONE_NODE: Final = frozenset(
    {
        Reason.REFUSED,
        Reason.RESET,
        Reason.CLOSED,
        Reason.UNREACHABLE,
        Reason.TIMED_OUT,
        Reason.NO_SUCH_NAME,
        Reason.LOOKUP_FAILED,
        Reason.TLS_FAILED,
        Reason.SERVER_ERROR,
        Reason.NOT_USABLE,
        Reason.NOT_ELASTICSEARCH,
    }
)


async def asked(
    api_session: ApiSession,
    of: ClusterConfig | RemoteConfig,
    urls: tuple[str, ...],
    calls: tuple[Call, ...],
    number: Version | Unavailable,
) -> Answers:
    """Make those of the calls that the release knows."""
    missing = {call: why for call in calls if (why := call.not_there(number)) is not None}
    answers = await api_session.ask(of, urls, tuple(call for call in calls if call not in missing))
    return {**answers, **{call: Answer(value=why) for call, why in missing.items()}}


def _is_no_answer(value: object) -> bool:
    return isinstance(value, Unavailable) and value.reason in _OF_ONE_NODE


def remote_version(declared: RemoteVersion | Unavailable, answers: Answers) -> RemoteVersion | Unavailable:
    """The release of a remote cluster: what its API tells goes before the declared one."""
    number = release(answers)
    if isinstance(number, Version):
        return RemoteVersion(number=number, source=API)
    return _unless_declared(declared, number)


def _unless_declared(declared: T, reported: object) -> T | Unavailable:
    """The declared release; where there is none, the reason why the API reported none is the one to fix."""
    return reported if isinstance(declared, Unavailable) and isinstance(reported, Unavailable) else declared
