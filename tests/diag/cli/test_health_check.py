"""Whether a daemon is alive: told by who answers, not by what it would say to somebody who is known."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.clilib import diag
from tests.diag.daemon.test_process import process
from tests.diag.daemon.world import write_config
from tests.patience import PATIENCE
from tests.pki import new_ca

Answer = Callable[[socket.socket], None]
LIMIT = "240s"  # The usual two seconds are too few for a machine that is busy.


@contextlib.contextmanager
def peer(answer: Answer) -> Iterator[str]:
    """Something that listens and treats each connection in a way of its own; the address."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(0.1)
        done = threading.Event()

        def serve() -> None:
            while not done.is_set():
                with contextlib.suppress(OSError):
                    connection, _ = listening.accept()
                    with connection, contextlib.suppress(OSError):
                        connection.settimeout(PATIENCE)
                        answer(connection)

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield f"127.0.0.1:{listening.getsockname()[1]}"
        finally:
            done.set()
            thread.join()


def http(status: int) -> Answer:
    """Answer in HTTP."""

    def answer(connection: socket.socket) -> None:
        connection.recv(4096)
        connection.sendall(f"HTTP/1.1 {status} Word\r\nContent-Length: 0\r\n\r\n".encode())

    return answer


def tls(folder: Path, *, client_certificate: bool = False) -> Answer:
    """Answer in HTTP inside TLS, to whoever has a certificate or to all."""
    ca = new_ca("Web")
    ca.leaf("localhost").write(folder, "web")
    (folder / "ca.pem").write_bytes(ca.pem)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "web.pem", folder / "web.key")
    if client_certificate:
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_verify_locations(folder / "ca.pem")

    def answer(connection: socket.socket) -> None:
        with context.wrap_socket(connection, server_side=True) as inside:
            http(200)(inside)

    return answer


@pytest.mark.parametrize("by", ["option", "variable", "configuration"])
def test_a_daemon_is_found_where_it_listens(by: str, tmp_path: Path) -> None:
    """By what the daemon itself goes by: the option, its variable, the configuration; a wildcard is asked at the loopback."""
    path = write_config(tmp_path, {"eu": ["logs"]})
    with process(path) as daemon:
        port = str(daemon.until("daemon.started")["url"]).rpartition(":")[2]
        if by == "option":
            assert diag("health", "--timeout", LIMIT, "--listen", f"0.0.0.0:{port}").exit_code == 0
        elif by == "variable":
            assert diag("health", "--timeout", LIMIT, environment={"DIAG_LISTEN": f"127.0.0.1:{port}"}).exit_code == 0
        else:
            text = f"daemon: {{listen: '127.0.0.1:{port}'}}\n"
            (tmp_path / "other.yaml").write_text(text + "clusters: [{name: a, keystore: [], remotes: []}]\n")
            result = diag("health", "--timeout", LIMIT, "-c", tmp_path / "other.yaml")
            assert result.exit_code == 0, result.output
    result = diag("health", "--timeout", LIMIT, "--listen", f"127.0.0.1:{port}")
    assert result.exit_code == 1
    assert "the connection is refused" in result.stderr


@pytest.mark.parametrize(("status", "code"), [(200, 0), (401, 0), (403, 0), (503, 0), (404, 1), (500, 1)])
def test_an_answer_shows_life(status: int, code: int) -> None:
    """Also one that asks for a login, or says that too many ask; not one of somebody who knows no such path."""
    with peer(http(status)) as address:
        assert diag("health", "--timeout", LIMIT, "--listen", address).exit_code == code


@pytest.mark.parametrize("client_certificate", [False, True])
def test_tls_shows_life(*, client_certificate: bool, tmp_path: Path) -> None:
    """Whatever certificate it has, and whether or not it wants one."""
    with peer(tls(tmp_path, client_certificate=client_certificate)) as address:
        result = diag("health", "--timeout", LIMIT, "--listen", address)
    assert result.exit_code == 0, result.output


@pytest.mark.parametrize(
    ("answer", "timeout", "word"),
    [
        (lambda one: one.recv(4096) and one.sendall(b"SSH-2.0\r\n"), LIMIT, "neither HTTP nor TLS"),
        (lambda _: None, LIMIT, "neither HTTP nor TLS"),
        (lambda one: one.recv(4096) and one.recv(4096), "1s", "did not answer within 1 s"),
    ],
    ids=["another protocol", "hangs up", "silent"],
)
def test_who_answers_nothing_of_the_kind_is_dead(answer: Answer, timeout: str, word: str) -> None:
    """And it is said why."""
    with peer(answer) as address:
        result = diag("health", "--timeout", timeout, "--listen", address)
    assert result.exit_code == 1
    assert word in result.stderr
