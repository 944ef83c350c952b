"""Names and texts are in words that an administrator of Elasticsearch and a Python engineer guess. What is in no dictionary of theirs is listed here."""

from __future__ import annotations

import ast
import functools
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CODE = tuple(sorted(path for base in ("diag", "checks") for path in (ROOT / base).rglob("*.py")))
PAGES = (
    ROOT / "README.md",
    ROOT / "CONTRIBUTING.md",
    ROOT / "CHANGELOG.md",
    ROOT / "SECURITY.md",
    ROOT / "diag.example.yaml",
    ROOT / "web.example.yaml",
    ROOT / "checks" / "REFERENCE.md",
    *sorted((ROOT / "diag" / "web").rglob("*.html")),
    *sorted((ROOT / "docs").glob("*.md")),
    *sorted((ROOT / "grafana").glob("*.md")),
)

# Words that a name once had, each with the plain one: told, said -> reported, declared; belief -> local view; mend -> fix; most, longest,
# fewest -> max, limit, min; ours, theirs -> local, remote; vouched for -> verified; beside -> with; met -> reached; look -> probe, observation.
NAME_WORDS = frozenset(
    [
        "belief",
        "beliefs",
        "told",
        "untold",
        "tell",
        "tells",
        "telling",
        "teller",
        "tellers",
        "said",
        "ours",
        "theirs",
        "mend",
        "mends",
        "mended",
        "mending",
        "vouch",
        "vouches",
        "vouched",
        "beside",
        "besides",
        "most",
        "longest",
        "fewest",
        "met",
        "mute",
        "namesake",
        "namesakes",
        "stranger",
        "strangers",
        "strange",
        "stray",
        "strays",
        "heed",
        "heeds",
        "hear",
        "hears",
        "heard",
        "greed",
        "grave",
        "lone",
        "doubt",
        "doubts",
        "doubtful",
        "wild",
        "vital",
        "story",
        "trouble",
        "twin",
        "twins",
        "looker",
        "licence",
        "licences",
    ]
)
# Names that stay, each for a reason.
KEPT_NAMES = {
    "belief": "a field of saved evidence and of the JSON report",
    "told": "a field of saved evidence and of the JSON report",
    "most_retries": "a field of saved evidence and of the JSON report",
    "key_days_most": "a key of diag.yaml",
    "most_common": "collections.Counter calls it so",
}
PROSE = re.compile(
    r"\bmend(?:s|ed|ing)?\b|\b(?:un)?told\b|\bbelie(?:f|fs|ve|ves|ved)\b|\bvouch(?:es|ed)?\b|\bbesides?\b|\bfor want of\b"
    r"|\bslips? of the pen\b|\bso many\b|\bby its own word\b|\b(?:ours|theirs)\b|\bheed(?:s|ed)?\b|\bheard\b|\bstrangers?\b|\bnamesakes?\b"
    r"|\blicences?\b|\bconnections? (?:that )?stands?\b|\bdialects?\b",
    re.IGNORECASE,
)
# In sentences of findings and in the manual of a check there is no "we" either: whose certificate is meant has to be said.
OUR = re.compile(r"\bours?\b", re.IGNORECASE)


def words_of(name: str) -> set[str]:
    """The words of a name, in lower case."""
    return {word.lower() for word in re.findall(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+", name)}


@functools.cache
def nodes_of(path: Path) -> tuple[ast.AST, ...]:
    """Every node of the syntax of a module."""
    return tuple(ast.walk(ast.parse(path.read_text())))


def names_in(path: Path) -> Iterator[tuple[int, str]]:
    """Every name of a module, its own included, with its line."""
    yield 1, path.stem
    for node in nodes_of(path):
        match node:
            case ast.Name(id=name) | ast.Attribute(attr=name) | ast.arg(arg=name) | ast.keyword(arg=str(name)):
                yield node.lineno, name
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                yield node.lineno, name
            case ast.alias(name=name, asname=other):
                yield node.lineno, other or name.rpartition(".")[2]
            case ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)):
                yield node.lineno, name


def texts_in(path: Path) -> Iterator[tuple[int, str]]:
    """Every literal text of a module, and what documents it, with its line."""
    for node in nodes_of(path):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.lineno, node.value


def test_the_words_of_a_name() -> None:
    """A name is taken apart at underscores and capitals."""
    assert words_of("_MAX_TOLD_LENGTH") == {"max", "told", "length"}
    assert words_of("TLSBelief2Sent") == {"tls", "belief", "sent"}


def test_no_name_is_of_a_dialect() -> None:
    """Modules, classes, functions, parameters, fields and variables."""
    found = [
        f"{path.relative_to(ROOT)}:{line}: {name}"
        for path in CODE
        for line, name in names_in(path)
        if name not in KEPT_NAMES and words_of(name) & NAME_WORDS
    ]
    assert found == []


def test_no_text_of_the_code_is_of_a_dialect() -> None:
    """Messages, findings, manuals and docstrings; those of checks also say whose something is."""
    found = []
    for path in CODE:
        patterns = (PROSE, OUR) if path.is_relative_to(ROOT / "checks") else (PROSE,)
        found += [
            f"{path.relative_to(ROOT)}:{line}: {hit[0]}"
            for line, text in texts_in(path)
            for pattern in patterns
            for hit in pattern.finditer(text)
        ]
    assert found == []


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_page_is_of_a_dialect(path: Path) -> None:
    """What people read apart from the program."""
    lines = enumerate(path.read_text().splitlines(), 1)
    assert [f"{number}: {hit[0]}" for number, line in lines for hit in PROSE.finditer(line)] == []


def test_every_name_that_stays_is_there() -> None:
    """An exception for a name that is gone is gone too."""
    assert set(KEPT_NAMES) <= {name for path in CODE for _, name in names_in(path)}
