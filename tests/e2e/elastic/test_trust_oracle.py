"""Trust files and patterns, judged by Elasticsearch's own classes: what it loads is read alike, what it refuses is a problem."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from diag.config.trustfile import read_trust_file
from diag.model import Version
from diag.patterns import parse
from tests.e2e.elastic.oracle import ask, decoded, encoded

CORPUS = Path(__file__).parents[2] / "trials" / "document-cases" / "09-trust-corpus"
RELEASES = (Version(8, 19, 0), Version(9, 2, 0))
MUTATIONS = 5_000
PAIRS = 30_000
_PIECES = (
    "*",
    '"',
    "'",
    ",",
    ":",
    " ",
    "\n",
    "- ",
    "[",
    "]",
    "{",
    "}",
    "#",
    "&a ",
    "*a",
    "~",
    "null",
    "true",
    "//",
    "\\",
    "1",
    "a.b",
    "é",
    "|\n",
    "---\n",
    "x",
    "0",
    ".",
    "-",
    "True",
    ">",
    "!",
    "?",
    "@",
    "%",
    "é*",
    "\t",
    "\r\n",
    ".0",
    "- *b\n",
    "  ",
    "/*x*/",
)
_WORDS = ("a", "b", ".", "-", "node", "1", "*", "?", "\\", "/")
_SIGNS = (
    "a",
    "b",
    "c",
    "x",
    "1",
    ".",
    "-",
    "*",
    "+",
    "?",
    "|",
    "(",
    ")",
    "[",
    "]",
    "[^",
    "{1,2}",
    "{2}",
    '"',
    "@",
    "\\",
    "~",
    "&",
    "<1-9>",
    "#",
    "$",
    "^",
    "a-c",
)


@pytest.fixture(scope="module")
def mutated(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """The forms of the corpus with one to three slips of the pen each; the same ones in every run."""
    folder = tmp_path_factory.mktemp("mutated")
    chance = random.Random(9)  # noqa: S311 -- no secret, the same forms in every run.
    forms = [path for path in sorted(CORPUS.iterdir()) if path.suffix in {".yml", ".yaml", ".json"}]
    texts = {path: text for path in forms if (text := _text(path))}
    found = list[Path]()
    for number in range(MUTATIONS):
        path, text = chance.choice(list(texts.items()))
        for _ in range(chance.choice((1, 1, 1, 2, 3))):
            at = chance.randint(0, len(text))
            text = text[:at] + chance.choice(("", *_PIECES)) + text[at + chance.choice((0, 0, 1, 3)) :]
        found.append(folder / f"{number}{path.suffix}")
        found[-1].write_text(text)
    return found


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except UnicodeDecodeError:
        return ""


@pytest.mark.parametrize("release", RELEASES, ids=str)
def test_every_form_is_read_alike(release: Version, record: Callable[[str], None]) -> None:
    """The 77 forms that people write."""
    forms = [path for path in sorted(CORPUS.iterdir()) if path.name != "expected.txt"]
    assert len(forms) == 77
    assert list(_disagreements(release, forms, record)) == []


@pytest.mark.parametrize("release", RELEASES, ids=str)
def test_slips_of_the_pen_are_read_alike(release: Version, mutated: list[Path], record: Callable[[str], None]) -> None:
    """What Elasticsearch loads is read alike, and nothing is read that it refuses."""
    assert list(_disagreements(release, mutated, record)) == []


def _disagreements(
    release: Version, forms: list[Path], record: Callable[[str], None]
) -> Iterator[tuple[str, str, str]]:
    answers = ask("TrustOracle", release, [f"file {encoded(str(path))}" for path in forms])
    counts = Counter[str]()
    for path, answer in zip(forms, answers, strict=True):
        theirs, ours = _theirs(answer), _ours(path)
        counts["asked"] += 1
        counts["refused" if theirs is None else "loaded"] += 1
        if theirs != ours:
            counts["disagreed"] += 1
            yield path.read_bytes().decode("latin-1"), answer, str(ours)
    record(f"trust files on {release}: {dict(counts)}")


def _theirs(answer: str) -> tuple[str, ...] | None:
    """What Elasticsearch admits; a file that it loads, and that admits nobody, counts as refused."""
    word, *patterns = answer.split(" ")
    found = tuple(decoded(one) for one in patterns) if word == "read" else ()
    return found if any(found) else None


def _ours(path: Path) -> tuple[str, ...] | None:
    found = read_trust_file(str(path), path.read_bytes())
    return None if found.problem else found.patterns


def _random_pairs() -> list[tuple[str, str]]:
    chance = random.Random(30)  # noqa: S311 -- no secret, the same pairs in every run.
    pairs = list[tuple[str, str]]()
    for _ in range(PAIRS // 2):
        wild = "".join(chance.choices(_WORDS, k=chance.randint(1, 7)))
        pairs.append((wild, _name(chance, wild, "ab.-1")))
        expression = "".join(chance.choices(_SIGNS, k=chance.randint(1, 7)))
        pairs.append((f"/{expression}/", _name(chance, expression, "abcx1.-")))
    return pairs


def _name(chance: random.Random, pattern: str, letters: str) -> str:
    """A name that has some chance to match: the signs of a pattern taken out, or letters at random."""
    if chance.random() < 0.5:
        return "".join(one for one in pattern if one in letters or (one in "*?@." and chance.random() < 0.5))
    return "".join(chance.choices(letters, k=chance.randint(0, 5)))


@pytest.mark.parametrize("release", RELEASES, ids=str)
def test_patterns_match_alike(release: Version, record: Callable[[str], None]) -> None:
    """Patterns and names at random: no verdict contradicts Elasticsearch's; what is not judged is counted."""
    pairs = _random_pairs()
    answers = ask("TrustOracle", release, [f"match {encoded(pattern)} {encoded(name)}" for pattern, name in pairs])
    counts, wrong = Counter[str](), list[tuple[str, str, str, object]]()
    for (pattern, name), answer in zip(pairs, answers, strict=True):
        read = parse(pattern)
        ours: object = "refused" if read.problem else read.matches(name)
        theirs: object = {"yes": True, "no": False}.get(answer, "refused")
        counts["not told" if ours is None else "agreed" if ours == theirs else "disagreed"] += 1
        if ours not in (None, theirs):
            wrong.append((pattern, name, answer, ours))
    record(f"patterns on {release}: asked {len(pairs)}, {dict(counts)}")
    assert wrong == []
