"""Elasticsearch's pattern language: what matches, what it refuses, what is not judged, and that nothing takes for ever."""

from __future__ import annotations

import fnmatch
import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diag.patterns import BrokenError, Expression, UnsupportedError, admits, parse, why_broken

NAME = "node1.node.search.cluster.1053523734.account"


@pytest.mark.parametrize(
    ("pattern", "name", "matches"),
    [
        ("*.node.search.cluster.1053523734.account", NAME, True),
        ("*.node.*.cluster.1053523734.account", NAME, True),
        ("*", NAME, True),
        ("*", "", True),
        ("", "", True),
        ("", "a", False),
        ("*.account", NAME, True),
        ("node?.*", NAME, True),
        ("node1", NAME, False),
        ("Node1*", NAME, False),
        ("*.node.search.cluster.1053523734", NAME, False),
        ("node??.*", NAME, False),
        ("a?c", "abc", True),
        ("a?c", "ac", False),
        ("a?c", "a.c", True),
        ("a**b", "ab", True),
        ("*a*b", "xxaxxbxxb", True),
        ("*a*b", "xxaxxbxxbc", False),
        (r"a\*b", "a*b", True),
        (r"a\*b", "axb", False),
        (r"a\?", "a?", True),
        (r"\\", "\\", True),
        ("a\\", "a\\", True),
        ("a.c", "abc", False),
        ("[ab]", "a", False),
        ("a+", "aa", False),
        ("*ü?", "xüé", True),
        ("a/b", "a/b", True),
    ],
)
def test_wildcards(pattern: str, name: str, *, matches: bool) -> None:
    """The whole name, case-sensitively; ``*`` runs over dots, ``?`` is one character, a backslash takes the next literally."""
    assert parse(pattern).matches(name) is matches


@pytest.mark.parametrize(
    ("pattern", "name", "matches"),
    [
        ("/node[0-9]+\\.example/", "node12.example", True),
        ("/node[0-9]+\\.example/", "node.example", False),
        ("/node1.*/", NAME, True),
        ("/node1/", NAME, False),
        ("/(a|bc)+/", "abca", True),
        ("/(a|bc)+/", "b", False),
        ("/a{2,3}/", "aa", True),
        ("/a{2,3}/", "aaaa", False),
        ("/a{2}/", "aaa", False),
        ("/a{1,}/", "aaaa", True),
        ("/ab?/", "a", True),
        ("/[^a-c]x/", "dx", True),
        ("/[^a-c]x/", "bx", False),
        ('/"a.b"@/', "a.bcd", True),
        ('/"a.b"@/', "axbcd", False),
        ("/^a$/", "a", False),
        ("/^a$/", "^a$", True),
        ("/~a/", "b", True),
        ("/~a/", "a", False),
        ("/~(ab)@/", "ab", True),
        ("/a@&@b/", "acb", True),
        ("/a@&@b/", "ac", False),
        ("/node<1-9>/", "node7", True),
        ("/node<1-9>/", "node10", False),
        ("/node<01-12>/", "node7", False),
        ("/node<1-12>/", "node007", True),
        ("/a|#/", "a", True),
        ("/#/", "", False),
        ("//", "", True),
        ("/()/", "", True),
        ('/""/', "", True),
        ("/a{2,1}/", "aa", False),
        ("/*/", "*", True),
        ("/a||b/", "|b", True),
        ("/(|a)/", "|a", True),
        ("/[]a]/", "]", True),
    ],
)
def test_regular_expressions(pattern: str, name: str, *, matches: bool) -> None:
    """Between slashes stands a regular expression of Lucene for the whole name; ``^`` and ``$`` are nothing special there."""
    assert parse(pattern).matches(name) is matches


@pytest.mark.parametrize("pattern", ["/", "/abc", "/abc*"])
def test_what_elasticsearch_refuses(pattern: str) -> None:
    """A pattern that begins with a slash and does not end with one is invalid."""
    found = parse(pattern)
    assert found.problem
    assert found.matches("abc") is False


@pytest.mark.parametrize(
    "pattern",
    [
        *["/\\d+/", "/a{999}/", "/#*/", "/a{2,1}*/", "/[a-]/", "/<abc>/", "/" + "(" * 500 + ")" * 500 + "/"],
        *["/(((a{99}){99}){99}){99}/", "/" + "a" * 5000 + "/", "/a" + "*" * 5000 + "/", "/a" + "+" * 5000 + "/"],
    ],
)
def test_what_is_not_judged(pattern: str) -> None:
    """What can't be told for sure is neither a match nor none."""
    found = parse(pattern)
    assert found.unsupported
    assert found.matches("a") is None
    assert admits([pattern], ["a"]) is None
    assert admits([pattern, "a"], ["a"]) is True


@pytest.mark.parametrize(
    ("pattern", "word"),
    [
        *[("/(/", "too early"), ("/a)/", "without a ("), ("/(a/", "without a )"), ("/((a)/", "without a )")],
        *[("/[/", "without a ]"), ("/[a/", "without a ]"), ("/[^a-/", "without a ]"), ("/[b-a]/", "backwards")],
        *[("/a{/", "number"), ("/a{x}/", "number"), ("/a{,3}/", "number"), ("/a{2/", "without a }")],
        *[("/a|/", "too early"), ("/a&/", "too early"), ("/a\\/", "too early"), ("/[\\/", "too early")],
        *[("/(a|)/", "without a )"), ("/~/", "too early")],
        *[('/"/', 'without a "'), ('/a"b/', 'without a "'), ("/<1-5/", "without a >")],
        ("/" + "(" * 5000 + "a/", "without a )"),
    ],
)
def test_what_is_no_regular_expression(pattern: str, word: str) -> None:
    """An expression that each release refuses is a problem of the file, also where the rest of it is not judged here."""
    found = parse(pattern)
    assert word in found.problem
    assert found.matches("a") is False


@given(st.text('ab()[]{}|&*+?\\-^"<>~.09,', max_size=12))
def test_what_is_matched_is_never_broken(expression: str) -> None:
    """The two readers agree: what the matcher compiles is no broken expression."""
    try:
        Expression(expression)
    except (BrokenError, UnsupportedError):
        return
    assert not why_broken(expression)


def test_any_pattern_and_any_name_is_enough() -> None:
    """One match admits; none at all does not."""
    assert admits(["x", "*.account"], ["y", NAME]) is True
    assert admits(["x"], ["y"]) is False
    assert admits(["*"], []) is False
    assert admits([], ["y"]) is False


@pytest.mark.parametrize("pattern", ["*a" * 200 + "b", "/(a*)*(a*)*(a*)*b/", "/(a|a)*(a|aa)+(.*)*b/"])
def test_nothing_takes_for_ever(pattern: str) -> None:
    """Patterns that make a matcher try back without end are answered at once."""
    begun = time.process_time()
    assert parse(pattern).matches("a" * 1000) is False
    assert time.process_time() - begun < 3


@given(st.text("ab.*?", max_size=12), st.text("ab.", max_size=20))
def test_wildcards_agree_with_the_shell(pattern: str, name: str) -> None:
    """Where both speak the same language, the verdict is that of fnmatch."""
    assert parse(pattern).matches(name) is fnmatch.fnmatchcase(name, pattern)


@given(st.from_regex(r"\A([ab.]|\[[ab]\]|\(a\|b\)|a\*|b\+|a\?|b\{1,2\}){1,6}\Z"), st.text("abc", max_size=8))
def test_regular_expressions_agree_with_python(expression: str, name: str) -> None:
    """Where both speak the same language, the verdict is that of the re module."""
    assert parse(f"/{expression}/").matches(name) is bool(re.fullmatch(expression, name))


@given(st.text(max_size=40), st.text(max_size=20))
def test_nothing_raises(pattern: str, name: str) -> None:
    """Any text is a pattern, good or not."""
    assert parse(pattern).matches(name) in {True, False, None}
    assert parse(f"/{pattern}/").matches(name) in {True, False, None}
