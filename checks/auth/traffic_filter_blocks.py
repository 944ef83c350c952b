"""The check auth/traffic-filter-blocks."""

from __future__ import annotations

from typing import Final

from checks.shared.causes import NO_CONNECTION, NOTHING_AFTER_TLS
from checks.shared.peer import http_status
from checks.tables import docs
from diag.check import Applies, NotApplicable, Unknown, Yields, check
from diag.model import (
    Endpoint,
    Finding,
    Kind,
    Remote,
    Severity,
    TransportHello,
    Unavailable,
    at_cloud,
    http_service,
    shorten,
)

_FORBIDDEN: Final = 403


@check(
    "auth/traffic-filter-blocks",
    severity=Severity.CRITICAL,
    applies=Applies.settings(),
    docs=(docs.REMOTE_CLUSTERS_NETWORK, docs.REMOTE_CLUSTER_FILTERING),
    tags=("cloud", "filter"),
    source="documentation: remote cluster filtering: a request that no policy matches is rejected with 403",
    explains=("config/http-port-used", "network/not-elasticsearch", "config/port-model-mismatch", *NO_CONNECTION),
    leaves_open=NOTHING_AFTER_TLS,
)
def traffic_filter_blocks(remote: Remote, endpoint: Endpoint, hello: TransportHello | Unavailable) -> Yields:
    """A network security policy of the remote deployment does not let this client in.

    Why it matters: once a deployment has policies, its proxy turns away whoever none of them matches, whatever certificate or key
    they bring. The refusal is one of HTTP, 403, also on the port for remote clusters.

    How to fix: add a policy of the type remote cluster with the organization or the cluster of the local side to the remote
    deployment; an IP filter with its outgoing addresses, where the two are on different platforms.

    Example: an IP filter admits the office, and the local cluster was forgotten.
    """
    cloud = remote.kind in {Kind.HOSTED, Kind.ECE} or at_cloud(endpoint.host)
    if not cloud:
        yield NotApplicable(f"the remote cluster is {remote.kind}, which has no such policies")
    elif http_service(endpoint.port):
        yield NotApplicable(f"config/http-port-used is about port {endpoint.port}")
    elif isinstance(hello, Unavailable):
        yield Unknown(str(hello), piece=hello)
    elif http_status(hello.first_bytes) == _FORBIDDEN:
        ece = remote.kind is Kind.ECE
        whose = "the environment id" if ece else "the organization id or the cluster id"
        yield Finding(
            summary=f"{shorten(str(endpoint))} answers with HTTP 403 inside TLS: no network security policy of the remote deployment "
            "matches this client; expected an answer of the remote cluster.",
            remedy=f"On the remote deployment add a remote cluster filter with {whose} of the local cluster, or an IP filter with "
            "its outgoing addresses where it is on another platform. What is refused is the address that asks: the policies may "
            "admit the local cluster and refuse this machine.",
            facts={"observed": "HTTP 403", "expected": "an answer to the transport handshake", "port": endpoint.port},
        )
