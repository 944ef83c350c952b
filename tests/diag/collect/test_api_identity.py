"""A client certificate for the API of a cluster: a TLS server that asks for one decides."""

from __future__ import annotations

import contextlib
import os
import socket
import ssl
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest
import yaml

from diag.collect.material import secrets_of
from diag.config import load_config
from diag.config.remotes import Auth
from diag.model import Reason, Unavailable
from tests import pki
from tests.clilib import diag
from tests.diag.collect import peers
from tests.diag.collect.test_api import Cluster, get, http

VERSIONS: Final = [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3]


class MutualTls:
    """A cluster that asks its clients for a certificate, and keeps the names of those that came."""

    def __init__(
        self,
        folder: Path,
        ca: pki.CA,
        *,
        version: ssl.TLSVersion = ssl.TLSVersion.TLSv1_3,
        mode: ssl.VerifyMode = ssl.CERT_REQUIRED,
    ) -> None:
        node = pki.leaf(ca, "localhost")
        (folder / "ca.pem").write_bytes(pki.bundle([ca.certificate]))
        (folder / "node.pem").write_bytes(node.chain_pem)
        (folder / "node.key").write_bytes(node.key_pem)
        self.cluster = Cluster()
        self.seen: list[Any] = []
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.minimum_version = self._context.maximum_version = version
        self._context.load_cert_chain(folder / "node.pem", folder / "node.key")
        self._context.load_verify_locations(folder / "ca.pem")
        self._context.verify_mode = mode

    def __call__(self, sock: socket.socket) -> None:
        """Shake hands and answer."""
        with self._context.wrap_socket(sock, server_side=True, do_handshake_on_connect=False) as tls:
            try:
                tls.do_handshake()
            except ssl.SSLError:
                # What the client sent meanwhile is read: else its system would throw our alert away with it.
                with contextlib.suppress(OSError):
                    tls.shutdown(socket.SHUT_WR)
                    while socket.socket.recv(tls, 65536):
                        pass
                return
            self.seen.append(tls.getpeercert())
            self.cluster(tls)

    @contextlib.contextmanager
    def listening(self) -> Iterator[int]:
        """Listen as long as the block lasts."""
        with peers.peer(self) as port:
            yield port


def login(folder: Path, issued: pki.Issued, **more: Any) -> Auth:
    """A login with a certificate."""
    (folder / "client.pem").write_bytes(issued.chain_pem)
    (folder / "client.key").write_bytes(issued.key_pem)
    return Auth.model_validate(
        {"client_certificate": folder / "client.pem", "client_key": {"file": folder / "client.key"}, **more}
    )


async def asked(port: int, folder: Path, auth: Auth | None) -> Any:
    """Make one call."""
    return await get(port, auth, scheme="https", ca=(folder / "ca.pem",), host="localhost")


@pytest.mark.parametrize("version", VERSIONS)
async def test_it_is_shown_and_is_the_login(tmp_path: Path, ca: pki.CA, version: ssl.TLSVersion) -> None:
    """No header is sent with it where no other login is configured."""
    server = MutualTls(tmp_path, ca, version=version)
    with server.listening() as port:
        assert isinstance(await asked(port, tmp_path, login(tmp_path, pki.leaf(ca, "diag.example"))), dict)
    assert server.seen[0]["subject"] == ((("commonName", "diag.example"),),)
    assert "authorization" not in server.cluster.asked[0].lower()


async def test_a_login_goes_with_it(tmp_path: Path, ca: pki.CA) -> None:
    """ECK demands both: the certificate for the connection, the key for the call."""
    (tmp_path / "es.key").write_text("c29tZTprZXk=")
    auth = login(tmp_path, pki.leaf(ca, "diag.example"), api_key={"file": tmp_path / "es.key"})
    server = MutualTls(tmp_path, ca)
    with server.listening() as port:
        assert isinstance(await asked(port, tmp_path, auth), dict)
    assert server.seen[0]
    assert "authorization: apikey c29tztprzxk=" in server.cluster.asked[0].lower()


async def test_a_key_out_of_the_environment(tmp_path: Path, ca: pki.CA, monkeypatch: pytest.MonkeyPatch) -> None:
    """And where the system has no files without a name, one of the user's is used, and is gone afterwards."""
    issued = pki.leaf(ca, "diag.example")
    monkeypatch.setenv("CLIENT_KEY", issued.key_pem.decode())
    monkeypatch.delattr(os, "memfd_create", raising=False)
    monkeypatch.setenv("TMPDIR", str(tmp_path / "tmp"))
    monkeypatch.setattr(tempfile, "tempdir", None)
    (tmp_path / "tmp").mkdir()
    auth = login(tmp_path, issued).model_copy(
        update={"client_key": Auth.model_validate(
            {"client_certificate": tmp_path / "client.pem", "client_key": {"env": "CLIENT_KEY"}}
        ).client_key}
    )  # fmt: skip
    with MutualTls(tmp_path, ca).listening() as port:
        assert isinstance(await asked(port, tmp_path, auth), dict)
    assert list((tmp_path / "tmp").iterdir()) == []


@pytest.mark.parametrize("version", VERSIONS)
async def test_one_that_is_wanted_and_not_there(tmp_path: Path, ca: pki.CA, version: ssl.TLSVersion) -> None:
    """TLS 1.3 has an alert for it, which comes after the handshake; before, the handshake fails for any reason."""
    with MutualTls(tmp_path, ca, version=version).listening() as port:
        found = await asked(port, tmp_path, None)
    assert isinstance(found, Unavailable), found
    assert found.reason is Reason.TLS_FAILED
    said = "write client_certificate and client_key under auth" if version is VERSIONS[1] else "client certificate"
    assert said in found.detail


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("how", ["of another CA", "expired"])
async def test_one_that_is_refused(tmp_path: Path, ca: pki.CA, version: ssl.TLSVersion, how: str) -> None:
    """The server says so with an alert."""
    of = {"of another CA": pki.leaf(pki.new_ca("Other CA"), "diag.example"), "expired": _expired(ca)}
    with MutualTls(tmp_path, ca, version=version).listening() as port:
        found = await asked(port, tmp_path, login(tmp_path, of[how]))
    assert isinstance(found, Unavailable), found
    assert found.reason is Reason.TLS_FAILED
    assert "refuses the client certificate under auth" in found.detail


def _expired(ca: pki.CA) -> pki.Issued:
    return pki.leaf(ca, "diag.example", not_before=pki.days(-700), not_after=pki.days(-300))


async def test_nobody_who_is_not_trusted_sees_it(tmp_path: Path, ca: pki.CA) -> None:
    """The server's certificate is judged before the client's is sent."""
    server = MutualTls(tmp_path, ca)
    auth = login(tmp_path, pki.leaf(ca, "diag.example"))
    (tmp_path / "ca.pem").write_bytes(pki.bundle([pki.new_ca("Other CA").certificate]))
    with server.listening() as port:
        found = await asked(port, tmp_path, auth)
    assert "under ca" in found.detail
    assert server.seen == []


async def test_a_server_that_asks_for_none(tmp_path: Path, ca: pki.CA) -> None:
    """It is not shown then."""
    server = MutualTls(tmp_path, ca, mode=ssl.CERT_NONE)
    with server.listening() as port:
        assert isinstance(await asked(port, tmp_path, login(tmp_path, pki.leaf(ca, "diag.example"))), dict)
    assert not server.seen[0]


@pytest.mark.parametrize(
    ("key", "said"),
    [
        (lambda issued, _: pki.encrypted_key_pem(issued, "planted-password"), "is encrypted"),
        (lambda _, other: other.key_pem, "the key that belongs to it"),
        (lambda *_: b"planted-nonsense", "no private key as PEM"),
    ],
)
async def test_a_key_that_cannot_be_used(tmp_path: Path, ca: pki.CA, key: Any, said: str) -> None:
    """Nobody is asked for a password at the terminal, and nothing of the file is repeated."""
    issued = pki.leaf(ca, "diag.example")
    auth = login(tmp_path, issued)
    (tmp_path / "client.key").write_bytes(key(issued, pki.leaf(ca, "other.example")))
    with MutualTls(tmp_path, ca).listening() as port:
        found = await asked(port, tmp_path, auth)
    assert isinstance(found, Unavailable), found
    assert (found.reason, said in found.detail) == (Reason.NOT_USABLE, True), found
    assert "planted" not in found.detail


async def test_files_that_are_not_there(tmp_path: Path, ca: pki.CA) -> None:
    """It is said which one."""
    with MutualTls(tmp_path, ca).listening() as port:
        for name, key in (("client.pem", "client_certificate"), ("client.key", "client_key")):
            auth = login(tmp_path, pki.leaf(ca, "diag.example"))
            (tmp_path / name).unlink()
            found = await asked(port, tmp_path, auth)
            assert (found.reason, f"auth.{key}" in found.detail) == (Reason.MISSING_FILE, True), found


async def test_without_tls_nothing_is_sent(tmp_path: Path, ca: pki.CA) -> None:
    """Whoever configured a certificate did not mean http."""
    cluster = Cluster()
    with peers.peer(cluster) as port:
        found = await get(port, login(tmp_path, pki.leaf(ca, "diag.example")))
    assert "write https://" in found.detail
    assert cluster.asked == []


def test_the_key_is_in_no_output(tmp_path: Path, ca: pki.CA) -> None:
    """Neither of a run, nor in the evidence that it saves; and it is known as a secret wherever a text comes from."""
    issued = pki.leaf(ca, "diag.example")
    login(tmp_path, issued)
    server = MutualTls(tmp_path, ca)
    server.cluster.default = _echo(issued)
    with server.listening() as port:
        whole = {
            "clusters": [
                {
                    "name": "search",
                    "url": f"https://localhost:{port}",
                    "ca": "ca.pem",
                    "auth": {"client_certificate": "client.pem", "client_key": {"file": "client.key"}},
                    "remotes": [{"alias": "logs", "proxy_address": "127.0.0.1:1"}],
                }
            ]
        }
        file = tmp_path / "diag.yaml"
        file.write_text(yaml.safe_dump(whole))
        output = "".join(
            diag("run", "-c", file, "-v", "--format", form, "--save-evidence", tmp_path / f"{form}.saved").output
            for form in ("text", "json")
        )
    assert server.seen
    saved = "".join(one.read_text() for one in tmp_path.glob("*.saved"))
    for line in issued.key_pem.decode().splitlines()[1:-1]:
        assert line not in output + saved
    assert issued.key_pem.decode().strip() in secrets_of(load_config(file).clusters[0])


def _echo(issued: pki.Issued) -> bytes:
    """An answer that gives the key back, as a server would that has it."""
    return http(issued.key_pem.decode(), "400 Bad Request", kind="text/plain")
