"""The check tls/chain-too-long."""

from __future__ import annotations

from typing import Final

from checks.shared.causes import NO_CONNECTION, NOTHING_AFTER_TLS
from checks.shared.certificate_text import server_prefix
from checks.tables import docs
from diag.check import Applies, Unknown, Yields, check
from diag.model import (
    Chain,
    ClientIdentity,
    Finding,
    RemoteEvidence,
    SecurityModel,
    Severity,
    TlsAttempt,
    Unavailable,
)

# jdk.tls.maxHandshakeMessageSize: measured with Java 17 and 25. Each certificate takes 3 bytes more, the message 3; TLS 1.3 takes a little more.
_MAX_BYTES: Final = 32_768
# jdk.tls.maxCertificateChainLength, and from the JDK of 2024 on jdk.tls.server.maxInboundCertificateChainLength for clients.
_MAX_FROM_A_SERVER: Final = 10
_MAX_FROM_A_CLIENT: Final = 8


@check(
    "tls/chain-too-long",
    severity=Severity.CRITICAL,
    severities=(Severity.WARNING,),
    applies=Applies.settings(),
    while_connected=Severity.WARNING,
    docs=(docs.SERVER_TLS_SETTINGS, docs.TROUBLESHOOT_TLS_TRUST),
    tags=("tls", "trust"),
    source="JDK-8245417, JDK-8313236: limits on the length of a chain; measured with Java 17 and 25",
    explains=NO_CONNECTION,
    leaves_open=NOTHING_AFTER_TLS,
)
def chain_too_long(
    remote_evidence: RemoteEvidence,
    tls: TlsAttempt | Unavailable,
    chain: Chain | Unavailable,
    identity: ClientIdentity | Unavailable,
) -> Yields:
    """A chain has more certificates than Java takes, or more bytes.

    Why it matters: Java counts the certificates of a chain before it looks at one of them, and breaks the handshake off. From a server
    it takes 10; from a client 10, and 8 from the releases of 2024 on. All certificates together may have 32 KB.

    How to fix: send what is needed only: the certificate of the node and the intermediate CAs above it, without the root.

    Example: the file of ``ssl.certificate`` holds a whole bundle of CAs behind the certificate of the node.
    """
    if isinstance(chain, Unavailable):
        yield Unknown(str(chain), piece=chain)
    elif len(chain.certificates) > _MAX_FROM_A_SERVER:
        yield _too_many(
            "The peer",
            len(chain.certificates),
            _MAX_FROM_A_SERVER,
            f"{server_prefix(remote_evidence.remote)} of the remote cluster",
        )
    elif (size := _message_size(chain, tls)) > _MAX_BYTES:
        yield Finding(
            summary=f"The peer sends {len(chain.certificates)} certificates of {size} bytes in all; Java takes a message of "
            f"{_MAX_BYTES} bytes at most and breaks the handshake off.",
            remedy="Reissue the certificate with fewer names, and take from the file of "
            f"{server_prefix(remote_evidence.remote)}.certificate of the remote cluster what the chain does not need.",
            facts={"observed": size, "expected": _MAX_BYTES, "certificates": len(chain.certificates)},
        )
    if remote_evidence.remote.security_model is not SecurityModel.CERTIFICATE or isinstance(identity, Unavailable):
        return
    count = len(identity.chain)
    if count > _MAX_FROM_A_CLIENT:
        local_side = "xpack.security.transport.ssl of the local cluster"
        sure = count > _MAX_FROM_A_SERVER
        yield _too_many("The local cluster", count, _MAX_FROM_A_CLIENT, local_side, None if sure else Severity.WARNING)


def _message_size(chain: Chain, tls: TlsAttempt | Unavailable) -> int:
    """The size of the TLS message that carries the chain (RFC 5246, 7.4.2; RFC 8446, 4.4.2)."""
    newer = isinstance(tls, TlsAttempt) and tls.protocol == "TLSv1.3"
    return chain.size + (4 + 5 * len(chain.certificates) if newer else 3 + 3 * len(chain.certificates))


def _too_many(who: str, count: int, limit: int, where: str, severity: Severity | None = None) -> Finding:
    return Finding(
        summary=f"{who} sends a chain of {count} certificates; Java takes {limit} at most and breaks the handshake off.",
        remedy=f"Leave the certificate and its intermediate CAs in the file of {where} (ssl.certificate), and take the rest out.",
        severity=severity,
        facts={"observed": count, "expected": limit},
    )
