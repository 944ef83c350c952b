"""Which documents are of one cluster."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.clilib import diag

NODE = "cluster.remote.logs.mode: proxy\ncluster.remote.logs.proxy_address: logs.example:9300\n"
KEY = "keystore.seed\ncluster.remote.logs.credentials\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two clusters, each in a folder of its own."""
    for name in ("eu", "us"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "elasticsearch.yml").write_text(f"cluster.name: {name}\n{NODE}")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def found(*arguments: str) -> list[str]:
    """Where which check finds something above info."""
    lines = diag("lint", *arguments, "--format", "concise").stdout.splitlines()
    return [f"{line.split(':')[0]} {line.split()[2]}" for line in lines if "[info]" not in line]


def test_a_keystore_is_that_of_its_folder(folder: Path) -> None:
    """The other cluster has none that anybody knows of, so that nothing is said of its key."""
    (folder / "eu" / "keystore.list").write_text(KEY)
    assert found(".") == ["eu/elasticsearch.yml config/port-model-mismatch"]


def test_a_list_from_elsewhere_is_for_all(folder: Path) -> None:
    """Somebody handed it over for what is judged."""
    (folder / "keystore.list").write_text(KEY)
    wanted = [f"{name}/elasticsearch.yml config/port-model-mismatch" for name in ("eu", "us")]
    assert found("eu", "us", "--keystore", "keystore.list") == wanted


def test_nodes_of_one_cluster_are_compared_with_each_other_only(folder: Path) -> None:
    """A remote that the file of one node lacks is missing in its own cluster, and in no other."""
    (folder / "eu" / "node2.yml").write_text("cluster.name: eu\nnode.name: second\n")
    assert found(".") == ["eu/elasticsearch.yml config/static-partial-nodes"]
    (folder / "eu" / "node2.yml").write_text("node.name: second\nnode.roles: [remote_cluster_client]\n")
    assert found(".") == [], "a file that names no cluster may be of any"
    (folder / "eu" / "node2.yml").unlink()
    (folder / "eu" / "elasticsearch.yml").write_text("cluster.name: eu\nnode.name: first\n")
    assert found(".") == []


def test_what_is_named_together_belongs_together(folder: Path) -> None:
    """A request in another folder is for the one cluster that is named beside it."""
    (folder / "change.json").write_text(
        '{"persistent": {"cluster.remote.logs.mode": "proxy", "cluster.remote.logs.proxy_address": "other.example:9300"}}'
    )
    assert found("eu/elasticsearch.yml", "change.json") == ["eu/elasticsearch.yml config/static-dynamic-shadow"]
    assert found("eu", "change.json") == []
