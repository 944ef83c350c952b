"""Documents that diag.yaml names: read in every round, judged as documents are, missing where they are."""

from __future__ import annotations

from pathlib import Path

import pytest

from diag.config import Config, load_config
from diag.documents.surroundings import surroundings_of
from diag.evidence.documents.problems import DocumentProblems
from diag.evidence.documents.settings import SettingsTexts
from diag.evidence.piece import Side
from diag.model import NamedFiles, Reason, Step, Unavailable
from tests.clilib import diag
from tests.doclib import lint

YML = "cluster.remote.logs.skip_unavailabel: true\nxpack.security.transport.ssl.trust_restrictions.path: trust.yml\n"
FAR = "network.host: _local_\nremote_cluster_server.enabled: true\n"


@pytest.fixture
def configured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A configuration that names a file of either side."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "near").mkdir()
    (tmp_path / "near" / "elasticsearch.yml").write_text(YML)
    (tmp_path / "far.yml").write_text(FAR)
    file = tmp_path / "diag.yaml"
    file.write_text(
        "clusters:\n  - name: search\n    settings_files: near/elasticsearch.yml\n    remotes:\n"
        "      - {alias: logs, security_model: api_key, mode: proxy, proxy_address: 'logs.example:9443', "
        "server_name: logs.example, settings_files: [far.yml]}\n"
    )
    return file


def loaded(file: Path) -> Config:
    """Load a configuration."""
    return load_config(file)


def test_both_sides_are_read(configured: Path) -> None:
    """Whose they are follows from where they are named."""
    around = surroundings_of(loaded(configured).clusters[0])
    texts, files = around[SettingsTexts], around[NamedFiles]
    assert not isinstance(texts, Unavailable)
    assert not isinstance(files, Unavailable)
    assert [one.side for one in texts.all] == [Side.LOCAL, Side.REMOTE]
    assert [(one.path, one.exists) for one in files.all] == [("trust.yml", False)]


def test_a_round_judges_them(configured: Path) -> None:
    """Without a network and with one: the findings stand at the cluster that names the files."""
    result = diag("lint", "-c", configured, "--format", "json")
    assert result.exit_code == 3
    for check in ("config/unknown-setting", "config/remote-server-bound-local"):
        assert check in result.stdout
    assert "near/elasticsearch.yml:1:1: cluster.remote" in diag("lint", "-c", configured).stdout.replace(
        "\n      ", " "
    )


def test_as_a_document_it_brings_them_along(configured: Path) -> None:
    """Each finding stands in the file that it is about, once."""
    found = [(Path(one.origin.file).name, one.origin.line, one.check) for one in lint(configured).findings]
    assert found.count(("elasticsearch.yml", 1, "config/unknown-setting")) == 1
    assert found.count(("far.yml", 1, "config/remote-server-bound-local")) == 1


def test_a_file_that_is_not_there(configured: Path) -> None:
    """It is said, and the other files of the round are judged as if it had not been named."""
    config = loaded(configured)
    (configured.parent / "far.yml").unlink()
    around = surroundings_of(config.clusters[0])
    texts, problems = around[SettingsTexts], around[DocumentProblems]
    assert not isinstance(texts, Unavailable)
    assert [Path(one.name).name for one in texts.all] == ["elasticsearch.yml"]
    assert not isinstance(problems, Unavailable)
    assert ["far.yml" in one.message and "does not exist" in one.message for one in problems.all] == [True]


def test_no_file_is_there(configured: Path) -> None:
    """Nothing is known of any settings: what judges them says why."""
    config = loaded(configured)
    (configured.parent / "far.yml").unlink()
    (configured.parent / "near" / "elasticsearch.yml").unlink()
    texts = surroundings_of(config.clusters[0])[SettingsTexts]
    assert isinstance(texts, Unavailable)
    assert (texts.step, texts.reason) == (Step.FILE, Reason.MISSING_FILE)
    assert "elasticsearch.yml" in texts.detail


def test_files_of_no_known_kind(configured: Path) -> None:
    """They say nothing that is known."""
    (configured.parent / "far.yml").write_text("remember: the milk\n")
    (configured.parent / "near" / "elasticsearch.yml").write_bytes(b"\x00")
    texts = surroundings_of(loaded(configured).clusters[0])[SettingsTexts]
    assert isinstance(texts, Unavailable)
    assert texts.reason is Reason.NOT_USABLE
