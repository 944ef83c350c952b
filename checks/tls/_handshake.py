"""What stands between a TCP connection and a TLS one: clear text, silence, protocols, cipher suites."""

from __future__ import annotations

import re
from typing import Final

from diag.model import (
    TlsAttempt,
    TlsResult,
    alert_text,
    shorten,
)

# Suites with RSA key exchange, as OpenSSL and as the RFCs spell them; those with ephemeral keys begin with (EC)DHE.
_STATIC_RSA: Final = re.compile(r"(TLS_RSA_WITH_|AES(128|256)-|CAMELLIA(128|256)-|ARIA(128|256)-|DES-CBC3-|RC4-|SEED-)")


def has_static_rsa(cipher: str) -> bool:
    """Tell whether a suite uses the RSA key exchange."""
    return bool(_STATIC_RSA.match(cipher))


def how_it_ended(tls: TlsAttempt) -> str:
    stated = f" ({shorten(tls.detail)})" if tls.detail else ""
    match tls.result:
        case TlsResult.ALERT:
            return f"the peer sent alert {alert_text(tls.alert)}"
        case TlsResult.CLOSED:
            return "the peer closed the connection during the TLS handshake"
        case TlsResult.RESET:
            return "the peer reset the connection during the TLS handshake"
        case TlsResult.TIMED_OUT:
            return "the TLS handshake did not end in time"
        case TlsResult.COMPLETED:
            return f"the handshake was recorded incompletely{stated}"
        case _:
            return f"the TLS handshake failed{stated}"
