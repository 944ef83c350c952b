"""Text of peers, made safe."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diag.text import clip, shown, visible, width


@pytest.mark.parametrize(
    ("raw", "safe"),
    [
        ("plain ünïcode 日本", "plain ünïcode 日本"),
        ("\x1b[31m", "\\x1b[31m"),
        ("a\nb\r\tc", "a\\nb\\r\\tc"),
        ("\x9b2J", "\\x9b2J"),
        ("\u202eabc\u2066", "\\u202eabc\\u2066"),
        ("\udc80", "\\udc80"),
        ("\U000e0041", "\\U000e0041"),
        ("a\u2028b", "a\\u2028b"),
    ],
)
def test_visible(raw: str, safe: str) -> None:
    """What a terminal would act on is written out; what it can show stays."""
    assert safe == visible(raw)


@given(st.text(st.characters(codec=None)))
def test_visible_is_printable(text: str) -> None:
    """Whatever goes in, one line of printable text comes out."""
    assert visible(text).isprintable()


def test_long_texts_are_cut() -> None:
    """A cut text says how much is missing."""
    assert clip("a" * 10, 3) == "aaa… (7 more characters)"
    assert len(shown("\x1b" * 10_000)) < 10_000


def test_width() -> None:
    """Wide characters take two columns, combining ones none."""
    assert (width("abc"), width("日本"), width("e\u0301")) == (3, 4, 1)
