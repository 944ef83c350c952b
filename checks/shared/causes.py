"""What follows from what: groups of checks whose failure at the same place is only the consequence of another one.

A check names what it explains in its own ``@check`` line; the groups that several of them share stand here.
"""

from __future__ import annotations

from typing import Final

# What the local cluster and its users notice while no connection to the remote can be opened.
NO_CONNECTION: Final = (
    "runtime/not-connected",
    "runtime/ccs-fails-whole",
    "runtime/skipped-clusters",
    "runtime/no-matching-indices",
    "runtime/old-slow-unavailable",
    "runtime/resolve-slow",
    "runtime/partial-connections",
    "runtime/flapping",
    "network/partial-client-nodes",
    "ccr/fatal-exception",
    "ccr/read-exceptions",
    "ccr/follower-lag",
    "ccr/autofollow-errors",
    "ccr/unfollow-ilm-wait",
)


# The same where a connection may stand and each request is refused.
REQUESTS_REFUSED: Final = (*NO_CONNECTION, "runtime/connected-not-proof")
# What is not known of an address without a TCP connection, without TLS, and without the answer of a node.
NOTHING_AFTER_TLS: Final = (
    "auth/*",
    "license/apikey-noncompliant",
    "network/not-elasticsearch",
    "version/*",
    "config/port-model-mismatch",
)


NOTHING_AFTER_TCP: Final = (
    "tls/*",
    "trust/*",
    *NOTHING_AFTER_TLS,
    "config/http-port-used",
    "network/accept-then-close",
)


NOTHING_AFTER_DNS: Final = ("network/*", *NOTHING_AFTER_TCP)
# What an address shows that leads to another interface or service than the one that is meant.
OTHER_INTERFACE: Final = (
    "network/tcp-refused",
    "network/tcp-timeout",
    "network/accept-then-close",
    "network/not-elasticsearch",
    "tls/plaintext-endpoint",
    "tls/hostname-mismatch",
    "tls/no-san",
    "tls/ip-without-ip-san",
    "tls/private-ca-missing",
    "tls/public-vs-private-ca",
    "tls/untrusted-issuer",
    "tls/chain-incomplete",
    "tls/client-cert-rejected",
    "tls/cert-of-other-interface",
    "tls/eku-missing",
    "trust/ca-same-dn-other-key",
    "trust/mtls-disabled",
    "trust/one-way-remote",
    "auth/not-cross-cluster-channel",
    "auth/anonymous-fallback",
    "auth/key-invalid",
)


# What the general checks say of a peer whose certificate is not trusted, where a more specific one knows why.
CHAIN_NOT_VERIFIED: Final = ("tls/untrusted-issuer", "tls/chain-incomplete")
# What becomes of a client certificate that the peer does not take, where a more specific check knows why.
NOT_ADMITTED: Final = ("tls/client-cert-rejected", "trust/one-way-remote")

# What is seen of the certificate of something in between, which is not that of the remote cluster.
SEEN_OF_SOMETHING_BETWEEN: Final = (
    "tls/hostname-mismatch",
    "tls/no-san",
    "tls/ip-without-ip-san",
    "tls/untrusted-issuer",
    "tls/chain-incomplete",
    "tls/private-ca-missing",
    "tls/public-vs-private-ca",
    "tls/wrong-cert-for-sni",
    "trust/othername-missing",
    "trust/othername-encoding",
    "trust/restrictions-no-match",
    "trust/ca-same-dn-other-key",
)

# What a follower that stands still shows as well.
FOLLOWER_STOPPED: Final = ("ccr/follower-lag", "ccr/unfollow-ilm-wait")
# What becomes of an API key where a release does not know such keys. What the key lacks or when it ends is a fault of its own.
KEY_NOT_KNOWN: Final = (
    "auth/key-missing",
    "auth/key-missing-on-some-nodes",
    "auth/key-not-reloaded",
    "auth/keystore-unsupported-entry",
    "auth/key-invalid",
    "auth/key-wrong-type",
    "auth/not-cross-cluster-channel",
    "auth/anonymous-fallback",
    "auth/signature-missing",
)
