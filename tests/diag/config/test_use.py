"""What is declared of the use of a remote, of security domains, of stored answers and of searches."""

from __future__ import annotations

from pathlib import Path

import pytest

from diag.config import Config, ConfigError, fleet, load_config
from diag.model import DeclaredUse


def load(folder: Path, text: str) -> Config:
    """Load a configuration from its text."""
    path = folder / "diag.yaml"
    path.write_text(text)
    return load_config(path, {})


def refusal(folder: Path, text: str) -> str:
    """What is said of a text that cannot be used."""
    with pytest.raises(ConfigError) as caught:
        load(folder, text)
    return str(caught.value)


def use(folder: Path, text: str) -> DeclaredUse:
    """The use of one remote, as the checks see it."""
    config = load(folder, f"clusters: [{{name: a, remotes: [{{alias: b, use: {text}}}]}}]")
    return fleet.local_cluster(config.clusters[0]).remotes[0].use


def test_what_nobody_says_is_not_told(tmp_path: Path) -> None:
    """Without a word on the use of a remote nothing of it is looked at, and nothing is searched."""
    config = load(tmp_path, "clusters: [{name: a, remotes: [{alias: b}]}]")
    assert config.probe.search is False
    cluster = config.clusters[0]
    assert (cluster.reload_response, cluster.security_domain) == (None, "")
    remote = fleet.local_cluster(cluster).remotes[0]
    assert (remote.use, remote.security_domain) == (DeclaredUse(), "")
    assert cluster.remotes[0].signing_certificate is None


@pytest.mark.parametrize("written", ["{}", "", "~", "{search: }", "{search: [], roles: [], esql: false}"])
def test_nothing_is_nothing(tmp_path: Path, written: str) -> None:
    """An empty section says as little as none."""
    assert use(tmp_path, written) == DeclaredUse()


def test_patterns_stay_as_they_are_written(tmp_path: Path) -> None:
    """Patterns are text, whatever a YAML reader would make of them."""
    found = use(
        tmp_path,
        '{search: ["logs-*", 2026, no, "<logs-{now/d}>"], replicate: ["*"], roles: [r], esql: true, enrich: true}',
    )
    assert found == DeclaredUse(
        search=("logs-*", "2026", "no", "<logs-{now/d}>"), replicate=("*",), roles=("r",), esql=True, enrich=True
    )


@pytest.mark.parametrize(
    ("written", "says"),
    [
        ("{serach: [a]}", "did you mean 'search'?"),
        ("{search: [[a]]}", "clusters[0].remotes[0].use.search[0]"),
        ('{search: [""]}', "clusters[0].remotes[0].use.search[0]"),
        ("{search: [*]}", "expected"),
        ("{search: {a: b}}", "expected a list"),
        ("{esql: maybe}", "clusters[0].remotes[0].use.esql"),
        ("[logs-*]", "clusters[0].remotes[0].use"),
    ],
)
def test_what_is_no_use(tmp_path: Path, written: str, says: str) -> None:
    """It is refused with its place, and what was expected."""
    text = refusal(tmp_path, f"clusters: [{{name: a, remotes: [{{alias: b, use: {written}}}]}}]")
    assert says in text
    assert "diag.yaml:1:" in text


def test_security_domains(tmp_path: Path) -> None:
    """Text of both sides, without blanks around it."""
    text = 'clusters: [{name: a, security_domain: " house ", remotes: [{alias: b, security_domain: 12}]}]'
    cluster = fleet.local_cluster(load(tmp_path, text).clusters[0])
    assert (cluster.security_domain, cluster.remotes[0].security_domain) == ("house", "12")


def test_stored_files(tmp_path: Path) -> None:
    """They are relative to the file that names them, and have to be there at the start."""
    text = "clusters: [{name: a, reload_response: r.json, remotes: [{alias: b, signing_certificate: s.pem, signing_ca: [c.pem]}]}]"
    said = refusal(tmp_path, text)
    assert "clusters[0].reload_response" in said
    assert "clusters[0].remotes[0].signing_certificate" in said
    assert "clusters[0].remotes[0].signing_ca" in said
    for name in ("r.json", "s.pem", "c.pem"):
        (tmp_path / name).write_text("anything: what is in it is for the checks to judge")
    cluster = load(tmp_path, text).clusters[0]
    assert cluster.reload_response == tmp_path / "r.json"
    assert cluster.remotes[0].signing_certificate == tmp_path / "s.pem"
    assert cluster.remotes[0].signing_ca == (tmp_path / "c.pem",)


@pytest.mark.parametrize(("written", "allowed"), [("true", True), ("false", False)])
def test_searches_have_to_be_allowed(tmp_path: Path, written: str, allowed: bool) -> None:  # noqa: FBT001 -- the parameter of the test.
    """They read; nothing else that diag does needs that."""
    config = load(tmp_path, f"{{probe: {{search: {written}}}, clusters: [{{name: a, remotes: [{{alias: b}}]}}]}}")
    assert (config.probe.search, config.probe.transport) == (allowed, True)
