"""The manual pages say all that the help says. Whether man shows them is asked end to end."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tests.diag.cli.test_variables import CONTEXTS
from tests.toollib import tool

TOOL = tool("man_pages")
PAGES: dict[str, str] = TOOL.pages(datetime(2026, 1, 2, tzinfo=UTC))


def plain(text: str) -> str:
    """A page without its marks, as far as words are concerned."""
    for mark, meant in (("\\-", "-"), ("\\(aq", "'"), ("\\(ga", "`"), ("\\fB", ""), ("\\fR", ""), ("\\&", "")):
        text = text.replace(mark, meant)
    return text


def test_every_command_has_a_page() -> None:
    """Hidden ones have none; groups have one as well."""
    commands = {f"diag-{path.replace(' ', '-')}.1" for path, one in CONTEXTS.items() if not one.command.hidden}
    groups = {"diag.1", "diag-checks.1", "diag-config.1", "diag-setup.1"}
    assert set(PAGES) == commands | groups


@pytest.mark.parametrize("path", [path for path, one in CONTEXTS.items() if not one.command.hidden])
def test_a_page_names_every_option_with_its_variable(path: str) -> None:
    """Whatever the help of the command names."""
    shown = plain(PAGES[f"diag-{path.replace(' ', '-')}.1"])
    for option in CONTEXTS[path].command.params:
        for word in (*option.opts, *option.secondary_opts) if option.param_type_name == "option" else ():
            assert word in shown
        assert option.envvar is None or str(option.envvar) in shown


def test_a_page_has_its_sections_in_the_order_of_man_pages() -> None:
    """The order of man-pages(7)."""
    headings = [line[4:] for line in PAGES["diag.1"].splitlines() if line.startswith(".SH")]
    assert headings == [
        "NAME",
        "SYNOPSIS",
        "DESCRIPTION",
        "COMMANDS",
        "OPTIONS",
        "ENVIRONMENT",
        "EXIT STATUS",
        "SEE ALSO",
    ]


def test_every_page_that_is_referred_to_exists() -> None:
    """SEE ALSO leads nowhere else."""
    for text in PAGES.values():
        for line in plain(text).splitlines():
            name = line.removesuffix(",").removesuffix("(1)")
            assert name == line.removesuffix(",") or f"{name}.1" in PAGES


def test_the_date_is_the_one_of_the_build() -> None:
    """Two builds of one state are the same bytes."""
    assert all('"2026-01-02"' in text.splitlines()[0] for text in PAGES.values())


@pytest.mark.parametrize(
    ("text", "expected"),
    [("--only", "\\-\\-only"), (".SH x", "\\&.SH x"), ("'quoted'", "\\(aqquoted\\(aq"), ("a\\b", "a\\eb")],
)
def test_text_is_no_markup(text: str, expected: str) -> None:
    """A dash can be copied, a line that begins like a request is none."""
    assert TOOL.roff(text) == expected
