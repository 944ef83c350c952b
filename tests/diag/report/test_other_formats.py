"""JUnit, Markdown and the Nagios line."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from diag.model import Severity
from diag.report import FORMATS, RenderOptions, nagios_code, render
from tests import reportlib

GOLDEN = Path(__file__).parent / "golden"


@pytest.mark.parametrize(
    ("name", "file"), [("junit", "junit.xml"), ("markdown", "report.md"), ("nagios", "nagios.txt")]
)
def test_golden(name: str, file: str) -> None:
    """The format is written as the file says."""
    reportlib.compare_with_golden(GOLDEN / file, render(reportlib.of_each_kind(), name))


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_survives_hostile_text(name: str) -> None:
    """No control character of a peer comes through, in any format."""
    text = render(reportlib.hostile(), name)
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]", text)
    assert "\u202e" not in text
    if name not in {"json", "ndjson"}:
        assert "A" * 10_000 not in text


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_says_that_nothing_was_looked_at(name: str) -> None:
    """A report about no remote is never silent about that."""
    text = render(reportlib.whole(reportlib.cluster()), name)
    if name == "ndjson":
        assert not text
    else:
        assert re.search(r"[Nn]o remote was looked at|\"status\": \"unknown\"", text)


def test_junit_counts() -> None:
    """Findings that count are failures, essential questions and crashes are errors, the other open ones are skipped."""
    root = ET.fromstring(render(reportlib.of_each_kind(), "junit"))  # noqa: S314 -- as above.
    suites = {suite.get("name"): suite for suite in root}
    failing, slow, fine = suites["search-eu/logs"], suites["search-eu/slow"], suites["search-eu/fine"]
    assert (failing.get("failures"), failing.get("errors"), failing.get("skipped")) == ("3", "1", "9")
    assert len(failing.findall(".//failure")) == 3
    assert slow.get("errors") == "3"
    assert fine.get("failures") == "0"
    assert "acknowledged until 2026-02-01" in (fine.findtext(".//system-out") or "")
    for suite in root:
        assert str(len(suite)) == suite.get("tests")


def test_junit_heeds_fail_on() -> None:
    """A finding below ``--fail-on`` stands in the output of a case that passed."""
    root = ET.fromstring(render(reportlib.of_each_kind(), "junit", options=RenderOptions(fail_on=Severity.ERROR)))  # noqa: S314 -- as above.
    assert {"critical", "error"} == {failure.get("type") for failure in root.iter("failure")}


def test_junit_is_xml_whatever_a_peer_wrote() -> None:
    """The document can be parsed, and holds the peer's text written out."""
    root = ET.fromstring(render(reportlib.hostile(), "junit"))  # noqa: S314 -- as above.
    assert "\\x1b[31mevil" in ET.tostring(root, encoding="unicode")


def test_markdown_holds_no_markup_of_a_peer() -> None:
    """Links, tags and code of a peer are escaped; what is typed stands in a fence that it can't close."""
    text = render(reportlib.hostile(), "markdown")
    assert "````sh" in text
    assert "<b>" not in re.sub(r"(```+)(?:sh|console)\n.*?\1", "", text, flags=re.DOTALL)
    assert "<https://evil" not in text


def test_nagios_line() -> None:
    """The first line holds the state and performance data, with exactly one bar; the code is that of the convention."""
    report = reportlib.of_each_kind()
    first = render(report, "nagios").splitlines()[0]
    assert (
        first
        == "REMOTES CRITICAL - 5 remotes: 2 ok, 1 warn, 1 fail, 1 unknown | ok=2 warn=1 fail=1 unknown=1 time=0.210s"
    )
    assert nagios_code(report) == 2
    assert render(reportlib.hostile(), "nagios").count("|") == 1
    assert nagios_code(reportlib.whole()) == 3
