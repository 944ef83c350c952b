"""The README: its table is what was measured, it stays short, and what it links to exists."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest

from tests.caselib import catalogue
from tests.clilib import diag

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text("utf-8")
PAGES = (ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "SECURITY.md", ROOT / "CHANGELOG.md", *(ROOT / "docs").glob("*.md"))  # fmt: skip


@pytest.fixture(scope="module")
def tool() -> ModuleType:
    """The script that writes the table."""
    spec = importlib.util.spec_from_file_location("readme_table", ROOT / "tools" / "readme_table.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_table_is_fresh(tool: ModuleType) -> None:
    """`make docs` would not change it; it has eight rows, and each names a check that there is."""
    assert tool.page(README) == README
    rows = [
        line for line in README.partition(tool.BEGIN)[2].partition(tool.END)[0].splitlines() if line.startswith("| ")
    ][1:]
    assert len(rows) == 8
    ids = {check.id for check in catalogue().checks}
    assert {re.findall(r"`([a-z-]+/[a-z0-9-]+)`", row)[0] for row in rows} <= ids


def test_a_row_that_was_not_measured_is_refused(tool: ModuleType) -> None:
    """Nothing is written that no cluster was seen to do."""
    measured = tool.MEASURED.read_text("utf-8")
    with pytest.raises(ValueError, match="nothing is measured"):
        tool.generated(measured.replace(f"| {tool.ROWS[0]} |", "| something else |"))
    with pytest.raises(ValueError, match="expected the lines"):
        tool.page("# diag\n")


def test_it_is_short() -> None:
    """What is said on a second screen stands in docs/."""
    assert len(README.splitlines()) <= 160


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_what_is_linked_exists(page: Path) -> None:
    """Files, and the heads that a link points at."""
    for target in re.findall(r"\]\((?!https?:)([^)\s]+)\)", page.read_text("utf-8")):
        name, _, anchor = target.partition("#")
        path = (page.parent / name).resolve() if name else page
        assert path.exists(), target
        if anchor and path.suffix == ".md":
            heads = re.findall(r"^#+ (.+)$", path.read_text("utf-8"), re.MULTILINE)
            named = {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}
            named |= set(re.findall(r'<a id="([^"]+)"', path.read_text("utf-8")))
            assert anchor in named, target


@pytest.mark.parametrize("page", [ROOT / "README.md", ROOT / "docs" / "using.md"], ids=lambda page: page.name)
def test_the_commands_that_are_shown_exist(page: Path) -> None:
    """Each command has each of its options."""
    helps: dict[tuple[str, ...], str] = {}
    for block in re.findall(r"```sh\n(.*?)```", page.read_text("utf-8"), re.DOTALL):
        for line in re.findall(r"^diag ([^#\n]+)", block, re.MULTILINE):
            words = tuple(word for word in re.match(r"[a-z ]*", line)[0].split()[:2])  # type: ignore[index]
            command = words if words and words[0] in {"setup", "checks", "config"} else words[:1]
            text = helps.setdefault(command, diag(*command, "--help").stdout)
            for option in re.findall(r"(?<!\S)--?[a-z][a-z-]*", line):
                assert re.search(rf"(?<![\w-]){option}(?![\w-])", text), line
