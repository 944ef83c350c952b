"""Documents inside of YAML: texts with their places, compose files, tasks of Ansible, values and manifests."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from diag.documents.candidate import Candidate
from diag.documents.kinds import recognise
from diag.documents.row import Reading
from diag.documents.scalars import scalar_source
from diag.documents.source import Source
from diag.documents.tree import Branch, Text
from diag.documents.yamltext import read_yaml
from diag.evidence.documents.kind import DocumentKind
from diag.evidence.documents.problems import DocumentProblems, ProblemKind
from diag.evidence.documents.settings import Setting, SettingsForm, SettingsTexts
from tests.clilib import diag


def read(text: str, name: str = "a.yaml") -> tuple[DocumentKind, tuple[object, ...]]:
    """What a text is, and what it says."""
    candidate = Candidate(Source(name, text))
    found = recognise(candidate)
    assert found is not None
    return found.row.kind, found.row.read(candidate, Reading())


def settings(text: str, name: str = "a.yaml") -> list[tuple[SettingsForm, Setting]]:
    """Every setting that a document sets."""
    _, nouns = read(text, name)
    texts = [one for noun in nouns if isinstance(noun, SettingsTexts) for one in noun.all]
    return [(one.form, setting) for one in texts for setting in one.all]


@given(st.text("ab:#'\"\\ \n", max_size=20), st.sampled_from(["'", '"', "|", ">", None]))
def test_a_text_in_yaml_is_the_value_that_it_is_read_as(value: str, style: str | None) -> None:
    """In every style, whatever it holds."""
    text = yaml.dump({"a": {"b": value}}, default_style=style, width=20)
    source = Source("a.yaml", text)
    root = read_yaml(source).nodes[0]
    assert isinstance(root, Branch)
    node = root.get("a", "b")
    assert isinstance(node, Text)
    assert scalar_source(source, node).text.rstrip("\n") == node.value.rstrip("\n")


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("a: |\n  one\n  X two\n", (3, 3)),
        ("a: >-\n  one\n  X two\n", (3, 3)),
        ("a: 'it''s X two'", (1, 11)),
        ('a: "one\\n X two"', (1, 11)),
        ("a: one\n  X two", (2, 3)),
        ("a: |2-\n   one\n  X two\n", (3, 3)),
    ],
)
def test_a_character_of_a_text_keeps_its_place(text: str, place: tuple[int, int]) -> None:
    """The X stands where the file has it."""
    source = Source("a.yaml", text)
    root = read_yaml(source).nodes[0]
    assert isinstance(root, Branch)
    node = root.get("a")
    assert isinstance(node, Text)
    inner = scalar_source(source, node)
    assert inner.places.at(inner.text.index("X")) == place


def test_services_of_compose() -> None:
    """A list, a mapping, options on the command line, a script; what Compose fills in is not known unless there is a default."""
    text = """\
services:
  es01:
    image: elasticsearch
    environment:
      - cluster.remote.a.seeds=${HOST}:9300
      - "cluster.remote.a.mode=sniff"
      - ES_JAVA_OPTS=-Xmx1g
  es02:
    image: elasticsearch
    environment:
      ES_SETTING_CLUSTER_REMOTE_B_SEEDS: ${B:-b.example}:9300
    command: ["elasticsearch", "-Ecluster.remote.c.seeds=c:9300"]
  setup:
    image: elasticsearch
    command: >
      bash -c '
        curl -X PUT https://es01:9200/_cluster/settings -d "{\\"persistent\\": {\\"cluster.remote.d.seeds\\": \\"$$D:9300\\"}}"
      '
"""
    assert read(text)[0] is DocumentKind.COMPOSE
    assert [(form, one.key, one.text, one.unset, one.origin.line) for form, one in settings(text)] == [
        (SettingsForm.FILE, "cluster.remote.a.seeds", "${HOST}:9300", ("${HOST}",), 5),
        (SettingsForm.FILE, "cluster.remote.a.mode", "sniff", (), 6),
        (SettingsForm.FILE, "cluster.remote.b.seeds", "b.example:9300", (), 11),
        (SettingsForm.FILE, "cluster.remote.c.seeds", "c:9300", (), 12),
        (SettingsForm.REQUEST, "cluster.remote.d.seeds", "$D:9300", ("$D",), 17),
    ]


def test_tasks_of_ansible() -> None:
    """A body as a mapping and as a text, a script, other requests, and what Jinja fills in."""
    text = """\
- hosts: all
  tasks:
    - name: mapping
      uri:
        url: "https://{{ es }}:9200/_cluster/settings"
        method: PUT
        body: {persistent: {"cluster.remote.{{ alias }}.seeds": ["{{ host }}:9300"]}}
    - name: text
      ansible.builtin.uri:
        url: https://es:9200/_cluster/settings
        method: PUT
        body: |
          {"persistent": {"cluster.remote.b.seeds": {{ seeds | to_json }},}}
    - name: variable
      uri: {url: "https://es:9200/_cluster/settings", method: PUT, body: "{{ body | to_json }}"}
    - name: loop
      uri: {url: "https://es:9200/_cluster/settings", method: PUT, body: '{"persistent": { {% if a %} "x" } }'}
    - name: read
      uri: {url: "https://es:9200/_cluster/settings", body: {persistent: {cluster.remote.c.seeds: "c:9300"}}}
    - name: script
      shell: curl -XPUT es:9200/_cluster/settings --json '{"persistent":{"cluster.remote.d.seeds":"d:9300"}}'
"""
    kind, nouns = read(text)
    assert kind is DocumentKind.ANSIBLE
    assert [(one.key, one.text, one.unset, one.origin.line) for _, one in settings(text)] == [
        ("cluster.remote.alias.seeds", "{{ host }}:9300", ("{{ host }}",), 7),
        ("cluster.remote.b.seeds", "{{ seeds | to_json }}", ("{{ seeds | to_json }}",), 13),
        ("cluster.remote.d.seeds", "d:9300", (), 21),
    ]
    problems = [one for noun in nouns if isinstance(noun, DocumentProblems) for one in noun.all]
    assert [(one.kind, one.origin.line) for one in problems] == [(ProblemKind.SYNTAX, 13), (ProblemKind.NOT_READ, 15)]


def test_settings_somewhere_in_yaml() -> None:
    """Variables of a role, values of Helm, a file in a ConfigMap, a Job with curl, the environment of a container."""
    text = """\
es_config:
  cluster.remote.a.seeds: ["a:9300"]
---
esConfig:
  elasticsearch.yml: |
    cluster:
      remote:
        b:
          seeds: b:9300
---
spec:
  containers:
    - command: ["sh", "-c", "curl -X PUT http://es:9200/_cluster/settings -d '{\\"persistent\\": {\\"cluster.remote.c.seeds\\": \\"c:9300\\"}}'"]
      env:
        - name: cluster.remote.d.seeds
          value: d:9300
"""
    assert read(text)[0] is DocumentKind.YAML_WITH_SETTINGS
    assert [(form, one.key, one.text, one.origin.line) for form, one in settings(text)] == [
        (SettingsForm.FILE, "cluster.remote.a.seeds", "a:9300", 2),
        (SettingsForm.FILE, "cluster.remote.b.seeds", "b:9300", 9),
        (SettingsForm.REQUEST, "cluster.remote.c.seeds", "c:9300", 13),
        (SettingsForm.FILE, "cluster.remote.d.seeds", "d:9300", 16),
    ]


def test_blocks_of_markdown() -> None:
    """Console, JSON, shell and YAML, indented or not, at the lines of the file; other blocks are nothing."""
    text = """\
# How to

- first:

  ```console
  PUT _cluster/settings
  {"persistent": {"cluster.remote.a.seeds": "a:9300"}}
  ```

~~~json
{"persistent": {"cluster.remote.b.seeds": "b:9300"}}
~~~

```sh
$ curl -X PUT es:9200/_cluster/settings -d '
{"persistent": {"cluster.remote.c.seeds": "c:9300"}}'
```

```yaml
cluster.remote.d.seeds: d:9300
```

```
nothing
```
"""
    assert read(text, "README.md")[0] is DocumentKind.MARKDOWN
    assert read(text, "standard input")[0] is DocumentKind.MARKDOWN
    assert [(one.key, one.origin.line, one.origin.column) for _, one in settings(text, "README.md")] == [
        ("cluster.remote.a.seeds", 7, 45),
        ("cluster.remote.b.seeds", 11, 43),
        ("cluster.remote.c.seeds", 16, 43),
        ("cluster.remote.d.seeds", 20, 25),
    ]


def test_a_file_of_variables() -> None:
    """Lines as docker takes them with --env-file; other programs' variables alone are no document of ours."""
    text = "# of the node\nexport A=b\ncluster.remote.a.seeds=a:9300\nnode.name='x'\n"
    assert read(text, ".env")[0] is DocumentKind.ENV_FILE
    assert [(one.key, one.text, one.origin.line) for _, one in settings(text, ".env")] == [
        ("cluster.remote.a.seeds", "a:9300", 3),
        ("node.name", "x", 4),
    ]
    assert recognise(Candidate(Source(".env", "A=b\nspring.name=x\n"))) is None


def test_documents_in_documents_in_documents_end() -> None:
    """Each level is looked into once, however deep somebody nests texts."""
    text = "cluster.remote.a.seeds: a:9300"
    for _ in range(12):
        text = yaml.dump({"x": text}, default_style="|")
    assert recognise(Candidate(Source("a.yaml", text))) is None


def test_a_trust_file_inside_of_another_file(tmp_path: Path) -> None:
    """A block of Markdown has no name that could be wrong; its text is judged at its lines."""
    text = '# Trust\n\n```yaml\ntrust.subject_name:\n  - "*.node.a.cluster.b.account"\n```\n'
    file = tmp_path / "guide.md"
    file.write_text(text, "utf-8")
    (document,) = json.loads(diag("lint", "--format", "json", file).stdout)["documents"]
    assert not {"trust/file-extension", "trust/restrictions-file-invalid"} & {
        one["check"] for one in document["results"]
    }
    file.write_text(text.replace('"', ""), "utf-8")
    (document,) = json.loads(diag("lint", "--format", "json", file).stdout)["documents"]
    found = [
        one["range"]["start"]["line"] for one in document["results"] if one["check"].startswith("trust/restrictions")
    ]
    assert found == [5]


def test_an_answer_about_nodes_is_no_file_of_a_node() -> None:
    """It leaves out what is secret, so that nothing is missing there."""
    node = {"settings": {"xpack": {"security": {"remote_cluster_server": {"ssl": {"key": "a.key"}}}}}}
    text = json.dumps({"_nodes": {"total": 1}, "cluster_name": "a", "nodes": {"x": node}})
    assert recognise(Candidate(Source("nodes.json", text))) is None
