"""The trust_restrictions file: every form that Elasticsearch takes, and every slip with its line."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diag.config.trustfile import read_trust_file

ONE, TWO = "*.node.aaaa.cluster.1053523734.account", "node*.example.com"

FORMS = {
    "dotted list": f'trust.subject_name:\n  - "{ONE}"\n  - {TWO}\n',
    "nested list": f"trust:\n  subject_name:\n    - '{ONE}'\n    - '{TWO}'\n",
    "flow list": f'trust.subject_name: ["{ONE}", "{TWO}"]',
    "one text": f'trust.subject_name: "{ONE}, {TWO}"',
    "windows": f'\ufefftrust.subject_name:\r\n  - "{ONE}"\r\n  - "{TWO}"\r\n',
    "other keys": f'# who may come\nother: {{a: 1}}\ntrust.subject_name: ["{ONE}", "{TWO}"]\n',
}


@pytest.mark.parametrize("text", FORMS.values(), ids=FORMS.keys())
def test_yaml_forms(text: str) -> None:
    """Dotted or nested, a list or one text: the same patterns."""
    found = read_trust_file("trust.yml", text.encode())
    assert (found.patterns, found.problem, found.line, found.unquoted_star) == ((ONE, TWO), "", 0, False)


@pytest.mark.parametrize(
    "text",
    [f'{{"trust.subject_name": ["{ONE}", "{TWO}"]}}', f'{{"trust": {{"subject_name": "{ONE},{TWO}"}}}}'],
)
def test_json_forms(text: str) -> None:
    """JSON is taken too, by its extension, and as YAML."""
    assert read_trust_file("trust.json", text.encode()).patterns == (ONE, TWO)
    assert read_trust_file("trust.yaml", text.encode()).patterns == (ONE, TWO)


def test_values_are_text() -> None:
    """Numbers and words that YAML would turn into something else stay as they are written."""
    assert read_trust_file("t.yml", b"trust.subject_name: [no, 12:30, 1e3]").patterns == ("no", "12:30", "1e3")
    assert read_trust_file("t.json", b'{"trust.subject_name": [1, 2.50, true]}').patterns == ("1", "2.50", "true")


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (f"trust.subject_name:\n  - {ONE}\n", 2),
        (f'# a comment\ntrust.subject_name:\n  - "x"\n  - {ONE}\n', 4),
        ("trust.subject_name: *\n", 1),
        (f"trust.subject_name: [{ONE}]\n", 1),
    ],
)
def test_a_star_without_quotes(text: str, line: int) -> None:
    """A pattern that begins with a star has to be quoted: the slip is told from other ones, with its line."""
    found = read_trust_file("trust.yml", text.encode())
    assert found.unquoted_star
    assert found.line == line
    assert "without quotes" in found.problem
    assert found.patterns == ()


@pytest.mark.parametrize(
    ("path", "data", "words", "line"),
    [
        ("t.yml", b"", "empty", 0),
        ("t.yml", b" \n", "empty", 0),
        ("t.yml", b"# only a comment\n", "holds no settings", 0),
        ("t.yml", b"- a\n- b\n", "holds no settings", 0),
        ("t.yml", b"just text", "holds no settings", 0),
        ("t.yml", b"trust.subject_names: [a]", "missing; there is trust.subject_names", 0),
        ("t.yml", b"xpack.security: {}", "is missing", 0),
        ("t.yml", b"trust.subject_name:\n", "has no value", 0),
        ("t.yml", b"other: ~\ntrust.subject_name: [a]\n", "has no value", 0),
        ("t.yml", b"other: [[a]]\ntrust.subject_name: [a]\n", "item 1 of other", 0),
        ("t.yml", b"trust: {subject_name: [a], subject_name: [b]}\n", "twice", 0),
        ("t.yml", b"trust.subject_name: a\ntrust.subject_name.0: b\n", "with numbers", 0),
        ("t.yml", b"trust.subject_name.1: b\n", "missing; there is trust.subject_name.1", 0),
        ("trust", b"trust.subject_name: [a]\n", "does not end in", 0),
        ("trust.yml.bak", b"trust.subject_name: [a]\n", "does not end in", 0),
        ("TRUST.YML", b"trust.subject_name: [a]\n", "in small letters", 0),
        ("t.json", b'{"trust.subject_name": [NaN]}', "NaN", 0),
        ("t.yml", b"trust.subject_name: []\n", "no certificate at all", 0),
        ("t.yml", b"trust.subject_name: [{a: b}]\n", "item 1", 0),
        ("t.yml", b"trust.subject_name: [a, ~]\n", "item 2", 0),
        ("t.yml", b"a: 1\nb: @x\n", "no valid YAML", 2),
        ("t.yml", b"a: 1\n---\nb: 2\n", "no valid YAML", 2),
        ("t.yml", b"? [a]\n: b\n", "no text", 1),
        ("t.yml", b"a: \x01\n", "character", 0),
        ("t.yml", b"a: 1\nb: \xff\n", "UTF-8", 2),
        ("t.yml", b"[" * 5000, "nested too deeply", 0),
        ("t.json", b"[" * 100_000, "nested too deeply", 0),
        ("t.json", b'{"trust.subject_name": ["a",]}', "no valid JSON", 1),
        ("t.json", b"trust.subject_name: [a]", "no valid JSON", 1),
        ("t.yml", b"a" * 300_000, "larger than", 0),
    ],
)
def test_what_is_wrong(path: str, data: bytes, words: str, line: int) -> None:
    """Each file that cannot be used says why, and where if that is known."""
    found = read_trust_file(path, data)
    assert words in found.problem
    assert (found.line, found.patterns, found.unquoted_star) == (line, (), False)


def test_references_are_text() -> None:
    """Elasticsearch resolves no reference: a name after a star is the text, which is worth a remark."""
    found = read_trust_file("t.yml", b"own: &own '*.a'\ntrust.subject_name:\n  - *own\n  - x\n")
    assert found.patterns == ("own", "x")
    assert found.remarks == ("line 3: *own stands without quotes, and Elasticsearch reads it as the text own",)


def test_the_later_of_two_spellings_counts() -> None:
    """Nested and with a dot, one key: the later one is what Elasticsearch has."""
    found = read_trust_file("t.yml", b"trust.subject_name: [a]\ntrust: {subject_name: [b]}\n")
    assert found.patterns == ("b",)
    assert "there twice" in found.remarks[0]


def test_old_and_rare_forms() -> None:
    """Numbered keys, comments and UTF-16 in JSON, tabs in values: as Elasticsearch reads them."""
    assert read_trust_file("t.yml", b"trust.subject_name.0: a\ntrust.subject_name.1: b\n").patterns == ("a", "b")
    commented = b'{/* who */ "trust.subject_name": ["a//b"] // may come\n}'
    assert read_trust_file("t.json", commented).patterns == ("a//b",)
    assert read_trust_file("t.json", '{"trust.subject_name": "a"}'.encode("utf-16")).patterns == ("a",)
    assert read_trust_file("t.yml", b"trust.subject_name:\n- 1\t\n- a\tb\n").patterns == ("1", "a\tb")


def test_a_file_of_many_values_ends_soon() -> None:
    """More values than anybody writes are refused."""
    many = "trust.subject_name: [" + "x," * 30_000 + "]"
    assert "more than" in read_trust_file("t.yml", many.encode()).problem


CORPUS = Path(__file__).parents[2] / "trials" / "document-cases" / "09-trust-corpus"
REFUSED = frozenset(
    [
        "UPPER.YML",
        "angle.yml",
        "colon.yml",
        "comment-only.yml",
        "dup.yml",
        "empty.yml",
        "emptylist.yml",
        "emptystr.yml",
        "half.yml",
        "json-dup.json",
        "json-null.json",
        "json-trailing-comma.json",
        "json-trailing.json",
        "json-two.json",
        "latin1.yml",
        "list-top.yml",
        "map-item.yml",
        "merge.yml",
        "nested-list.yml",
        "noext",
        "null.yml",
        "nullitem.yml",
        "scalar-top.yml",
        "tab.yml",
        "tilde.yml",
        "trust.conf",
        "trust.txt",
        "trust.yml.bak",
        "twodocs-same.yml",
        "twodocs.yml",
        "unquoted.yml",
        "unquoted2.yml",
        "utf16.yml",
        "wrongkey.yml",
        "xpackkey.yml",
        "yaml-in.json",
    ]
)


def test_the_forms_of_the_trials() -> None:
    """The 77 forms that people write: those that Elasticsearch 8.19 and 9.2 refuse, or read as nothing, are a problem, and no other."""
    forms = [path for path in CORPUS.iterdir() if path.name != "expected.txt"]
    assert len(forms) == 77
    assert {path.name for path in forms if read_trust_file(str(path), path.read_bytes()).problem} == REFUSED


@given(st.one_of(st.binary(max_size=100), st.text(st.characters(codec="utf-8"), max_size=100).map(str.encode)))
def test_random_bytes_raise_nothing(data: bytes) -> None:
    """Whatever the bytes, there is an answer: patterns or a problem."""
    for path in ("t.yml", "t.json"):
        found = read_trust_file(path, data)
        assert bool(found.patterns) != bool(found.problem)
