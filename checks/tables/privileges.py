"""Which call each piece of evidence from an API comes from, and which privilege that call needs. Measured with a login that has no more."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from diag.model import (
    ConnectedPerNode,
    FollowersHealth,
    InitialRecoveries,
    LocalCertificates,
    LocalClock,
    LocalIdentity,
    LocalIndices,
    LocalKey,
    LocalLicense,
    LocalNodes,
    LocalRoles,
    LocalSecurity,
    LocalVersion,
    Registration,
    Registrations,
    RemoteCertificates,
    RemoteFilters,
    RemoteFollows,
    RemoteHealth,
    RemoteIdentity,
    RemoteIndices,
    RemoteInfo,
    RemoteKey,
    RemoteLicense,
    RemoteNodes,
    RemoteRegistrations,
    RemoteRoles,
    RemoteVersion,
    Replication,
    ResolvedCluster,
    ResolvedUse,
    SearchTrial,
    Transforms,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """A call, and the privilege that it needs: on the cluster, or on indices (``on`` says which). Empty: any login will do."""

    call: str
    privilege: str = "monitor"
    on: str = ""


_ROOT: Final = Need(call="GET /")
_NODES: Final = Need(call="GET _nodes")
_SETTINGS: Final = Need(call="GET _cluster/settings")
_LICENSE: Final = Need(call="GET _license")
_ROLES: Final = Need(call="GET _security/role", privilege="read_security")
_KEYS: Final = Need(call="GET _security/api_key", privilege="read_security")
_CERTIFICATES: Final = Need(call="GET _ssl/certificates")
_METADATA: Final = Need(call="GET _cluster/state")
_INFO: Final = Need(call="GET _remote/info")

# By the type of the evidence, so that it shows which checks live on it: those that ask for that type.
# Source: documentation, security privileges; verified on 8.19.0 and 9.2.0 with a role of monitor and read_security alone.
NEEDS: Final[Mapping[type, Need]] = {
    LocalVersion: _ROOT,
    LocalIdentity: _ROOT,
    LocalNodes: _NODES,
    Registrations: _SETTINGS,
    LocalLicense: _LICENSE,
    LocalRoles: _ROLES,
    Replication: Need(call="GET _ccr/stats"),
    LocalClock: Need(call="GET _nodes/stats"),
    LocalSecurity: Need(call="GET _xpack"),
    LocalCertificates: _CERTIFICATES,
    Transforms: Need(call="GET _transform"),
    LocalIndices: _METADATA,
    FollowersHealth: Need(call="GET _cluster/health"),
    InitialRecoveries: Need(call="GET <index>/_recovery", on="the follower indices"),
    Registration: _SETTINGS,
    RemoteInfo: _INFO,
    ResolvedCluster: Need(call="GET _resolve/cluster", privilege="view_index_metadata", on="some index name"),
    LocalKey: _KEYS,
    ConnectedPerNode: _INFO,
    ResolvedUse: Need(call="GET _resolve/cluster", privilege="view_index_metadata", on="what use.search names"),
    SearchTrial: Need(call="GET _search", privilege="read", on="what use.search names"),
    RemoteVersion: _ROOT,
    RemoteIdentity: _ROOT,
    RemoteNodes: _NODES,
    RemoteLicense: _LICENSE,
    RemoteRoles: _ROLES,
    RemoteHealth: Need(call="GET _cluster/health"),
    RemoteKey: _KEYS,
    RemoteFilters: _SETTINGS,
    RemoteRegistrations: _SETTINGS,
    RemoteCertificates: _CERTIFICATES,
    RemoteFollows: Need(call="GET _ccr/info"),
    RemoteIndices: _METADATA,
}
