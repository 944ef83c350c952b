"""What the clusters themselves say, over their APIs: nodes, settings, connections, licences, keys, roles, replication.

Every piece stands on its own: what could not be had is ``Unavailable``, and of a cluster without ``url`` nothing was asked.
Types that begin with Local and Remote differ only in whose they are, so that a check can ask for either.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from diag.model.access import LocalKey, LocalPrivileges, LocalRoles, RemoteKey, RemotePrivileges, RemoteRoles
from diag.model.replication import Replication
from diag.model.terms import Reason, Step, Unavailable, Version

NO_URL: Final = Unavailable(step=Step.API, reason=Reason.NOT_ASKED, detail="no url is configured for the local cluster")
NO_REMOTE_URL: Final = Unavailable(
    step=Step.API, reason=Reason.NOT_ASKED, detail="no url is configured for the remote cluster"
)
ONE_URL: Final = Unavailable(
    step=Step.API, reason=Reason.NOT_ASKED, detail="no other_urls are configured: the nodes behind url are asked as one"
)
NO_PAST: Final = Unavailable(
    step=Step.CONFIGURATION, reason=Reason.NOT_ASKED, detail="no earlier round is known: only the daemon remembers"
)

_FIRST_CLIENT_ROLE: Final = Version(7, 7, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """How a cluster calls itself (``GET /``)."""

    name: str
    uuid: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalIdentity(Identity):
    """Of the local cluster."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoteIdentity(Identity):
    """Of the remote cluster."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """One node (``GET /_nodes``).

    ``transport_address`` is the address that it publishes for other nodes and for remotes of the certificate model in mode sniff,
    ``server_address`` that of its remote cluster server (empty: it has none). ``remotes`` are the aliases that stand in its own
    ``elasticsearch.yml``; ``attributes`` those of its ``node.attr`` that are ``true``. ``remote_settings`` are what that file has under
    ``cluster.remote.``, as ``<alias>.<key>`` and text, a list joined by commas; None where that was not read.
    """

    name: str
    version: Version | None = None
    roles: tuple[str, ...] = ()
    attributes: tuple[str, ...] = ()
    transport_address: str = ""
    server_address: str = ""
    started_at: datetime | None = None
    remotes: tuple[str, ...] = ()
    node_attr: str = ""
    remote_settings: tuple[tuple[str, str], ...] | None = None

    @property
    def connects(self) -> bool:
        """Whether it may connect to remotes; before 7.7 there was no role for that."""
        if self.version is not None and self.version < _FIRST_CLIENT_ROLE:
            return True
        return "remote_cluster_client" in self.roles


@dataclass(frozen=True, slots=True, kw_only=True)
class Nodes:
    """All nodes of a cluster. ``failed`` is how many did not answer."""

    all: tuple[Node, ...]
    failed: int = 0

    @property
    def versions(self) -> tuple[Version, ...]:
        """The releases, each once, the lowest first."""
        return tuple(sorted({node.version for node in self.all if node.version is not None}))

    @property
    def clients(self) -> tuple[Node, ...]:
        """The nodes that may connect to remotes."""
        return tuple(node for node in self.all if node.connects)


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalNodes(Nodes):
    """Of the local cluster."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoteNodes(Nodes):
    """Of the remote cluster."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Registration:
    """Which settings ``cluster.remote.<alias>.*`` the local cluster has, by where they stand (``GET /_cluster/settings``).

    ``persistent``, ``transient`` and ``file`` (``elasticsearch.yml`` of the node that answered) are the last parts of the keys;
    ``values`` are the settings in force, as text, a list joined by commas. All empty: the cluster has none of them.
    """

    alias: str
    persistent: tuple[str, ...] = ()
    transient: tuple[str, ...] = ()
    file: tuple[str, ...] = ()
    values: tuple[tuple[str, str], ...] = ()

    def value(self, key: str) -> str:
        """The setting in force, empty where there is none."""
        return dict(self.values).get(key, "")

    @property
    def exists(self) -> bool:
        """Whether there is any setting of this alias."""
        return bool(self.values)

    @property
    def enabled(self) -> bool:
        """Whether it has an address, without which Elasticsearch takes no notice of it."""
        return any(self.value(key) not in {"", "[]"} for key in ("seeds", "proxy_address"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Registrations:
    """The settings of every alias that the local cluster has."""

    all: tuple[Registration, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoteInfo:
    """What the local cluster believes of one remote (``GET /_remote/info``): the node that was asked, at that moment.

    ``listed`` is false where it does not name the alias. ``open`` of ``wanted``: proxy sockets, or nodes in mode sniff.
    ``has_credential`` is None where the release does not tell.
    """

    listed: bool
    connected: bool = False
    mode: str = ""
    open: int = 0
    wanted: int = 0
    skip_unavailable: bool | None = None
    has_credential: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeViews:
    """What each address of the local cluster's API says of one remote: connected or not. Connections belong to a node each."""

    all: tuple[tuple[str, bool], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ResolvedCluster:
    """What became of asking the remote through the local cluster (``GET /_resolve/cluster``, from 8.13), which tries to connect.

    ``seconds`` is how long the call took for all remotes together. ``error`` is Elasticsearch's own text, empty for none.
    """

    connected: bool
    error: str = ""
    version: str = ""
    skip_unavailable: bool | None = None
    seconds: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class License:
    """``GET /_license``: ``type`` (basic, trial, platinum, enterprise, …), ``status`` (active, expired, invalid)."""

    type: str
    status: str
    expires: datetime | None = None

    @property
    def active(self) -> bool:
        """Whether it holds now."""
        return self.status == "active"


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalLicense(License):
    """Of the local cluster."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoteLicense(License):
    """Of the remote cluster."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IpFilter:
    """One IP filter (``xpack.security.<name>.filter``). ``enabled`` is None where the setting is not there, which means yes."""

    name: str
    enabled: bool | None = None
    allow: tuple[str, ...] = ()
    deny: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoteFilters:
    """The IP filters of the remote cluster's interfaces; that of the remote cluster server falls back to that of transport."""

    all: tuple[IpFilter, ...]

    def _named(self, name: str) -> IpFilter:
        return next((one for one in self.all if one.name == name), IpFilter(name=name))

    @property
    def own_for_server(self) -> bool:
        """Whether the remote cluster server has a list of its own."""
        server = self._named("remote_cluster")
        return bool(server.allow or server.deny)

    def enabled(self, name: str) -> bool:
        """Whether the filter is in force."""
        return self._named(name).enabled is not False

    def of(self, name: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """What it allows, and what it denies."""
        one = self._named(name)
        return one.allow, one.deny


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoteHealth:
    """``GET /_cluster/health`` of the remote cluster: green, yellow or red."""

    status: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalClock:
    """How far the clock of the local cluster is ahead of ours, in seconds (the ``Date`` header, whole seconds)."""

    ahead: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What an earlier round saw of one remote. ``issuers`` are fingerprints of the CA keys that signed the leaves."""

    at: datetime
    connected: bool | None = None
    addresses: tuple[str, ...] = ()
    issuers: tuple[str, ...] = ()
    uuid: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """The earlier rounds, the oldest first, as far as they are kept."""

    looks: tuple[Look, ...]


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
    privileges: LocalPrivileges | Unavailable = NO_URL


@dataclass(frozen=True, slots=True, kw_only=True)
class Belief:
    """What the local cluster holds of one remote, to lay beside what the socket showed."""

    registration: Registration | Unavailable = NO_URL
    info: RemoteInfo | Unavailable = NO_URL
    resolved: ResolvedCluster | Unavailable = NO_URL
    key: LocalKey | Unavailable = NO_URL
    views: NodeViews | Unavailable = ONE_URL


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoteApi:
    """What the remote cluster told of itself."""

    identity: RemoteIdentity | Unavailable = NO_REMOTE_URL
    nodes: RemoteNodes | Unavailable = NO_REMOTE_URL
    license: RemoteLicense | Unavailable = NO_REMOTE_URL
    roles: RemoteRoles | Unavailable = NO_REMOTE_URL
    health: RemoteHealth | Unavailable = NO_REMOTE_URL
    key: RemoteKey | Unavailable = NO_REMOTE_URL
    privileges: RemotePrivileges | Unavailable = NO_REMOTE_URL
    filters: RemoteFilters | Unavailable = NO_REMOTE_URL
