"""The number of a port, as somebody wrote it."""

from __future__ import annotations

import pytest

from diag.evidence.ports import as_port


@pytest.mark.parametrize(("text", "port"), [("1", 1), ("9443", 9443), ("65535", 65535), ("00080", 80)])
def test_a_port(text: str, port: int) -> None:
    """Of sixteen bits."""
    assert as_port(text) == port


@pytest.mark.parametrize(
    "text", ["", "0", "65536", "-1", "+1", " 1", "1.0", "0x50", "https", "²", "٩٤٤٣", "9" * 5000, "0" * 5000 + "1"]
)
def test_none(text: str) -> None:
    """Digits of other scripts, and more of them than ``int`` takes, are none, and break nothing."""
    assert as_port(text) is None
