"""Manual pages and the reference."""

from __future__ import annotations

from pathlib import Path

from diag.check import Check, Yields, check
from diag.model import Endpoint, Severity
from diag.report.manual import explain, reference
from tests import caselib

REFERENCE = Path(__file__).parents[3] / "checks" / "REFERENCE.md"


@check(
    "network/far-away",
    severity=Severity.WARNING,
    docs=("https://docs.example/far",),
    tags=("dns",),
    source="RFC 1925",
    essential=True,
)
def far_away(endpoint: Endpoint) -> Yields:
    """The ``host`` is far | away.

    Why it matters: light is slow.

    How to fix: move it.

    Example: ``moon.example``.
    """
    del endpoint
    return ()


def test_explain() -> None:
    """The page holds the manual and the metadata, and no escape sequence."""
    page = explain(far_away)
    for words in (
        "network/far-away",
        "light is slow",
        "warning",
        "RFC 1925",
        "https://docs.example/far",
        "unknown, never ok",
    ):
        assert words in page
    assert "\\x07far" in page


def test_reference() -> None:
    """The reference has a table of contents that leads to each page."""
    text = reference([far_away])
    assert "| [network/far-away](#network-far-away) | warning |" in text
    assert '<a id="network-far-away"></a>' in text
    assert "**Why it matters:** light is slow." in text
    assert "far \\| away" in text


def test_the_reference_is_fresh() -> None:
    """The committed reference is what the docstrings say: ``diag checks reference -o checks/REFERENCE.md`` renews it."""
    checks: tuple[Check, ...] = caselib.catalogue().checks
    assert reference(checks) == REFERENCE.read_text()
