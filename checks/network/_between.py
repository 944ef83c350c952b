"""What stands between the two clusters and does more than pass the connection on: balancers that end TLS, meshes."""

from __future__ import annotations

from typing import Final

OF_ANOTHER: Final = (
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
