"""HCL and Terraform's JSON: what is literal is read, what is computed is not known, and both say the same."""

from __future__ import annotations

import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diag.documents.candidate import Candidate
from diag.documents.hcl import read_hcl
from diag.documents.kinds import recognise
from diag.documents.row import Reading
from diag.documents.source import RefusedError, Source
from diag.documents.terraform import resources
from diag.documents.tree import Branch, Items, Node, Text
from diag.evidence.documents.kind import DocumentKind
from diag.evidence.documents.settings import SettingsTexts


def plain(node: Node | None) -> object:
    """A tree as plain values; what is not known is named in a tuple."""
    if isinstance(node, Text):
        return (node.value, node.unset) if node.unset else node.value
    if isinstance(node, Items):
        return [plain(one) for one in node.all]
    return {one.key: plain(one.value) for one in node.entries} if node else None


def value(text: str) -> object:
    """What an attribute holds."""
    (block,) = read_hcl(Source("a.tf", f"x {{\n a = {text}\n b = 1\n}}"))
    assert plain(block.body.get("b")) == "1"
    return plain(block.body.get("a"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('"b"', "b"),
        ("true", "true"),
        ("-1.5e3", "-1.5e3"),
        (r'"q\"\n\\ $${x} \u0041"', 'q"\n\\ ${x} A'),
        ('["a", "b", ] # c', ["a", "b"]),
        ('[\n "a", // c\n "b"\n ]', ["a", "b"]),
        ('{ a = "b", "c d" : [1], k = 2 }', {"a": "b", "c d": ["1"], "k": "2"}),
        ("{\n a = 1\n b = 2\n }", {"a": "1", "b": "2"}),
        ("<<EOT\nx ${var.y}\nEOT", ("x ${var.y}\n", ("${var.y}",))),
        ("<<-EOT\n  x\n  EOT", "  x\n"),
        ('"h-${var.a["b"]}:9300"', ('h-${var.a["b"]}:9300', ('${var.a["b"]}',))),
        ("var.hosts", ("var.hosts", ("var.hosts",))),
        ("join(var.a, [for h in b : h])", ("join(var.a, [for h in b : h])", ("join(var.a, [for h in b : h])",))),
        ('var.x ? "a" : "b"', ('var.x ? "a" : "b"', ('var.x ? "a" : "b"',))),
        ('"a" == var.b ? 1 : 2', ('"a" == var.b ? 1 : 2', ('"a" == var.b ? 1 : 2',))),
        ("[for h in var.h : h]", ("[for h in var.h : h]", ("[for h in var.h : h]",))),
        ('jsonencode({a = ["b"]})', {"a": ["b"]}),
        ("{ (var.k) = 2 }", {"(var.k)": "2"}),
        ("[var.a, 1 + 2]", [("var.a", ("var.a",)), ("1 + 2", ("1 + 2",))]),
    ],
)
def test_values(text: str, expected: object) -> None:
    """Literals in every form, and expressions, which end where their line, comma or bracket does."""
    assert value(text) == expected


def test_blocks_with_their_places() -> None:
    """Labels, blocks in blocks, several of a type, on one line, and comments everywhere."""
    text = """\
# one
terraform { required_version = ">= 1" } // two
locals {}
resource "a" "b" { /* three */
  set { n = "x" }
  set {
    n = "y" # four
  }
  dynamic "set" {
    for_each = var.s
    content { n = set.value }
  }
}
"""
    blocks = read_hcl(Source("a.tf", text))
    assert [(one.type, one.labels, one.origin.line) for one in blocks] == [
        ("terraform", (), 2),
        ("locals", (), 3),
        ("resource", ("a", "b"), 4),
    ]
    body = blocks[2].body
    assert plain(body.get("set")) == [{"n": "x"}, {"n": "y"}]
    assert plain(body.get("dynamic set")) is not None
    sets = body.get("set")
    assert isinstance(sets, Items)
    places = [one.get("n") for one in sets.all if isinstance(one, Branch)]
    assert [(one.origin.line, one.origin.column) for one in places if one] == [(5, 13), (7, 9)]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a {", 1),
        ("a {\n b = \n}", 2),
        ('a {\n b = "c\n}', 2),
        ("a {\n b = [1 2]\n}", 2),
        ("a = <<X\n", 1),
        ("a b", 1),
        ("!", 1),
    ],
)
def test_what_is_broken_is_refused_at_its_place(text: str, line: int) -> None:
    """The first place that can't be understood."""
    with pytest.raises(RefusedError) as error:
        read_hcl(Source("a.tf", text))
    assert error.value.origin.line == line


@given(st.text('ab{}[]()=",$%\\\n <>E-#/*:.1', max_size=40))
def test_any_text_is_read_or_refused(text: str) -> None:
    """Nothing else happens."""
    with contextlib.suppress(RefusedError):
        read_hcl(Source("a.tf", text))


HCL = """\
resource "elasticstack_elasticsearch_cluster_settings" "x" {
  persistent {
    setting {
      name  = "cluster.remote.a.seeds"
      value = "a:9300,b:9300"
    }
    setting {
      name       = "cluster.remote.${var.alias}.seeds"
      value_list = ["${var.host}:9300"]
    }
    setting {
      name  = "cluster.remote.c.mode"
      value = var.mode
    }
  }
  transient {
    setting {
      name  = "cluster.remote.d.mode"
      value = "proxy"
    }
  }
}
"""


def settings(text: str, name: str) -> list[tuple[str, str, tuple[str, ...], str, int]]:
    """The settings of a document of Terraform."""
    candidate = Candidate(Source(name, text))
    found = recognise(candidate)
    assert found is not None
    assert found.row.kind is DocumentKind.TERRAFORM
    nouns = found.row.read(candidate, Reading())
    texts = [one for noun in nouns if isinstance(noun, SettingsTexts) for one in noun.all]
    return [(one.key, one.text, one.unset, one.layer.value, one.origin.line) for text in texts for one in text.all]


def test_the_settings_of_a_resource() -> None:
    """Values and lists, both scopes, references in names and values."""
    assert settings(HCL, "main.tf") == [
        ("cluster.remote.a.seeds", "a:9300,b:9300", (), "persistent", 5),
        ("cluster.remote.var-alias.seeds", "${var.host}:9300", ("${var.host}",), "persistent", 9),
        ("cluster.remote.c.mode", "var.mode", ("var.mode",), "persistent", 13),
        ("cluster.remote.d.mode", "proxy", (), "transient", 19),
    ]


def test_a_plan_says_the_same() -> None:
    """In a module too; what a data source reads is none of it."""
    setting = {"name": "cluster.remote.a.seeds", "value": None, "value_list": ["a:9300"]}
    resource = {
        "address": "x",
        "mode": "managed",
        "type": "elasticstack_elasticsearch_cluster_settings",
        "name": "x",
        "values": {"persistent": [{"setting": [setting]}], "transient": []},
    }
    module = {"child_modules": [{"resources": [resource, {**resource, "mode": "data"}]}]}
    for section in ("planned_values", "values"):
        text = json.dumps({"format_version": "1.0", section: {"root_module": module}}, indent=1)
        assert [one[:2] for one in settings(text, "plan.json")] == [("cluster.remote.a.seeds", "a:9300")]
        assert [one.name for one in resources(Candidate(Source("plan.json", text)))] == ["x"]


def test_resources_of_others_are_no_document_of_ours() -> None:
    """A file of Terraform without a resource of Elastic."""
    assert recognise(Candidate(Source("a.tf", 'resource "aws_instance" "x" {\n}\n'))) is None
