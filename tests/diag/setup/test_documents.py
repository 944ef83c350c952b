"""What every set of documents holds to, for each pair of platforms and both models."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from diag.config.trustfile import read_trust_file
from diag.model import Kind, SecurityModel, admits, ports_of
from diag.setup import Connection, Document, documents, one_page, problems
from tests.clilib import diag
from tests.diag.setup.made import CA, COMBINATIONS, made

EVERY = pytest.mark.parametrize(("model", "local", "remote"), COMBINATIONS)
OWN = {"self_managed"}
OUTSIDE = {"self_managed", "eck"}


def by_path(connection: Connection) -> dict[str, Document]:
    """The documents, each under its path."""
    written = documents(connection)
    found = {one.path: one for one in written}
    assert len(found) == len(written)
    return found


def calls(text: str) -> list[tuple[str, Any]]:
    """The calls of a console document: the request line, and the body."""
    parts = [part.partition("\n") for part in text.strip().split("\n\n")]
    return [(line, json.loads(body) if body else None) for line, _, body in parts]


@EVERY
def test_answers_are_right(model: str, local: str, remote: str) -> None:
    """No pair of platforms is refused."""
    assert problems(made(model, local, remote)) == ()


@EVERY
def test_everything_parses(model: str, local: str, remote: str) -> None:
    """YAML, JSON, calls and scripts are what they say."""
    for one in documents(made(model, local, remote)):
        match one.path.rpartition(".")[2]:
            case "yml" | "yaml":
                assert isinstance(yaml.safe_load(one.text), dict)
            case "json":
                json.loads(one.text)
            case "console":
                assert all(re.fullmatch(r"(GET|PUT|POST) [a-z_/-]+", line) for line, _ in calls(one.text))
            case "sh":
                subprocess.run(["sh", "-n"], input=one.text, text=True, check=True)
            case "list":
                assert one.text == "cluster.remote.logs.credentials\n"
            case other:
                assert other == "md"


@EVERY
def test_which_documents(model: str, local: str, remote: str) -> None:
    """Each side gets what its platform takes, and nothing that another one would."""
    paths = set(by_path(made(model, local, remote)))
    by_key = model == "api_key"
    assert {"README.md", "diag.yaml", "local/settings.console", "local/settings.sh", "local/role.console"} <= paths
    assert ("remote/key.console" in paths) is by_key
    assert ("remote/key.sh" in paths) is by_key
    assert ("remote/role.console" in paths) is not by_key
    assert ("local/keystore.list" in paths) is by_key
    assert ("local/keystore.sh" in paths) is (by_key and local in OWN)
    for side, kind, peer in (("local", local, remote), ("remote", remote, local)):
        trusts_by_file = not by_key and kind in OUTSIDE
        assert (f"{side}/trust.yml" in paths) is trusts_by_file
        assert (f"{side}/instances.yml" in paths) is (kind in OWN and (side == "remote" or not by_key))
        assert (f"{side}/trust-payload.json" in paths) is (not by_key and kind not in OUTSIDE and peer in OUTSIDE)
        has_file = kind in OWN and (not by_key or side == "remote" or remote != "hosted")
        assert (f"{side}/elasticsearch.yml" in paths) is has_file
        assert (f"{side}/eck.yaml" in paths) is (kind == "eck")


@pytest.mark.parametrize("local", OUTSIDE)
@pytest.mark.parametrize("remote", ["hosted", "ece", "eck", "self_managed"])
def test_whom_a_trust_file_admits(local: str, remote: str) -> None:
    """By diag's own reading of the file: the own nodes, those of the other side, and nobody else."""
    connection = made("certificate", local, remote)
    found = by_path(connection)
    for cluster, peer in ((connection.local, connection.remote), (connection.remote, connection.local)):
        if cluster.kind.value not in OUTSIDE:
            continue
        read = read_trust_file(f"{cluster.side}/trust.yml", found[f"{cluster.side}/trust.yml"].text.encode())
        assert (read.problem, read.remarks) == ("", ())
        for one in (cluster, peer):
            assert all(admits(read.patterns, [name]) for name in (*one.names, one.name_of("any-node")))
        strangers = (
            f"node.node.{'c' * 32}.cluster.{connection.local.scope}.account",
            f"node.node.{connection.remote.cluster}.cluster.9999999.account",
            f"node.node.{connection.remote.cluster}.other.es.local",
            "node1.example.com",
        )
        assert [name for name in strangers if admits(read.patterns, [name]) is not False] == []


@pytest.mark.parametrize("kind", ["hosted", "ece", "eck", "self_managed"])
def test_names_of_instances(kind: str) -> None:
    """What certutil makes is what the trust files and payloads of both sides name; in mode proxy each node has the name that is asked for."""
    connection = made("certificate", kind, "self_managed", server_name="balancer.example")
    found = by_path(connection)
    instances = yaml.safe_load(found["remote/instances.yml"].text)["instances"]
    assert [one["cn"] for one in instances] == [[name] for name in connection.remote.names]
    assert [one["name"] for one in instances] == ["node1", "node2.example"]
    assert connection.remote.names == (
        "node1.node.logs.cluster.house.account",
        "node2-example.node.logs.cluster.house.account",
    )
    assert all("balancer.example" in one["dns"] for one in instances)
    assert instances[1]["ip"] == ["2001:db8::2"]
    if kind in {"hosted", "ece"}:
        trust = json.loads(found["local/trust-payload.json"].text)["trust"]
        (direct,) = trust["direct"]
        assert direct["additional_node_names"] == [*connection.remote.names]
        assert (direct["type"], direct["trust_all"], direct["certificates"]) == ("generic", False, [{"pem": CA}])
        assert trust["accounts"] == [{"account_id": "1053523734", "trust_all": True}]


@EVERY
def test_settings(model: str, local: str, remote: str) -> None:
    """The remote is registered at the port of its platform and model, persistently; the script sends the very same body."""
    connection = made(model, local, remote)
    found = by_path(connection)
    ((line, body),) = calls(found["local/settings.console"].text)
    ports = ports_of(Kind(remote), "logs.example")
    assert ports is not None
    assert line == "PUT _cluster/settings"
    assert set(body) == {"persistent"}
    settings = body["persistent"]
    assert settings["cluster.remote.logs.proxy_address"] == f"logs.example:{ports.expected(SecurityModel(model))}"
    assert settings["cluster.remote.logs.mode"] == "proxy"
    assert settings["cluster.remote.logs.skip_unavailable"] is True
    names = {
        "hosted": "logs.example",
        "ece": "logs.example",
        "eck": f"logs-es-{'remote-cluster' if model == 'api_key' else 'transport'}.house.svc",
    }
    assert settings.get("cluster.remote.logs.server_name") == names.get(remote)
    sent = re.search(r"-d '(.*)'", found["local/settings.sh"].text, re.DOTALL)
    assert sent is not None
    assert json.loads(sent[1]) == body


@EVERY
def test_key(model: str, local: str, remote: str) -> None:
    """The key may do what was asked for; its entry in the keystore has the alias in its name."""
    found = by_path(made(model, local, remote))
    if model == "certificate":
        assert not [one.path for one in found.values() if "cross_cluster/api_key" in one.text]
        return
    ((line, body),) = calls(found["remote/key.console"].text)
    assert line == "POST _security/cross_cluster/api_key"
    assert body["access"] == {
        "search": [{"names": ["logs-*", "audit"]}],
        "replication": [{"names": ["orders-*"]}],
    }
    assert any("cluster.remote.logs.credentials" in one.text for one in found.values() if one.path != "diag.yaml")


@EVERY
def test_nothing_secret(model: str, local: str, remote: str) -> None:
    """Logins, passwords and keys are named by file, never on a command line."""
    page = one_page(made(model, local, remote))
    assert "PRIVATE KEY" not in page
    assert not re.search(r"(?m)^(?!#).*(--pass\b|--password|curl[^\n]* -u |ApiKey \$)", page)
    for line in re.findall(r"(?m)^curl .*", page):
        assert ' -K "${' in line


@EVERY
def test_the_checklist_names_every_document(model: str, local: str, remote: str) -> None:
    """And no other; the order is the one that works."""
    connection = made(model, local, remote)
    first, *others = documents(connection)
    named = re.findall(r"(?m)^   - `([^`]+)`:", first.text)
    assert named == [one.path for one in others if one.path != "diag.yaml"]
    assert "diag.yaml" in first.text
    titles = re.findall(r"(?m)^\d+\. \[ \] \*\*(.*)\.\*\*", first.text)
    assert titles[-1] == "See that it stands"
    register = titles.index("Register the remote on the local cluster")
    before = [
        n
        for n, title in enumerate(titles)
        if title.startswith(("Make cert", "Make the key", "Store", "Have", "Trust", "Switch"))
    ]
    assert max(before, default=-1) < register


def judged(connection: Connection, folder: Path) -> dict[str, Any]:
    """What diag says of the declared connection, without a network."""
    for one in documents(connection):
        path = folder / one.path
        path.parent.mkdir(exist_ok=True)
        path.write_text(one.text)
    result = diag("lint", "-c", folder / "diag.yaml", "--format", "json")
    (remote,) = json.loads(result.stdout)["clusters"][0]["remotes"]
    return {
        one["check"]: one.get("severity") if one["outcome"] == "fail" else one["outcome"] for one in remote["results"]
    }


def failing(found: dict[str, Any]) -> dict[str, Any]:
    """The checks that failed, with their severity."""
    return {check: said for check, said in found.items() if said in {"info", "warning", "error", "critical"}}


@EVERY
def test_diag_itself_finds_nothing(model: str, local: str, remote: str, tmp_path: Path) -> None:
    """The declared connection passes every check that needs no network."""
    found = judged(made(model, local, remote), tmp_path)
    # The name of the service, in ECK's certificates, is not the host that leads there from outside.
    assert failing(found) == ({"config/server-name-mismatch": "info"} if remote == "eck" else {})
    assert found["config/port-model-mismatch"] == "pass"


def test_sniff() -> None:
    """Several addresses are seeds, each completed; there is no server name."""
    connection = made(
        "api_key", "self_managed", "self_managed", mode="sniff", address=("node1.example", "node2.example:9500")
    )
    ((_, body),) = calls(by_path(connection)["local/settings.console"].text)
    assert body["persistent"] == {
        "cluster.remote.logs.mode": "sniff",
        "cluster.remote.logs.seeds": ["node1.example:9443", "node2.example:9500"],
        "cluster.remote.logs.skip_unavailable": True,
    }


@pytest.mark.parametrize(
    ("releases", "expected"),
    [
        (("7.17.28", "7.17.28"), {}),
        (("7.10.2", "7.7.0"), {}),
        (("9.3.0", "9.2.4"), {"version/cert-model-deprecated": "warning"}),
    ],
)
@pytest.mark.parametrize("remote", ["hosted", "self_managed"])
def test_releases(releases: tuple[str, str], expected: dict[str, str], remote: str, tmp_path: Path) -> None:
    """Old releases get the settings that they know; what remains is that the model itself is deprecated."""
    local_release, remote_release = releases
    connection = made("certificate", "self_managed", remote, local_release=local_release, remote_release=remote_release)
    assert problems(connection) == ()
    assert failing(judged(connection, tmp_path)) == expected


def test_the_old_form(tmp_path: Path) -> None:
    """A deployment of 6.7 to 7.5 is reached in mode sniff through the proxy: one seed with port 1."""
    connection = made("certificate", "self_managed", "hosted", local_release="7.5.2", remote_release="7.3.0")
    assert problems(connection) == ()
    assert failing(judged(connection, tmp_path)) == {}
    ((_, body),) = calls(by_path(connection)["local/settings.console"].text)
    assert body["persistent"] == {
        "cluster.remote.logs.seeds": ["logs.example:1"],
        "cluster.remote.logs.proxy": "logs.example:9400",
        "cluster.remote.logs.skip_unavailable": True,
    }


@pytest.mark.parametrize(
    ("kind", "release", "public", "words"),
    [
        ("self_managed", "8.12.2", "true", "Restart the nodes"),
        ("self_managed", "8.13.4", "true", "Restart the nodes"),
        ("self_managed", "8.14.0", "true", "cluster_credentials"),
        ("self_managed", "8.15.2", "true", "Reload the keystore."),
        ("self_managed", "9.2.0", "false", "Restart the nodes"),
        ("hosted", "8.12.2", "true", "Restart Elasticsearch in the Actions menu"),
        ("hosted", "8.13.0", "true", "cluster_credentials"),
        ("hosted", "9.2.0", "true", "Nothing is to be done"),
        ("eck", "9.2.0", "true", "The operator"),
    ],
)
def test_when_the_key_comes_into_use(kind: str, release: str, public: str, words: str) -> None:
    """By platform and release: a restart before 8.13 or 8.14, a reload later, and a doubt until 8.15.2."""
    found = by_path(made("api_key", kind, "self_managed", local_release=release, public_ca=public))
    (line,) = (line for line in found["README.md"].text.splitlines() if "Have the key taken up" in line)
    assert words in line
    assert ("local/reload.console" in found) is ("Reload the keystore" in line)


def test_no_payload_without_its_ca() -> None:
    """Where the CA is not given there is no document with a gap: the checklist says what would write it."""
    found = by_path(made("certificate", "hosted", "self_managed", remote_ca=""))
    assert "local/trust-payload.json" not in found
    assert "--remote-ca FILE" in found["README.md"].text


@EVERY
def test_lint_finds_nothing(model: str, local: str, remote: str, tmp_path: Path) -> None:
    """The documents together, read as those of anybody else: no word above info."""
    for one in documents(made(model, local, remote)):
        path = tmp_path / one.path
        path.parent.mkdir(exist_ok=True)
        path.write_text(one.text)
    result = diag("lint", tmp_path, "--format", "concise")
    assert result.exit_code == 0, result.stdout
    assert re.findall(r"\[(?:warning|error|critical)\] \S+", result.stdout) == []
