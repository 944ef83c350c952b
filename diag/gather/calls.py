"""Which calls a round makes at an API: what each is for, which privilege it needs, and from which release it exists. Data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from diag.model import Reason, Step, Unavailable, Version


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One call. ``privilege`` is the cluster privilege of the login (empty: any login will do); ``body`` makes it a POST.

    ``since`` is the first release that knows it. ``missing`` are statuses other than 200 that are an answer too.
    """

    path: str
    privilege: str = "monitor"
    since: Version | None = None
    body: Mapping[str, object] | None = field(default=None, hash=False)
    missing: tuple[int, ...] = ()

    @property
    def name(self) -> str:
        """The call without its query, as sentences name it."""
        return f"{'GET' if self.body is None else 'POST'} {self.path.partition('?')[0]}"

    def not_there(self, version: Version | Unavailable) -> Unavailable | None:
        """Say why a cluster of this release does not know the call; None where it does, or where that is not known."""
        if self.since is None or isinstance(version, Unavailable) or version >= self.since:
            return None
        detail = f"{self.name} exists from {self.since} on, and the cluster runs {version}"
        return Unavailable(step=Step.API, reason=Reason.NOT_ASKED, detail=detail)


# With this release come cross-cluster API keys. Before it the privilege read_security may not exist, and a role, or a question, that
# names a privilege that does not exist makes a cluster refuse every call of the login with 400 (measured on 6.8.23).
FIRST_READ_SECURITY: Final = Version(8, 10, 0)
_OF_SECURITY: Final = "read_security"

ROOT: Final = Call(path="/", privilege="")
# Nested on purpose: with flat_settings a dotted filter_path matches nothing, on every release.
SETTINGS: Final = Call(path="/_cluster/settings?include_defaults=true&filter_path=*.cluster.remote")
INFO: Final = Call(path="/_remote/info")
# A metric that a release does not know is disregarded (RestNodesInfoAction; measured on 7.17).
NODES: Final = Call(
    path="/_nodes/_all/settings,jvm,transport,remote_cluster_server?filter_path=_nodes.failed,nodes.*.name,nodes.*.version,"
    "nodes.*.roles,nodes.*.attributes,nodes.*.jvm.start_time_in_millis,nodes.*.transport.publish_address,"
    "nodes.*.remote_cluster_server.publish_address,nodes.*.settings.cluster.remote"
)
# Elasticsearch sends no Date header; a node that stamps its statistics tells the time as well.
CLOCK: Final = Call(path="/_nodes/_local/stats/os?filter_path=nodes.*.timestamp")
LICENSE: Final = Call(path="/_license")
# The names that a cluster has for its filters stand in nested settings; those of elasticsearch.yml count as defaults.
FILTERS: Final = Call(
    path="/_cluster/settings?include_defaults=true&filter_path=*.xpack.security.transport.filter,*.xpack.security.remote_cluster.filter"
)
HEALTH: Final = Call(path="/_cluster/health?filter_path=status")
ROLES: Final = Call(
    path="/_security/role?filter_path=*.cluster,*.indices.names,*.indices.privileges,*.remote_indices,*.remote_cluster,"
    "*.metadata._reserved",
    privilege="read_security",
    since=FIRST_READ_SECURITY,
)
# All of them in one call: which key a remote uses must not show in the address of a call.
KEYS: Final = Call(
    path="/_security/api_key?filter_path=api_keys.id,api_keys.name,api_keys.type,api_keys.invalidated,api_keys.creation,"
    "api_keys.expiration,api_keys.certificate_identity,api_keys.access,api_keys.role_descriptors.cross_cluster.cluster",
    privilege="read_security",
    since=FIRST_READ_SECURITY,
)
# Before 8.18 the call wants an index expression.
RESOLVE: Final = Call(path="/_resolve/cluster/*:*", privilege="", since=Version(8, 13, 0))
CCR_STATS: Final = Call(path="/_ccr/stats", privilege="monitor", since=Version(6, 5, 0))
CCR_INFO: Final = Call(path="/_all/_ccr/info", privilege="monitor", since=Version(6, 7, 0), missing=(404,))
# The auto-follow patterns themselves (GET _ccr/auto_follow) want manage_ccr, which writes: they are not asked for.

# What is asked for in the question about privileges: the union of the calls above.
LOCAL_PRIVILEGES: Final = ("monitor", "read_security")
REMOTE_PRIVILEGES: Final = ("monitor", "read_security")


def privileges(names: tuple[str, ...], version: Version | Unavailable) -> Call:
    """The question which of these cluster privileges the login has: the one POST, and it changes nothing."""
    return Call(path="/_security/user/_has_privileges", privilege="", body={"cluster": list(existing(names, version))})


def existing(names: tuple[str, ...], version: Version | Unavailable) -> tuple[str, ...]:
    """Those of the privileges that a release knows for sure."""
    knows = isinstance(version, Version) and version >= FIRST_READ_SECURITY
    return tuple(name for name in names if knows or name != _OF_SECURITY)
