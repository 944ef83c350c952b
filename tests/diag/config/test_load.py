"""Loading: the types of values, the places of errors, files that are none, and a configuration of a broken world."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from diag.config import ClusterConfig, Config, ConfigError, SecretRef, load_config, parse_duration
from diag.config.yaml_source import read_tree
from diag.model import Acknowledgement, Kind, SecurityModel, Thresholds


def load(folder: Path, text: str, **environment: str) -> Config:
    """Load a configuration from its text."""
    path = folder / "diag.yaml"
    path.write_text(text)
    return load_config(path, environment)


def refusal(path: Path) -> str:
    """What is said of a file that cannot be used."""
    with pytest.raises(ConfigError) as caught:
        load_config(path, {})
    return str(caught.value)


def test_the_smallest_file_has_the_usual_values(tmp_path: Path) -> None:
    """What is left out has its default, and a remote that leaves out its settings has none."""
    config = load(tmp_path, "clusters: [{name: a, remotes: [{alias: b}]}]")
    assert (
        config.interval,
        config.timeouts.connect,
        config.timeouts.handshake,
        config.timeouts.api,
    ) == (60.0, 5.0, 10.0, 10.0)
    assert config.probe.transport is True
    assert config.daemon.address == ("127.0.0.1", 9643)
    assert Thresholds() == config.thresholds()
    cluster = config.clusters[0]
    assert Kind.SELF_MANAGED is cluster.kind
    assert cluster.keystore is None
    remote = cluster.remotes[0]
    assert (remote.security_model, remote.mode, remote.proxy_address, remote.seeds) == (None, "", "", ())
    assert remote.skip_unavailable is None


@pytest.mark.parametrize(
    "written", ["8.10", "no", "off", "12:30", "0123", "1e3", "2027-03-31", "0x1F", "1_000", "~x", ".inf", "=", "true"]
)
def test_a_text_stays_as_it_is_written(tmp_path: Path, written: str) -> None:
    """Nothing is read as a number, a truth or a time where a text is wanted."""
    config = load(tmp_path, f"clusters: [{{name: {written}, version: {written}, remotes: [{{alias: {written}}}]}}]")
    cluster = config.clusters[0]
    assert (written, written, written) == (cluster.name, cluster.version, cluster.remotes[0].alias)


@pytest.mark.parametrize("written", ["", "~", "null", '""'])
def test_a_setting_without_value_is_not_there(tmp_path: Path, written: str) -> None:
    """A key with nothing behind it, or null, is a setting that is not there."""
    text = f"clusters: [{{name: a, remotes: [{{alias: b, server_name: {written}, mode: {written}, seeds: }}]}}]"
    remote = load(tmp_path, text).clusters[0].remotes[0]
    assert (remote.server_name, remote.mode, remote.seeds) == ("", "", ())


def test_a_broken_world_loads(tmp_path: Path) -> None:
    """Odd aliases, addresses, modes, versions and names are for the checks to judge."""
    text = """
clusters:
  - name: a
    version: banana
    keystore: []
    remotes:
      - {alias: ""}
      - {alias: 1, mode: Proxy, proxy_address: "host:1;host:2"}
      - {alias: ":", mode: foo, proxy_address: "https://user:planted@host:9443", server_name: "*"}
      - {alias: "a b", seeds: "x:1", version: latest, skip_unavailable: false, proxy: "user:planted@p:1"}
      - {alias: A, seeds: ["user:planted@x:1", "::1", 9300]}
      - {alias: "<<", proxy_address: {}}
"""
    with pytest.raises(ConfigError, match="proxy_address: expected a text, found a mapping"):
        load(tmp_path, text)
    remotes = load(tmp_path, text.replace("proxy_address: {}", "mode: 1")).clusters[0].remotes
    assert [remote.alias for remote in remotes] == ["", "1", ":", "a b", "A", "<<"]
    assert [remote.mode for remote in remotes] == ["", "Proxy", "foo", "", "", "1"]
    assert remotes[2].proxy_address == "https://***@host:9443"
    assert remotes[3].seeds == ("x:1",)
    assert remotes[3].proxy == "***@p:1"
    assert remotes[4].seeds == ("***@x:1", "::1", "9300")


def test_paths_are_taken_from_the_folder_of_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A relative path means the same, wherever the program is started."""
    folder = tmp_path / "conf"
    folder.mkdir()
    for name in ("ca.pem", "key", "trust.yml"):
        (folder / name).write_text("x")
    (folder / "diag.yaml").write_text(
        f"clusters: [{{name: a, ca: ca.pem, transport: {{certificate: {folder}/ca.pem, ca: [ca.pem]}}, "
        "remotes: [{alias: b, credential: {file: key}, trust_restrictions: trust.yml}]}]"
    )
    monkeypatch.chdir(tmp_path)
    cluster = load_config(Path("conf/diag.yaml"), {}).clusters[0]
    assert (folder / "ca.pem",) == cluster.ca == cluster.transport.ca
    assert folder / "ca.pem" == cluster.transport.certificate
    credential = cluster.remotes[0].credential
    assert credential is not None
    assert folder / "key" == credential.file
    assert folder / "trust.yml" == cluster.remotes[0].trust_restrictions


def test_what_a_file_holds_is_not_judged_here(tmp_path: Path) -> None:
    """An empty CA file, and an empty private key, are found later: here they have to be there."""
    (tmp_path / "empty").write_text("")
    text = "clusters: [{name: a, remotes: [], transport: {certificate: empty, key: {file: empty}, ca: [empty]}}]"
    assert load(tmp_path, text).clusters[0].transport.key is not None


def test_a_stored_cluster_is_read_back(tmp_path: Path) -> None:
    """A cluster goes through JSON and comes back the same, without its files being looked for again."""
    (tmp_path / "key").write_text("planted")
    text = "clusters: [{name: a, url: 'https://a:1', keystore: [k], remotes: [{alias: b, credential: {file: key}}]}]"
    cluster = load(tmp_path, text).clusters[0]
    (tmp_path / "key").unlink()
    stored = json.dumps(cluster.model_dump(mode="json"))
    assert "planted" not in stored
    assert cluster == ClusterConfig.model_validate(json.loads(stored))


def test_a_merged_mapping_is_taken_over(tmp_path: Path) -> None:
    """``<<`` takes the keys of an anchor that are not there yet, of several the first."""
    text = """
clusters:
  - name: a
    remotes:
      - &one {alias: b, mode: proxy, proxy_address: "b:9443"}
      - &two {alias: c, mode: sniff, server_name: c}
      - <<: [*one, *two]
        alias: d
      - {alias: e, <<: *two}
"""
    remotes = load(tmp_path, text).clusters[0].remotes
    assert (
        remotes[2].alias,
        remotes[2].mode,
        remotes[2].proxy_address,
        remotes[2].server_name,
    ) == ("d", "proxy", "b:9443", "c")
    assert (remotes[3].alias, remotes[3].mode) == ("e", "sniff")


def test_an_error_in_a_merged_mapping_stands_where_it_is_written(tmp_path: Path) -> None:
    """The place is that of the anchored text, the key that of the mapping it was taken over into."""
    (tmp_path / "diag.yaml").write_text(
        "clusters:\n  - &a {name: a, kind: x, remotes: []}\n  - {<<: *a, name: b, kind: hosted}\n  - {<<: *a, name: c}\n"
    )
    found = [line.partition("diag.yaml:")[2][:28] for line in refusal(tmp_path / "diag.yaml").splitlines()]
    assert found == ["2:24: clusters[0].kind: valu", "2:24: clusters[2].kind: valu"]


def test_policy_and_limits(tmp_path: Path) -> None:
    """What the user decided about checks arrives in the words of the model."""
    text = """
clusters: [{name: a, remotes: []}]
checks:
  skip: tls/weak-key
  severity: {"ccr/*": info}
  acknowledge: [{check: tls/*, until: 2027-03-31, note: known, remote: logs}]
  thresholds: {leaf_days_warning: 45, connect_seconds_error: 2.5, seeds_wanted: 3}
"""
    config = load(tmp_path, text)
    policy = config.policy()
    assert policy.skip == ("tls/weak-key",)
    assert policy.severity == {"ccr/*": "info"}
    assert (Acknowledgement(check="tls/*", until="2027-03-31", note="known", remote="logs"),) == policy.acknowledge
    assert Thresholds(leaf_days_warning=45, connect_seconds_error=2.5, seeds_wanted=3) == config.thresholds()


@pytest.mark.parametrize(
    ("key", "place"),
    [
        (("checks", "skip", 0), "3:10: checks.skip[0]"),
        (("checks", "severity", "ccr/*"), "4:14: checks.severity.ccr/*"),
        (("checks", "acknowledge", 0, "check"), "5:25: checks.acknowledge[0].check"),
        (("checks", "acknowledge", 0, "remote"), "5:17: checks.acknowledge[0].remote"),
    ],
)
def test_what_is_said_of_checks_keeps_its_place(tmp_path: Path, key: tuple[str | int, ...], place: str) -> None:
    """Whoever knows the ids of checks can say where an unknown one stands."""
    text = """clusters: [{name: a, remotes: []}]
checks:
  skip: [tls/nothing]
  severity: {"ccr/*": info}
  acknowledge: [{check: tls/*, until: 2027-03-31, note: known}]
"""
    problem = load(tmp_path, text).problem(key, "x", "unknown check")
    assert str(problem) == f"{tmp_path}/diag.yaml:{place}: value 'x': unknown check"
    assert str(Config.model_validate({"clusters": [{"name": "a"}]}).problem((), "x", "y")) == ": value 'x': y"


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("1s", 1), ("60s", 60), ("5m", 300), ("1h30m", 5400), ("1500ms", 1.5), ("1m", 60), ("1d", 86400)],
)
def test_durations(text: str, seconds: float) -> None:
    """Days, hours, minutes, seconds and milliseconds, the larger unit first."""
    assert seconds == parse_duration(text)


@pytest.mark.parametrize(
    "text", ["", "0s", "999ms", "5", "1.5s", "30m1h", "s", "1S", " 1s", "1s\n", "٣s", "366d", "9" * 5000 + "s"]
)
def test_no_durations(text: str) -> None:
    """Everything else is refused, also digits of other scripts and numbers without an end."""
    with pytest.raises(ValueError, match="expected a duration"):
        parse_duration(text)


def test_files_that_are_none(tmp_path: Path) -> None:
    """A missing file, a folder, a pipe, a socket, an endless link and a huge file each get a sentence, at once."""
    assert f"{tmp_path}/none.yaml: expected a configuration file; it does not exist" == refusal(tmp_path / "none.yaml")
    assert refusal(tmp_path).endswith("it is a folder")
    os.mkfifo(tmp_path / "pipe")
    assert refusal(tmp_path / "pipe").endswith("it is no regular file")
    (tmp_path / "link").symlink_to("link")
    assert refusal(tmp_path / "link").endswith("it is a link that leads back to itself")
    (tmp_path / "huge").write_bytes(b"#" * (8 * 1024 * 1024 + 1))
    assert refusal(tmp_path / "huge").endswith("it is larger than 8192 KiB")
    assert refusal(tmp_path / ("x" * 300)).endswith("it has too long a name")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(tmp_path / "socket"))
        assert "it cannot be read: " in refusal(tmp_path / "socket")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read(tmp_path: Path) -> None:
    """The permission is named."""
    (tmp_path / "diag.yaml").touch(mode=0)
    assert refusal(tmp_path / "diag.yaml").endswith("it may not be read by this user")


def test_a_file_that_may_not_be_read_as_root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same, where the tests run as root."""

    def denied(*_: Any, **__: Any) -> int:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "open", denied)
    assert refusal(tmp_path / "diag.yaml").endswith("it may not be read by this user")


@given(st.binary(max_size=300))
@settings(max_examples=300, deadline=None)
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    """No file makes the reader fail in another way than by saying what is wrong."""
    tree = read_tree(data, "f")
    assert tree.problems or isinstance(tree.value, dict)


@given(st.text(alphabet="ab:-{}[],&*!|>'\"#%@ \n\t<?~0", max_size=80))
@settings(max_examples=500, deadline=None)
def test_any_yaml_is_read_or_refused(text: str) -> None:
    """Nor does any text of the characters that mean something to YAML."""
    tree = read_tree(text.encode(), "f")
    assert tree.problems or isinstance(tree.value, dict)
    for problem in tree.problems:
        assert problem.line >= 1
        assert problem.column >= 1


WORDS = st.text(alphabet="abcxyz089", min_size=1, max_size=6)
TREES = st.recursive(
    WORDS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3), max_leaves=12
)


@given(st.dictionaries(WORDS, TREES, min_size=1, max_size=4))
@settings(max_examples=200, deadline=None)
def test_every_value_has_its_place(value: dict[str, Any]) -> None:
    """At the place of each key and of each single value, the text of the file begins with it."""
    text = written(value)
    tree = read_tree(text.encode(), "f")
    assert value == tree.value
    lines = text.split("\n")
    for key, (line, column) in tree.values.items():
        if isinstance(found := tree.at(key), str):
            assert lines[line - 1][column - 1 :].startswith(found)
    for key, (line, column) in tree.keys.items():
        assert lines[line - 1][column - 1 :].startswith(str(key[-1]))


def written(value: Any) -> str:
    """Write a value as YAML in flow style, a line for each comma."""
    if isinstance(value, dict):
        return "{" + ",\n ".join(f"{key}: {written(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(written, value)) + "]"
    return str(value)


def test_two_thousand_clusters_are_read_in_time(tmp_path: Path) -> None:
    """A large fleet takes seconds at most, also on a busy machine."""
    rows = "".join(
        f"  - {{name: c{i}, version: 8.14.1, remotes: [{{alias: a, proxy_address: 'a:1'}}]}}\n" for i in range(2000)
    )
    begun = time.process_time()
    assert len(load(tmp_path, "clusters:\n" + rows).clusters) == 2000
    assert time.process_time() - begun < 10


def test_references_print_where_and_not_what(tmp_path: Path) -> None:
    """The whole configuration can be printed: secrets are read only when they are needed."""
    (tmp_path / "key").write_text("planted")
    config = load(tmp_path, "clusters: [{name: a, remotes: [{alias: b, credential: {file: key}}]}]")
    credential = config.clusters[0].remotes[0].credential
    assert isinstance(credential, SecretRef)
    assert "planted" not in repr(config) + str(config) + json.dumps(config.model_dump(mode="json"))
    assert f"file {tmp_path / 'key'}" == str(credential)


def test_the_security_model_is_a_word_of_the_model(tmp_path: Path) -> None:
    """Closed sets arrive as members of their enumerations."""
    text = "clusters: [{name: a, kind: ece, remotes: [{alias: b, kind: eck, security_model: certificate}]}]"
    cluster = load(tmp_path, text).clusters[0]
    assert cluster.kind is Kind.ECE
    assert cluster.remotes[0].kind is Kind.ECK
    assert cluster.remotes[0].security_model is SecurityModel.CERTIFICATE


def test_the_import_stays_light() -> None:
    """Reading a configuration needs neither OpenSSL nor an HTTP client, nor what only its schema is made with."""
    program = "import sys, diag.config; print(*sorted({m.partition('.')[0] for m in sys.modules}))"
    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.split()
    heavy = {
        "pydantic",
        "cryptography",
        "OpenSSL",
        "httpx",
        "rich",
        "structlog",
        "asyncio",
        "ssl",
        "jinja2",
        "starlette",
    }
    assert set() == heavy & set(loaded)
    assert "yaml" in loaded
