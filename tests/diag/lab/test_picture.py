"""The picture of the README shows what diag says of the lab now; `make picture` draws it anew."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from types import ModuleType
from xml.etree import ElementTree as ET

import pytest

ROOT = Path(__file__).parents[3]
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def tool() -> ModuleType:
    """The script that draws it."""
    spec = importlib.util.spec_from_file_location("picture", ROOT / "tools" / "picture.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def lines_of(picture: str) -> list[str]:
    """What can be read in it, line by line, without the numbers, which are of one run."""
    root = ET.fromstring(picture)  # noqa: S314 -- our own.
    texts = ("".join(one.itertext()).replace("\xa0", " ") for one in root.iter(f"{SVG}text"))
    return [re.sub(r"\s+", " ", re.sub(r"[0-9]+", "#", text)).strip() for text in texts]


def test_it_is_fresh(tool: ModuleType) -> None:
    """Line by line, but for ports, counts and seconds."""
    assert lines_of(tool.PICTURE.read_text("utf-8")) == lines_of(tool.drawn(tool.seen())), "make picture"


def test_a_drawing_keeps_every_character(tool: ModuleType) -> None:
    """Colours become spans, columns stay, and what would be markup is text."""
    picture = tool.drawn("\x1b[1;31m✗ a<b>&\x1b[0m   \x1b[2m'c\"\x1b[0m\nplain\n")
    assert lines_of(picture) == ["$ diag run", "", "✗ a<b>& 'c\"", "plain"]
    spans = list(ET.fromstring(picture).iter(f"{SVG}tspan"))  # noqa: S314 -- our own.
    coloured = [(one.text, one.get("fill"), one.get("font-weight")) for one in spans if one.get("fill") != "#d0d7de"]
    assert [(fill, weight) for _, fill, weight in coloured] == [("#ff7b72", "bold"), ("#8b949e", None)]
    columns = [round((float(str(one.get("x"))) - 16) / 8.4) for one in spans if one.text and "$" not in one.text]
    assert columns == [0, 7, 10, 0]


def test_it_holds_nothing_but_text(tool: ModuleType) -> None:
    """No script, no reference to anything elsewhere."""
    kinds = {one.tag.removeprefix(SVG) for one in ET.fromstring(tool.PICTURE.read_text("utf-8")).iter()}  # noqa: S314 -- our own.
    assert kinds == {"svg", "rect", "g", "text", "tspan"}
