"""What a real API server runs becomes local clusters, with the role that diag prints and with nothing more."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
import yaml

from diag.daemon import running_daemon
from tests.clilib import diag
from tests.diag.daemon.world import World, until, write_config
from tests.e2e.kubernetes.apiserver import ApiServer
from tests.e2e.kubernetes.eck_kinds import KIND, resource, service
from tests.e2e.kubernetes.test_platform import role, token

pytestmark = pytest.mark.full
HERE, THERE, MANY = "found-here", "found-there", "found-many"
# More than one page of a list holds.
_PAGES = 260
KEY = {"access": {"search": {"names": ["logs-*"]}}}


@pytest.fixture(scope="module")
def server(api_server: ApiServer) -> ApiServer:
    """Two clusters in two namespaces, each with the Service of its API; the first one has the second as its remote."""
    api_server.define(KIND)
    for name in (HERE, THERE, MANY):
        api_server.apply({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}})
    logs = {"name": "logs", "elasticsearchRef": {"name": "logs", "namespace": THERE}, "apiKey": KEY}
    api_server.apply(
        resource("search", remoteClusters=[logs]), service("search-es-http", "search", 9200), namespace=HERE
    )
    api_server.apply(resource("logs", release="9.2.1"), service("logs-es-http", "logs", 9200), namespace=THERE)
    return api_server


def configured(server: ApiServer, folder: Path, account: str, *namespaces: str) -> Path:
    """A diag.yaml that asks with the token of an account that may do what diag prints for these namespaces; it is a source, too."""
    role(server, account, *namespaces)
    (folder / "token").write_text(token(server, account))
    platform: dict[str, Any] = {
        "name": "house",
        "kind": "kubernetes",
        "url": server.url,
        "ca": str(server.ca),
        "token": {"file": "token"},
        "namespaces": list(namespaces),
    }
    source = {"name": "eck", "platform": {"name": "house", "refresh": "1s"}}
    return write_config(folder, {}, platforms=[platform], discover=[source])


@pytest.mark.parametrize("namespaces", [(), (HERE, THERE)], ids=["all namespaces", "two namespaces"])
def test_the_printed_role_is_enough_to_write_a_configuration(
    server: ApiServer, tmp_path: Path, namespaces: tuple[str, ...]
) -> None:
    """Its resource with its remote is in it, and the file passes the check; the token is in no output."""
    config = configured(server, tmp_path, f"finder-{len(namespaces)}", *namespaces)
    made = tmp_path / "made.yaml"
    done = diag("discover", "--platform", "house", "-c", config, "-o", made)
    assert done.exit_code in {0, 5} if not namespaces else done.exit_code == 0, done.output
    (cluster,) = [one for one in yaml.safe_load(made.read_text())["clusters"] if one["deployment"] == f"{HERE}/search"]
    assert cluster["url"] == f"https://search-es-http.{HERE}.svc:9200"
    assert cluster["version"] == "9.2.0"
    assert cluster["remotes"] == [
        {
            "alias": "logs",
            "kind": "eck",
            "security_model": "api_key",
            "mode": "proxy",
            "proxy_address": f"logs-es-remote-cluster.{THERE}.svc:9443",
            "version": "9.2.1",
            "platform": "house",
            "deployment": f"{THERE}/logs",
        }
    ]
    assert diag("config", "check", "-c", made).exit_code == 0
    assert (tmp_path / "token").read_text() not in done.output + made.read_text()


def test_every_page_is_read(server: ApiServer, tmp_path: Path) -> None:
    """The server gives a list in pages of the size that diag asks for."""
    many = [resource(f"one-{number}") for number in range(_PAGES)]
    server.kubectl("create", "-n", MANY, "-f", "-", stdin=yaml.safe_dump_all(many))
    try:
        config = configured(server, tmp_path, "finder-of-many", MANY)
        made = tmp_path / "made.yaml"
        diag("discover", "--platform", "house", "-c", config, "-o", made)
        assert f"# Left out, no spec.remoteClusters ({_PAGES})" in made.read_text()
    finally:
        server.kubectl("delete", "namespace", MANY, "--wait=false")
        server.kubectl("delete", "elasticsearch", "--all", "-n", MANY)


async def test_resources_come_and_go_while_the_daemon_runs(server: ApiServer, tmp_path: Path) -> None:
    """One that is created is looked at, one that is deleted leaves; without its binding the role is refused, and nobody is taken for gone."""
    config, world = configured(server, tmp_path, "follower", HERE, THERE), World()

    async def kubectl(*words: str) -> None:
        await asyncio.to_thread(server.kubectl, *words)

    async with running_daemon(config, open_collector=world.open) as running:
        daemon = running.daemon

        def known() -> set[str]:
            return set(daemon.board.snapshot().clusters)

        both = {f"search.{HERE}", f"logs.{THERE}"}
        await until(lambda: known() == both)
        audit = resource("audit"), service("audit-es-http", "audit", 9200)
        await asyncio.to_thread(server.apply, *audit, namespace=THERE)
        await until(lambda: known() == {*both, f"audit.{THERE}"})
        await kubectl("delete", "elasticsearch", "audit", "-n", THERE)
        await until(lambda: known() == both)
        bindings = server.kubectl("get", "rolebindings", "-n", THERE, "-o", "name").stdout.split()
        await kubectl("delete", *bindings, "-n", THERE)
        await until(lambda: any(THERE in note and "403" in note for note in daemon.notes))
        assert known() == both


def test_without_a_permission_it_is_said_which(server: ApiServer, tmp_path: Path) -> None:
    """The role for another namespace shows nothing here: the call, and what to apply."""
    config = configured(server, tmp_path, "finder-elsewhere", HERE)
    config.write_text(config.read_text().replace(HERE, THERE))
    done = diag("discover", "--platform", "house", "-c", config)
    assert done.exit_code == 5
    assert "403" in done.stderr
    assert f"list elasticsearches.elasticsearch.k8s.elastic.co in the namespace {THERE}" in done.stderr
    assert "kubernetes-role" in done.stderr
