"""What a TLS handshake is asked for, and what came of it: plain values between the network and OpenSSL."""

from __future__ import annotations

from dataclasses import field

from diag.lazy_dataclass import dataclass
from diag.model import Offer, TlsAttempt


@dataclass(frozen=True, slots=True)
class ClientKey:
    """The certificate chain (leaf first) and the private key that the probe presents, as PEM. The key is never printed."""

    certificate: bytes
    key: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Listening:
    """How long to wait for what a peer says after the handshake.

    ``usual`` for a peer that asked for nothing; ``answered`` where its session tickets show that it took our last message.
    ``requested`` where it asked for a client certificate, for it may close a little later; ``undecided`` where it asked in
    TLS 1.3 and sent no tickets: its refusal comes only now, after checks of its own.
    """

    usual: float
    answered: float
    requested: float
    undecided: float

    @classmethod
    def after(cls, connect_seconds: float) -> Listening:
        """Scale by how far away the peer is."""
        return cls(
            usual=min(max(0.1, 4 * connect_seconds), 1.0),
            answered=min(max(0.1, 2 * connect_seconds), 1.0),
            requested=min(max(0.3, 6 * connect_seconds), 2.0),
            undecided=min(max(1.0, 8 * connect_seconds), 3.0),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class HandshakeRequest:
    """How one handshake is made: the server name (empty: none), what is presented, the deadline, how long to listen after it.

    ``listening`` is None where nobody wants to know what comes after the handshake. ``offer`` bounds what is offered.
    """

    server_name: str = ""
    client_key: ClientKey | None = None
    offer: Offer = Offer.CURRENT
    seconds: float = 10.0
    listening: Listening | None = None


@dataclass(frozen=True, slots=True)
class HandshakeResult:
    """The attempt, the certificates (DER, leaf first) that the peer presented however it ended, and how many bytes it sent."""

    attempt: TlsAttempt
    certificates: tuple[bytes, ...]
    received: int
