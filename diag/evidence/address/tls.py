"""The conversation that begins with a ClientHello, up to the silence after the handshake."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from diag.evidence.reads import exceeds, fleeting
from diag.lazy_dataclass import dataclass

_TRANSPORT_IN_HEX: Final = b"ES".hex()


class TlsResult(StrEnum):
    """How the conversation that began with our ClientHello ended."""

    COMPLETED = "completed"
    ALERT = "alert"
    NOT_TLS = "not_tls"
    CLOSED = "closed"
    RESET = "reset"
    TIMED_OUT = "timed_out"
    FAILED = "failed"


class Offer(StrEnum):
    """What a ClientHello offered: what Elasticsearch offers today, what it offered before 8.18 too, or everything there is."""

    CURRENT = "current"
    OLDER = "older"
    EVERYTHING = "everything"


class AfterHandshake(StrEnum):
    """What the peer did after a completed handshake, while we listened or waited for its answer to the transport handshake."""

    QUIET = "quiet"
    ANSWERED = "answered"
    DATA = "data"
    CLOSED = "closed"
    RESET = "reset"
    ALERT = "alert"
    NOT_REACHED = "not_reached"


class ClearReply(StrEnum):
    """What a second connection got for a transport frame sent in clear, after the first one closed without a byte."""

    NOT_TRIED = "not_tried"
    ELASTICSEARCH = "elasticsearch"
    HTTP = "http"
    OTHER = "other"
    CLOSED = "closed"
    SILENT = "silent"


@fleeting("seconds")
@dataclass(frozen=True, slots=True, kw_only=True)
class TlsAttempt:
    """What happened from the ClientHello to the silence after the handshake.

    ``alert`` is the number of the alert that the peer sent (-1: none), before or after the handshake completed (``after`` is
    then ALERT: a TLS 1.3 peer refuses a client certificate only then). ``acceptable_cas`` are the subjects that the peer
    named in its certificate request. ``offer`` is the narrowest one that the peer agreed to (or refused, where it refused all):
    EVERYTHING means that no Elasticsearch would have got so far. ``first_bytes`` (hex, at most 64 bytes) is what a peer that speaks no TLS sent.
    ``expects_proxy_header`` is what came of one more connection to a peer that closes without a byte: whether it answers TLS where a header
    of the PROXY protocol precedes it (None: not tried).
    """

    result: TlsResult
    server_name: str = ""
    protocol: str = ""
    cipher: str = ""
    offer: Offer = Offer.CURRENT
    alert: int = -1
    after: AfterHandshake = AfterHandshake.NOT_REACHED
    client_certificate_requested: bool = False
    client_certificate_sent: bool = False
    acceptable_cas: tuple[str, ...] = ()
    first_bytes: str = ""
    clear_reply: ClearReply = ClearReply.NOT_TRIED
    expects_proxy_header: bool | None = None
    detail: str = ""
    seconds: float = 0.0

    def took_longer_than(self, limit: float) -> bool:
        """Whether the handshake took more than ``limit`` seconds."""
        return exceeds(self, "seconds", limit)

    @property
    def answered_in_clear(self) -> bool:
        """Whether the peer is a node that speaks the transport protocol without TLS."""
        return self.clear_reply is ClearReply.ELASTICSEARCH or self.first_bytes.startswith(_TRANSPORT_IN_HEX)

    @property
    def client_certificate_refused(self) -> bool:
        """The peer asked for a client certificate and then sent an alert.

        Read as a refusal: 40, 42, 43, 45, 46, 48, 49 and 116 (OpenSSL, JDK 17 and JDK 25 differ; measured).
        """
        return self.client_certificate_requested and self.alert in {40, 42, 43, 44, 45, 46, 48, 49, 116}
