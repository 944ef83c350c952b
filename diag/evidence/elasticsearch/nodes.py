"""The nodes of a cluster (``GET /_nodes``)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from diag.evidence.call import Call
from diag.evidence.elasticsearch.cluster_settings import leaves
from diag.evidence.elasticsearch.security import PATHS, NodeSecurity, read_node
from diag.evidence.piece import Piece, Subject
from diag.evidence.reading import flag, mapping, moment, number, parts, text, texts, unreadable, version
from diag.evidence.terms import Unavailable, Version
from diag.lazy_dataclass import dataclass

# A metric that a release does not know is disregarded (RestNodesInfoAction; measured on 7.17).
_SHOWN: Final = (
    "_nodes.failed",
    *(
        f"nodes.*.{path}"
        for path in (
            "name",
            "version",
            "roles",
            "attributes",
            "jvm.start_time_in_millis",
            "host",
            "transport.publish_address",
            "transport.bound_address",
            "remote_cluster_server.publish_address",
            "remote_cluster_server.bound_address",
            "settings.cluster.remote",
            "settings.xpack.security.authc.anonymous.roles",
            *PATHS,
        )
    ),
)
CALL: Final = Call(path=f"/_nodes/_all/settings,jvm,transport,remote_cluster_server?filter_path={','.join(_SHOWN)}")
_FIRST_CLIENT_ROLE: Final = Version(7, 7, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """One node.

    ``transport_address`` is the address that it publishes for other nodes and for remotes of the certificate model in mode sniff,
    ``server_address`` that of its remote cluster server (empty: it has none); ``transport_bound`` and ``server_bound`` are what these
    are bound to, none where that is not known. ``host`` is the name or IP address that it publishes to other nodes, ``server_name`` its
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


def read(answer: object) -> Nodes | Unavailable:
    """Read the nodes, and how many did not answer."""
    reported = mapping(answer)
    nodes = mapping(reported.get("nodes"))
    if not nodes:
        return unreadable(CALL)
    failed = number(mapping(reported.get("_nodes")).get("failed"))
    return Nodes(all=tuple(_node(mapping(one)) for one in nodes.values()), failed=failed)


def _node(reported: Mapping[str, object]) -> Node:
    settings = mapping(mapping(mapping(reported.get("settings")).get("cluster")).get("remote"))
    attributes = mapping(reported.get("attributes"))
    return Node(
        name=text(reported.get("name")),
        version=version(reported.get("version")),
        roles=texts(reported.get("roles", [])),
        attributes=tuple(sorted(text(name) for name, value in attributes.items() if flag(value))),
        transport_address=text(mapping(reported.get("transport")).get("publish_address")),
        server_address=text(mapping(reported.get("remote_cluster_server")).get("publish_address")),
        transport_bound=texts(mapping(reported.get("transport")).get("bound_address", [])),
        server_bound=texts(mapping(reported.get("remote_cluster_server")).get("bound_address", [])),
        host=text(reported.get("host")),
        server_name=text(attributes.get("server_name")),
        started_at=moment(mapping(reported.get("jvm")).get("start_time_in_millis")),
        remotes=_aliases(settings),
        node_attr=text(mapping(settings.get("node")).get("attr")),
        anonymous=_anonymous(reported),
        remote_settings=tuple(sorted((key, value) for key, value in leaves(settings) if key != "node.attr")),
        security=read_node(reported.get("settings")),
        connect=flag(settings.get("connect")),
    )


def _anonymous(reported: Mapping[str, object]) -> tuple[str, ...]:
    settings = mapping(mapping(mapping(reported.get("settings")).get("xpack")).get("security"))
    return parts(mapping(mapping(settings.get("authc")).get("anonymous")).get("roles"))


def _aliases(settings: Mapping[str, object]) -> tuple[str, ...]:
    """The aliases of a file: whatever holds settings of its own, but for ``cluster.remote.node.attr``."""
    found = (
        text(alias) for alias, inner in settings.items() if isinstance(inner, dict) and set(mapping(inner)) != {"attr"}
    )
    return tuple(sorted(found))


PIECE: Final = Piece(name="nodes", noun=Nodes, subjects=(Subject.LOCAL, Subject.REMOTE), calls=(CALL,), read=read)
