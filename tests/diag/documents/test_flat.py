"""Settings out of trees, as Elasticsearch flattens them (forms of the trial with its own classes, 8.19.0)."""

from __future__ import annotations

import pytest

from diag.documents.flat import Flattening
from diag.documents.source import Source
from diag.documents.tree import Branch
from diag.documents.yamltext import read_yaml
from diag.evidence.documents.settings import Layer, Setting

SEEDS = "cluster.remote.a.seeds"


def settings(text: str, environment: dict[str, str] | None = None) -> dict[str, Setting]:
    """The settings of a text, by key; of two the later one."""
    node = read_yaml(Source("elasticsearch.yml", text)).nodes[0]
    assert isinstance(node, Branch)
    return {one.key: one for one in Flattening(Layer.FILE, environment or {}).settings(node)}


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("cluster.remote.a.seeds: [a:1, b:2]", ("a:1", "b:2")),
        ("cluster.remote.a.seeds: 'a:1, b:2'", ("a:1", "b:2")),
        ("cluster.remote.a.seeds: ['a:1,b:2']", ("a:1,b:2",)),
        ("cluster:\n  remote:\n    a:\n      seeds:\n        - a:1\n        - b:2", ("a:1", "b:2")),
        ("cluster.remote:\n  a.seeds: a:1", ("a:1",)),
        ("cluster.remote.a.seeds.0: a:1\ncluster.remote.a.seeds.1: b:2", ("a:1", "b:2")),
        ("cluster.remote.a.seeds: ${S}", ("a:1", "b:2")),
        ("cluster.remote.a.seeds: ${NONE:c:3}", ("c:3",)),
        ("cluster.remote.a.seeds: ${T}:9300", ("t:9300",)),
        ("cluster.remote.a.seeds:", ()),
    ],
)
def test_a_list_in_all_its_forms(text: str, parts: tuple[str, ...]) -> None:
    """Flat, nested, half nested, by index, as one text, out of a variable."""
    assert settings(text, {"S": "[a:1, b:2]", "T": "t"})[SEEDS].parts == parts


def test_a_variable_without_a_value_is_named() -> None:
    """What it becomes is not known here."""
    found = settings("cluster.remote.a.seeds: ${HOST}:${PORT}")[SEEDS]
    assert found.unset == ("HOST", "PORT")
    assert found.text == "${HOST}:${PORT}"


def test_every_item_of_a_list_has_its_place() -> None:
    """So that a finding about the second seed points at the second seed."""
    found = settings("cluster.remote.a.seeds: [a:1, b:2]")[SEEDS]
    assert [str(one) for one in found.item_origins] == ["elasticsearch.yml:1:26", "elasticsearch.yml:1:31"]
