"""What a cluster tells of itself: name, nodes, license, health, filters, certificates, transforms.

Types that begin with Local and Remote differ only in whose they are, so that a check can ask for either.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from diag.evidence.security import NodeSecurity
from diag.evidence.terms import Version

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
    ``server_address`` that of its remote cluster server (empty: it has none); ``transport_bound`` and ``server_bound`` are what these
    are bound to, none where that was not told. ``host`` is the name or IP address that it publishes to other nodes, ``server_name`` its
    ``node.attr.server_name``. ``remotes`` are the aliases that stand in its own
    ``elasticsearch.yml``; ``attributes`` those of its ``node.attr`` that are ``true``. ``anonymous`` are the roles of its anonymous
    user (``xpack.security.authc.anonymous.roles``), none where there is no such user. ``remote_settings`` are what that file has under
    ``cluster.remote.``, as ``<alias>.<key>`` and text, a list joined by commas, without an alias what holds for all remotes; None where
    that was not read. ``security`` is what its settings say of security and TLS, None where that was not asked. ``connect`` is
    ``cluster.remote.connect``, up to 7.x the switch that became the role ``remote_cluster_client``; None where it is not set.
    """

    name: str
    version: Version | None = None
    roles: tuple[str, ...] = ()
    attributes: tuple[str, ...] = ()
    transport_address: str = ""
    server_address: str = ""
    transport_bound: tuple[str, ...] = ()
    server_bound: tuple[str, ...] = ()
    host: str = ""
    server_name: str = ""
    started_at: datetime | None = None
    remotes: tuple[str, ...] = ()
    node_attr: str = ""
    anonymous: tuple[str, ...] = ()
    remote_settings: tuple[tuple[str, str], ...] | None = None
    security: NodeSecurity | None = None
    connect: bool | None = None

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
    def is_one(self) -> bool:
        """Whether there is one node alone."""
        return len(self.all) + self.failed == 1

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
class LocalSecurity:
    """Whether the local cluster uses security at all (``GET /_xpack``): what release and license make of a setting that is left out."""

    enabled: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class IpFilter:
    """One IP filter (``xpack.security.<name>.filter``). ``enabled`` is None where the setting is not there, which means yes."""

    name: str
    enabled: bool | None = None
    allow: tuple[str, ...] = ()
    deny: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoteFilters:
    """The IP filters of the remote cluster's interfaces; that of the remote cluster server falls back to that of transport.

    ``bound_allowed`` says that a node never refuses an address that it is bound to itself (``always_allow_bound_address``).
    """

    all: tuple[IpFilter, ...]
    bound_allowed: bool = True

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
class LoadedCertificate:
    """A certificate that a node has loaded (``GET /_ssl/certificates``). ``serial`` is in lower-case hex, as in Certificate.

    ``own`` says that the node has its private key: it presents it. ``path`` is that of the file, as the node was told.
    """

    path: str
    subject: str
    serial: str
    own: bool = False
    expires: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalCertificates:
    """Every certificate that the node of the local cluster which was asked has loaded; the roots of its JDK are not among them."""

    all: tuple[LoadedCertificate, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoteCertificates:
    """The same for the remote cluster."""

    all: tuple[LoadedCertificate, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Transform:
    """A transform that reads from remotes (``GET /_transform``): their aliases, its state, and why it failed (Elasticsearch's text)."""

    id: str
    remotes: tuple[str, ...]
    state: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Transforms:
    """The transforms of the local cluster that read from remotes."""

    all: tuple[Transform, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalClock:
    """How far the clock of the local cluster is ahead of ours, in seconds (the time that a node puts under its statistics)."""

    ahead: float
