"""What is pasted from an API is told by its form, read by the readers of live answers, and judged with the documents beside it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from diag.documents.answers.answer import PastedAnswer, PastedAnswers
from diag.documents.candidate import Candidate
from diag.documents.kinds import recognise
from diag.documents.row import Reading
from diag.documents.source import Source
from diag.evidence.documents.kind import DocumentKind
from diag.evidence.piece import Side
from tests.doclib import lint

NODE = {"name": "n1", "version": "8.19.0", "roles": ["master", "data"], "settings": {}, "transport": {}}
NODES = {"_nodes": {"total": 1, "successful": 1, "failed": 0}, "cluster_name": "near", "nodes": {"a": NODE}}
LICENSE = {"license": {"status": "active", "type": "basic", "uid": "u", "issued_to": "near"}}
KEY = {"id": "abc", "name": "for-near", "type": "cross_cluster", "creation": 1, "invalidated": False}
SEARCH = {"search": [{"names": ["logs"], "allow_restricted_indices": False}]}
KEYS = {"api_keys": [KEY | {"access": SEARCH}]}
SHARD = {
    "remote_cluster": "logs",
    "leader_index": "l",
    "follower_index": "f",
    "shard_id": 0,
    "fatal_exception": {"type": "illegal_argument_exception", "reason": "unknown setting [index.new]"},
}
FOLLOW = {"indices": [{"index": "f", "shards": [SHARD]}]}
STATS = {"auto_follow_stats": {}, "follow_stats": FOLLOW}
INFO = {
    "follower_indices": [{"follower_index": "f", "remote_cluster": "logs", "leader_index": "l", "status": "active"}]
}
PATTERNS = {
    "patterns": [{"name": "p", "pattern": {"active": True, "remote_cluster": "logs", "leader_index_patterns": ["l*"]}}]
}
RESOLVED = {
    "logs": {"connected": False, "skip_unavailable": False, "error": "no such node"},
    "(local)": {"connected": True, "skip_unavailable": False, "matching_indices": True},
}
CERTIFICATES = [
    {
        "path": "http.p12",
        "format": "PKCS12",
        "subject_dn": "CN=n1",
        "serial_number": "1f",
        "has_private_key": True,
        "expiry": "2035-01-01T00:00:00.000Z",
    }
]
ROLES = {"superuser": {"cluster": ["all"], "indices": [], "run_as": ["*"], "metadata": {"_reserved": True}}}
ROOT = {
    "name": "n1",
    "cluster_name": "near",
    "cluster_uuid": "u",
    "version": {"number": "8.19.0"},
    "tagline": "You Know, for Search",
}
XPACK = {"features": {"security": {"available": True, "enabled": True}}}
HEALTH = {"cluster_name": "near", "status": "green", "timed_out": False, "number_of_nodes": 3}
SETTINGS = {
    "persistent": {"cluster": {"remote": {"logs": {"mode": "proxy", "proxy_address": "logs.example:9400"}}}},
    "transient": {},
}


def told(value: object, name: str = "a.json") -> list[PastedAnswer]:
    """The answers that a document holds."""
    text = value if isinstance(value, str) else json.dumps(value, indent=1)
    candidate = Candidate(Source(name, text))
    found = recognise(candidate)
    assert found is not None
    assert found.row.kind is DocumentKind.API_ANSWER
    nouns = found.row.read(candidate, Reading())
    return [one for noun in nouns if isinstance(noun, PastedAnswers) for one in noun.all]


@pytest.mark.parametrize(
    ("value", "name", "side"),
    [
        (ROOT, "GET /", None),
        (NODES, "GET _nodes", None),
        (LICENSE, "GET _license", None),
        (KEYS, "GET _security/api_key", Side.REMOTE),
        ({"api_keys": [{"id": "x", "name": "y", "type": "rest"}]}, "GET _security/api_key", None),
        (STATS, "GET _ccr/stats", Side.LOCAL),
        (FOLLOW, "GET _ccr/stats", Side.LOCAL),
        (INFO, "GET _ccr/info", Side.LOCAL),
        (PATTERNS, "GET _ccr/auto_follow", None),
        (RESOLVED, "GET _resolve/cluster", None),
        (CERTIFICATES, "GET _ssl/certificates", None),
        (ROLES, "GET _security/role", None),
        (XPACK, "GET _xpack", None),
        (HEALTH, "GET _cluster/health", None),
    ],
)
def test_an_answer_is_told_by_its_form(value: object, name: str, side: Side | None) -> None:
    """Whatever the file is called, in JSON and in YAML (``format=yaml``); whose it is, only where it says so."""
    assert [(one.name, one.side) for one in told(value)] == [(name, side)]
    if isinstance(value, dict) and value is not STATS:
        assert [one.name for one in told(as_yaml(value), "a.txt")] == [name]


def as_yaml(value: object, indent: int = 0) -> str:
    """A value as Elasticsearch writes YAML: JSON is YAML, one level of mapping suffices."""
    assert isinstance(value, dict)
    return "".join(f"{' ' * indent}{key}: {json.dumps(inner)}\n" for key, inner in value.items())


@pytest.mark.parametrize(
    "value",
    [
        {"cluster_name": "near", "nodes": {"a": {"name": "n1", "roles": [], "timestamp": 1, "indices": {}}}},
        {"license": {"name": "Apache-2.0"}, "name": "left-pad"},
        {"indices": [{"index": "f", "shards": []}]},
        {"patterns": ["*.py"], "name": "x"},
        {"nodes": {"a": {"name": "n", "version": "1"}}},
        [{"path": "/", "subject": "x"}],
    ],
)
def test_what_looks_alike_is_none(value: object) -> None:
    """Statistics of nodes, a package.json, somebody's configuration."""
    found = recognise(Candidate(Source("a.json", json.dumps(value))))
    assert found is None or found.row.kind is not DocumentKind.API_ANSWER


def test_flat_settings_of_nodes_are_read_as_nested_ones() -> None:
    """``flat_settings`` changes how settings are written, and not what they say."""
    node = NODE | {
        "settings": {
            "cluster.remote.logs.seeds": ["h:9300"],
            "xpack.security.enabled": "false",
            "http.type": "a",
            "http.type.default": "b",
        }
    }
    (answer,) = told(NODES | {"nodes": {"a": node}})
    assert isinstance(answer.value, dict)
    assert answer.value["nodes"]["a"]["settings"] == {
        "cluster": {"remote": {"logs": {"seeds": ["h:9300"]}}},
        "xpack": {"security": {"enabled": "false"}},
        "http": {"type": "a"},
    }
    assert answer.side is Side.LOCAL


def found(folder: Path, **files: object) -> set[tuple[str, str, str]]:
    """What is found, above info: the file, the check, the remote."""
    for name, value in files.items():
        path = folder / name.replace("__", "/")
        path.parent.mkdir(exist_ok=True)
        path.with_suffix(".json").write_text(json.dumps(value), "utf-8")
    report = lint(folder)
    return {(Path(one.origin.file).stem, one.check, one.alias) for one in report.findings if one.severity.rank > 0}


def test_nodes_without_the_role_cannot_connect(tmp_path: Path) -> None:
    """No node of the answer has remote_cluster_client, so that nothing can connect to the remote that the settings register."""
    nodes = NODES | {"nodes": {"a": NODE}}
    assert ("nodes", "config/client-role-missing", "logs") in found(tmp_path, settings=SETTINGS, nodes=nodes)


def test_the_release_of_an_answer_counts(tmp_path: Path) -> None:
    """Mode proxy came with 7.6: a cluster whose answer tells 7.5 refuses it."""
    old = ROOT | {"version": {"number": "7.5.2"}}
    checks = {check for _, check, _ in found(tmp_path, settings=SETTINGS, root=old)}
    assert "version/proxy-mode-unsupported" in checks
    (tmp_path / "root.json").unlink()
    assert "version/proxy-mode-unsupported" not in {check for _, check, _ in found(tmp_path)}


@pytest.mark.parametrize("further", [{}, {"settings": SETTINGS}, {"info": INFO}])
def test_a_follower_that_stopped(tmp_path: Path, further: dict[str, object]) -> None:
    """With the settings of the remote, and where no document registers it at all."""
    assert ("stats", "ccr/fatal-exception", "logs") in found(tmp_path, stats=STATS, **further)


def test_of_a_remote_that_no_document_registers_only_the_answer_is_judged(tmp_path: Path) -> None:
    """A list of followers says nothing of addresses, and a request registers one remote of several."""
    assert {check for _, check, _ in found(tmp_path, stats=STATS)} == {"ccr/fatal-exception"}
    other = {
        "persistent": {"cluster.remote.other.mode": "proxy", "cluster.remote.other.proxy_address": "o.example:9400"}
    }
    checks = found(tmp_path, stats=STATS, change=other)
    assert "ccr/remote-removed" not in {check for _, check, _ in checks}
    assert ("stats", "ccr/fatal-exception", "logs") in checks


def test_an_answer_that_shows_all_remotes_tells_of_one_that_is_gone(tmp_path: Path) -> None:
    """GET _cluster/settings shows every remote: a follower of another alias follows nothing."""
    settings = {"persistent": {"cluster": {"remote": {"eu": {"seeds": ["eu.example:9300"]}}}}, "transient": {}}
    assert "ccr/remote-removed" in {check for _, check, _ in found(tmp_path, settings=settings, stats=STATS, info=INFO)}


def test_one_look_does_not_say_that_a_task_is_missing(tmp_path: Path) -> None:
    """A follower without statistics may begin a moment later; it takes two looks."""
    stats: dict[str, object] = {"auto_follow_stats": {}, "follow_stats": {"indices": []}}
    assert found(tmp_path, settings=SETTINGS, stats=stats, info=INFO) == found(tmp_path, settings=SETTINGS)


def test_keys_of_the_remote_cluster(tmp_path: Path) -> None:
    """The only key for other clusters is that of the only remote; of several each is judged by itself, at its place."""
    dls = {"search": [{"names": ["a"], "query": '{"term": {"a": 1}}'}], "replication": [{"names": ["a"]}]}
    one = {"api_keys": [KEY | {"access": dls}]}
    api = {
        "persistent": {"cluster": {"remote": {"logs": {"mode": "proxy", "proxy_address": "logs.example:9443"}}}},
        "transient": {},
    }
    assert ("keys", "auth/key-dls-with-replication", "logs") in found(tmp_path, near__settings=api, far__keys=one)
    two = {"api_keys": [*one["api_keys"], KEY | {"id": "d", "name": "second", "access": SEARCH}]}
    assert ("keys", "auth/key-dls-with-replication", "") in found(tmp_path, far__keys=two)


def test_an_answer_says_whose_it_is_by_the_word_before_its_colon(tmp_path: Path) -> None:
    """A basic license of the local cluster is one thing, that of the remote cluster another."""
    (tmp_path / "settings.json").write_text(json.dumps(SETTINGS), "utf-8")
    (tmp_path / "license.json").write_text(
        json.dumps(LICENSE | {"license": {"status": "expired", "type": "platinum"}}), "utf-8"
    )
    settings, license_ = tmp_path / "settings.json", tmp_path / "license.json"
    for word, of in (("local", "local cluster"), ("remote", "remote cluster")):
        messages = [
            one.message for one in lint(settings, f"{word}:{license_}").findings if one.check == "license/expired"
        ]
        assert messages
        assert all(of in one for one in messages)


def test_under_a_request_of_the_console(tmp_path: Path) -> None:
    """The answer that stands under a GET, with several in one file; an error there is none."""
    file = tmp_path / "runbook.txt"
    parts = [f"GET _ccr/stats\n{json.dumps(STATS)}", f"GET _cluster/settings\n{json.dumps(SETTINGS)}"]
    file.write_text("\n\n".join([*parts, 'GET _license\n{"error": {"type": "x"}, "status": 403}']), "utf-8")
    assert "ccr/fatal-exception" in {one.check for one in lint(file).findings}
