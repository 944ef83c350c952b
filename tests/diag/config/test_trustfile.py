"""The trust_restrictions file: every form that Elasticsearch takes, and every slip with its line."""

from __future__ import annotations

import time

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
        ("trust.subject_name:\n- *node\n", 2),
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
        ("t.yml", b"trust.subject_name:\n", "no certificate at all", 0),
        ("t.yml", b"trust.subject_name: []\n", "no certificate at all", 0),
        ("t.yml", b"trust.subject_name: [{a: b}]\n", "item 1", 0),
        ("t.yml", b"trust.subject_name: [a, ~]\n", "item 2", 0),
        ("t.yml", b"trust.subject_name: [a]\ntrust: {subject_name: [b]}\n", "twice", 0),
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


def test_references_do_not_multiply() -> None:
    """A file of references to references ends soon."""
    rows = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    rows += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 12)]
    begun = time.monotonic()
    assert "more than" in read_trust_file("t.yml", "\n".join(rows).encode()).problem
    assert time.monotonic() - begun < 5


@given(st.one_of(st.binary(max_size=100), st.text(st.characters(codec="utf-8"), max_size=100).map(str.encode)))
def test_random_bytes_raise_nothing(data: bytes) -> None:
    """Whatever the bytes, there is an answer: patterns or a problem."""
    for path in ("t.yml", "t.json"):
        found = read_trust_file(path, data)
        assert bool(found.patterns) != bool(found.problem)
