"""What one connection to an address showed, and why a part of the conversation did not take place."""

from __future__ import annotations

from typing import Final

from diag.collect.tls_handshake import HandshakeResult
from diag.lazy_dataclass import dataclass
from diag.model import AfterHandshake, Connection, InterfaceTrial, KeyTrial, Reason, Step, TransportHello, Unavailable


def _not_tried(detail: str) -> Unavailable:
    """A part of the transport protocol that was not spoken."""
    return Unavailable(step=Step.TRANSPORT, reason=Reason.NOT_TRIED, detail=detail)


OPTED_OUT: Final = _not_tried("the transport protocol was not spoken: probe.transport is false")
NO_TLS: Final = _not_tried("there was no TLS connection to speak the transport protocol on")
NO_GREETING: Final = _not_tried("the key was not tried: the peer did not answer the transport handshake")
NO_FRAME: Final = _not_tried("which interface it is was not asked: the peer did not answer the transport handshake")
KEY_TRIED: Final = _not_tried("which interface it is was not asked: the answer to the key shows it")


OUT_OF_REACH: Final = Unavailable(
    step=Step.TLS,
    reason=Reason.NOT_TRIED,
    detail="nothing was sent inside TLS: the peer agreed only to what Elasticsearch does not offer",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class AfterTls:
    """What was exchanged inside TLS, after the handshake."""

    after: AfterHandshake = AfterHandshake.NOT_REACHED
    transport: TransportHello | Unavailable = NO_TLS
    key: KeyTrial | Unavailable = NO_TLS
    interface: InterfaceTrial | Unavailable = NO_TLS


@dataclass(frozen=True, slots=True)
class ConnectionOutcome:
    """What one connection showed."""

    connection: Connection
    handshake_result: HandshakeResult
    stated: AfterTls
