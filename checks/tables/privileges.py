"""Which privilege each piece of evidence from an API needs, and which checks it is for. Measured with a login that has no more."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Need:
    """A field of LocalApi, Belief or RemoteApi: the call behind it, the cluster privilege, the groups of checks that live on it."""

    call: str
    privilege: str
    checks: str


# Source: documentation, security privileges; verified on 8.19.0 and 9.2.0 with a role of monitor and read_security alone.
NEEDS: Final[Mapping[str, Need]] = {
    "identity": Need("GET /", "monitor", "runtime/cluster-name-changed"),
    "nodes": Need(
        "GET _nodes",
        "monitor",
        "config/client-role-missing, config/static-partial-nodes, version/mixed-nodes, network/sniff-publish-unreachable",
    ),
    "registrations": Need("GET _cluster/settings", "monitor", "config/drift, config/not-added, ccr/remote-removed"),
    "license": Need("GET _license", "monitor", "license/*"),
    "roles": Need("GET _security/role", "read_security", "auth/local-remote-indices-missing"),
    "replication": Need("GET _ccr/stats", "monitor", "ccr/*, auth/key-no-replication-access"),
    "clock": Need("GET _nodes/stats", "monitor", "tls/clock-skew"),
    "privileges": Need("POST _security/user/_has_privileges", "", "auth/diag-user-insufficient"),
    "info": Need("GET _remote/info", "monitor", "runtime/*"),
    "resolved": Need("GET _resolve/cluster", "", "runtime/connected-not-proof"),
    "filters": Need("GET _cluster/settings", "monitor", "network/ip-filter-denies"),
    "health": Need("GET _cluster/health", "monitor", "runtime/remote-health"),
    "key": Need("GET _security/api_key", "read_security", "auth/key-*"),
}
