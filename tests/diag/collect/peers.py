"""Servers on loopback that behave well or badly, each in threads of its own, and the short way to probe one."""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

from cryptography import x509
from OpenSSL import SSL, crypto

from diag.collect import ClientKey, ProbeTarget, RealNetwork
from diag.model import Certificate, Endpoint, Probe
from diag.wire import ELASTICSEARCH, SECURITY, RemoteError, error_response
from diag.x509 import read_certificates
from tests import pki

Handle = Callable[[socket.socket], None]
NAME = "logs.example"


@contextlib.contextmanager
def peer(handle: Handle, family: socket.AddressFamily = socket.AF_INET) -> Iterator[int]:
    """Listen on a free port and let ``handle`` treat each connection; every connection is dropped at the end."""
    listener = socket.create_server(("::1" if family == socket.AF_INET6 else "127.0.0.1", 0), family=family)
    opened: list[tuple[socket.socket, threading.Thread]] = []

    def open_tls(sock: socket.socket) -> None:
        with contextlib.suppress(OSError, SSL.Error):
            handle(sock)
        with contextlib.suppress(OSError):
            sock.shutdown(socket.SHUT_WR)
        sock.close()

    def accept() -> None:
        with contextlib.suppress(OSError):
            while True:
                sock, _ = listener.accept()
                talk = threading.Thread(target=open_tls, args=(sock,), daemon=True)
                opened.append((sock, talk))
                talk.start()

    thread = threading.Thread(target=accept, daemon=True)
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        with contextlib.suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join(20)
        for sock, _ in opened:
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
        # OpenSSL reads by the number of the socket: closed under its thread, it would read from whoever gets that number next.
        for _, talk in opened:
            talk.join(20)


def hold(sock: socket.socket) -> None:
    """Read until the other side closes, and say nothing."""
    while sock.recv(65536):
        pass


def turn_away(sock: socket.socket) -> None:
    """Read the first bytes and close."""
    sock.recv(65536)


def reset(sock: socket.socket) -> None:
    """Drop the connection with a RST."""
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    sock.close()


@contextlib.contextmanager
def nobody() -> Iterator[int]:
    """A port that refuses connections: it is taken, so that nobody else gets it, and nobody listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield taken.getsockname()[1]


@contextlib.contextmanager
def black_hole() -> Iterator[int]:
    """A port that drops every attempt to connect: its queue is full and nobody accepts."""
    with contextlib.ExitStack() as stack:
        listener = stack.enter_context(socket.socket())
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        for _ in range(4):
            filler = stack.enter_context(socket.socket())
            filler.settimeout(0)
            filler.connect_ex(listener.getsockname())
        yield listener.getsockname()[1]


def say(data: bytes, then: Handle = hold) -> Handle:
    """Read the first bytes, answer with these whatever they are, and go on."""

    def handle(sock: socket.socket) -> None:
        sock.recv(65536)
        sock.sendall(data)
        then(sock)

    return handle


def drip(data: bytes, seconds: float) -> Handle:
    """Send one byte at a time."""

    def handle(sock: socket.socket) -> None:
        for byte in data:
            sock.sendall(bytes([byte]))
            time.sleep(seconds)

    return handle


def flood(data: bytes) -> Handle:
    """Send the same bytes without end."""

    def handle(sock: socket.socket) -> None:
        while True:
            sock.sendall(data * 100)

    return handle


def context(
    identity: pki.Issued, *, client_ca: pki.CA | None = None, versions: tuple[int, int] = (0, 0)
) -> SSL.Context:
    """Build the server side; with ``client_ca`` a client certificate of that CA is required, and the CA is named."""
    made = SSL.Context(SSL.TLS_SERVER_METHOD)
    made.set_cipher_list(b"DEFAULT:@SECLEVEL=0")
    made.set_min_proto_version(versions[0])
    made.set_max_proto_version(versions[1])
    made.use_certificate(identity.certificate)
    for issuer in identity.issuers:
        made.add_extra_chain_cert(issuer)
    key: Any = identity.key
    made.use_privatekey(key)
    if client_ca is not None:
        made.add_client_ca(client_ca.certificate)
        store = made.get_cert_store()
        assert store is not None
        store.add_cert(crypto.X509.from_cryptography(client_ca.certificate))
        made.set_verify(SSL.VERIFY_PEER | SSL.VERIFY_FAIL_IF_NO_PEER_CERT)
    return made


def linger(tls: SSL.Connection) -> None:
    """Stay until the other side closes."""
    while tls.recv(1000):
        pass


def refuse(tls: SSL.Connection) -> None:
    """Refuse a request without a key as the remote cluster server does, and stay."""
    tls.recv(65536)
    tls.sendall(NO_KEY)
    linger(tls)


def tls(server: SSL.Context, then: Callable[[SSL.Connection], None] = linger) -> Handle:
    """Make the TLS handshake, then go on."""

    def handle(sock: socket.socket) -> None:
        connection = SSL.Connection(server, sock)
        connection.set_accept_state()
        connection.do_handshake()
        then(connection)

    return handle


def anchors(*cas: pki.CA) -> tuple[Certificate, ...]:
    """The CAs as a configuration names them."""
    return read_certificates(pki.bundle([ca.certificate for ca in cas]))


def client_key(issued: pki.Issued) -> ClientKey:
    """What the probe presents."""
    return ClientKey(issued.chain_pem, issued.key_pem)


def dial(port: int, **fields: Any) -> ProbeTarget:
    """A dial to a port of loopback, as a remote in proxy mode would make it; without ``transport`` it only listens after TLS."""
    host, server_name = fields.pop("host", "127.0.0.1"), fields.pop("server_name", NAME)
    names = tuple(dict.fromkeys(filter(None, (server_name, host))))
    endpoint = Endpoint(setting="proxy_address", host=host, port=port, server_name=server_name, names=names)
    return ProbeTarget(
        **{
            "endpoint": endpoint,
            "ip": "127.0.0.1",
            "connect_seconds": 20.0,
            "handshake_seconds": 20.0,
            "transport": False,
            **fields,
        }
    )


async def look(port: int, **fields: Any) -> Probe:
    """Probe a port of loopback."""
    async with RealNetwork() as network:
        return await network.probe(dial(port, **fields))


def subjects(certificates: tuple[Certificate, ...]) -> list[str]:
    """The common names of a chain."""
    return [certificate.common_name for certificate in certificates]


def named(certificate: x509.Certificate) -> str:
    """The subject as evidence writes it."""
    return certificate.subject.rfc4514_string()


HANDSHAKE_7 = (7170099).to_bytes(4, "big")
HANDSHAKE_6 = (6080099).to_bytes(4, "big")
# Answers of live nodes to the handshake: 9.2.0 and 7.17.28 to version 7170099, 6.8.23 to 6080099.
ANSWER_9 = bytes.fromhex("455300000017000000000000000109006d6833000000020000eacdb004")
ANSWER_7 = bytes.fromhex("455300000017000000000000000109006d6833000000020000a3e6b503")
ANSWER_6 = bytes.fromhex("455300000013000000000000000109005cc6630000df9ef302")
NO_HTTP_PORT = b"This is not an HTTP port"
NO_KEY = error_response(
    (
        RemoteError(
            ELASTICSEARCH, SECURITY, "", "require transport header [_cross_cluster_access_credentials] but none found"
        ),
    ),
    9185002,
)


def node(
    answers: dict[bytes, bytes], *, then: Callable[[SSL.Connection], None] = refuse, heard: list[bytes] | None = None
) -> Callable[[SSL.Connection], None]:
    """Behave as a node after TLS: answer the handshakes that it knows, close on others, and go on; ``heard`` takes what came."""

    def open_tls(tls: SSL.Connection) -> None:
        asked = tls.recv(65536)
        if heard is not None:
            heard.append(asked)
        if asked.startswith(b"GET "):
            tls.sendall(NO_HTTP_PORT)
            return
        answer = answers.get(asked[15:19])
        if answer is not None:
            tls.sendall(answer)
            then(tls)

    return open_tls
