"""The servers of the lab: what a remote cluster, or something else in its place, does on its port."""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import field
from enum import StrEnum

from cryptography import x509
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from OpenSSL import SSL, crypto

from diag.lab.transport_node import Node
from diag.lazy_dataclass import dataclass
from diag.wire import PING, FrameReader, WireError, decode_frame

HTTP_ANSWER = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{}"
NO_HTTP_PORT = b"This is not an HTTP port"
_HTTP_VERBS = (b"GET ", b"POST ", b"PUT ", b"HEAD ", b"DELETE", b"OPTION")


class Manner(StrEnum):
    """How a peer treats a connection."""

    TLS = "tls"  # A node: TLS, then the transport protocol.
    CLEAR = "clear"  # A node whose transport interface speaks no TLS.
    HTTP = "http"  # The HTTP interface of a node, without TLS.
    HTTPS = "https"  # The HTTP interface of a node.
    TLS_ONLY = "tls_only"  # TLS, and then nothing.
    LEAVING = "leaving"  # TLS, and closes upon the first frame.
    SILENT = "silent"  # Accepts, and says nothing ever.
    CLOSING = "closing"  # Accepts and closes, as an IP filter does.
    OFF = "off"  # Nothing listens.


INSIDE_TLS = frozenset({Manner.TLS, Manner.HTTPS, Manner.TLS_ONLY, Manner.LEAVING})


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """What a TLS peer presents: certificates (leaf first) and the key of the first, as PEM."""

    chain: bytes
    key: bytes


@dataclass(slots=True, kw_only=True)
class Peer:
    """One server on loopback. Its manner and identity may be changed while it runs, to break a remote under a daemon's eyes.

    ``client_ca`` (PEM) makes it ask for a client certificate and refuse any that this CA has not issued.
    """

    manner: Manner = Manner.TLS
    identity: Identity | None = None
    node: Node = field(default_factory=Node)
    client_ca: bytes = b""
    tls13: bool = True
    port: int = 0
    _server: asyncio.Server | None = None
    _open: set[asyncio.Transport] = field(default_factory=set)

    async def start(self) -> None:
        """Listen on a port of 127.0.0.1 chosen by the system (on the same one as before when started again)."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: _Conversation(self), "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Stop listening and drop every connection."""
        if self._server is None:
            return
        self._server.close()
        for transport in list(self._open):
            transport.abort()
        await self._server.wait_closed()
        self._server = None

    def opened(self, transport: asyncio.Transport) -> None:
        """Remember a connection, to drop it at the end."""
        self._open.add(transport)

    def closed(self, transport: asyncio.Transport) -> None:
        """Forget a connection."""
        self._open.discard(transport)

    def context(self) -> SSL.Context:
        """Build the TLS side from what the peer is now."""
        if self.identity is None:
            msg = "a TLS peer needs an identity"
            raise ValueError(msg)
        context = SSL.Context(SSL.TLS_METHOD)
        context.set_cipher_list(b"DEFAULT:@SECLEVEL=0")
        if not self.tls13:
            context.set_max_proto_version(SSL.TLS1_2_VERSION)
        leaf, *rest = x509.load_pem_x509_certificates(self.identity.chain)
        context.use_certificate(leaf)
        for certificate in rest:
            context.add_extra_chain_cert(certificate)
        context.use_privatekey(load_pem_private_key(self.identity.key, None))  # type: ignore[arg-type]  # RSA or EC here.
        if self.client_ca:
            self._ask(context, x509.load_pem_x509_certificates(self.client_ca))
        return context

    @staticmethod
    def _ask(context: SSL.Context, authorities: list[x509.Certificate]) -> None:
        """Ask for a client certificate, name the authorities as a JDK does, and accept no other."""
        store = context.get_cert_store()
        for certificate in authorities:
            context.add_client_ca(certificate)
            if store is not None:
                store.add_cert(crypto.X509.from_cryptography(certificate))
        context.set_verify(SSL.VERIFY_PEER | SSL.VERIFY_FAIL_IF_NO_PEER_CERT)


class _Conversation(asyncio.Protocol):
    """One connection to a peer."""

    def __init__(self, peer: Peer) -> None:
        self.peer = peer
        self.transport: asyncio.Transport | None = None
        self.tls: SSL.Connection | None = None
        self.frames = FrameReader()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)  # noqa: S101 -- a TCP server hands out nothing else.
        self.transport = transport
        self.peer.opened(transport)
        if self.peer.manner in {Manner.CLOSING, Manner.OFF}:
            transport.close()
        elif self.peer.manner in INSIDE_TLS:
            self.tls = SSL.Connection(self.peer.context(), None)
            self.tls.set_accept_state()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 -- given by asyncio.
        if self.transport is not None:
            self.peer.closed(self.transport)

    def data_received(self, data: bytes) -> None:
        if self.transport is None or self.transport.is_closing():
            return
        if self.peer.manner in INSIDE_TLS:
            self._decrypt(data)
        else:
            self._answer(data)

    def _decrypt(self, data: bytes) -> None:
        if self.tls is None or self.transport is None:
            return
        broken = False
        try:
            self.tls.bio_write(data)
            with contextlib.suppress(SSL.WantReadError):
                self.tls.do_handshake()
                while True:
                    self._answer(self.tls.recv(65536))
        except SSL.Error:
            broken = True
        self._flush()
        if broken:
            self.transport.close()

    def _flush(self) -> None:
        if self.tls is None or self.transport is None:
            return
        with contextlib.suppress(SSL.WantReadError):
            while True:
                self.transport.write(self.tls.bio_read(65536))

    def _answer(self, data: bytes) -> None:
        """Answer what was received, inside TLS or without it."""
        match self.peer.manner:
            case Manner.HTTP | Manner.HTTPS:
                self._answer_as_http(data)
            case Manner.TLS | Manner.CLEAR:
                self._answer_as_node(data)
            case Manner.LEAVING:
                self._close()

    def _answer_as_http(self, data: bytes) -> None:
        """Answer whatever has a line in it; up to 8.19 the interface waits for the end of one."""
        if b"\n" in data or self.peer.manner is Manner.HTTP:
            self._send(HTTP_ANSWER)
            self._close()

    def _answer_as_node(self, data: bytes) -> None:
        """Do what a node does on an interface for nodes."""
        if data.startswith(_HTTP_VERBS):
            self._send(NO_HTTP_PORT)
            self._close()
            return
        try:
            for raw in self.frames.feed(data):
                if raw == PING:
                    self._send(PING)
                    continue
                answer = self.peer.node.answer(decode_frame(raw, keep_headers=True))
                for frame in answer.frames:
                    self._send(frame)
                if answer.hangs_up:
                    self._close()
                    return
        except WireError:
            self._close()

    def _send(self, data: bytes) -> None:
        if self.tls is not None:
            self.tls.sendall(data)
        elif self.transport is not None:
            self.transport.write(data)

    def _close(self) -> None:
        self._flush()
        if self.transport is not None:
            self.transport.close()
