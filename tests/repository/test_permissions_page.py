"""docs/permissions.md names every call with its privilege, as the table of pieces has them; the prose around stays."""

from __future__ import annotations

import pytest

from diag.evidence.catalogue import PIECES
from tests.toollib import tool

TOOL = tool("permissions_page")


def test_every_call_is_there() -> None:
    """With the privilege that it needs, and the release from which on it exists."""
    rows = [line for line in TOOL.generated().splitlines() if line.startswith("| `GET /")]
    for call in {call for piece in PIECES for call in piece.calls}:
        (row,) = [line for line in rows if f"| `{call.name}` |" in line and f"`{call.privilege}`" in line]
        assert call.on in row
        assert str(call.since or "") in row
    assert len(rows) == len({(call.name, call.needed) for piece in PIECES for call in piece.calls})


def test_the_page_is_as_it_would_be_made() -> None:
    """What is generated is fresh, and what stands before and behind it is kept."""
    text = TOOL.PAGE.read_text("utf-8")
    assert TOOL.page(text) == text
    stale = f"before\n{TOOL.BEGIN}old\n{TOOL.END}behind\n"
    made = TOOL.page(stale)
    assert made.startswith(f"before\n{TOOL.BEGIN}")
    assert made.endswith(f"{TOOL.END}behind\n")
    assert "old" not in made
    for missing in (TOOL.BEGIN, TOOL.END):
        with pytest.raises(ValueError, match="expected the lines"):
            TOOL.page(stale.replace(missing, ""))
