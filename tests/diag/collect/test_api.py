"""The API: a real server on loopback, whole rounds through it, and everything a server can do wrong."""

from __future__ import annotations

import contextlib
import json
import logging
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from diag import engine
from diag.collect import ApiTarget, RealNetwork, RoundInput, gather
from diag.collect.api import Api
from diag.collect.api_answer import MAX_BYTES
from diag.collect.discovery import credentials_of, remotes_of
from diag.collect.session import FIRST
from diag.config import ClusterConfig, Timeouts
from diag.config.remotes import Auth
from diag.evidence.call import Call
from diag.evidence.elasticsearch import connections, identity, registrations
from diag.model import (
    ClusterEvidence,
    ConnectedPerNode,
    Endpoints,
    LocalVersion,
    Policy,
    Reason,
    RemoteVersion,
    SecurityModel,
    Status,
    Step,
    Trust,
    Unavailable,
    Version,
)
from diag.report import RenderOptions, exit_code, render
from diag.report.saved import load, save
from tests import pki
from tests.diag.collect import peers

RECORDED = Path(__file__).parent / "api"
KEY = "cGxhbnRlZC1pZDpwbGFudGVkLXNlY3JldC1vZi10aGUta2V5"
PASSWORD = "planted-password-of-nobody"
NOW = datetime(2026, 1, 15, 12, tzinfo=UTC)


def recorded(name: str) -> Any:
    """An answer of a real node, cut down to what is needed."""
    return json.loads((RECORDED / f"{name}.json").read_text())


def http(body: str | bytes = "{}", status: str = "200 OK", headers: str = "", kind: str = "application/json") -> bytes:
    """A whole answer."""
    data = body.encode() if isinstance(body, str) else body
    head = f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {len(data)}\r\n{headers}\r\n"
    return head.encode() + data


class Cluster:
    """A small Elasticsearch: answers by path, and what was asked."""

    def __init__(self, number: str = "9.2.0", settings: Any = None, info: Any = None) -> None:
        self.answers = {
            "/": http(json.dumps({"name": "node", "version": {"number": number, "build_flavor": "default"}})),
            "/_cluster/settings": http(json.dumps(recorded("cluster-settings-with-defaults-9.2.0") if settings is None else settings)),
            "/_remote/info": http(json.dumps(recorded("remote-info-9.2.0") if info is None else info)),
        }  # fmt: skip
        self.asked: list[str] = []
        self.default = http("{}", "404 Not Found")

    def __call__(self, sock: socket.socket) -> None:
        """Answer one request."""
        request = b""
        while b"\r\n\r\n" not in request and (more := sock.recv(65536)):
            request += more
        self.asked.append(request.decode("latin-1"))
        path = self.asked[-1].split(" ", 2)[1].partition("?")[0]
        sock.sendall(self.answers.get(path, self.default))


@contextlib.contextmanager
def https(handle: Callable[[socket.socket], None], issued: pki.Issued, folder: Path) -> Iterator[int]:
    """The same behind TLS."""
    (folder / "node.pem").write_bytes(issued.chain_pem)
    (folder / "node.key").write_bytes(issued.key_pem)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "node.pem", folder / "node.key")

    def open_tls(sock: socket.socket) -> None:
        with context.wrap_socket(sock, server_side=True) as tls:
            handle(tls)

    with peers.peer(open_tls) as port:
        yield port


@pytest.fixture
def auth(tmp_path: Path) -> Auth:
    """A login by API key."""
    (tmp_path / "es.key").write_text(KEY + "\n")
    return Auth.model_validate({"api_key": {"file": tmp_path / "es.key"}})


async def get(port: int, auth: Auth | None = None, *, scheme: str = "http", **fields: Any) -> Any:
    """Make one call to a port of loopback."""
    ca, seconds, path = fields.get("ca", ()), fields.get("seconds", 5.0), fields.get("path", "/_remote/info")
    host = fields.get("host", "127.0.0.1")
    async with RealNetwork() as network:
        target = ApiTarget(url=f"{scheme}://{host}:{port}", auth=auth, ca=ca, seconds=seconds)
        return await Api(target, network.resolve).ask(Call(path=path))


async def failed(
    answer: bytes | Callable[[socket.socket], None], auth: Auth | None = None, **fields: Any
) -> Unavailable:
    """Get an answer that is of no use, and give what is said of it."""
    with peers.peer(peers.say(answer) if isinstance(answer, bytes) else answer) as port:
        found = await get(port, auth, **fields)
    assert isinstance(found, Unavailable), found
    assert found.step is Step.API
    assert found.detail.startswith("GET /_remote/info at http")
    return found


async def look(port: int, folder: Path, **fields: Any) -> ClusterEvidence:
    """Make a whole round for a cluster with an API on loopback."""
    (folder / "es.key").write_text(KEY)
    given = {"name": "search", "url": f"http://127.0.0.1:{port}", "auth": {"api_key": {"file": folder / "es.key"}}}
    config = ClusterConfig.model_validate({**given, **fields})
    work = RoundInput(cluster=config, timeouts=Timeouts(connect=20.0, handshake=20.0, api=20.0), now=NOW)
    async with RealNetwork() as network:
        return await gather(work, network)


REFUSALS = [
    ("401 Unauthorized", Reason.UNAUTHENTICATED, "under auth"),
    ("403 Forbidden", Reason.FORBIDDEN, "privilege monitor"),
    ("404 Not Found", Reason.NOT_FOUND, "url"),
    ("405 Method Not Allowed", Reason.NOT_USABLE, "405"),
    ("410 Gone", Reason.NOT_FOUND, "serverless"),
    ("429 Too Many Requests", Reason.TOO_MANY_REQUESTS, "429"),
    ("500 Internal Server Error", Reason.SERVER_ERROR, "500"),
    ("503 Service Unavailable", Reason.SERVER_ERROR, "503"),
    ("302 Found", Reason.REDIRECTED, "302"),
    ("204 No Content", Reason.NOT_USABLE, "204"),
]


@pytest.mark.parametrize(("status", "reason", "says"), REFUSALS)
async def test_every_status_has_its_reason(status: str, reason: Reason, says: str) -> None:
    """A status that is no 200 says what it means and what to do."""
    found = await failed(http("" if "204" in status else "{}", status))
    assert (found.reason, says in found.detail) == (reason, True), found


async def test_the_reason_of_elasticsearch_is_quoted() -> None:
    """A real refusal is quoted, so that the reader sees which user it was."""
    found = await failed(http(json.dumps(recorded("bad-password-9.2.0")), "401 Unauthorized"))
    assert "It says: unable to authenticate user [elastic]" in found.detail


async def test_an_echoed_credential_is_masked(auth: Auth) -> None:
    """What a peer echoes of the login never comes back, also not cut in the middle."""
    for filler in (0, 150, 180, 195):
        body = json.dumps({"error": {"reason": "x" * filler + f"ApiKey {KEY} planted-secret-of-the-key"}})
        found = await failed(http(body, "403 Forbidden"), auth)
        assert KEY[:8] not in found.detail
        assert "planted" not in found.detail


BROKEN = [
    (http("<html><body>Login</body></html>", kind="text/html"), Reason.NOT_ELASTICSEARCH),
    (http("  <!doctype html>", kind="text/plain"), Reason.NOT_ELASTICSEARCH),
    (http('{"a": '), Reason.NOT_USABLE),
    (http(""), Reason.NOT_USABLE),
    (http('{"a": NaN}'), Reason.NOT_USABLE),
    (http(b'{"a": "\xff"}'), Reason.NOT_USABLE),
    (http("[" * 100 + "]" * 100), Reason.NOT_USABLE),
    (http("[" * 200_000), Reason.NOT_USABLE),
    (http("9" * 10_000), Reason.NOT_USABLE),
    (http("{}", headers="Content-Encoding: gzip\r\n"), Reason.NOT_USABLE),
    (b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n" + b'{"a": 1}', Reason.NOT_USABLE),
    (b"SSH-2.0-OpenSSH\r\n\r\n", Reason.NOT_USABLE),
    (bytes.fromhex("15030300020228") * 4, Reason.NOT_USABLE),
]


@pytest.mark.parametrize(("answer", "reason"), BROKEN)
async def test_an_answer_that_is_none(answer: bytes, reason: Reason) -> None:
    """What is no whole JSON is said to be none, whatever else it is."""
    assert (await failed(peers.say(answer, then=lambda _: None))).reason is reason


async def test_a_page_with_a_bad_status() -> None:
    """A page of a proxy keeps the meaning of its status, and the proxy is named."""
    found = await failed(http("<html>", "502 Bad Gateway", kind="text/html"))
    assert found.reason is Reason.SERVER_ERROR
    assert "may come from a proxy" in found.detail


async def test_a_length_that_is_never_reached() -> None:
    """An answer that ends before the length it announced is broken off, not short."""
    found = await failed(peers.say(b'HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\n{"a": 1}', then=lambda _: None))
    assert found.reason is Reason.NOT_USABLE
    assert "broke off" in found.detail


@pytest.mark.parametrize("begins", [b"", b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{"])
async def test_a_stall(begins: bytes) -> None:
    """A server that stops anywhere costs the time limit and no more."""
    started = time.monotonic()
    found = await failed(begins or peers.hold, seconds=1.0)
    assert found.reason is Reason.TIMED_OUT
    assert time.monotonic() - started < 120


async def test_a_drip() -> None:
    """A server that sends a byte now and then does not get around the time limit."""
    found = await failed(peers.drip(http("{}" + " " * 1000), 0.05), seconds=1.0)
    assert found.reason is Reason.TIMED_OUT


async def test_a_flood() -> None:
    """An answer without end is given up at the limit, not kept."""

    def flood(sock: socket.socket) -> None:
        sock.recv(65536)
        sock.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n[")
        for _ in range(MAX_BYTES // 50_000 + 40):
            sock.sendall(b"1," * 25_000)

    found = await failed(flood, seconds=20.0)
    assert found.reason is Reason.TOO_LARGE


async def test_headers_without_end() -> None:
    """Headers are bounded too."""
    found = await failed(peers.flood(b"HTTP/1.1 200 OK\r\n" + b"X-A: b\r\n" * 100))
    assert found.reason in {Reason.NOT_USABLE, Reason.RESET, Reason.CLOSED}


async def test_nothing_listens() -> None:
    """A refused connection is refused, by its number."""
    with peers.nobody() as port:
        found = await get(port)
    assert (found.step, found.reason) == (Step.API, Reason.REFUSED)


async def test_a_black_hole() -> None:
    """A port that drops everything costs the time limit."""
    with peers.black_hole() as port:
        assert (await get(port, seconds=1.0)).reason is Reason.TIMED_OUT


async def test_no_such_name() -> None:
    """A host without address is said by the lookup of the round."""
    assert (await get(1, host="nowhere.invalid")).reason is Reason.NO_SUCH_NAME


async def test_missing_secret(tmp_path: Path) -> None:
    """Without its secret, nothing is sent."""
    cluster = Cluster()
    auth = Auth.model_validate({"api_key": {"file": tmp_path / "none"}})
    found = await failed(cluster, auth)
    assert (found.reason, cluster.asked) == (Reason.MISSING_FILE, [])


@pytest.mark.parametrize("key", ["id:plain-secret", "a b", "line\nline", "ké", "x\x00y"])
async def test_a_key_that_is_none(tmp_path: Path, key: str) -> None:
    """A key that cannot stand in a header is refused before anything is sent, and not shown."""
    (tmp_path / "es.key").write_text(key)
    cluster = Cluster()
    found = await failed(cluster, Auth.model_validate({"api_key": {"file": tmp_path / "es.key"}}))
    assert (found.reason, cluster.asked) == (Reason.NOT_USABLE, [])
    assert key not in found.detail


async def test_a_redirect_is_not_followed(auth: Auth) -> None:
    """The credential goes to the configured host alone."""
    other = Cluster()
    with peers.peer(other) as port:
        found = await failed(http("", "307 Temporary", f"Location: http://127.0.0.1:{port}/_remote/info\r\n"), auth)
    assert (found.reason, other.asked) == (Reason.REDIRECTED, [])


async def test_no_proxy_of_the_environment(auth: Auth, monkeypatch: pytest.MonkeyPatch) -> None:
    """Variables that name a proxy do not reroute the call."""
    proxy = Cluster()
    with peers.peer(proxy) as elsewhere, peers.peer(Cluster()) as port:
        for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY", "all_proxy"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{elsewhere}")
        assert isinstance(await get(port, auth), dict)
    assert proxy.asked == []


async def test_basic_authentication(tmp_path: Path) -> None:
    """User and password go out as basic authentication, and neither comes back."""
    (tmp_path / "password").write_text(PASSWORD)
    auth = Auth.model_validate({"username": "doctor", "password": {"file": tmp_path / "password"}})
    cluster = Cluster()
    with peers.peer(cluster) as port:
        assert isinstance(await get(port, auth), dict)
    assert "authorization: basic zg9jdg9y" in cluster.asked[0].lower()
    found = await failed(http(json.dumps({"error": PASSWORD}), "401 Unauthorized"), auth)
    assert PASSWORD not in repr(found)


class TestTls:
    """The certificate of the API."""

    async def test_private_ca(self, ca: pki.CA, good: pki.Issued, tmp_path: Path) -> None:
        """A private CA is trusted where it is named, and refused with its number where it is not."""
        (tmp_path / "ca.pem").write_bytes(pki.bundle([ca.certificate]))
        (tmp_path / "other.pem").write_bytes(pki.bundle([pki.new_ca("Other CA").certificate]))
        with https(Cluster(), good, tmp_path) as port:
            assert isinstance(await get(port, scheme="https", ca=(tmp_path / "ca.pem",)), dict)
            for trusted in ((), (tmp_path / "other.pem",)):
                found = await get(port, scheme="https", ca=trusted)
                assert found.reason is Reason.TLS_FAILED
                assert "under ca" in found.detail

    async def test_a_name_that_is_not_in_it(self, ca: pki.CA, tmp_path: Path) -> None:
        """The host of url has to be in the certificate, as a name or as an address."""
        (tmp_path / "ca.pem").write_bytes(pki.bundle([ca.certificate]))
        with https(Cluster(), ca.leaf("other.example"), tmp_path) as port:
            for host in ("localhost", "127.0.0.1"):
                found = await get(port, scheme="https", ca=(tmp_path / "ca.pem",), host=host)
                assert found.reason is Reason.TLS_FAILED
                assert "is not for the" in found.detail

    async def test_expired(self, ca: pki.CA, tmp_path: Path) -> None:
        """An expired certificate is said to be expired."""
        (tmp_path / "ca.pem").write_bytes(pki.bundle([ca.certificate]))
        dates = {"not_before": datetime(2020, 1, 1, tzinfo=UTC), "not_after": datetime(2021, 1, 1, tzinfo=UTC)}
        old = pki.Spec(subject="localhost", ips=("127.0.0.1",), **dates)
        with https(Cluster(), ca.issue(old), tmp_path) as port:
            assert "expired" in (await get(port, scheme="https", ca=(tmp_path / "ca.pem",))).detail

    async def test_a_port_without_tls(self) -> None:
        """A port that speaks plain HTTP is said to be one."""
        found = await failed(http("{}"), scheme="https")
        assert found.reason is Reason.TLS_FAILED
        assert "http://" in found.detail

    async def test_no_usable_ca(self, tmp_path: Path) -> None:
        """A CA file that is missing or holds none is the thing to mend, not the peer."""
        (tmp_path / "ca.pem").write_text("nothing\n")
        assert (await failed(http("{}"), scheme="https", ca=(tmp_path / "ca.pem",))).reason is Reason.NOT_USABLE
        assert (await failed(http("{}"), scheme="https", ca=(tmp_path / "no.pem",))).reason is Reason.MISSING_FILE

    async def test_the_credential_waits_for_the_verdict(self, good: pki.Issued, tmp_path: Path, auth: Auth) -> None:
        """A peer that is not trusted gets no byte of the request."""
        cluster = Cluster()
        with https(cluster, good, tmp_path) as port:
            assert (await get(port, auth, scheme="https")).reason is Reason.TLS_FAILED
        assert not any(cluster.asked)


@pytest.mark.parametrize("layer", ["defaults", "persistent", "transient"])
def test_remotes_from_each_layer(layer: str) -> None:
    """Remotes are found in elasticsearch.yml, in persistent and in transient settings."""
    answer: dict[str, Any] = {
        "defaults": {"cluster": {"remote": {"connections_per_cluster": "3", "node": {"attr": ""}}}}
    }
    remote = {"mode": "proxy", "proxy_address": "logs:9443", "server_name": "logs", "skip_unavailable": "true"}
    answer.setdefault(layer, {}).setdefault("cluster", {}).setdefault("remote", {})["logs"] = remote
    found = remotes_of(registrations.read(answer))
    assert not isinstance(found, Unavailable)
    (logs,) = found
    assert (logs.alias, logs.mode, logs.proxy_address, logs.server_name) == ("logs", "proxy", "logs:9443", "logs")
    assert logs.skip_unavailable is True


def test_the_most_passing_setting_wins() -> None:
    """Each key comes from the transient settings, else the persistent ones, else the file; lists may be one text."""
    answer = {
        "defaults": {"cluster": {"remote": {"a": {"seeds": "one:1, two:2", "skip_unavailable": "true"}}}},
        "persistent": {"cluster": {"remote": {"a": {"skip_unavailable": "false", "mode": "proxy"}}}},
        "transient": {"cluster": {"remote": {"a": {"mode": "sniff"}, "node": {"seeds": ["n:1"]}, "b.c": 1}}},
    }
    found = remotes_of(registrations.read(answer))
    assert not isinstance(found, Unavailable)
    by_alias = {one.alias: one for one in found}
    assert (by_alias["a"].mode, by_alias["a"].skip_unavailable, by_alias["a"].seeds) == (
        "sniff",
        False,
        ("one:1", "two:2"),
    )
    assert by_alias["node"].seeds == ("n:1",)


def credentials(info: object, release: Version | Unavailable) -> object:
    """Which remotes use a key, by the answer of GET _remote/info."""
    return credentials_of(connections.read(info, release), release)


@pytest.mark.parametrize("release", ["8.19.0", "9.2.0"])
def test_real_settings(release: str) -> None:
    """The answers of real nodes are read."""
    found = remotes_of(registrations.read(recorded(f"cluster-settings-persistent-{release}")))
    assert not isinstance(found, Unavailable)
    assert [one.alias for one in found] == ["cert_proxy", "cert_sniff", "key_proxy", "cert_refused"]
    assert len(found[1].seeds) == 1
    info = recorded(f"remote-info-{release}")
    told = credentials(info, Version.parse(release))
    assert told == {"cert_sniff": False, "key_proxy": True, "cert_refused": False, "cert_proxy": False}
    assert credentials(info, Version(8, 9)) == told
    assert credentials(info, Unavailable(step=Step.API, reason=Reason.FORBIDDEN)) == {"key_proxy": True}


@pytest.mark.parametrize("answer", [[], "x", None, 1, {"error": 1}, {"took": 3}, {"defaults": {}, "x": 1}])
def test_what_is_no_settings(answer: object) -> None:
    """JSON that holds something else is not read as a cluster without remotes."""
    assert isinstance(remotes_of(registrations.read(answer)), Unavailable)
    assert isinstance(identity.release_of(answer), Unavailable)


def test_hostile_settings() -> None:
    """Odd values become odd settings for the checks to judge; half surrogates and too many addresses stop here."""
    odd = {"mode": 7, "proxy_address": ["a", "b"], "seeds": [["x"], True, "u:pw@h:1"], "skip_unavailable": "no"}
    found = remotes_of(
        registrations.read({"persistent": {"cluster": {"remote": {"\ud800": odd, "": {"mode": "\x1b[2J"}, "a": "b"}}}})
    )
    assert not isinstance(found, Unavailable)
    assert (found[0].alias, found[0].mode, found[0].proxy_address) == ("\\ud800", "7", "a,b")
    assert (found[0].seeds, found[0].skip_unavailable) == (("x", "true", "***@h:1"), None)
    many = {"persistent": {"cluster": {"remote": {"a": {"seeds": ["h:1"] * 30_000}}}}}
    assert isinstance(remotes_of(registrations.read(many)), Unavailable)


def test_serverless_has_no_release() -> None:
    """The fixed number of a serverless project is not taken for a release."""
    assert isinstance(identity.release_of({"version": {"number": "8.11.0", "build_flavor": "serverless"}}), Unavailable)


async def test_a_round_reads_its_remotes(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Without declared remotes those of the cluster are looked at, each in the security model that it has."""
    caplog.set_level(logging.DEBUG)
    with peers.peer(peers.turn_away) as closed:
        settings = recorded("cluster-settings-with-defaults-9.2.0")
        for one in settings["persistent"]["cluster"]["remote"].values():
            one["proxy_address"] = f"127.0.0.1:{closed}"
        cluster = Cluster(settings=settings)
        with peers.peer(cluster) as port:
            evidence = await look(port, tmp_path)
    assert evidence.local_version == LocalVersion(number=Version(9, 2), source="api")
    assert (evidence.cluster.version, evidence.discovery) == ("9.2.0", None)
    cert, key = evidence.remotes
    assert (cert.remote.alias, cert.remote.security_model) == ("cert_proxy", SecurityModel.CERTIFICATE)
    assert (key.remote.alias, key.remote.security_model) == ("key_proxy", SecurityModel.API_KEY)
    assert key.trust == Trust(public_roots=True, assumed=True)
    assert isinstance(cert.trust, Unavailable)
    assert all(isinstance(one.endpoints, Endpoints) and one.endpoints.probes for one in evidence.remotes)
    asked = sorted(tuple(one.split(" ")[:2]) for one in cluster.asked)
    assert [path for method, path in asked if method != "GET"] == []
    assert len(asked) == len(FIRST) + 10
    assert all(f"authorization: apikey {KEY}".lower() in asked.lower() for asked in cluster.asked)
    text = save([evidence], Policy()) + caplog.text
    assert KEY not in text
    assert load(save([evidence], Policy())).clusters == (evidence,)


async def test_declared_remotes_are_looked_at_all_the_same(tmp_path: Path) -> None:
    """Where the settings can't be read, declared remotes are looked at, and the reason is in the report."""
    cluster = Cluster()
    cluster.answers["/_cluster/settings"] = http("{}", "403 Forbidden")
    declared = {"alias": "mine", "mode": "proxy", "proxy_address": "127.0.0.1:1", "security_model": "api_key"}
    with peers.peer(cluster) as port:
        evidence = await look(port, tmp_path, remotes=[declared], version="8.1.0")
    assert [one.remote.alias for one in evidence.remotes] == ["mine"]
    assert evidence.discovery is not None
    assert evidence.discovery.reason is Reason.FORBIDDEN
    assert evidence.local_version == LocalVersion(number=Version(9, 2), source="api")


async def test_a_declared_remote_without_model_gets_that_of_the_cluster(tmp_path: Path) -> None:
    """What a declaration leaves open about the model, the cluster tells."""
    remotes = [{"alias": "key_proxy", "mode": "proxy", "proxy_address": "127.0.0.1:1"}]
    with peers.peer(Cluster()) as port:
        evidence = await look(port, tmp_path, remotes=remotes)
    assert evidence.remotes[0].remote.security_model is SecurityModel.API_KEY
    assert evidence.cluster.remotes == (evidence.remotes[0].remote,)


async def test_without_the_model_nothing_is_guessed(tmp_path: Path) -> None:
    """Where the cluster does not tell which remotes have a key, those that were read are unknown, not judged by a guess."""
    cluster = Cluster()
    cluster.answers["/_remote/info"] = http("{}", "403 Forbidden")
    with peers.peer(cluster) as port:
        evidence = await look(port, tmp_path)
    assert len(evidence.remotes) == 2
    assert all(isinstance(one.unreadable, Unavailable) and one.endpoints == one.unreadable for one in evidence.remotes)


@pytest.mark.parametrize("settings", [http("{}", "401 Unauthorized"), http("<html>", kind="text/html"), http("{}")])
async def test_no_remotes_and_why(tmp_path: Path, settings: bytes) -> None:
    """A cluster whose remotes are not known is never ok, alone or beside others, and every report says why."""
    cluster = Cluster()
    cluster.answers["/_cluster/settings"] = settings
    with peers.peer(cluster) as port:
        evidence = await look(port, tmp_path)
    assert evidence.remotes == ()
    assert evidence.discovery is not None
    judged = engine.judge(evidence, ())
    assert judged.status is Status.UNKNOWN
    report = engine.report([judged], NOW)
    assert exit_code(report) == 5
    for name in ("text", "wide", "json", "markdown", "nagios"):
        shown = "".join(render(report, name, options=RenderOptions()).replace("\\", "").split())
        assert "".join(str(evidence.discovery).split())[:60] in shown, name


async def test_the_api_of_a_remote(tmp_path: Path) -> None:
    """A remote with a url tells its release; where it does not, the declared one holds."""
    told, silent = Cluster("8.19.0"), http("{}", "503 Service Unavailable")
    with peers.peer(told) as first, peers.peer(peers.say(silent)) as second, peers.peer(Cluster()) as port:
        remotes = [
            {"alias": "a", "version": "8.0.0", "url": f"http://127.0.0.1:{first}", "security_model": "api_key"},
            {"alias": "b", "version": "8.0.0", "url": f"http://127.0.0.1:{second}", "security_model": "api_key"},
            {"alias": "c", "url": f"http://127.0.0.1:{second}", "security_model": "api_key"},
        ]
        evidence = await look(port, tmp_path, remotes=remotes)
    a, b, c = (one.remote_version for one in evidence.remotes)
    assert a == RemoteVersion(number=Version(8, 19), source="api")
    assert b == RemoteVersion(number=Version(8, 0))
    assert isinstance(c, Unavailable)
    assert c.reason is Reason.SERVER_ERROR
    assert all("authorization" not in asked.lower() for asked in told.asked)


async def test_the_end_of_the_round_ends_the_calls() -> None:
    """An API that stays silent does not hold a round up beyond its end; declared remotes are looked at meanwhile."""
    declared = {"alias": "mine", "mode": "proxy", "proxy_address": "127.0.0.1:1", "security_model": "api_key"}
    config = {"name": "search", "version": "9.2.0", "remotes": [declared]}
    with peers.peer(peers.hold) as port:
        cluster = ClusterConfig.model_validate({**config, "url": f"http://127.0.0.1:{port}"})
        work = RoundInput(cluster=cluster, timeouts=Timeouts(api=3600.0), now=NOW, seconds=1.0)
        started = time.monotonic()
        async with RealNetwork() as network:
            evidence = await gather(work, network)
    assert time.monotonic() - started < 120
    assert evidence.discovery is not None
    assert evidence.discovery.reason is Reason.OUT_OF_TIME
    assert isinstance(evidence.remotes[0].endpoints, Endpoints)


async def test_without_url_nothing_is_asked() -> None:
    """A cluster without API is what the file says, and nobody complains that it was not read."""
    config = ClusterConfig.model_validate({"name": "s", "remotes": [{"alias": "a", "seeds": "h"}]})
    async with RealNetwork() as network:
        evidence = await gather(RoundInput(cluster=config, now=NOW), network)
    assert (evidence.remotes[0].remote.keystore_credential, evidence.discovery) == (None, None)


def test_httpx_is_imported_late() -> None:
    """Gathering alone does not pay for the HTTP client."""
    code = "import sys, diag.collect; sys.exit('httpx' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


async def test_another_node_is_asked(tmp_path: Path) -> None:
    """Where the first address does not answer the next one is asked; a refusal of the login is an answer."""
    cluster = Cluster()
    with peers.peer(peers.turn_away) as closed, peers.peer(cluster) as port:
        evidence = await look(closed, tmp_path, other_urls=[f"http://127.0.0.1:{port}"])
    assert evidence.local_version == LocalVersion(number=Version(9, 2), source="api")
    refusing, other = Cluster(), Cluster()
    for path in refusing.answers:
        refusing.answers[path] = http("{}", "401 Unauthorized")
    with peers.peer(refusing) as first, peers.peer(other) as second:
        refusing.default = http("{}", "401 Unauthorized")
        evidence = await look(first, tmp_path, other_urls=[f"http://127.0.0.1:{second}"])
    assert evidence.discovery is not None
    assert evidence.discovery.reason is Reason.UNAUTHENTICATED
    # Each address is asked for its own connections, and nothing else.
    assert [one.split(" ")[1] for one in other.asked] == ["/_remote/info"]


async def test_a_remote_that_is_declared_for_its_files_only(tmp_path: Path) -> None:
    """Its address comes from the cluster; where that could not be read, nothing is said of it."""
    cluster = Cluster()
    declared = {"alias": "key_proxy", "security_model": "api_key", "ca": []}
    with peers.peer(cluster) as port:
        evidence = await look(port, tmp_path, remotes=[declared])
        cluster.answers["/_cluster/settings"] = http("{}", "403 Forbidden")
        refused = await look(port, tmp_path, remotes=[declared])
    assert evidence.remotes[0].remote.proxy_address == "localhost:20443"
    assert evidence.remotes[0].unreadable is None
    assert refused.remotes[0].unreadable is not None
    assert refused.remotes[0].unreadable.reason is Reason.FORBIDDEN


async def test_the_number_of_calls_is_fixed(tmp_path: Path) -> None:
    """Two hundred remotes cost a cluster as many calls as two."""
    remotes = {f"r{i}": {"mode": "proxy", "proxy_address": "127.0.0.1:1"} for i in range(200)}
    counts = []
    for settings in (remotes, dict(list(remotes.items())[:2])):
        cluster = Cluster(
            settings={"persistent": {"cluster": {"remote": settings}}}, info={alias: {} for alias in settings}
        )
        with peers.peer(cluster) as port:
            evidence = await look(port, tmp_path)
        assert len(evidence.remotes) == len(settings)
        counts.append(len(cluster.asked))
    assert counts == [len(FIRST) + 10] * 2


async def test_each_node_has_connections_of_its_own(tmp_path: Path) -> None:
    """With several addresses each is asked what it is connected to."""
    first, second = Cluster(), Cluster()
    info = recorded("remote-info-9.2.0")
    info["key_proxy"]["connected"] = False
    second.answers["/_remote/info"] = http(json.dumps(info))
    with peers.peer(first) as one, peers.peer(second) as other:
        evidence = await look(one, tmp_path, other_urls=[f"http://127.0.0.1:{other}"])
    by_alias = {remote.remote.alias: remote.belief[ConnectedPerNode] for remote in evidence.remotes}
    views = by_alias["key_proxy"]
    assert isinstance(views, ConnectedPerNode)
    assert views.all == ((f"http://127.0.0.1:{one}", True), (f"http://127.0.0.1:{other}", False))
