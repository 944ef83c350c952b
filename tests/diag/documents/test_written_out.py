"""Findings in the words of their documents: nothing that was put there to judge the rest shows in any output."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from diag.model import Severity
from tests.clilib import diag
from tests.doclib import lint

SCRIPT = """curl -XPUT $ES/_cluster/settings --json "{\\"persistent\\": {
 \\"cluster.remote.logs.seeds\\": [\\"$HOST:$PORT\\"],
 \\"cluster.remote.b.seeds\\": [\\"es-1.example:$PORT\\", \\"$A\\"],
 \\"cluster.remote.$ALIAS.mode\\": \\"proxy\\",
 \\"cluster.remote.$ALIAS.proxy_address\\": \\"$PX:9200\\",
 \\"cluster.remote.$ALIAS.server_name\\": \\"$SN\\",
 \\"cluster.remote.c.seeds\\": \\"$SEEDS\\"}}"
"""
TEMPLATE = """cluster.name: {{ name }}
cluster.remote.logs.seeds: ["{{ hostvars['a'].ip }}:9200"]
cluster.remote.b.mode: {{ mode | default('x') }}
cluster.remote.b.foo: {{ other.thing }}
cluster.remote.b.seeds: ["{{ hostvars['b'].ip }}"]
"""
TERRAFORM = """resource "elasticstack_elasticsearch_cluster_settings" "a" {
  persistent {
    setting {
      name       = "cluster.remote.${var.alias}.seeds"
      value_list = ["${var.host}:9200", var.other]
    }
  }
}
"""


@pytest.mark.parametrize(("name", "text"), [("a.sh", SCRIPT), ("a.yml.j2", TEMPLATE), ("a.tf", TERRAFORM)])
@pytest.mark.parametrize("format_name", ["text", "json", "sarif", "concise"])
def test_no_stand_in_shows(tmp_path: Path, name: str, text: str, format_name: str) -> None:
    """Neither the name of a host nor the port that stood in, in sentences, fixes and facts."""
    file = tmp_path / name
    file.write_text(text, "utf-8")
    printed = diag("lint", file, "--format", format_name).stdout
    assert "filled in" in printed
    for word in (".unresolved", "20000", "$hostvars", "$other", "${var_", "cluster.remote.alias."):
        assert word not in printed, word


def test_what_stands_there_shows(tmp_path: Path) -> None:
    """The reference itself, in the fix too; of two with the same word that of the line."""
    file = tmp_path / "a.yml.j2"
    file.write_text(TEMPLATE, "utf-8")
    printed = json.dumps(json.loads(diag("lint", file, "--format", "json").stdout)["documents"])
    assert "[\\\\\\\"{{ hostvars['a'].ip }}:9200\\\\\\\"" in json.dumps(printed)
    assert "{{ hostvars['b'].ip }}" in printed


@pytest.mark.parametrize(
    "seed", ["$HOST:$PORT", "${HOST}:${PORT}", "es-1.example:$PORT", "$A", "$A:9300", "es-$N.example:9300"]
)
def test_an_address_of_references_is_no_fault(tmp_path: Path, seed: str) -> None:
    """Nothing is wrong that anybody can see."""
    file = tmp_path / "a.sh"
    file.write_text(
        f'curl -XPUT $ES/_cluster/settings --json "{{\\"persistent\\": {{\\"cluster.remote.a.seeds\\": [\\"{seed}\\"]}}}}"\n'
    )
    assert [one.check for one in lint(file).findings if one.severity is not Severity.INFO] == []


def test_an_entry_with_a_slip_is_one_finding(tmp_path: Path) -> None:
    """That there is no key follows from the name of the entry; where the entry is right and of another alias, there is none to explain it."""
    (tmp_path / "elasticsearch.yml").write_text(
        "cluster.remote.logs.mode: proxy\ncluster.remote.logs.proxy_address: logs.example:9443\n"
        "cluster.remote.logs.server_name: logs.example\n"
    )
    (tmp_path / "keystore.list").write_text("keystore.seed\ncluster.remote.logs.credential\n")
    found = [one.check for one in lint(tmp_path).findings if one.severity is not Severity.INFO]
    assert found == ["auth/keystore-unsupported-entry"]
    (tmp_path / "keystore.list").write_text("keystore.seed\ncluster.remote.other.credentials\n")
    assert "auth/keystore-unsupported-entry" not in [one.check for one in lint(tmp_path).findings]


def test_an_empty_text_in_a_file_sets_nothing(tmp_path: Path) -> None:
    """A node of 8.19.0 starts with it, whatever the key is; with an empty list or without a value it does not."""
    file = tmp_path / "elasticsearch.yml"
    for value, wanted in (('""', 0), ("''", 0), ("[]", 1), ("", 1)):
        file.write_text(f"cluster.name: a\ncluster.remote.a: {value}\n")
        assert len([one for one in lint(file).findings if one.severity is Severity.CRITICAL]) == wanted, value
