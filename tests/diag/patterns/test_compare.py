"""Patterns of names: whether one set covers another, against every name of a small alphabet, and against Python's re."""

from __future__ import annotations

import contextlib
import itertools
import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from diag.patterns import NotJudgedError, TooLargeError, covers, matches, overlaps, parse

# Three letters: two that patterns name, and one that they don't.
NAMES = ["".join(letters) for length in range(7) for letters in itertools.product("abz", repeat=length)]
PATTERN = st.text("ab*", max_size=4)
WITH_ONE = st.text("ab*?", max_size=4)


def fits(pattern: str, name: str) -> bool:
    """The same by another way."""
    return re.fullmatch(re.escape(pattern).replace(r"\*", ".*").replace(r"\?", "."), name, re.DOTALL) is not None


@given(WITH_ONE, st.text("abz*?", max_size=6))
def test_matches(pattern: str, name: str) -> None:
    """A star stands for any text, a question mark for one character, all else for itself."""
    assert matches(pattern, name) is fits(pattern, name)


@given(st.lists(WITH_ONE, max_size=3), WITH_ONE)
@settings(max_examples=300)
def test_covers_and_overlaps(granted: list[str], wanted: str) -> None:
    """Exactly what every name tells: with four characters in a pattern, a name of six tells the difference, if there is one."""
    meant = [name for name in NAMES if fits(wanted, name)]
    taken = [name for name in meant if any(fits(one, name) for one in granted)]
    assert covers(granted, wanted) is (len(taken) == len(meant))
    assert overlaps(granted, wanted) is bool(taken)


@given(st.lists(PATTERN, min_size=1, max_size=3), PATTERN)
def test_what_covers_overlaps(granted: list[str], wanted: str) -> None:
    """Each pattern without a question mark fits some name, so that what is covered is met."""
    if covers(granted, wanted):
        assert overlaps(granted, wanted)
    assert covers([*granted, wanted], wanted)
    assert covers([*granted, "*"], wanted)


@pytest.mark.parametrize(
    ("granted", "wanted", "covered", "met"),
    [
        (("logs-*",), "logs-*", True, True),
        (("logs-*",), "logs-eu-*", True, True),
        (("logs-eu-*",), "logs-*", False, True),
        (("*",), "", True, True),
        ((), "logs-*", False, False),
        (("logs*",), "logs-*", True, True),
        (("logs-*",), "logs*", False, True),
        (("logs-a*", "logs-b*"), "logs-*", False, True),
        (("a", "a?*"), "a*", True, True),
        (("*a*", "*b*"), "*c*", False, True),
        (("metrics-*",), "logs-*", False, False),
        (("*-eu",), "logs-*-eu", True, True),
        (("logs-*", "*-eu"), "logs-eu", True, True),
        (("l*s", "l*t"), "l*", False, True),
        (("logs-[ab]*",), "logs-a", False, False),
        (("LOGS-*",), "logs-*", False, False),
        (("лог-*",), "лог-2026", True, True),
    ],
)
def test_patterns_as_people_write_them(granted: tuple[str, ...], wanted: str, covered: bool, met: bool) -> None:  # noqa: FBT001 -- the columns of the table.
    """Unions, parts that overlap, and characters that mean nothing here."""
    assert covers(granted, wanted) is covered
    assert overlaps(granted, wanted) is met


def test_the_other_character_stands_for_all_others() -> None:
    """No union of names covers a star, however many there are."""
    assert not covers([chr(code) for code in range(33, 127) if chr(code) not in "*?"], "?")
    assert not covers([f"{chr(code)}*" for code in range(33, 127) if chr(code) not in "*?"], "*")


def test_what_is_too_large_says_so() -> None:
    """Patterns that were made to be hard end soon, and are not answered by a guess."""
    hard = f"*a{'?' * 30}"
    started = time.process_time()
    assert covers(["*", hard], "*")
    with pytest.raises(TooLargeError):
        covers([hard], hard)
    with pytest.raises(TooLargeError):
        overlaps([hard], hard.replace("a", "b"))
    assert time.process_time() - started < 20


def test_long_and_many_patterns_are_told_soon() -> None:
    """What houses have: hundreds of patterns, and names of the greatest length."""
    started = time.process_time()
    granted = [f"team-{number}-*" for number in range(300)]
    assert covers(granted, "team-7-logs-*")
    assert not covers(granted, "team-*")
    assert covers([f"{'x' * 254}*"], "x" * 255)
    assert not matches("*a" * 120, "a" * 119)
    assert time.process_time() - started < 5


# What Python's re and Lucene read alike, over the letters of NAMES.
EXPRESSION = st.from_regex(
    r"\A([abz.]|\[[ab]\]|\[\^a\]|\((a|b)\|(ab|z)\)|a\*|b\+|\.\*|z\?|[ab]\{1,2\}|\(ab\)\*){1,3}\Z"
)


@given(st.lists(EXPRESSION, min_size=1, max_size=2), st.lists(WITH_ONE, max_size=1), st.text("abz*", max_size=3))
@settings(max_examples=300)
def test_expressions_cover_and_overlap(expressions: list[str], granted: list[str], wanted: str) -> None:
    """What the names of a small alphabet tell is never contradicted: what leaves one of them out does not cover, what takes one overlaps."""
    meant = [name for name in NAMES if fits(wanted, name)]
    taken = [
        name
        for name in meant
        if any(fits(one, name) for one in granted) or any(re.fullmatch(one, name) for one in expressions)
    ]
    patterns = [*granted, *(f"/{one}/" for one in expressions)]
    if len(taken) < len(meant):
        assert not covers(patterns, wanted)
    if taken:
        assert overlaps(patterns, wanted)
    if covers(patterns, wanted):
        assert overlaps(patterns, wanted)


@given(EXPRESSION, st.text("abz*", max_size=3))
def test_an_expression_and_its_complement(expression: str, wanted: str) -> None:
    """Together they cover everything; what one covers, the other does not meet."""
    it, other = f"/{expression}/", f"/~({expression})/"
    assert covers([it, other], wanted)
    assert covers([it], wanted) is not overlaps([other], wanted)
    assert not overlaps([f"/({expression})&~({expression})/"], wanted)


@pytest.mark.parametrize(
    ("granted", "wanted", "covered", "met"),
    [
        (("/logs-.*/",), "logs-*", True, True),
        (("/logs-.+/",), "logs-*", False, True),
        (("/logs-.+/", "logs-"), "logs-*", True, True),
        (("/(logs|metrics)-[a-z]*/",), "metrics-eu", True, True),
        (("/logs-<1-12>/",), "logs-007", True, True),
        (("/logs-<01-12>/",), "logs-7", False, False),
        (("/logs-[^*?,]*/",), "logs-*", True, True),
        (("/logs-[^A]*/",), "logs-*", False, True),
        (("/@&~(.*secret.*)/",), "logs-*", False, True),
        (("/@&~(.*secret.*)/",), "secret-*", False, False),
        (("/[^.].*/", "/\\..*/"), "*?", True, True),
        (("/a/b/",), "a*", False, False),
        (("/abc",), "*", False, False),
        (("/logs/",), "/logs/", False, False),
    ],
)
def test_expressions_as_people_write_them(granted: tuple[str, ...], wanted: str, covered: bool, met: bool) -> None:  # noqa: FBT001 -- the columns of the table.
    """What stands between slashes is compared like any other pattern, for the names that an index can have."""
    assert covers(granted, wanted) is covered
    assert overlaps(granted, wanted) is met


def test_what_is_not_judged_raises_where_it_matters() -> None:
    """An expression that can't be judged leaves open what the others do not grant, and nothing else."""
    assert covers(["logs-*", "/\\d+/"], "logs-1")
    assert overlaps(["logs-*", "/\\d+/"], "logs-1")
    with pytest.raises(NotJudgedError, match="releases"):
        covers(["logs-*", "/\\d+/"], "*")
    with pytest.raises(NotJudgedError, match="releases"):
        overlaps(["logs-*", "/\\d+/"], "1*")


@given(st.text('ab()[]{}|&*+?\\-^"<>~.,019', max_size=20), st.text("ab*", max_size=4))
def test_no_pattern_raises_anything_else(expression: str, wanted: str) -> None:
    """Whatever stands in a role or a key: an answer, or why there is none."""
    with contextlib.suppress(NotJudgedError):
        assert covers([f"/{expression}/"], wanted) <= overlaps([f"/{expression}/"], wanted)


@pytest.mark.parametrize(
    "hostile",
    [
        "/(.*a.{50}){2}(.*b.{40})*/",
        "/~((.*a.{90}.*)&(.*b.{80}))/",
        "/(~(~(~(.*a.{20}b)c)d)e)*/",
        "/(a?b?c?d?){90}/",
        "/<0-999999999>*x<1-99999999>/",
        "/" + "(.*a){90}" + "/",
        "/" + ".?" * 490 + "/",
    ],
)
def test_hostile_expressions_end(hostile: str) -> None:
    """Memory and time are bounded, for one name and for all of them."""
    started = time.process_time()
    parse(hostile).matches("ab1c" * 256)
    for wanted in ("*", "*a*b*", "a" * 200 + "*"):
        with contextlib.suppress(NotJudgedError):
            covers([hostile], wanted)
        with contextlib.suppress(NotJudgedError):
            overlaps([hostile], wanted)
    assert time.process_time() - started < 60
