"""Manual pages and the reference."""

from __future__ import annotations

import re
from pathlib import Path

from diag.check import Applies, Check, Yields, check
from diag.model import Endpoint, Kind, Severity
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
        "test_manual.py",
        "The `host` is",
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


def test_where_a_check_applies_reads_well() -> None:
    """All kinds but one are named by the one."""
    assert str(Applies.settings()) == "local cluster not serverless"
    assert str(Applies(remote_kinds=(Kind.ECK, Kind.ECE))) == "remote cluster eck or ece"


def test_every_check_has_its_file() -> None:
    """A reader of the page finds the code."""
    root = REFERENCE.parents[1]
    pages = [explain(one) for one in caselib.catalogue().checks]
    files = re.findall(r"^  file +(checks/\S+)$", "\n".join(pages), re.MULTILINE)
    assert len(files) == len(pages)
    assert all((root / file).is_file() for file in files)
