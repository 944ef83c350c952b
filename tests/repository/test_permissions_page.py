"""docs/permissions.md names every call with its privilege, as the table of pieces has them; the prose around stays."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

from diag.evidence.catalogue import PIECES

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def tool() -> ModuleType:
    """The script that ``make docs`` runs."""
    spec = importlib.util.spec_from_file_location("permissions_page", ROOT / "tools" / "permissions_page.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_every_call_is_there(tool: ModuleType) -> None:
    """With the privilege that it needs, and the release from which on it exists."""
    rows = [line for line in tool.generated().splitlines() if line.startswith("| `GET /")]
    for call in {call for piece in PIECES for call in piece.calls}:
        (row,) = [line for line in rows if f"| `{call.name}` |" in line and f"`{call.privilege}`" in line]
        assert call.on in row
        assert str(call.since or "") in row
    assert len(rows) == len({(call.name, call.needed) for piece in PIECES for call in piece.calls})


def test_the_page_is_as_it_would_be_made(tool: ModuleType) -> None:
    """What is generated is fresh, and what stands before and behind it is kept."""
    text = tool.PAGE.read_text("utf-8")
    assert tool.page(text) == text
    stale = f"before\n{tool.BEGIN}old\n{tool.END}behind\n"
    made = tool.page(stale)
    assert made.startswith(f"before\n{tool.BEGIN}")
    assert made.endswith(f"{tool.END}behind\n")
    assert "old" not in made
    for missing in (tool.BEGIN, tool.END):
        with pytest.raises(ValueError, match="expected the lines"):
            tool.page(stale.replace(missing, ""))
