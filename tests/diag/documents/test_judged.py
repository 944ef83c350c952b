"""Documents of these forms, judged from the command line: what is shown, what is not, and that nothing makes diag fail."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from diag.documents.candidate import Candidate
from diag.documents.kinds import recognise
from diag.documents.row import Reading
from diag.documents.source import Source
from tests.clilib import diag

CASES = Path(__file__).parents[2] / "trials" / "document-cases"
TEXTS = {
    one.name: one.read_text("utf-8")
    for folder in ("11-settings-bodies", "16-documents")
    for one in sorted((CASES / folder).iterdir())
    if one.name != "expected.txt"
}
SCRIPT = """\
curl -u elastic:hunter1 -XPUT es/_cluster/settings -d '{"cluster.remote.a.seeds":"x;9300"}'
curl -XPUT https://elastic:hunter2@es/_cluster/settings -d '{"cluster.remote.a.seeds":"x;9300"}'
curl -XPUT es/_cluster/settings -d '{"cluster.remote.a.seeds":"x;9300"}' -uelastic:"hunter3"
echo hunter4 | bin/elasticsearch-keystore add -x cluster.remote.A.credential
printf '%s' "hunter5" | sudo elasticsearch-keystore add -x cluster.remote.A.credential
elasticsearch-keystore add -x cluster.remote.A.credential <<< hunter6
"""


def judged(file: Path, *options: str) -> list[dict[str, Any]]:
    """What is found in a file."""
    printed = json.loads(diag("lint", "--format", "json", *options, file).stdout)
    return [one for document in printed["documents"] for one in document["results"]]


def test_no_secret_of_a_script_is_shown(tmp_path: Path) -> None:
    """Findings at the very line of a password, and of what is fed to the keystore."""
    file = tmp_path / "setup.sh"
    file.write_text(SCRIPT, "utf-8")
    for format_ in ("text", "json", "concise"):
        output = diag("lint", "--format", format_, file).output
        assert "setup.sh:4" in output or '"line": 4' in output
        assert "hunter" not in output


def test_two_requests_of_one_script_are_no_drift(tmp_path: Path) -> None:
    """The second changes what the first has set: neither is what a cluster has."""
    file = tmp_path / "a.console"
    bodies = [json.dumps({"persistent": {"cluster.remote.a.seeds": [f"{host}:9300", "c:9300"]}}) for host in "ab"]
    file.write_text("".join(f"PUT _cluster/settings\n{one}\n" for one in bodies), "utf-8")
    assert "config/drift" not in {one["check"] for one in judged(file)}


UNKNOWN: list[dict[str, str]] = [
    {"mode": "proxy", "proxy_address": "<host>:9443"},
    {"mode": "proxy", "proxy_address": "logs.example:<port>"},
    {"mode": "proxy", "proxy_address": "<address>"},
    {"mode": "sniff", "seeds": "<one>:9300,<two>:9300"},
    {"mode": "sniff", "seeds": "<seeds>"},
    {"mode": "<mode>", "seeds": "a.example:9300,b.example:9300"},
    {"mode": "<mode>", "proxy_address": "logs.example:9443", "server_name": "<name>", "skip_unavailable": "<skip>"},
]
FORMS = {
    "elasticsearch.yml": ("", "cluster.remote.logs.{key}: '{value}'", "${", "}"),
    "vars.yml": ("es_config:", "  cluster.remote.logs.{key}: '{value}'", "{{ ", " }}"),
    "elasticsearch.yml.j2": ("{% if a %}", "cluster.remote.logs.{key}: {value}", "{{ ", " | default('x') }}"),
    "templates/configmap.yaml": (
        "{{- if .Values.a }}\ndata:\n  elasticsearch.yml: |",
        "    cluster.remote.logs.{key}: {value}",
        "{{ .Values.",
        " }}",
    ),
    "main.tf": (
        'resource "elasticstack_elasticsearch_cluster_settings" "x" {\n persistent {',
        '  setting {{\n   name = "cluster.remote.logs.{key}"\n   value = "{value}"\n  }}',
        "${var.",
        "}",
    ),
    "compose.yaml": ("services:\n  a:\n    environment:", "      cluster.remote.logs.{key}: '{value}'", "${", "}"),
}


@pytest.mark.parametrize("values", UNKNOWN, ids=str)
@pytest.mark.parametrize("name", FORMS)
def test_what_is_filled_in_later_is_no_fault(tmp_path: Path, name: str, values: dict[str, str]) -> None:
    """Whatever is not known may be right: it is told as not known, and nothing worse."""
    head, line, opening, closing = FORMS[name]
    lines = [
        line.format(key=key, value=value.replace("<", opening).replace(">", closing)) for key, value in values.items()
    ]
    file = tmp_path / name
    file.parent.mkdir(exist_ok=True)
    closed = " }\n}\n" if name.endswith(".tf") else ""
    file.write_text("\n".join([head, *lines, closed]), "utf-8")
    found = judged(file, "--security-model", "api_key" if "9443" in str(values) else "certificate")
    assert {one["severity"] for one in found} == {"info"}, [one["message"] for one in found]
    assert "config/file-values" in {one["check"] for one in found}


def test_an_expression_of_terraform_is_no_fault(tmp_path: Path) -> None:
    """A reference, a call, blocks that are made of a collection."""
    file = tmp_path / "main.tf"
    file.write_text(
        """\
resource "elasticstack_elasticsearch_cluster_settings" "x" {
  persistent {
    setting {
      name  = "cluster.remote.a.mode"
      value = "proxy"
    }
    setting {
      name  = "cluster.remote.a.proxy_address"
      value = format("%s:%d,", var.host, 9443)
    }
    setting {
      name  = "cluster.remote.a.server_name"
      value = var.name
    }
    dynamic "setting" {
      for_each = var.remotes
      content {
        name       = "cluster.remote.${setting.key}.seeds"
        value_list = setting.value
      }
    }
  }
}
""",
        "utf-8",
    )
    found = judged(file)
    assert {one["severity"] for one in found} == {"info"}, [one["message"] for one in found]
    assert {9, 13, 19} <= {one["range"]["start"]["line"] for one in found}


def test_what_stands_around_a_variable_is_judged(tmp_path: Path) -> None:
    """The port, and the scheme of a URL."""
    file = tmp_path / "elasticsearch.yml"
    file.write_text(
        "cluster.remote.a.mode: proxy\ncluster.remote.a.proxy_address: https://${HOST}:9443\n"
        "cluster.remote.b.seeds: ['${B}:9200']\n",
        "utf-8",
    )
    assert {"config/address-scheme", "config/http-port-used"} <= {one["check"] for one in judged(file)}


@pytest.mark.parametrize("name", ["a.py", "a.ps1", "a.html", "a.rst", "a.go"])
def test_a_program_that_mentions_settings_is_no_broken_document(name: str) -> None:
    """Neither a body nor a file of a node, whatever stands in it; a text of such a content under a name of data is."""
    text = 'body = {"persistent": {"a": None}}\ncluster.remote.a.seeds = [\n'
    assert recognise(Candidate(Source(name, text))) is None
    assert recognise(Candidate(Source("a.json", text))) is not None


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(sorted(TEXTS)), st.data())
def test_no_text_makes_a_reader_fail(name: str, data: st.DataObject) -> None:
    """Documents with a piece cut out, doubled, or with other signs in it."""
    text = TEXTS[name]
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, min(len(text), start + 40)))
    piece = data.draw(
        st.sampled_from(["", text[start:end] * 2, "'", '"', "{", "]", "\\", "${", "{{", "<<EOF\n", "\n- ", "`", "|\n"])
    )
    candidate = Candidate(Source(name, text[:start] + piece + text[end:]))
    found = recognise(candidate)
    if found is not None:
        found.row.read(candidate, Reading())
