"""The check auth/not-cross-cluster-channel."""

from __future__ import annotations

from checks.shared.applies import API_KEY_REMOTES
from checks.shared.causes import REQUESTS_REFUSED
from checks.shared.fixes import enable_server
from checks.shared.key_trial import has_verdict, only_with
from checks.tables import docs
from diag.check import Yields, check
from diag.model import (
    Finding,
    KeyTrial,
    KeyVerdict,
    Remote,
    Severity,
    TlsAttempt,
    TransportHello,
    Unavailable,
)


@check(
    "auth/not-cross-cluster-channel",
    severity=Severity.CRITICAL,
    applies=API_KEY_REMOTES,
    docs=(docs.TROUBLESHOOT_TRANSPORT_PORT,),
    tags=("api-key", "ports"),
    source="Elasticsearch RemoteClusterService: the handshake with a key needs the channel profile _remote_cluster",
    explains=REQUESTS_REFUSED,
    leaves_open=("auth/*",),
)
def not_cross_cluster_channel(
    remote: Remote, tls: TlsAttempt, hello: TransportHello | Unavailable, key: KeyTrial | Unavailable
) -> Yields:
    """The interface that the key was sent to is not the remote cluster server.

    Why it matters: only the remote cluster server looks at cross-cluster API keys; the transport interface refuses them all.

    How to fix: correct the port, and enable the remote cluster server where it is not.

    Example: an API key sent to port 9300.
    """
    if has_verdict(key, KeyVerdict.NOT_REMOTE_CLUSTER_SERVER):
        server = enable_server(remote, when="if it is not enabled")
        yield Finding(
            summary="The node that answered did not look at the API key: this is not its remote cluster server.",
            remedy=f"Connect to remote_cluster.port of the remote cluster (9443). {server.sentence}",
            fix=server.fix,
            facts={"observed": "another interface", "expected": "the remote cluster server"},
        )
    yield from only_with(KeyVerdict.NOT_REMOTE_CLUSTER_SERVER, key, hello, tls)
