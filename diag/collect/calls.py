"""Which calls a round makes at an API: what each is for, which privilege it needs, and from which release it exists. Data."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

from diag.model import Reason, Step, Unavailable, Version


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One call. ``privilege`` is the privilege of the login (empty: any login will do).

    ``on`` says what the privilege is on: the cluster, or indices. ``since`` is the first release that knows it. ``missing`` are statuses other than 200 that are an answer too.
    """

    path: str
    privilege: str = "monitor"
    on: str = "cluster"
    since: Version | None = None
    missing: tuple[int, ...] = ()

    @property
    def name(self) -> str:
        """The call without its query, as sentences name it."""
        return f"GET {self.path.partition('?')[0]}"

    def not_there(self, version: Version | Unavailable) -> Unavailable | None:
        """Say why a cluster of this release does not know the call; None where it does, or where that is not known."""
        if self.since is None or isinstance(version, Unavailable) or version >= self.since:
            return None
        detail = f"{self.name} exists from {self.since} on, and the cluster runs {version}"
        return Unavailable(step=Step.API, reason=Reason.NOT_ASKED, detail=detail)


# With this release come cross-cluster API keys. Before it the privilege read_security may not exist, and a role that names
# a privilege that does not exist makes a cluster refuse every call of the login with 400 (measured on 6.8.23).
FIRST_READ_SECURITY: Final = Version(8, 10, 0)
_OF_SECURITY: Final = "read_security"

ROOT: Final = Call(path="/")
# Nested on purpose: with flat_settings a dotted filter_path matches nothing, on every release. The names that a cluster has for its
# IP filters stand in nested settings too; those of elasticsearch.yml count as defaults.
SETTINGS: Final = Call(
    path="/_cluster/settings?include_defaults=true&filter_path=*.cluster.remote,*.search.remote,*.archived.cluster.remote,*.archived.search.remote,"
    "*.xpack.security.transport.filter,"
    "*.xpack.security.remote_cluster.filter,*.xpack.security.filter.always_allow_bound_address,*.ccr.indices.recovery.max_bytes_per_sec"
)
INFO: Final = Call(path="/_remote/info")
# A metric that a release does not know is disregarded (RestNodesInfoAction; measured on 7.17).
NODES: Final = Call(
    path="/_nodes/_all/settings,jvm,transport,remote_cluster_server?filter_path=_nodes.failed,nodes.*.name,nodes.*.version,"
    "nodes.*.roles,nodes.*.attributes,nodes.*.jvm.start_time_in_millis,nodes.*.host,"
    "nodes.*.transport.publish_address,nodes.*.transport.bound_address,nodes.*.remote_cluster_server.publish_address,"
    "nodes.*.remote_cluster_server.bound_address,nodes.*.settings.cluster.remote,"
    "nodes.*.settings.xpack.security.authc.anonymous.roles,nodes.*.settings.xpack.security.enabled,"
    # Of TLS, most releases show the switches and filter everything else out of the answer (measured on 8.19.0).
    + ",".join(
        f"nodes.*.settings.xpack.security.{interface}.ssl.{name}"
        for interface in ("transport", "remote_cluster_client", "remote_cluster_server")
        for name in ("enabled", "verification_mode", "supported_protocols")
    )
)
# Elasticsearch sends no Date header; a node that stamps its statistics tells the time as well.
CLOCK: Final = Call(path="/_nodes/_local/stats/os?filter_path=nodes.*.timestamp")
LICENSE: Final = Call(path="/_license")
# Settings that are left out are in no answer; whether security is on, with all that follows from release and license, is in this one.
SECURITY: Final = Call(path="/_xpack?categories=features&filter_path=features.security.enabled")
HEALTH: Final = Call(path="/_cluster/health?filter_path=status")
ROLES: Final = Call(
    path="/_security/role?filter_path=*.cluster,*.indices.names,*.indices.privileges,*.remote_indices,*.remote_cluster,"
    "*.metadata._reserved",
    privilege=_OF_SECURITY,
    since=FIRST_READ_SECURITY,
)
_OF_A_KEY: Final = (
    "filter_path=api_keys.id,api_keys.name,api_keys.type,api_keys.invalidated,api_keys.creation,api_keys.expiration,"
    "api_keys.username,api_keys.certificate_identity,api_keys.access,api_keys.role_descriptors.cross_cluster.cluster"
)
# All keys of the local cluster in one call, however many remotes there are: none of theirs should be among them.
KEYS: Final = Call(path=f"/_security/api_key?{_OF_A_KEY}", privilege=_OF_SECURITY, since=FIRST_READ_SECURITY)
# Before 8.18 the call wants an index expression.
RESOLVE: Final = Call(path="/_resolve/cluster/*:*", privilege="", since=Version(8, 13, 0))
CCR_STATS: Final = Call(path="/_ccr/stats", privilege="monitor", since=Version(6, 5, 0))
CCR_INFO: Final = Call(path="/_all/_ccr/info", privilege="monitor", since=Version(6, 7, 0), missing=(404,))
CERTIFICATES: Final = Call(path="/_ssl/certificates", since=Version(6, 2, 0))
TRANSFORMS: Final = Call(
    path="/_transform/_all?size=1000&filter_path=count,transforms.id,transforms.source.index", since=Version(7, 5, 0)
)
TRANSFORM_STATES: Final = Call(
    path="/_transform/_all/_stats?size=1000&filter_path=count,transforms.id,transforms.state,transforms.reason",
    since=Version(7, 5, 0),
)
FOLLOWERS_HEALTH: Final = Call(
    path="/_cluster/health?level=indices&filter_path=cluster_name,indices.*.status,indices.*.initializing_shards"
)
# The auto-follow patterns themselves (GET _ccr/auto_follow) want manage_ccr, which writes: they are not asked for.

# So long may the part of an address be that names indices; a node takes 4 kB for the first line of a request.
MAX_NAMES_LENGTH: Final = 2000
_OF_AN_INDEX: Final = (
    "state,system,ilm.step,ilm.step_time,aliases,settings.index.creation_date,settings.index.soft_deletes.enabled,"
    "settings.index.version.created,settings.index.lifecycle.name,settings.index.default_pipeline,settings.index.final_pipeline,settings.index.blocks,"
    "settings.index.xpack.ccr.following_index"
)
_METADATA: Final = ",".join(("cluster_uuid", *(f"metadata.indices.*.{key}" for key in _OF_AN_INDEX.split(","))))
# What a cluster holds besides its indices: asked for by itself, because a call that names indices gets none of it (measured on
# 6.8.23, 8.19.0 and 9.2.0).
AROUND: Final = Call(
    path="/_cluster/state/metadata?filter_path=cluster_uuid,metadata.index_lifecycle.policies.*.version,metadata.ingest.pipeline.id,"
    "metadata.data_stream.data_stream.*.indices.index_name,metadata.data_stream.data_stream_aliases.*.data_streams"
)


def metadata(names: Iterable[str]) -> Call:
    """What the cluster holds of these indices; patterns are allowed.

    Names beyond what an address can hold are left to the reader of the answer: all indices are asked for then.
    """
    # What a pattern takes out again is left to the reader: in one call it would take out the leaders that are named beside it.
    joined = _joined(name for name in names if not name.startswith("-"))
    path = f"/_cluster/state/metadata/{joined}" if 0 < len(joined) <= MAX_NAMES_LENGTH else "/_cluster/state/metadata"
    wide = "ignore_unavailable=true&allow_no_indices=true&expand_wildcards=all"
    return Call(path=f"{path}?{wide}&filter_path={_METADATA}", privilege="monitor")


def key(identifier: str) -> Call:
    """What a cluster knows of one key; its id is all that leaves memory, and goes to the cluster that the key is for."""
    path = f"/_security/api_key?id={quote(identifier, safe='')}&{_OF_A_KEY}"
    return Call(path=path, privilege=_OF_SECURITY, since=FIRST_READ_SECURITY, missing=(404,))


def recovery(names: Iterable[str]) -> Call:
    """What is left of copying these indices: the only call that wants a privilege on them."""
    return Call(
        path=f"/{_joined(names)}/_recovery?active_only=true&filter_path=*.shards.type,*.shards.index.size",
        privilege="monitor",
        on="indices",
    )


def resolve(patterns: Iterable[str]) -> Call:
    """Whether indices match these patterns, each with its alias before the colon."""
    # Without it, a name that is no pattern and that no index has looks like a missing privilege.
    path = f"/_resolve/cluster/{_joined(patterns)}?ignore_unavailable=true"
    return Call(path=path, privilege="", since=RESOLVE.since)


def search(alias: str, patterns: Iterable[str]) -> Call:
    """Search the remote through the local cluster, without asking for a single document. What it refuses is an answer too."""
    names = _joined(f"{alias}:{pattern}" for pattern in patterns)
    wide = "ignore_unavailable=true&allow_no_indices=true&ccs_minimize_roundtrips=true"
    return Call(
        path=f"/{names}/_search?size=0&track_total_hits=false&timeout=5s&{wide}&filter_path=_clusters,_shards.failures,error,status",
        privilege="read",
        on="indices",
        missing=(400, 401, 403, 404, 500, 502, 503),
    )


def _joined(names: Iterable[str]) -> str:
    return ",".join(quote(name, safe="*:-_.") for name in names)


def cluster_privileges(version: Version) -> tuple[str, ...]:
    """The cluster privileges that the calls above need, at a local cluster and at a remote one: those that a release knows."""
    return ("monitor", _OF_SECURITY) if version >= FIRST_READ_SECURITY else ("monitor",)
