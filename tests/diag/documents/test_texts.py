"""JSON and YAML with places: every value stands where the reader says it does, and what Elasticsearch refuses is named."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diag.documents.jsontext import read_whole_json
from diag.documents.source import RefusedError, Source
from diag.documents.tree import Branch, Items, Node, Text
from diag.documents.yamltext import read_yaml

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(st.characters(codec="utf-8"), max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


def plain(node: Node) -> object:
    """A tree as plain values, single values as texts."""
    if isinstance(node, Text):
        return node.value
    if isinstance(node, Items):
        return [plain(one) for one in node.all]
    return {one.key: plain(one.value) for one in node.entries}


def texts(value: object) -> object:
    """What JSON holds, single values as they are written there."""
    if isinstance(value, dict):
        return {key: texts(one) for key, one in value.items()}
    if isinstance(value, list):
        return [texts(one) for one in value]
    return value if isinstance(value, str) else json.dumps(value)


@given(VALUES, st.booleans())
def test_json_is_read_as_the_standard_library_reads_it(value: object, indented: bool) -> None:  # noqa: FBT001 -- hypothesis hands it over.
    """Any value, on one line or on several."""
    text = json.dumps(value, indent=2 if indented else None, ensure_ascii=False)
    assert plain(read_whole_json(Source("a.json", text)).node) == texts(value)


@given(VALUES)
def test_the_place_of_a_value_holds_that_value(value: object) -> None:
    """Cut out of the text at its place, every single value is itself again."""
    text = json.dumps({"a": value}, indent=1, ensure_ascii=True)
    lines = text.split("\n")

    def look(node: Node) -> None:
        if isinstance(node, Text):
            at = node.origin
            assert at.line == at.end_line
            cut = lines[at.line - 1][at.column - 1 : at.end_column - 1]
            assert (json.loads(cut) if node.quoted else cut) == node.value
        else:
            for one in node.all if isinstance(node, Items) else [entry.value for entry in node.entries]:
                look(one)

    look(read_whole_json(Source("a.json", text)).node)


@pytest.mark.parametrize(
    ("text", "message", "place"),
    [
        ("{", "expected a key in double quotes, found the end", (1, 2)),
        ('{"a": 1', "expected a comma or }, found the end", (1, 8)),
        ('{"a" 1}', "expected a colon, found 1", (1, 6)),
        ('{"a": yes}', "expected a value, found yes", (1, 7)),
        ("{'a': 1}", "expected a key in double quotes, found 'a'", (1, 2)),
        ('{"a": "b\n"}', "in place of each line break", (1, 7)),
        ('{"a": "b\n, "c": 1}', "expected a closing quote on the same line", (1, 7)),
        ('{"a": "\\x"}', "expected a text, found a backslash", (1, 7)),
        ("{} {}", "expected the end, found {", (1, 4)),
        ("[" * 100, "levels of nesting", (1, 62)),
        ("", "expected a value, found the end", (1, 1)),
    ],
)
def test_what_is_no_json(text: str, message: str, place: tuple[int, int]) -> None:
    """The message says what was expected and what stands there."""
    problem = problems(text)[0]
    assert message in str(problem)
    assert (problem.origin.line, problem.origin.column) == place


def problems(text: str) -> list[RefusedError]:
    """Everything for which a text is no JSON, whether it can be understood all the same or not."""
    try:
        return list(read_whole_json(Source("a.json", text)).problems)
    except RefusedError as error:
        return [error]


@pytest.mark.parametrize(
    "text",
    [
        '{"a": [1 "b"], "c": {"d": 2}',
        '{"a": [1, "b"] "c": {"d": 2}}',
        '{a: [1, "b"], \'c\': {"d": 2}}',
        '{"a": [1, "b"], "c": {"d": 2,},}',
    ],
)
def test_what_is_meant_is_read_all_the_same(text: str) -> None:
    """A comma, quotes or the end are missing: the rest is still judged."""
    assert plain(read_whole_json(Source("a.json", text)).node) == {"a": ["1", "b"], "c": {"d": "2"}}
    assert problems(text)


def test_a_text_over_several_lines_is_no_json() -> None:
    """As somebody pastes a certificate: it is told once, and the text keeps its lines."""
    read = read_whole_json(Source("a.json", '{"pem": "one\ntwo\nthree", "b": 1}'))
    assert plain(read.node) == {"pem": "one\ntwo\nthree", "b": "1"}
    assert [str(one) for one in read.problems] == [r"expected \n in place of each line break inside of a text"]


def test_what_elasticsearch_alone_takes_is_told_apart() -> None:
    """Comments and texts between three quotes are no JSON elsewhere."""
    read = read_whole_json(Source("a.json", '{"a": /* one */ 1, // two\n"b": """c"""}'))
    assert not read.problems
    assert [(str(one), one.origin.line, one.origin.column) for one in read.liberties] == [
        ("expected no comment", 1, 7),
        ("expected no comment", 1, 20),
        ("expected one quote, found three", 2, 6),
    ]


def test_what_is_understood_and_refused_all_the_same() -> None:
    """A comma before the end and a key that stands there twice: the rest of the document is still judged."""
    read = read_whole_json(Source("a.json", '{"a": [1,], "b": 1, "b": 2,}'))
    assert [(str(one), one.origin.column) for one in read.problems] == [
        ("expected no comma before ]", 9),
        ("expected each key once; b stands there twice", 21),
        ("expected no comma before }", 27),
    ]


def test_a_part_of_a_file_has_the_places_of_the_file() -> None:
    """The body of a call inside a script: its first line is moved, the others stand at their own column."""
    text = "curl -d '{\n  \"a\": 1}'"
    part = Source("setup.sh", text).part(9, len(text) - 1)
    node = read_whole_json(part).node
    assert isinstance(node, Branch)
    assert (str(node.origin), str(node.entries[0].value.origin)) == ("setup.sh:1:10", "setup.sh:2:8")


def test_every_document_of_a_yaml_file_is_read() -> None:
    """As Kubernetes takes them."""
    nodes = read_yaml(Source("a.yaml", "a: 1\n---\nb: [x, 'y']\n")).nodes
    assert [plain(one) for one in nodes] == [{"a": "1"}, {"b": ["x", "y"]}]
    assert isinstance(nodes[1], Branch)
    assert str(nodes[1].entries[0].value.origin) == "a.yaml:3:4"


@pytest.mark.parametrize(
    "text",
    [
        "a: &x [" + "*x, " * 3 + "]",
        "a: &a [1]\n"
        + "".join(f"{chr(98 + i)}: &{chr(98 + i)} [{', '.join(['*' + chr(97 + i)] * 9)}]\n" for i in range(9)),
        "{" * 500,
        "a:\n\tb: 1",
        "a: \x07",
    ],
    ids=["of itself", "bomb", "deep", "tab", "control"],
)
def test_yaml_that_is_refused(text: str) -> None:
    """Within bounds, with a place."""
    with pytest.raises(RefusedError) as raised:
        read_yaml(Source("a.yaml", text))
    assert raised.value.origin.line >= 1


@pytest.mark.parametrize("between", ["", "\n", "\n\n# a remark\n"])
def test_a_key_without_a_colon_is_refused_where_it_stands(between: str) -> None:
    """However far it is to what shows that the colon is missing."""
    with pytest.raises(RefusedError, match="a colon and a value") as caught:
        list(read_yaml(Source("a.yml", f"first: 1\n  \nalone\n{between}second: 2\n")))
    assert (caught.value.origin.line, caught.value.origin.column) == (3, 1)
