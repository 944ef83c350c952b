"""What the clusters themselves say, over their APIs, put together: by the local cluster, of each remote, and by the remote cluster.

Every piece stands on its own: what could not be had is ``Unavailable``, and of a cluster without ``url`` nothing was asked.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, get_args, get_type_hints

from diag.evidence.access import LocalKey, LocalRoles, RemoteKey, RemoteRoles
from diag.evidence.belief import (
    ConnectedPerNode,
    Registration,
    Registrations,
    RemoteInfo,
    RemoteRegistrations,
    ResolvedCluster,
    ResolvedUse,
    SearchTrial,
)
from diag.evidence.cluster import (
    LocalCertificates,
    LocalClock,
    LocalIdentity,
    LocalLicense,
    LocalNodes,
    LocalSecurity,
    RemoteCertificates,
    RemoteFilters,
    RemoteHealth,
    RemoteIdentity,
    RemoteLicense,
    RemoteNodes,
    Transforms,
)
from diag.evidence.indices import FollowersHealth, InitialRecoveries, LocalIndices, RemoteIndices
from diag.evidence.keystores import SecureSettingsReload
from diag.evidence.replication import RemoteFollows, Replication
from diag.evidence.terms import Reason, Step, Unavailable

NO_URL: Final = Unavailable(step=Step.API, reason=Reason.NOT_ASKED, detail="no url is configured for the local cluster")
NO_REMOTE_URL: Final = Unavailable(
    step=Step.API, reason=Reason.NOT_ASKED, detail="no url is configured for the remote cluster"
)
ONE_URL: Final = Unavailable(
    step=Step.API, reason=Reason.NOT_ASKED, detail="no other_urls are configured: the nodes behind url are asked as one"
)
NO_RELOAD: Final = Unavailable(
    step=Step.CONFIGURATION, reason=Reason.NOT_ASKED, detail="no reload_response is configured for the local cluster"
)
NO_USE: Final = Unavailable(
    step=Step.API,
    reason=Reason.NOT_ASKED,
    detail="nothing is replicated from this remote, and no use is declared for it",
)
NO_FOLLOWERS: Final = Unavailable(
    step=Step.API, reason=Reason.NOT_ASKED, detail="the local cluster has no follower index"
)
NO_COPIES: Final = Unavailable(step=Step.API, reason=Reason.NOT_ASKED, detail="no follower is being copied now")
NO_SEARCH: Final = Unavailable(
    step=Step.API, reason=Reason.NOT_ASKED, detail="no search is tried: that wants probe.search and use.search"
)
NO_PAST: Final = Unavailable(
    step=Step.CONFIGURATION, reason=Reason.NOT_ASKED, detail="no earlier round is known: only the daemon remembers"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """What an earlier round saw of one remote.

    ``name`` and ``uuid`` are those of the cluster behind the remote. ``issuers`` are fingerprints of the CA keys that signed the leaves, ``red`` the followers of this remote
    that were red, None where that was not known. ``options`` are the settings of the remote with which its connections are made anew when
    they change, None where they were not known.
    """

    at: datetime
    connected: bool | None = None
    addresses: tuple[str, ...] = ()
    issuers: tuple[str, ...] = ()
    uuid: str = ""
    name: str = ""
    red: tuple[str, ...] | None = ()
    options: tuple[tuple[str, str], ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """The earlier rounds, the oldest first, as far as they are kept."""

    looks: tuple[Observation, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalApi:
    """What the local cluster told of itself."""

    identity: LocalIdentity | Unavailable = NO_URL
    nodes: LocalNodes | Unavailable = NO_URL
    registrations: Registrations | Unavailable = NO_URL
    license: LocalLicense | Unavailable = NO_URL
    roles: LocalRoles | Unavailable = NO_URL
    replication: Replication | Unavailable = NO_URL
    clock: LocalClock | Unavailable = NO_URL
    security: LocalSecurity | Unavailable = NO_URL
    certificates: LocalCertificates | Unavailable = NO_URL
    transforms: Transforms | Unavailable = NO_URL
    indices: LocalIndices | Unavailable = NO_URL
    health: FollowersHealth | Unavailable = NO_URL
    copies: InitialRecoveries | Unavailable = NO_URL
    reload: SecureSettingsReload | Unavailable = NO_RELOAD


@dataclass(frozen=True, slots=True, kw_only=True)
class Belief:
    """What the local cluster holds of one remote, to lay beside what the socket showed."""

    registration: Registration | Unavailable = NO_URL
    info: RemoteInfo | Unavailable = NO_URL
    resolved: ResolvedCluster | Unavailable = NO_URL
    key: LocalKey | Unavailable = NO_URL
    views: ConnectedPerNode | Unavailable = ONE_URL
    resolved_use: ResolvedUse | Unavailable = NO_URL
    search: SearchTrial | Unavailable = NO_SEARCH


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoteApi:
    """What the remote cluster told of itself."""

    identity: RemoteIdentity | Unavailable = NO_REMOTE_URL
    nodes: RemoteNodes | Unavailable = NO_REMOTE_URL
    license: RemoteLicense | Unavailable = NO_REMOTE_URL
    roles: RemoteRoles | Unavailable = NO_REMOTE_URL
    health: RemoteHealth | Unavailable = NO_REMOTE_URL
    key: RemoteKey | Unavailable = NO_REMOTE_URL
    filters: RemoteFilters | Unavailable = NO_REMOTE_URL
    registrations: RemoteRegistrations | Unavailable = NO_REMOTE_URL
    certificates: RemoteCertificates | Unavailable = NO_REMOTE_URL
    follows: RemoteFollows | Unavailable = NO_REMOTE_URL
    indices: RemoteIndices | Unavailable = NO_REMOTE_URL


def _pieces(holder: type) -> Mapping[type, str]:
    """The type of each piece of evidence that a holder has, and the field that it stands in."""
    return {
        member: name
        for name, hint in get_type_hints(holder).items()
        for member in get_args(hint)
        if member is not Unavailable
    }


# What a check may ask for by type, and the field that holds it.
LOCAL_API: Final = _pieces(LocalApi)
BELIEF: Final = _pieces(Belief)
REMOTE_API: Final = _pieces(RemoteApi)
