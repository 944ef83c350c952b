"""The check auth/not-cross-cluster-channel."""

from __future__ import annotations

from checks.shared.applies import API_KEY_REMOTES
from checks.shared.causes import REQUESTS_REFUSED
from checks.shared.key_trial import has_verdict, only_with
from checks.tables import docs
from diag.check import Yields, check
from diag.model import (
    Finding,
    KeyTrial,
    KeyVerdict,
    Severity,
    TlsAttempt,
    TransportHello,
    Unavailable,
)


@check(
    "auth/not-cross-cluster-channel",
    severity=Severity.CRITICAL,
    applies=API_KEY_REMOTES,
    docs=(docs.TRB_PORT,),
    tags=("api-key", "ports"),
    source="Elasticsearch RemoteClusterService: the handshake with a key needs the channel profile _remote_cluster",
    explains=REQUESTS_REFUSED,
    leaves_open=("auth/*",),
)
def not_cross_cluster_channel(
    tls: TlsAttempt, hello: TransportHello | Unavailable, key: KeyTrial | Unavailable
) -> Yields:
    """The interface that the key was sent to is not the remote cluster server.

    Why it matters: only the remote cluster server looks at cross-cluster API keys; the transport interface refuses them all.

    How to fix: correct the port, and switch the remote cluster server on where it is off.

    Example: an API key sent to port 9300.
    """
    if has_verdict(key, KeyVerdict.NOT_REMOTE_CLUSTER_SERVER):
        yield Finding(
            summary="The node that answered did not look at the API key: this is not its remote cluster server.",
            remedy="On the remote cluster: remote_cluster_server.enabled: true in elasticsearch.yml of each node, and use the port in "
            "remote_cluster.port (9443).",
            facts={"observed": "another interface", "expected": "the remote cluster server"},
        )
    yield from only_with(KeyVerdict.NOT_REMOTE_CLUSTER_SERVER, key, hello, tls)
