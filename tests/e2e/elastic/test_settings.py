"""Real nodes whose own settings are not the usual ones: names that nobody looks at, no security at all, clear text from one side.

Each is asked of Elasticsearch first: what is connected has to alarm nobody, and what is not has to be named.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from diag.cli.permissions import local_role
from diag.model import Version
from tests.e2e.elastic.node import Node
from tests.e2e.elastic.pair import API_KEY, CERTIFICATE, NAME, Authorities, Pair, connected, made, make_keys
from tests.e2e.elastic.seen import Asked, Seen, look_at
from tests.patience import until
from tests.pki import new_ca

RELEASES = ("8.19.0", "9.2.0")
NO_SECURITY: Mapping[str, object] = {"xpack.security.enabled": False}


@dataclass
class World:
    """A secured remote with another name in its certificate, a local cluster that looks at none and sends keys in clear; two unsecured."""

    asked: Asked
    open_local: Node
    open_remote: Node

    def look(self, alias: str, login: Path, transport: Mapping[str, Any], **more: Any) -> Seen:
        """Look at one remote of the secured local cluster, with its API."""
        pair = self.asked.pair
        certs = pair.local.conf / "certs"
        own = {
            "certificate": str(certs / "transport.pem"),
            "key": {"file": str(certs / "transport.key")},
            "ca": ["transport-ca.pem"],
            **transport,
        }
        cluster = {
            "name": "local",
            "url": self.asked.url,
            "auth": {"api_key": {"file": str(login)}},
            "transport": own,
            "remotes": [{"alias": alias, **more}],
        }
        return look_at(pair.folder / "settings.yaml", cluster)


@contextmanager
def running_world(release: Version) -> Iterator[World]:
    """Start the four, and stop them at the end."""
    folder = Path(tempfile.mkdtemp(prefix="diag-e2e-", dir="/var/tmp"))
    folder.chmod(0o755)
    authorities = Authorities(*(new_ca(f"E2E {what} CA") for what in ("Transport", "Server", "HTTP", "Other")))
    for name in ("transport", "server", "http"):
        (folder / f"{name}-ca.pem").write_bytes(getattr(authorities, name).pem)
    far, near, open_local, open_remote = (
        made(name, release, folder, authorities) for name in ("remote", "local", "unsecured", "bare")
    )
    far.identities = {
        **far.identities,
        "transport": authorities.transport.leaf(
            "pod.internal.example", other_names=("remote.node.remote.cluster.e2escope.account",)
        ),
    }
    near.settings = {
        **near.settings,
        "xpack.security.transport.ssl.verification_mode": "certificate",
        "xpack.security.remote_cluster_client.ssl.enabled": False,
    }
    open_local.settings = open_remote.settings = NO_SECURITY
    nodes = (far, near, open_local, open_remote)
    try:
        far.configure({})
        far.start()
        far.wait()
        keys = make_keys(far)
        near.configure({"cluster.remote.logs.credentials": keys["good"]})
        for node in (open_local, open_remote):
            node.configure({})
        for node in nodes[1:]:
            node.start()
        for node in nodes[1:]:
            node.wait()
        pair = Pair(folder, authorities, near, far, keys, ("cluster.remote.logs.credentials",))
        (folder / "good.key").write_text(keys["good"])
        yield World(Asked(pair), open_local, open_remote)
    finally:
        for node in nodes:
            node.stop()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="module", params=RELEASES)
def world(request: pytest.FixtureRequest) -> Iterator[World]:
    """One release at a time."""
    with running_world(Version.parse(request.param)) as made_:
        yield made_


@pytest.fixture(scope="module")
def login(world: World) -> Path:
    """The documented role at the secured local cluster."""
    pair = world.asked.pair
    return world.asked.login(pair.local, "settings-diag", local_role(pair.local.version))


@contextmanager
def registering(node: Node, alias: str, address: str, *, connects: bool) -> Iterator[None]:
    """Register a remote in mode proxy until the block ends, and hold that Elasticsearch connects or not: the nodes are those of other tests, too."""
    settings = {"mode": "proxy", "proxy_address": address, "skip_unavailable": True}
    put(node, {f"cluster.remote.{alias}.{key}": value for key, value in settings.items()})
    try:
        # A search waits for the attempt to connect: after it the answer of who does not connect is final.
        node.ask("GET", f"/{alias}:logs/_search")
        if connects:
            until(lambda: connected(node, alias), what=alias, pause=0.5)
        assert connected(node, alias) is connects
        yield
    finally:
        put(node, {f"cluster.remote.{alias}.{key}": None for key in settings})


def put(node: Node, settings: Mapping[str, Any]) -> None:
    """Change settings of a cluster."""
    answer = node.ask("PUT", "/_cluster/settings", {"persistent": settings})
    assert answer.status_code == 200, answer.text


def by_url(folder: Path, node: Node, **login: Any) -> Seen:
    """Look at all that a cluster tells, by its address alone."""
    return look_at(folder / "by-url.yaml", {"name": "local", "url": f"http://127.0.0.1:{node.http}", **login})


@pytest.mark.parametrize("transport", [{}, {"verification_mode": "certificate"}], ids=["undeclared", "declared"])
def test_names_that_nobody_looks_at(world: World, login: Path, transport: Mapping[str, Any]) -> None:
    """With verification_mode certificate the local cluster is connected to a certificate of another name: nothing alarms."""
    pair = world.asked.pair
    address = f"{NAME}:{pair.remote.transport}"
    with registering(pair.local, "audit", address, connects=True):
        seen = world.look("audit", login, transport, security_model=CERTIFICATE, mode="proxy", proxy_address=address)
    assert not {check for check in seen.failing("audit") if check.startswith(("tls/", "trust/", "config/"))}
    result = seen.results("audit")["tls/hostname-mismatch"]
    assert result["outcome"] == ("skip" if transport else "fail")
    assert result["severity"] == (None if transport else "info")


def test_names_that_count(world: World, login: Path) -> None:
    """Declared to be full, beside a connection that stands: said, and no error."""
    pair = world.asked.pair
    address = f"{NAME}:{pair.remote.transport}"
    full = {"verification_mode": "full"}
    with registering(pair.local, "audit", address, connects=True):
        seen = world.look("audit", login, full, security_model=CERTIFICATE, mode="proxy", proxy_address=address)
    assert seen.failing("audit")["tls/hostname-mismatch"] == "warning"


def test_keys_in_clear_text(world: World, login: Path) -> None:
    """remote_cluster_client.ssl.enabled is false, and the remote cluster server has TLS: the settings of the nodes tell the cause."""
    pair = world.asked.pair
    address = f"{NAME}:{pair.remote.server}"
    more = {"security_model": API_KEY, "mode": "proxy", "proxy_address": address, "ca": ["server-ca.pem"]}
    with registering(pair.local, "logs", address, connects=False):
        seen = world.look("logs", login, {}, credential={"file": "good.key"}, **more)
        alone = by_url(pair.folder, pair.local, auth={"api_key": {"file": str(login)}})
    assert seen.causes("logs") == ("tls/client-plaintext",)
    assert alone.causes("logs") == ("tls/client-plaintext",)


def test_no_security_on_either_side(world: World, tmp_path: Path) -> None:
    """Two clusters without security are connected, and ok."""
    with registering(world.open_local, "bare", f"{NAME}:{world.open_remote.transport}", connects=True):
        seen = by_url(tmp_path, world.open_local)
    assert seen.failing("bare") == {}
    assert seen.status("bare") == "ok"
    assert seen.results("bare")["tls/plaintext-endpoint"]["severity"] == "info"


def test_no_security_on_the_local_side(world: World, tmp_path: Path) -> None:
    """A cluster without security is told to connect to one that has it."""
    with registering(world.open_local, "secured", f"{NAME}:{world.asked.pair.remote.transport}", connects=False):
        seen = by_url(tmp_path, world.open_local)
    assert seen.causes("secured") == ("tls/client-plaintext",)


def test_no_security_on_the_remote_side(world: World, login: Path) -> None:
    """A secured cluster is told to connect to one without security."""
    pair = world.asked.pair
    with registering(pair.local, "bare", f"{NAME}:{world.open_remote.transport}", connects=False):
        seen = by_url(pair.folder, pair.local, auth={"api_key": {"file": str(login)}})
    assert seen.causes("bare") == ("tls/plaintext-endpoint",)


def test_what_nodes_show_of_their_settings(world: World) -> None:
    """The switches are shown, and verification_mode is not: that is why it can be declared."""
    answer = world.asked.pair.local.ask("GET", "/_nodes/settings?filter_path=nodes.*.settings.xpack.security").json()
    security = next(iter(answer["nodes"].values()))["settings"]["xpack"]["security"]
    assert security["transport"]["ssl"] == {"enabled": "true"}
    assert security["remote_cluster_client"]["ssl"] == {"enabled": "false"}
