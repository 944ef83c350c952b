"""A local cluster of two nodes that disagree: each has connections, a keystore, files and a release of its own."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from diag.cli.permissions import local_role
from diag.model import Version
from tests.e2e.elastic.node import Node
from tests.e2e.elastic.pair import NAME, Authorities, connected, made, make_keys
from tests.e2e.elastic.seen import Seen, look_at
from tests.patience import until
from tests.pki import new_ca

OLD, NEW = Version.parse("8.19.0"), Version.parse("9.2.0")


class Cluster:
    """One remote cluster and a local cluster of two nodes; the second one lacks the CA of the remote, and its own file the remote."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.authorities = Authorities(*(new_ca(f"Two {name} CA") for name in ("transport", "server", "http", "other")))
        for name in ("transport", "server", "http"):
            (folder / f"{name}-ca.pem").write_bytes(getattr(self.authorities, name).pem)
        self.remote = made("remote", OLD, folder, self.authorities)
        self.first = made("local", OLD, folder, self.authorities)
        self.second = made("second", NEW, folder, self.authorities)

    @property
    def nodes(self) -> tuple[Node, ...]:
        """All of them."""
        return self.remote, self.first, self.second

    def start(self) -> None:
        """Start all three, with one remote in the settings of the cluster and one in the file of the first node."""
        self.remote.configure({})
        self.remote.start()
        self.remote.wait()
        key = make_keys(self.remote)["good"]
        (self.folder / "good.key").write_text(key)
        joined = {
            "cluster.name": "e2e-two",
            "discovery.type": "multi-node",
            "discovery.seed_hosts": [f"127.0.0.1:{self.first.transport}"],
            "cluster.initial_master_nodes": ["local-1"],
        }
        filed = {"mode": "proxy", "proxy_address": f"{NAME}:{self.remote.transport}"}
        self.first.settings = {
            **self.first.settings,
            **joined,
            **{f"cluster.remote.filed.{name}": value for name, value in filed.items()},
        }
        lacking = "xpack.security.remote_cluster_client.ssl.certificate_authorities"
        own = {name: value for name, value in self.second.settings.items() if name != lacking}
        self.second.settings = {**own, **{k: v for k, v in joined.items() if k != "cluster.initial_master_nodes"}}
        for node in (self.first, self.second):
            node.configure({"cluster.remote.logs.credentials": key})
            node.start()
            node.wait()
        address = {"mode": "proxy", "proxy_address": f"{NAME}:{self.remote.server}", "server_name": NAME}
        settings = {f"cluster.remote.logs.{name}": value for name, value in address.items()}
        answer = self.first.ask("PUT", "/_cluster/settings", {"persistent": settings})
        assert answer.status_code == 200, answer.text
        until(lambda: connected(self.first, "logs"), what="the first node", pause=0.5)
        login = {"name": "diag", "role_descriptors": {"diag": local_role(OLD)}}
        (self.folder / "diag.key").write_text(self.first.ask("POST", "/_security/api_key", login).json()["encoded"])

    def look(self) -> Seen:
        """Ask diag, with the addresses of both nodes."""
        cluster = {
            "name": "two",
            "url": f"http://127.0.0.1:{self.first.http}",
            "other_urls": [f"http://127.0.0.1:{self.second.http}"],
            "auth": {"api_key": {"file": "diag.key"}},
        }
        return look_at(self.folder / "diag.yaml", cluster)


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    """The clusters, stopped at the end."""
    folder = Path(tempfile.mkdtemp(prefix="diag-e2e-", dir="/var/tmp"))
    folder.chmod(0o755)
    clusters = Cluster(folder)
    try:
        clusters.start()
        yield clusters
    finally:
        for node in clusters.nodes:
            node.stop()
        shutil.rmtree(folder, ignore_errors=True)


def test_nodes_that_disagree(cluster: Cluster) -> None:
    """One node is connected and the other is not; one has the remote in its file and the other has not; their releases differ."""
    seen = cluster.look()
    assert seen.aliases == {"logs", "filed"}
    assert seen.failing("logs")["network/partial-client-nodes"] == "warning", seen.results("logs")
    assert "config/static-partial-nodes" in seen.failing("filed")
    assert "config/static-partial-nodes" not in seen.failing("logs")
    assert seen.results("logs")["version/mixed-nodes"]["outcome"] == "fail"
