"""TLS as a client that judges nothing: it completes what can be completed and notes down everything the peer shows."""

from __future__ import annotations

import asyncio
import contextlib
from typing import Final

from OpenSSL import SSL, crypto

from diag.collect.openssl import MAX_CA_NAMES, MAX_NAME_LENGTH, Notes, client_context
from diag.collect.tcp import Wire
from diag.collect.tls_handshake import HandshakeRequest, HandshakeResult, Listening
from diag.model import AfterHandshake, TlsAttempt, TlsResult, alert_text, is_ip

_FIRST_RECORDS: Final = frozenset({21, 22})  # An alert or a handshake message: nothing else answers a ClientHello.
_TLS_MAJOR, _NEWEST_MINOR = 3, 4
_MAX_FIRST_BYTES: Final = 64
_MAX_BYTES: Final = 512 * 1024
_READ_AT_ONCE: Final = 16 * 1024  # As much as one record of TLS holds.
_MORE_OF_A_BANNER: Final = 0.2


class TlsStream:
    """One TLS connection: OpenSSL between two buffers in memory, and the wire."""

    def __init__(self, wire: Wire, hello: HandshakeRequest) -> None:
        self._wire = wire
        self._notes = Notes()
        self._seconds = hello.seconds
        self._offer = hello.offer
        context, self._has_certificate = client_context(hello.client_key, hello.offer)
        self._tls = SSL.Connection(context)
        self._tls.set_app_data(self._notes)
        self._tls.set_connect_state()
        self._server_name = _sni(hello.server_name)
        if self._server_name:
            self._tls.set_tlsext_host_name(self._server_name.encode())
        self._first = bytearray()
        self._received = 0
        self._send_failed = False
        self._detail = ""

    async def handshake(self) -> TlsResult:
        """Make the handshake, or tell how it ended instead."""
        try:
            async with asyncio.timeout(self._seconds):
                result = await self._shake()
        except TimeoutError:
            stated = "sent nothing" if not self._received else f"sent {self._received} bytes and did not finish"
            self._detail = f"the handshake was not finished within {self._seconds:g} s: the peer {stated}"
            return TlsResult.TIMED_OUT
        except OSError:
            self._detail = "the peer reset the connection during the handshake"
            return TlsResult.RESET
        if result is TlsResult.NOT_TLS:
            await self._read_banner()
        return result

    async def _shake(self) -> TlsResult:
        while True:
            try:
                self._tls.do_handshake()
            except SSL.WantReadError:
                await self._flush()
            except SSL.ZeroReturnError:
                return self._closed()
            except SSL.Error:
                await self._flush()
                return self._broken()
            else:
                if self._notes.requested:
                    await self._flush()
                # Else our last message goes with the first that is said inside TLS, in one packet.
                return TlsResult.COMPLETED
            data = await self._wire.receive()
            if not data:
                return self._closed()
            self._received += len(data)
            self._first += data[: _MAX_FIRST_BYTES - len(self._first)]
            if not _begins_like_tls(self._first):
                return TlsResult.NOT_TLS
            if self._received > _MAX_BYTES:
                self._detail = f"the peer sent more than {_MAX_BYTES // 1024} KiB without finishing the handshake"
                return TlsResult.FAILED
            self._tls.bio_write(data)

    async def listen(self, listening: Listening) -> AfterHandshake:
        """Wait for what the peer does after the handshake: a TLS 1.3 peer refuses a client certificate only now."""
        loop = asyncio.get_running_loop()
        started = loop.time()
        wait, answered = listening.usual, listening.answered
        if self._notes.requested:
            wait = answered = listening.requested
            if self._tls.get_protocol_version() >= SSL.TLS1_3_VERSION:
                wait = listening.undecided
        try:
            async with asyncio.timeout(wait) as deadline:
                while isinstance(read := self._read(), bytes) and not read:
                    if (ended := await self._take_in()) is not None:
                        return ended
                    deadline.reschedule(started + answered)
                return AfterHandshake.DATA if isinstance(read, bytes) else read
        except TimeoutError:
            return AfterHandshake.QUIET
        except OSError:
            return AfterHandshake.RESET

    async def send(self, data: bytes) -> None:
        """Say something inside TLS. A peer that is gone shows at the next read."""
        try:
            self._tls.sendall(data)
        except SSL.Error:
            self._send_failed = True
        await self._flush()

    async def receive(self) -> bytes | AfterHandshake:
        """Wait for what the peer says inside TLS, or tell how it ended the conversation."""
        try:
            while isinstance(read := self._read(), bytes) and not read:
                if (ended := await self._take_in()) is not None:
                    return ended
        except OSError:
            return AfterHandshake.RESET
        return read

    async def _take_in(self) -> AfterHandshake | None:
        """Wait for bytes of the peer and hand them to OpenSSL; tell where there are no more."""
        await self._flush()
        data = await self._wire.receive()
        if not data:
            return AfterHandshake.CLOSED
        self._received += len(data)
        if self._received > 2 * _MAX_BYTES:
            self._detail = f"the peer sent more than {2 * _MAX_BYTES // 1024} KiB"
            return AfterHandshake.DATA
        self._tls.bio_write(data)
        return None

    def _read(self) -> bytes | AfterHandshake:
        """Take out what the peer sent inside TLS: nothing where nothing has arrived yet, or how it ended the conversation."""
        try:
            return self._tls.recv(_READ_AT_ONCE)
        except SSL.WantReadError:
            return b""
        except SSL.ZeroReturnError:
            return AfterHandshake.CLOSED
        except SSL.Error:
            if self._notes.is_fatal:
                return AfterHandshake.ALERT
            self._detail = "after the handshake the peer sent something that is no TLS of this connection"
        return AfterHandshake.DATA

    async def _flush(self) -> None:
        """Send what OpenSSL wants to say. A peer that is gone may have left a last word: reading comes first."""
        data = self._outgoing()
        if not data or self._send_failed:
            return
        try:
            await self._wire.send(data)
        except OSError:
            self._send_failed = True

    def _outgoing(self) -> bytes:
        """Take out everything that OpenSSL wants to say."""
        parts: list[bytes] = []
        with contextlib.suppress(SSL.WantReadError):
            while not parts or len(parts[-1]) == _READ_AT_ONCE:
                parts.append(self._tls.bio_read(_READ_AT_ONCE))
        return b"".join(parts)

    def close_notify(self) -> None:
        """Tell the peer that this was all, without waiting for an answer."""
        with contextlib.suppress(SSL.Error):
            self._tls.shutdown()
        if last := self._outgoing():
            self._wire.try_to_send(last)

    def _closed(self) -> TlsResult:
        if self._send_failed and not self._received:
            self._detail = "the peer reset the connection during the handshake"
            return TlsResult.RESET
        stated = "without a byte" if not self._received else f"after {self._received} bytes"
        self._detail = f"the peer closed the connection during the handshake, {stated}"
        return TlsResult.CLOSED

    def _broken(self) -> TlsResult:
        if self._notes.is_fatal:
            self._detail = f"the peer ended the handshake with TLS alert {alert_text(self._notes.alert)}"
            return TlsResult.ALERT
        own = f" (TLS alert {alert_text(self._notes.own_alert)} sent)" if self._notes.own_alert >= 0 else ""
        self._detail = f"the handshake could not be continued with what the peer sent{own}"
        return TlsResult.FAILED

    async def _read_banner(self) -> None:
        """A banner may come in pieces: wait a moment for the rest of its beginning."""
        self._detail = "the peer answered the ClientHello with something that is no TLS"
        try:
            async with asyncio.timeout(_MORE_OF_A_BANNER):
                while len(self._first) < _MAX_FIRST_BYTES and (more := await self._wire.receive()):
                    self._first += more[: _MAX_FIRST_BYTES - len(self._first)]
        except OSError:
            return

    def handshake_result(self, result: TlsResult, after: AfterHandshake, seconds: float) -> HandshakeResult:
        """Put together what is known now."""
        cipher = self._tls.get_cipher_name() or ""
        requested = self._notes.requested
        attempt = TlsAttempt(
            result=result,
            server_name=self._server_name,
            protocol=self._tls.get_protocol_version_name() if cipher else "",
            cipher=cipher,
            offer=self._offer,
            alert=self._notes.alert,
            after=after,
            client_certificate_requested=requested,
            client_certificate_sent=requested and self._has_certificate,
            acceptable_cas=_acceptable_cas(self._tls) if requested else (),
            first_bytes=self._first.hex() if result is TlsResult.NOT_TLS else "",
            detail=self._detail,
            seconds=seconds,
        )
        return HandshakeResult(attempt, self.certificates(), self._received)

    def certificates(self) -> tuple[bytes, ...]:
        """The certificates as the peer sent them, leaf first. They stay bytes: one that cannot be decoded is evidence too."""
        certificates = self._tls.get_peer_cert_chain() or []
        return tuple(crypto.dump_certificate(crypto.FILETYPE_ASN1, certificate) for certificate in certificates)


def _begins_like_tls(first: bytes | bytearray) -> bool:
    return (
        first[0] in _FIRST_RECORDS
        and (len(first) < 2 or first[1] == _TLS_MAJOR)  # noqa: PLR2004 -- the second byte.
        and (len(first) < 3 or first[2] <= _NEWEST_MINOR)  # noqa: PLR2004 -- the third byte.
    )


def _sni(name: str) -> str:
    """The name as it goes into the ClientHello; empty for an IP address and for what cannot be sent."""
    name = name.strip().removesuffix(".")
    if not name or is_ip(name.strip("[]")):
        return ""
    try:
        name = name if name.isascii() else name.encode("idna").decode()
    except UnicodeError:
        return ""
    return name if name.isprintable() and len(name) <= 255 else ""  # noqa: PLR2004 -- the limit of TLS for a name.


def _acceptable_cas(tls: SSL.Connection) -> tuple[str, ...]:
    """The subjects that the peer named in its request; none where they cannot be decoded."""
    try:
        names = tls.get_client_ca_list(as_cryptography=True)
        return tuple(name.rfc4514_string()[:MAX_NAME_LENGTH] for name in names[:MAX_CA_NAMES])
    except ValueError:
        return ()
