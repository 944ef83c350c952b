"""A balancer that expects the PROXY protocol: it hangs up on TLS, and the header shows why."""

from __future__ import annotations

import socket

import pytest

from diag.model import ClearReply, TlsResult
from tests import pki
from tests.diag.collect import peers
from tests.diag.collect.test_awkward import HTTP, attempt

PROXY_HEADER = b"PROXY UNKNOWN\r\n"
TLS_ALERT = b"\x15\x03\x01\x00\x02\x02\x46"


def _balancer(then: peers.Handle) -> peers.Handle:
    """Hang up on what does not begin with a PROXY header, and take the header off what does."""

    def handle(sock: socket.socket) -> None:
        if sock.recv(len(PROXY_HEADER), socket.MSG_PEEK | socket.MSG_WAITALL) == PROXY_HEADER:
            sock.recv(len(PROXY_HEADER), socket.MSG_WAITALL)
            then(sock)

    return handle


@pytest.mark.parametrize("required", [False, True])
async def test_a_balancer_that_expects_a_proxy_header(*, required: bool) -> None:
    """It hangs up on TLS, and answers TLS behind the header; that is told, whether or not a client certificate is asked for."""
    ca = pki.new_ca("CA")
    server = peers.context(ca.leaf(peers.NAME), client_ca=ca if required else None)
    with peers.peer(_balancer(peers.tls(server))) as port:
        tls = attempt(await peers.look(port, transport=True))
    assert tls.result in {TlsResult.CLOSED, TlsResult.RESET}
    assert tls.clear_reply is ClearReply.CLOSED
    assert tls.expects_proxy_header is True


@pytest.mark.parametrize("then", [peers.turn_away, peers.say(TLS_ALERT), peers.say(HTTP), peers.hold])
async def test_a_header_that_is_of_no_use(then: peers.Handle) -> None:
    """Whatever else comes of the header proves nothing: an alert may be about the header itself."""
    with peers.peer(_balancer(then)) as port:
        tls = attempt(await peers.look(port, transport=True, handshake_seconds=0.5))
    assert tls.expects_proxy_header is False


@pytest.mark.usefixtures("short_waits")
async def test_no_header_without_need() -> None:
    """A server that answers is sent none, and nothing beyond TLS is sent where the transport protocol is left out."""
    with peers.peer(peers.turn_away) as port:
        assert attempt(await peers.look(port)).expects_proxy_header is None
    server = peers.context(pki.new_ca("CA").leaf(peers.NAME))
    with peers.peer(peers.tls(server)) as port:
        assert attempt(await peers.look(port, transport=True, handshake_seconds=3.0)).expects_proxy_header is None
