"""What answers at an address, and what does not: proxies, other services, and peers that mean no good."""

from __future__ import annotations

import socket
import ssl
import struct
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.diag.collect.peers import peer
from tests.e2e.conftest import NAME, Ask, World, free_ports, program, running, wait_for

NODE = Path(__file__).parents[2] / "bench" / "node.py"
MODULE = Path("/usr/lib/nginx/modules/ngx_stream_module.so")
Handler = Callable[[socket.socket], None]


@dataclass(frozen=True)
class Proxies:
    """Ports of nginx and haproxy before a node that answers truthfully."""

    http: int
    https: int
    terminating: int
    to_nothing: int
    by_name: int
    passing: int
    announcing: int


@pytest.fixture
def proxies(world: World) -> Iterator[Proxies]:
    """Start a node without TLS, nginx before it in every manner, and haproxy before that."""
    node, *ports = free_ports(8)
    made = Proxies(*ports)
    certificate, key = world.server_ca.leaf(NAME).write(world.folder, "nginx")
    tls = f"ssl_certificate {certificate}; ssl_certificate_key {key};"
    nginx = world.file(
        "nginx.conf",
        f"""
user root; daemon off; pid {world.folder}/nginx.pid; error_log stderr; worker_processes 1;
load_module {MODULE};
events {{}}
http {{
  access_log off;
  server {{ listen 127.0.0.1:{made.http}; return 200 "hello"; }}
  server {{ listen 127.0.0.1:{made.https} ssl; {tls} return 200 "hello"; }}
}}
stream {{
  map $ssl_preread_server_name $to {{ {NAME} 127.0.0.1:{made.terminating}; default ""; }}
  server {{ listen 127.0.0.1:{made.terminating} ssl; {tls} proxy_pass 127.0.0.1:{node}; }}
  server {{ listen 127.0.0.1:{made.to_nothing} ssl; {tls} proxy_pass 127.0.0.1:1; }}
  server {{ listen 127.0.0.1:{made.by_name}; ssl_preread on; proxy_pass $to; }}
}}
""".encode(),
    )
    haproxy = world.file(
        "haproxy.cfg",
        f"""
defaults
  mode tcp
  timeout connect 60s
  timeout client 20s
  timeout server 20s
listen passing
  bind 127.0.0.1:{made.passing}
  server one 127.0.0.1:{made.terminating}
listen announcing
  bind 127.0.0.1:{made.announcing}
  server one 127.0.0.1:{made.terminating} send-proxy
""".encode(),
    )
    with ExitStack() as stack:
        for name, *command in (
            ("node", sys.executable, str(NODE), str(node)),
            ("nginx", program("nginx"), "-c", str(nginx), "-p", str(world.folder)),
            ("haproxy", program("haproxy"), "-f", str(haproxy)),
        ):
            stack.enter_context(running(*command, log=world.folder / f"{name}.log"))
        for port in (node, *ports):
            wait_for(port)
        yield made


def test_proxies_before_a_node(proxies: Proxies, probe: Ask) -> None:
    """A node behind a proxy that ends TLS, or that passes it on whole or by name, is a node."""
    for port in (proxies.terminating, proxies.passing, proxies.by_name):
        verdict = probe(port, transport=True)
        assert verdict.well("tls", "node"), (port, verdict.failing, verdict.causes)


def test_a_name_that_the_proxy_does_not_know(proxies: Proxies, probe: Ask) -> None:
    """A proxy that routes by server name hangs up on others, as that of Elastic Cloud does."""
    verdict = probe(proxies.by_name, name="gone.lab.internal", transport=True)
    assert verdict.causes == ["network/accept-then-close"]


def test_a_proxy_that_speaks_first(proxies: Proxies, probe: Ask) -> None:
    """The PROXY protocol towards a server that does not expect it breaks TLS."""
    verdict = probe(proxies.announcing, transport=True)
    assert verdict.status == "fail"
    assert set(verdict.causes) <= {"network/accept-then-close", "network/not-elasticsearch", "tls/plaintext-endpoint"}


def test_web_servers(proxies: Proxies, probe: Ask) -> None:
    """HTTP in clear and inside TLS are named, and so is TLS with nobody behind it."""
    clear, inside, nobody = (probe(port, transport=True) for port in (proxies.http, proxies.https, proxies.to_nothing))
    seen = [(one.status, one.causes) for one in (clear, inside, nobody)]
    assert [status for status, _ in seen] == ["fail"] * 3, (
        seen,
        [r for r in clear.remote["results"] if r["outcome"] == "unknown"],
    )
    assert clear.causes == inside.causes == ["config/http-port-used"]
    assert "HTTP" in str(inside.remote["results"])
    assert nobody.causes == ["network/not-elasticsearch"]


def says(text: bytes) -> Handler:
    """A service that greets, and waits for the answer."""

    def handle(sock: socket.socket) -> None:
        sock.sendall(text)
        with suppress(OSError):
            sock.recv(4096)

    return handle


def silent(sock: socket.socket) -> None:
    """Say nothing until the other side gives up."""
    with suppress(OSError):
        while sock.recv(4096):
            pass


def resets(sock: socket.socket) -> None:
    """Break the connection off with a reset."""
    sock.recv(1)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    sock.close()


def closes(sock: socket.socket) -> None:
    """Hang up."""
    sock.recv(1)
    sock.close()


CLEAR = {
    "ssh": (says(b"SSH-2.0-OpenSSH_9.2\r\n"), {"network/not-elasticsearch", "tls/plaintext-endpoint"}),
    "smtp": (says(b"220 mail.example ESMTP\r\n"), {"network/not-elasticsearch", "tls/plaintext-endpoint"}),
    "redis": (says(b"-ERR unknown command\r\n"), {"network/not-elasticsearch", "tls/plaintext-endpoint"}),
    "silent": (silent, {"tls/handshake-timeout"}),
    "reset": (resets, {"network/accept-then-close"}),
    "close": (closes, {"network/accept-then-close"}),
}


@pytest.mark.parametrize("name", CLEAR)
@pytest.mark.parametrize("model", ["api_key", "certificate"])
def test_no_tls_at_all(world: World, probe: Ask, name: str, model: str) -> None:
    """Another service, silence, a reset: never ok, and named, whatever the security model."""
    handle, causes = CLEAR[name]
    assert world.folder
    with peer(handle) as port:
        # Only of who is silent it is the limit that is waited for.
        verdict = probe(port, *(("--timeout", "8s") if name == "silent" else ()), model=model, transport=True)
    assert verdict.status in {"fail", "unknown"}
    assert set(verdict.causes) <= causes, verdict.causes
    assert verdict.causes or name == "silent", verdict.remote["results"]


def after_tls(answer: Handler) -> Callable[[World], Handler]:
    """A server whose TLS is right, and which then does as it likes with the first request."""

    def make(world: World) -> Handler:
        certificate, key = world.server_ca.leaf(NAME).write(world.folder, "peer")
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)

        def handle(sock: socket.socket) -> None:
            with suppress(OSError), context.wrap_socket(sock, server_side=True) as tls:
                if tls.recv(4096):
                    answer(tls)

        return handle

    return make


def one_byte_at_a_time(sock: socket.socket) -> None:
    """A frame that never ends."""
    for byte in b"ES\x00\x00\x10\x00" + bytes(4096):
        sock.sendall(bytes([byte]))
        time.sleep(0.3)


EVIL = {
    "garbage": after_tls(lambda sock: sock.sendall(bytes(range(256)))),
    "huge": after_tls(lambda sock: sock.sendall(b"ES\x7f\xff\xff\xff" + bytes(1000))),
    "negative": after_tls(lambda sock: sock.sendall(b"ES\xff\xff\xff\xfb" + bytes(1000))),
    "slow": after_tls(one_byte_at_a_time),
    "endless": after_tls(lambda sock: [sock.sendall(bytes(65536)) for _ in range(10_000)] and None),
}


@pytest.mark.parametrize("name", EVIL)
def test_hostile_inside_tls(world: World, probe: Ask, name: str) -> None:
    """Whatever comes after a healthy handshake: it ends in time, and is never ok."""
    started = time.monotonic()
    with peer(EVIL[name](world)) as port:
        verdict = probe(port, "--timeout", "20s", transport=True)
    # The one that is slow would take twenty minutes.
    assert time.monotonic() - started < 300
    assert verdict.status in {"fail", "unknown"}
    assert set(verdict.causes) <= {"network/not-elasticsearch"}, verdict.causes
