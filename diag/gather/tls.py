"""TLS as a client that judges nothing: it completes what can be completed and notes down everything the peer shows.

The only module that knows OpenSSL. Numbers decide (alerts, record types), never OpenSSL's texts, with one exception that has
a test of its own: only the name of a state tells that the peer asked for a client certificate.
"""

from __future__ import annotations

import asyncio
import contextlib
import functools
from dataclasses import dataclass
from time import perf_counter
from typing import Any, Final

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from OpenSSL import SSL, crypto

from diag.gather.hello import ClientKey, Heard, Hello, Listening
from diag.gather.tcp import Wire
from diag.model import After, TlsAttempt, TlsResult, is_ip

# TLS 1.3 counts every alert as fatal but these two; in older versions the peer says whether it goes on.
_CLOSE_NOTIFY, _USER_CANCELED = 0, 90
_FATAL: Final = 2
_STATE_CHANGE, _ALERT_READ, _ALERT_WRITTEN = SSL.SSL_CB_CONNECT_LOOP, SSL.SSL_CB_READ_ALERT, SSL.SSL_CB_WRITE_ALERT
_FIRST_RECORDS: Final = frozenset({21, 22})  # An alert or a handshake message: nothing else answers a ClientHello.
_TLS_MAJOR, _NEWEST_MINOR = 3, 4
_KEPT: Final = 64
_MOST_BYTES: Final = 512 * 1024
_READ_AT_ONCE: Final = 64 * 1024
_MORE_OF_A_BANNER: Final = 0.2
_MOST_CA_NAMES, _LONGEST_NAME = 256, 500
# What the JDK offers too. The larger post-quantum key shares would cost more than the rest of the handshake, in a
# ClientHello of two packets that Elasticsearch never sends.
_GROUPS: Final = b"X25519:P-256:P-384:P-521:X448:ffdhe2048:ffdhe3072"
_CIPHERS: Final = b"ALL:!aNULL:!eNULL:!PSK:!SRP:@SECLEVEL=0"


@dataclass(slots=True)
class _Notes:
    """What the callbacks of one connection saw."""

    requested: bool = False
    alert: int = -1
    is_fatal: bool = False
    own_alert: int = -1


async def talk(wire: Wire, hello: Hello) -> Heard:
    """Make one TLS handshake on an open connection, listen a little, and close TLS politely."""
    conversation = _Conversation(wire, hello)
    started = perf_counter()
    result = await conversation.shake_within(hello.seconds)
    seconds = perf_counter() - started
    after = After.NOT_REACHED
    if result is TlsResult.COMPLETED and hello.listening is not None:
        after = await conversation.listen(hello.listening)
    conversation.say_goodbye()
    return conversation.heard(result, after, seconds)


class _Conversation:
    """One TLS connection: OpenSSL between two buffers in memory, and the wire."""

    def __init__(self, wire: Wire, hello: Hello) -> None:
        self._wire = wire
        self._notes = _Notes()
        context, self._has_certificate = _context(hello.client_key)
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

    async def shake_within(self, seconds: float) -> TlsResult:
        """Make the handshake, or tell how it ended instead."""
        try:
            async with asyncio.timeout(seconds):
                result = await self._shake()
        except TimeoutError:
            said = "said nothing" if not self._received else f"sent {self._received} bytes and did not finish"
            self._detail = f"the handshake was not finished within {seconds:g} s: the peer {said}"
            return TlsResult.TIMED_OUT
        except OSError:
            self._detail = "the peer reset the connection during the handshake"
            return TlsResult.RESET
        if result is TlsResult.NOT_TLS:
            await self._hear_banner()
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
                await self._flush()
                return TlsResult.COMPLETED
            data = await self._wire.receive()
            if not data:
                return self._closed()
            self._received += len(data)
            self._first += data[: _KEPT - len(self._first)]
            if not _begins_like_tls(self._first):
                return TlsResult.NOT_TLS
            if self._received > _MOST_BYTES:
                self._detail = f"the peer sent more than {_MOST_BYTES // 1024} KiB without finishing the handshake"
                return TlsResult.FAILED
            self._tls.bio_write(data)

    async def listen(self, listening: Listening) -> After:
        """Wait for what the peer does after the handshake: a TLS 1.3 peer refuses a client certificate only now."""
        loop = asyncio.get_running_loop()
        started = loop.time()
        longest, answered = listening.usual, listening.answered
        if self._notes.requested:
            longest = answered = listening.requested
            if self._tls.get_protocol_version() >= SSL.TLS1_3_VERSION:
                longest = listening.undecided
        try:
            async with asyncio.timeout(longest) as deadline:
                while (after := self._read()) is None:
                    await self._flush()
                    data = await self._wire.receive()
                    if not data:
                        return After.CLOSED
                    self._received += len(data)
                    if self._received > 2 * _MOST_BYTES:
                        return After.DATA
                    self._tls.bio_write(data)
                    deadline.reschedule(started + answered)
                return after
        except TimeoutError:
            return After.QUIET
        except OSError:
            return After.RESET

    def _read(self) -> After | None:
        """Take in what has arrived: what the peer did, or None where it did nothing that counts."""
        try:
            self._tls.recv(_READ_AT_ONCE)
        except SSL.WantReadError:
            return None
        except SSL.ZeroReturnError:
            return After.CLOSED
        except SSL.Error:
            if self._notes.is_fatal:
                return After.ALERT
            self._detail = "after the handshake the peer sent something that is no TLS of this connection"
        return After.DATA

    async def _flush(self) -> None:
        """Send what OpenSSL wants to say. A peer that is gone may have left a last word: reading comes first."""
        try:
            data = self._tls.bio_read(_READ_AT_ONCE)
        except SSL.WantReadError:
            return
        if self._send_failed:
            return
        try:
            await self._wire.send(data)
        except OSError:
            self._send_failed = True

    def say_goodbye(self) -> None:
        """Tell the peer that this was all, without waiting for an answer."""
        with contextlib.suppress(SSL.Error):
            self._tls.shutdown()
        try:
            self._wire.try_to_send(self._tls.bio_read(_READ_AT_ONCE))
        except SSL.WantReadError:
            return

    def _closed(self) -> TlsResult:
        if self._send_failed and not self._received:
            self._detail = "the peer reset the connection during the handshake"
            return TlsResult.RESET
        said = "without a byte" if not self._received else f"after {self._received} bytes"
        self._detail = f"the peer closed the connection during the handshake, {said}"
        return TlsResult.CLOSED

    def _broken(self) -> TlsResult:
        if self._notes.is_fatal:
            self._detail = f"the peer ended the handshake with TLS alert {self._notes.alert}"
            return TlsResult.ALERT
        own = f" (TLS alert {self._notes.own_alert} sent)" if self._notes.own_alert >= 0 else ""
        self._detail = f"the handshake could not be continued with what the peer sent{own}"
        return TlsResult.FAILED

    async def _hear_banner(self) -> None:
        """A banner may come in pieces: wait a moment for the rest of its beginning."""
        self._detail = "the peer answered the ClientHello with something that is no TLS"
        try:
            async with asyncio.timeout(_MORE_OF_A_BANNER):
                while len(self._first) < _KEPT and (more := await self._wire.receive()):
                    self._first += more[: _KEPT - len(self._first)]
        except OSError:
            return

    def heard(self, result: TlsResult, after: After, seconds: float) -> Heard:
        """Put together what is known now."""
        cipher = self._tls.get_cipher_name() or ""
        requested = self._notes.requested
        attempt = TlsAttempt(
            result=result,
            server_name=self._server_name,
            protocol=self._tls.get_protocol_version_name() if cipher else "",
            cipher=cipher,
            alert=self._notes.alert,
            after=after,
            client_certificate_requested=requested,
            client_certificate_sent=requested and self._has_certificate,
            acceptable_cas=_acceptable_cas(self._tls) if requested else (),
            first_bytes=self._first.hex() if result is TlsResult.NOT_TLS else "",
            detail=self._detail,
            seconds=seconds,
        )
        return Heard(attempt, _chain(self._tls), self._received)


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


def _note(connection: SSL.Connection, where: int, value: int) -> None:
    """Note what OpenSSL reports; an exception here would be printed and lost, so nothing here can raise."""
    if where == _STATE_CHANGE:
        if b"certificate request" in connection.get_state_string():
            connection.get_app_data().requested = True
    elif where == _ALERT_READ:
        _note_alert(connection.get_app_data(), level=value >> 8, number=value & 0xFF)
    elif where == _ALERT_WRITTEN and value & 0xFF != _CLOSE_NOTIFY:
        connection.get_app_data().own_alert = value & 0xFF


def _note_alert(notes: _Notes, level: int, number: int) -> None:
    if number in {_CLOSE_NOTIFY, _USER_CANCELED} or notes.is_fatal:
        return
    notes.alert, notes.is_fatal = number, level >= _FATAL


@functools.lru_cache(maxsize=64)
def _context(client_key: ClientKey | None) -> tuple[SSL.Context, bool]:
    """Build what all connections with this client certificate share, and tell whether it has one.

    Building a context costs more than a handshake. A context cannot be changed once it is used.
    """
    context = SSL.Context(SSL.TLS_CLIENT_METHOD)
    context.set_min_proto_version(SSL.TLS1_VERSION)
    context.set_cipher_list(_CIPHERS)
    context.set_options(SSL.OP_NO_RENEGOTIATION | SSL.OP_LEGACY_SERVER_CONNECT | SSL.OP_NO_COMPRESSION)
    context.set_session_cache_mode(SSL.SESS_CACHE_OFF)
    # Chains are judged by diag.x509, with every fault: OpenSSL would stop at the first.
    context.set_verify(SSL.VERIFY_NONE)
    context.set_info_callback(_note)
    _set_groups(context)
    return context, client_key is not None and _present(context, client_key)


def _set_groups(context: SSL.Context) -> None:
    """Choose the key exchange groups; without this entry of the binding the probe works all the same, only slower."""
    # The public call takes one single group; the binding has the one for a list.
    set_groups = getattr(getattr(SSL, "_lib", None), "SSL_CTX_set1_curves_list", None)
    if set_groups is not None:
        set_groups(context._context, _GROUPS)  # noqa: SLF001 -- as above.


def _present(context: SSL.Context, client_key: ClientKey) -> bool:
    """Let the context present the certificate; False where OpenSSL cannot use it."""
    try:
        leaf, *issuers = x509.load_pem_x509_certificates(client_key.certificate)
        key: Any = serialization.load_pem_private_key(client_key.key, password=None)
        context.use_certificate(leaf)
        for issuer in issuers:
            context.add_extra_chain_cert(issuer)
        context.use_privatekey(key)  # A key of a kind that TLS lacks is refused with TypeError.
        context.check_privatekey()
    except (SSL.Error, ValueError, TypeError):
        return False
    return True


def _acceptable_cas(tls: SSL.Connection) -> tuple[str, ...]:
    """The subjects that the peer named in its request; none where they cannot be decoded."""
    try:
        names = tls.get_client_ca_list(as_cryptography=True)
        return tuple(name.rfc4514_string()[:_LONGEST_NAME] for name in names[:_MOST_CA_NAMES])
    except ValueError:
        return ()


def _chain(tls: SSL.Connection) -> tuple[bytes, ...]:
    """The certificates as the peer sent them, leaf first. They stay bytes: one that cannot be decoded is evidence too."""
    certificates = tls.get_peer_cert_chain() or []
    return tuple(crypto.dump_certificate(crypto.FILETYPE_ASN1, certificate) for certificate in certificates)
