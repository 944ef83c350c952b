"""``diag run --cluster-url``, ``diag discover``, ``diag setup role``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from diag.cli.permissions import local_role, remote_role
from diag.model import Version
from tests.clilib import diag
from tests.diag.collect import peers
from tests.diag.collect.test_api import Cluster, http

KEY = "cGxhbnRlZC1pZDpwbGFudGVkLXNlY3JldC1vZi1kaWFn"


def settings() -> dict[str, Any]:
    """Two remotes, of which nothing listens."""
    remotes = {
        "logs": {"mode": "proxy", "proxy_address": "127.0.0.1:1", "server_name": "logs.example"},
        "audit": {"seeds": ["127.0.0.1:1"], "skip_unavailable": "false"},
    }
    return {"persistent": {"cluster": {"remote": remotes}}}


def info() -> dict[str, Any]:
    """One of them with a key."""
    shown = {"connected": False, "num_proxy_sockets_connected": 0, "max_proxy_socket_connections": 18}
    return {"logs": {**shown, "cluster_credentials": "::es_redacted::"}, "audit": shown}


@pytest.fixture
def key(tmp_path: Path) -> Path:
    """The file of the key."""
    path = tmp_path / "es.key"
    path.write_text(KEY)
    return path


def test_run_without_a_configuration(key: Path) -> None:
    """The remotes come from the cluster, and each is looked at; the key is in no output."""
    cluster = Cluster(settings=settings(), info=info())
    with peers.peer(cluster) as port:
        url = f"http://127.0.0.1:{port}"
        result = diag("run", "--cluster-url", url, "--api-key-file", key, "--format", "json")
    remotes = {one["alias"]: one for one in json.loads(result.stdout)["clusters"][0]["remotes"]}
    assert result.exit_code == 3
    assert set(remotes) == {"logs", "audit"}
    assert remotes["logs"]["root_causes"] == ["network/tcp-refused"]
    assert remotes["logs"]["security_model"] == "api_key"
    assert {r["check"] for r in remotes["audit"]["results"] if r["outcome"] == "fail"} >= {"runtime/not-connected"}
    assert KEY not in result.stdout + result.stderr


def test_discover(key: Path, tmp_path: Path) -> None:
    """It writes a configuration that can be used, with the key by reference; a file that is there stays."""
    cluster = Cluster(settings=settings(), info=info())
    made = tmp_path / "diag.yaml"
    with peers.peer(cluster) as port:
        arguments = ("discover", "--cluster-url", f"http://127.0.0.1:{port}", "--api-key-file", key, "-o", made)
        result = diag(*arguments)
        again = diag(*arguments)
    assert (result.exit_code, again.exit_code) == (0, 2), result.stderr
    assert "2 remotes" in result.stderr
    assert "exists" in again.stderr
    text = made.read_text()
    assert KEY not in text
    logs, audit = yaml.safe_load(text)["clusters"][0]["remotes"]
    assert (logs["alias"], logs["security_model"], logs["server_name"]) == ("logs", "api_key", "logs.example")
    assert (audit["security_model"], audit["seeds"], audit["skip_unavailable"]) == (
        "certificate",
        ["127.0.0.1:1"],
        False,
    )
    assert diag("config", "check", "-c", made).exit_code == 0


def test_discover_that_is_refused(key: Path) -> None:
    """What the cluster did not tell is said, with exit code 5."""
    cluster = Cluster()
    cluster.answers["/_cluster/settings"] = b"HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\n{}"
    with peers.peer(cluster) as port:
        result = diag("discover", "--cluster-url", f"http://127.0.0.1:{port}", "--api-key-file", key)
    assert result.exit_code == 5
    assert "monitor" in result.stderr


@pytest.mark.parametrize(
    ("version", "words"),
    [
        ({"distribution": "opensearch", "number": "2.19.0"}, ["opensearch 2.19.0", "not Elasticsearch"]),
        ({"build_flavor": "serverless", "number": "8.11.0"}, ["Serverless", "cross-project search"]),
    ],
)
def test_discover_of_what_has_no_remotes(key: Path, version: dict[str, str], words: list[str]) -> None:
    """OpenSearch and serverless are named: what they answer to the other calls is not written down as remotes of Elasticsearch."""
    cluster = Cluster(settings=settings(), info=info())
    cluster.answers["/"] = http(json.dumps({"name": "node", "version": version}))
    with peers.peer(cluster) as port:
        result = diag("discover", "--cluster-url", f"http://127.0.0.1:{port}", "--api-key-file", key)
    assert result.exit_code == 5
    assert all(word in result.stderr for word in words), result.stderr


@pytest.mark.parametrize("url", ["es.example:9200", "ftp://es.example", "https://u:p@es.example", "\x1b[31m", ""])
def test_a_url_that_is_none(url: str) -> None:
    """A wrong URL is named, with what was expected."""
    for command in ("run", "discover"):
        result = diag(command, "--cluster-url", url)
        assert result.exit_code == 2
        assert "--cluster-url" in result.stderr
        assert "\x1b" not in result.stderr
        assert "u:p" not in result.stderr


def test_options_that_go_together(key: Path) -> None:
    """A key without a URL is a mistake."""
    result = diag("run", "--api-key-file", key)
    assert result.exit_code == 2
    assert "--cluster-url" in result.stderr


def test_setup_role() -> None:
    """The output holds both roles, as valid JSON, and the page about privileges shows the same."""
    local, remote = local_role(Version(9, 2)), remote_role(Version(9, 2))
    result = diag("setup", "role")
    bodies = [json.loads(line) for line in result.stdout.splitlines() if line.startswith("{")]
    assert [bodies[0], bodies[2]] == [local, remote]
    assert bodies[1]["role_descriptors"]["diag"] == local
    page = (Path(__file__).parents[3] / "docs" / "permissions.md").read_text()
    assert json.dumps(local) in page
    assert json.dumps(remote) in page
    old = diag("setup", "role", "--release", "6.8.23").stdout
    assert "read_security" not in old
    assert "remote_indices" not in old
    assert diag("setup", "role", "--release", "new").exit_code == 2


def test_setup_role_for_more() -> None:
    """What is declared widens the role by exactly that; reading is asked for only where searches are tried."""
    printed = diag("setup", "role", "--search", "logs-*", "--follower", "copy-*").stdout
    local, _, remote, _ = [json.loads(line) for line in printed.splitlines() if line.startswith("{")]
    assert {"names": ["copy-*"], "privileges": ["monitor"]} in local["indices"]
    (crossing,) = local["remote_indices"]
    assert (crossing["names"][1:], crossing["privileges"]) == (["logs-*"], ["view_index_metadata"])
    assert remote["indices"] == [{"names": ["logs-*"], "privileges": ["view_index_metadata"]}]
    tried = diag("setup", "role", "--search", "logs-*", "--try-searches").stdout
    assert '"read"' in tried
    refused = diag("setup", "role", "--try-searches")
    assert refused.exit_code == 2
    assert "--search" in refused.stderr
