"""TLS, client certificates and logins of the web side over real sockets, and what happens when their files change."""

from __future__ import annotations

import asyncio
import contextlib
import os
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import bcrypt
import httpx
import pytest
import yaml

from diag.config import ConfigError
from diag.daemon import Running, running_daemon, web_guard_file
from diag.daemon.own_metrics import OwnMetrics
from diag.lab.pki import CA, Issued, Spec, extended_key_usage, new_ca
from tests.diag.daemon.world import World, write_config
from tests.patience import PATIENCE

SERVERS, CLIENTS = new_ca("Web CA"), new_ca("Client CA")
PASSWORD = "correct horse"


def hashed(password: str) -> str:
    """A hash that is quick to make."""
    return bcrypt.hashpw(password.encode(), bcrypt.gensalt(4)).decode()


def for_client(ca: CA = CLIENTS, **spec: Any) -> Issued:
    """A certificate of a client."""
    usage = extended_key_usage("client_auth")
    return ca.issue(Spec(**{"subject": "prometheus", "extended_key_usage": usage, **spec}))


@dataclass
class Files:
    """The files of one test."""

    folder: Path

    def server(self, *names: str, key_type: Literal["ec", "rsa"] = "ec") -> None:
        """Write a certificate of the server for these names."""
        leaf = SERVERS.issue(
            Spec(subject="localhost", dns=("localhost", *names), ips=("127.0.0.1",), key_type=key_type)
        )
        for name, data in (("web.pem", leaf.chain_pem), ("web.key", leaf.key_pem)):
            (self.folder / f".{name}").write_bytes(data)
        for name in ("web.pem", "web.key"):
            (self.folder / f".{name}").rename(self.folder / name)

    def web(self, **more: Any) -> Path:
        """Write the web configuration; what is given is added to TLS."""
        users, headers = more.pop("users", {}), more.pop("headers", {})
        tls = {"cert_file": "web.pem", "key_file": "web.key", **more}
        text = {"tls_server_config": tls, "basic_auth_users": users, "http_server_config": {"headers": headers}}
        path = self.folder / "web.yaml"
        path.write_text(yaml.safe_dump(text))
        return path

    def clients(self) -> dict[str, str]:
        """Write the CA of the clients, and demand their certificates."""
        (self.folder / "clients.pem").write_bytes(CLIENTS.pem)
        return {"client_auth_type": "RequireAndVerifyClientCert", "client_ca_file": "clients.pem"}

    def context(self, shown: Issued | None = None) -> ssl.SSLContext:
        """What a client trusts and shows."""
        context = ssl.create_default_context(cadata=SERVERS.pem.decode())
        if shown is not None:
            context.load_cert_chain(*shown.write(self.folder, f"client-{shown.certificate.serial_number}"))
        return context


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Files:
    """A certificate of the server, and quick looks at files that change."""
    monkeypatch.setattr(web_guard_file, "READ_EVERY", 0.02)
    made = Files(tmp_path)
    made.server()
    return made


@contextlib.asynccontextmanager
async def daemon(files: Files, web: Path, **more: Any) -> AsyncIterator[Running]:
    """A daemon behind this web configuration."""
    path = write_config(
        files.folder, {"eu": ["logs"]}, daemon={"listen": "127.0.0.1:0", "web_config": web.name, **more}
    )
    async with running_daemon(path, open_collector=World().open) as made:
        yield made


def client(made: Running, context: ssl.SSLContext, **more: Any) -> httpx.AsyncClient:
    """A client with nothing of the machine's own."""
    return httpx.AsyncClient(base_url=made.url, verify=context, trust_env=False, **more)


async def is_refused(made: Running, context: ssl.SSLContext) -> bool:
    """Whether a client gets no answer at all."""
    async with client(made, context) as one:
        try:
            await one.get("/-/healthy")
        except httpx.TransportError:
            return True
    return False


async def presented(made: Running, context: ssl.SSLContext) -> tuple[str, ...]:
    """The names in the certificate that is presented now."""
    url = httpx.URL(made.url)
    _, writer = await asyncio.open_connection(url.host, url.port, ssl=context)
    certificate = writer.get_extra_info("peercert")
    writer.transport.abort()
    return tuple(value for kind, value in certificate["subjectAltName"] if kind == "DNS")


async def test_tls(files: Files) -> None:
    """Spoken with who trusts it, at the address that is told; nothing is answered in clear."""
    async with daemon(files, files.web()) as made:
        assert made.url.startswith("https://127.0.0.1:")
        async with client(made, files.context()) as one:
            assert (await one.get("/-/healthy")).text == "healthy\n"
            assert (await one.get("/report")).status_code == 200
        assert await is_refused(made, ssl.create_default_context())
        async with httpx.AsyncClient(base_url=made.url.replace("https", "http"), trust_env=False) as plain:
            with pytest.raises(httpx.TransportError):
                await plain.get("/-/healthy")


async def test_a_renewed_certificate_is_presented_at_once(files: Files) -> None:
    """Without a restart, and without a break: a pair that does not fit together is refused, and the old one goes on."""
    async with daemon(files, files.web()) as made:
        context = files.context()
        assert await presented(made, context) == ("localhost",)
        files.server("renewed.example")

        async def shows_new() -> bool:
            return "renewed.example" in await presented(made, context)

        await eventually(shows_new)
        (files.folder / "web.key").write_bytes(SERVERS.leaf("other").key_pem)
        async with client(made, context) as one:
            await metric(one, "0.0")
            assert await shows_new()
            files.server("again.example")
            await metric(one, "1.0")
        assert "again.example" in await presented(made, context)


async def eventually(true: Callable[[], Awaitable[bool]]) -> None:
    """Wait until something is true."""
    async with asyncio.timeout(PATIENCE):
        while not await true():  # noqa: ASYNC110 -- a server is asked; there is no event for it.
            await asyncio.sleep(0.02)


async def metric(one: httpx.AsyncClient, value: str, auth: tuple[str, str] | None = None) -> None:
    """Wait until the metrics say whether the last reading was good."""

    async def says() -> bool:
        return f"diag_web_config_last_reload_successful {value}" in (await one.get("/metrics", auth=auth)).text

    await eventually(says)


async def test_client_certificates(files: Files) -> None:
    """Verified where they are demanded: none, one of another CA, one that ended and one of a server are refused."""
    async with daemon(files, files.web(**files.clients())) as made:
        async with client(made, files.context(for_client())) as one:
            assert (await one.get("/report")).status_code == 200
        past = for_client().certificate.not_valid_before_utc
        for other in (
            None,
            for_client(new_ca("Another CA")),
            for_client(not_before=past.replace(year=2020), not_after=past.replace(year=2021)),
            for_client(extended_key_usage=extended_key_usage("server_auth")),
        ):
            assert await is_refused(made, files.context(other))


async def test_client_certificates_that_are_only_verified_if_given(files: Files) -> None:
    """None is fine, a wrong one is not."""
    demanded = {**files.clients(), "client_auth_type": "VerifyClientCertIfGiven"}
    async with daemon(files, files.web(**demanded)) as made:
        assert not await is_refused(made, files.context())
        assert not await is_refused(made, files.context(for_client()))
        assert await is_refused(made, files.context(for_client(new_ca("Another CA"))))


@pytest.mark.parametrize(
    ("allowed", "admitted"),
    [
        (["prometheus.example"], True),
        (["10.0.0.7"], True),
        (["fd00::7"], True),
        (["other.example", "prometheus.example"], True),
        (["prometheus"], False),
        (["*.example"], False),
        (["PROMETHEUS.example"], False),
    ],
)
async def test_names_of_client_certificates(files: Files, allowed: list[str], admitted: bool) -> None:  # noqa: FBT001 -- what is expected.
    """One of the allowed names has to be there, as it is written."""
    shown = for_client(dns=("prometheus.example",), ips=("10.0.0.7", "fd00::7"))
    async with daemon(files, files.web(**files.clients(), client_allowed_sans=allowed)) as made:
        assert await is_refused(made, files.context(shown)) is not admitted
        assert await is_refused(made, files.context(for_client()))


@pytest.mark.parametrize(
    ("offered", "taken"),
    [(ssl.TLSVersion.TLSv1_2, {"max_version": "TLS12"}), (ssl.TLSVersion.TLSv1_3, {"min_version": "TLS13"})],
)
async def test_releases_of_tls(files: Files, offered: ssl.TLSVersion, taken: dict[str, str]) -> None:
    """Between the lowest and the highest that are allowed."""
    async with daemon(files, files.web(**taken)) as made:
        for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
            context = files.context()
            context.minimum_version = context.maximum_version = version
            assert await is_refused(made, context) is (version is not offered)


async def test_cipher_suites_and_curves(files: Files) -> None:
    """Only what is listed is spoken."""
    files.server(key_type="rsa")
    listed = {
        "cipher_suites": ["TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"],
        "max_version": "TLS12",
        "curve_preferences": ["CurveP384"],
    }
    async with daemon(files, files.web(**listed)) as made:
        for suite, curve, refused in (
            ("ECDHE-RSA-AES256-GCM-SHA384", "secp384r1", False),
            ("ECDHE-RSA-AES128-GCM-SHA256", "secp384r1", True),
            ("ECDHE-RSA-AES256-GCM-SHA384", "prime256v1", True),
        ):
            context = files.context()
            context.maximum_version = ssl.TLSVersion.TLSv1_2
            context.set_ciphers(suite)
            context.set_ecdh_curve(curve)
            assert await is_refused(made, context) is refused


async def test_certificates_as_text(files: Files) -> None:
    """As the format allows it: nothing of them is written to a disk."""
    leaf = SERVERS.leaf("localhost", ips=("127.0.0.1",))
    text = {"cert": leaf.chain_pem.decode(), "key": leaf.key_pem.decode(), "cert_file": None, "key_file": None}
    web = files.folder / "web.yaml"
    web.write_text(yaml.safe_dump({"tls_server_config": {k: v for k, v in text.items() if v}}))
    async with daemon(files, web) as made:
        assert not await is_refused(made, files.context())


async def test_users_change_without_a_restart(files: Files) -> None:
    """Who is taken out is out; a file that can't be read leaves the users that there were."""
    web = files.web(users={"prometheus": hashed(PASSWORD)}, headers={"Strict-Transport-Security": "max-age=1"})
    async with daemon(files, web) as made, client(made, files.context()) as one:
        right = ("prometheus", PASSWORD)
        answer = await one.get("/report", auth=right)
        assert (answer.status_code, answer.headers["strict-transport-security"]) == (200, "max-age=1")
        assert (await one.get("/report")).status_code == 401
        web.write_text("basic_auth_users: {prometheus: plain}\n")
        await metric(one, "0.0", right)
        assert (await one.get("/report", auth=right)).status_code == 200
        files.web(users={"other": hashed("other")})

        async def is_out() -> bool:
            return (await one.get("/report", auth=right)).status_code == 401

        await eventually(is_out)
        assert (await one.get("/report", auth=("other", "other"))).status_code == 200


async def test_a_plain_side_stays_plain(files: Files) -> None:
    """TLS is switched on at a start; what asks for it while the service runs is refused, and said."""
    web = files.folder / "web.yaml"
    web.write_text("")
    async with daemon(files, web) as made:
        assert made.url.startswith("http://")
        async with client(made, files.context()) as one:
            files.web()
            await metric(one, "0.0")
            web.write_text("http_server_config: {http2: false}\n")
            await metric(one, "1.0")


async def test_the_guard_is_that_of_the_daemon(files: Files) -> None:
    """Host names, tokens and what a reload changes of them hold for the running service."""
    web = files.web()
    (files.folder / "token").write_text("t0ken")
    async with daemon(files, web, tokens=[{"file": "token"}]) as made, client(made, files.context()) as one:
        evil = {"host": "diag.example"}
        assert (await one.get("/report", headers=evil)).status_code == 421
        assert (await one.post("/-/reload")).status_code == 401
        write_config(
            files.folder,
            {"eu": ["logs"]},
            daemon={
                "listen": "127.0.0.1:0",
                "web_config": "web.yaml",
                "hosts": ["*.example"],
                "tokens": [{"file": "token"}],
            },
        )
        assert (await one.post("/-/reload", headers={"authorization": "Bearer t0ken"})).status_code == 200
        assert (await one.get("/report", headers=evil)).status_code == 200
        run = await one.post("/run?cluster=eu", headers={"authorization": "Bearer t0ken"})
        assert (run.status_code, run.json()["status"]) == (200, "ok")


async def test_beyond_loopback_nothing_is_changed_without_a_token(files: Files) -> None:
    """At an address that other machines can reach."""
    web = files.folder / "web.yaml"
    web.write_text("")
    async with daemon(files, web, listen="0.0.0.0:0") as made:
        url = made.url.replace("0.0.0.0", "127.0.0.1")  # noqa: S104 -- the point of it
        async with httpx.AsyncClient(base_url=url, trust_env=False) as one:
            assert (await one.post("/-/reload")).status_code == 403
            assert (await one.post("/run?cluster=eu")).status_code == 403
            assert (await one.get("/report")).status_code == 200


async def test_a_broken_file_keeps_the_daemon_from_starting(files: Files) -> None:
    """With its place; a key nobody can open is no reason to ask at a terminal."""
    web = files.web(min_version="TLS14")
    with pytest.raises(ConfigError, match=r"web\.yaml:\d+:\d+: tls_server_config\.min_version: value 'TLS14'"):
        async with daemon(files, web):
            pass
    os.truncate(files.folder / "web.key", 10)
    with pytest.raises(ConfigError, match=r"tls_server_config\.cert_file: expected a certificate as PEM"):
        async with daemon(files, files.web()):
            pass


def test_no_descriptor_is_left_behind(files: Files) -> None:
    """Reading certificates again and again leaves no file open."""
    made = web_guard_file.WebGuardFile(files.web(**files.clients()))
    before = len(list(Path("/proc/self/fd").iterdir()))
    for number in range(20):
        files.server(f"n{number}.example")
        made.look(OwnMetrics().web_config_read)
    assert len(list(Path("/proc/self/fd").iterdir())) == before
