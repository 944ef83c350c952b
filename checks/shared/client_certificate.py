"""The client certificate: whether it can be used, whether the peer asks for one, and whether it accepts it."""

from __future__ import annotations

from typing import Final

from checks.shared.peer import canonical, opted_out
from diag.model import (
    AfterHandshake,
    Certificate,
    Reply,
    TlsAttempt,
    TlsResult,
    TransportHello,
    Unavailable,
)

# Only a node that took the certificate answers in the transport protocol, be it with an error.
TAKEN: Final = frozenset({Reply.ANSWERED, Reply.REFUSED})
_DECIDED_LATE: Final = "TLSv1.3"  # Up to TLS 1.2 the handshake does not complete before the certificate is accepted.


def accepted_certificate(tls: TlsAttempt, hello: TransportHello | Unavailable) -> bool:
    """Tell whether the peer has shown that it accepts the local cluster's certificate.

    The proof is the answer of a node. A peer that stays quiet has accepted it where TLS says so by completing (TLS 1.2); in
    TLS 1.3 only where nothing was asked of it, for then it waits for the first request.
    """
    if tls.result is not TlsResult.COMPLETED:
        return False
    if tls.after is AfterHandshake.ANSWERED or (isinstance(hello, TransportHello) and hello.reply in TAKEN):
        return True
    quiet = tls.after is AfterHandshake.QUIET
    return quiet and (opted_out(hello, tls) or tls.protocol not in {"", _DECIDED_LATE})


def is_acceptable(chain: tuple[Certificate, ...], acceptable: tuple[str, ...]) -> bool:
    """Tell whether a CA of the chain is among those that a peer names."""
    named = {canonical(name) for name in acceptable}
    return any(canonical(name) in named for certificate in chain for name in (certificate.issuer, certificate.subject))
