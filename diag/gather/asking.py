"""Asking the APIs that a configuration names: a cluster's release and remotes, a remote's release. What fails is said, never raised."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeVar

from diag.config import ClusterConfig, RemoteConfig
from diag.config.schema import Auth
from diag.gather.discovery import INFO, ROOT, SETTINGS, credentials_of, remotes_of, version_of
from diag.gather.network import Network
from diag.model import LocalVersion, Reason, RemoteVersion, Step, Unavailable, Version

if TYPE_CHECKING:
    from diag.gather.api import Api

T = TypeVar("T")
API: Final = "api"
_LATE: Final = "the time for the whole round was over before the API answered"
_NOT_ASKED: Final = Unavailable(step=Step.API, reason=Reason.NOT_TOLD, detail="no url is configured for this cluster")


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a local cluster told: its release, its remotes, and which of them use a key (those of which that can be told)."""

    version: LocalVersion | Unavailable
    remotes: tuple[RemoteConfig, ...] | Unavailable = _NOT_ASKED
    credentials: Mapping[str, bool] | Unavailable = _NOT_ASKED


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """How a round asks: names are looked up through the network of the round, and ``end`` is when it has to be over."""

    network: Network
    seconds: float
    end: float | None

    async def local(self, cluster: ClusterConfig) -> Told:
        """Ask a local cluster. The release that it tells goes before the declared one."""
        declared = cluster.local_version()
        if cluster.url is None:
            return Told(version=declared)
        paths = (ROOT, SETTINGS, INFO)
        root, settings, info = await self._ask(cluster.url, cluster.auth, cluster.ca, paths)
        number = _read(root, version_of)
        version: LocalVersion | Unavailable = _unless_declared(declared, number)
        if isinstance(number, Version):
            version = LocalVersion(number=number, source=API)
        return Told(
            version=version,
            remotes=_read(settings, remotes_of),
            credentials=_read(info, lambda answer: credentials_of(answer, number)),
        )

    async def remote(self, remote: RemoteConfig) -> RemoteVersion | Unavailable:
        """Ask a remote cluster, where it has a ``url``, for its release; else take the declared one."""
        declared = remote.remote_version()
        if remote.url is None:
            return declared
        (root,) = await self._ask(remote.url, remote.auth, remote.ca, (ROOT,))
        number = _read(root, version_of)
        if isinstance(number, Version):
            return RemoteVersion(number=number, source=API)
        return _unless_declared(declared, number)

    async def _ask(
        self, url: str, auth: Auth | None, ca: tuple[Path, ...], paths: tuple[str, ...]
    ) -> tuple[object, ...]:
        """Make calls, all at once; one answer for each of them."""
        try:
            async with asyncio.timeout_at(self.end):
                api = await asyncio.to_thread(self._open, url, auth, ca)
                return tuple(await asyncio.gather(*map(api.get, paths)))
        except TimeoutError:
            why = Unavailable(step=Step.API, reason=Reason.OUT_OF_TIME, detail=_LATE)
        except Exception as error:  # noqa: BLE001 -- a defect of ours: the API then told nothing, and the probes go on.
            detail = f"diag itself failed at the API ({type(error).__name__}); please report it"
            why = Unavailable(step=Step.API, reason=Reason.OTHER, detail=detail)
        return (why,) * len(paths)

    def _open(self, url: str, auth: Auth | None, ca: tuple[Path, ...]) -> Api:
        """Read secret and CA; runs in a thread."""
        from diag.gather.api import Api  # noqa: PLC0415 -- httpx is slow to import, and most runs ask no API.

        return Api(url, auth, ca, seconds=self.seconds, resolve=self.network.resolve)


def _read(answer: object, reader: Callable[[object], T | Unavailable]) -> T | Unavailable:
    return answer if isinstance(answer, Unavailable) else reader(answer)


def _unless_declared(declared: T, told: object) -> T | Unavailable:
    """The declared release; where there is none, the reason why the API told none is the one to mend."""
    return told if isinstance(declared, Unavailable) and isinstance(told, Unavailable) else declared
