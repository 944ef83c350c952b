"""Answers of an API, pasted into a file: told from requests, and judged by what they say."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from diag.documents.candidate import Candidate
from diag.documents.kinds import recognise
from diag.documents.row import Reading
from diag.documents.source import Source
from diag.evidence.documents.connection_answers import ConnectionAnswers
from diag.evidence.documents.settings import SettingsForm, SettingsText, SettingsTexts
from tests.clilib import diag

REMOTE = {"cluster": {"remote": {"a": {"seeds": ["a:9300"], "skip_unavailable": "true"}}}}
INFO = {
    "a": {
        "connected": False,
        "mode": "proxy",
        "proxy_address": "a.example:9443",
        "server_name": "a.example",
        "num_proxy_sockets_connected": 0,
        "max_proxy_socket_connections": 18,
        "initial_connect_timeout": "30s",
        "skip_unavailable": False,
        "cluster_credentials": "::es_redacted::",
    },
    "b": {"connected": True, "mode": "sniff", "seeds": ["b:9300", "c:9300"], "num_nodes_connected": 3},
}


def texts(text: str, name: str = "a.json") -> list[SettingsText]:
    """What a document sets."""
    candidate = Candidate(Source(name, text))
    found = recognise(candidate)
    assert found is not None
    nouns = found.row.read(candidate, Reading())
    return [one for noun in nouns if isinstance(noun, SettingsTexts) for one in noun.all]


@pytest.mark.parametrize(
    ("document", "form"),
    [
        ({"persistent": REMOTE, "transient": {}}, SettingsForm.ANSWER),
        ({"persistent": REMOTE, "transient": {}, "defaults": {}}, SettingsForm.ANSWER),
        ({"acknowledged": True, "persistent": REMOTE, "transient": REMOTE}, SettingsForm.ANSWER),
        ({"persistent": REMOTE}, SettingsForm.REQUEST),
        ({"persistent": {"cluster.remote.a.seeds": "a:9300"}, "transient": {}}, SettingsForm.REQUEST),
        (
            {"persistent": {"cluster": {"remote": {"a": {"skip_unavailable": True}}}}, "transient": {}},
            SettingsForm.REQUEST,
        ),
    ],
)
def test_an_answer_is_told_from_a_request(document: object, form: SettingsForm) -> None:
    """By its further keys, or by an empty scope beside nested texts."""
    assert [one.form for one in texts(json.dumps(document))] == [form]


def test_in_a_console_the_request_says_it() -> None:
    """The same text under PUT is a body, under GET an answer."""
    text = json.dumps({"persistent": REMOTE, "transient": {}})
    for method, form in (("PUT", SettingsForm.REQUEST), ("GET", SettingsForm.ANSWER)):
        assert [one.form for one in texts(f"{method} _cluster/settings\n{text}", "a.console")] == [form]


@pytest.mark.parametrize("text", ["defaults:\n  run: {shell: bash}\njobs: {}", "defaults: {a: b}", "persistent: true"])
def test_other_programs_have_defaults_too(text: str) -> None:
    """A workflow, a configuration of something else."""
    assert recognise(Candidate(Source("a.yml", text))) is None


def test_what_remote_info_says() -> None:
    """The settings in force, and whether each remote is connected."""
    candidate = Candidate(Source("info.json", json.dumps(INFO, indent=1)))
    found = recognise(candidate)
    assert found is not None
    nouns = found.row.read(candidate, Reading())
    (answers,) = (one for one in nouns if isinstance(one, ConnectionAnswers))
    assert [(one.alias, one.info.connected, one.origin.line) for one in answers.all] == [
        ("a", False, 2),
        ("b", True, 13),
    ]
    (settings,) = (one for noun in nouns if isinstance(noun, SettingsTexts) for one in noun.all)
    keys = {one.key: one.text for one in settings.all}
    assert keys["cluster.remote.a.proxy_address"] == "a.example:9443"
    assert keys["cluster.remote.b.seeds"] == "b:9300,c:9300"
    assert len(keys) == 6


def test_a_pasted_answer_is_judged_as_a_live_one(tmp_path: Path) -> None:
    """A remote that is not connected, at the line of its alias; the one that is connected is no fault."""
    file = tmp_path / "info.json"
    file.write_text(json.dumps(INFO, indent=1), "utf-8")
    printed = json.loads(diag("lint", "--format", "json", file).stdout)
    found = [(one["check"], one["remote"], one["range"]["start"]["line"]) for one in printed["documents"][0]["results"]]
    assert ("runtime/not-connected", "a", 2) in found
    assert "b" not in {remote for _, remote, _ in found}


def test_defaults_of_a_running_cluster_are_none_of_ours(tmp_path: Path) -> None:
    """What an answer shows as defaults was taken by the cluster: none of it is refused or unknown."""
    defaults = {"cluster": {"remote": {"connect": "true", "node": {"attr": ""}, "initial_connect_timeout": "30s"}}}
    file = tmp_path / "settings.json"
    file.write_text(json.dumps({"persistent": REMOTE, "transient": {}, "defaults": defaults}), "utf-8")
    printed = json.loads(diag("lint", "--format", "json", file).stdout)
    assert not {"config/unknown-setting", "config/file-values"} & {
        one["check"] for one in printed["documents"][0]["results"]
    }
