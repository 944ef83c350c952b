"""The terminal report: what it says first, how it is laid out, and that nobody else draws in it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from diag.model import Finding, Kind
from diag.report import RenderOptions, render
from diag.report.fix_lines import Target
from diag.report.styler import Styler
from diag.report.text import remedy
from diag.text import width
from tests import reportlib

GOLDEN = Path(__file__).parent / "golden"
COMMAND = (
    "PUT _cluster/settings",
    '{"persistent": {"cluster.remote.logs.proxy_address": "logs.example:9443"}}',
    "remote_cluster_server.enabled: true",
    "bin/elasticsearch-keystore remove cluster.remote.old.credentials",
)


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("text", RenderOptions()),
        ("text-narrow-ascii", RenderOptions(width=20, ascii=True)),
        ("text-colour", RenderOptions(colour=True)),
        ("text-verbose", RenderOptions(verbose=True)),
    ],
)
def test_golden(name: str, options: RenderOptions) -> None:
    """The terminal report reads as the file says."""
    reportlib.compare_with_golden(GOLDEN / f"{name}.txt", render(reportlib.of_each_kind(), "text", options=options))


def test_golden_wide() -> None:
    """The wide report reads as the file says."""
    text = render(reportlib.of_each_kind(), "wide", options=RenderOptions())
    reportlib.compare_with_golden(GOLDEN / "wide.txt", text)


def test_the_root_cause_comes_first() -> None:
    """Of a failing remote the root cause is told in full before anything else, wherever its check stands."""
    report = reportlib.whole(
        reportlib.cluster(reportlib.remote(reportlib.SLOW, reportlib.REFUSED, reportlib.HINT, reportlib.PORT))
    )
    lines = render(report, "text").splitlines()
    assert "config/port-model-mismatch" in lines[2]
    assert next(line for line in lines if "tls/client" in line).strip() == "↳ because of it: tls/client-cert-rejected"


def test_a_command_is_never_broken() -> None:
    """A fix can be copied from the narrowest terminal."""
    text = render(reportlib.of_each_kind(), "text", options=RenderOptions(width=60))
    assert set(COMMAND) <= {line.strip() for line in text.splitlines()}


def test_only_commands_pass_the_width() -> None:
    """Everything but the lines with a fix stays within the terminal."""
    for columns in (60, 80, 120):
        for line in render(reportlib.of_each_kind(), "text", options=RenderOptions(width=columns)).splitlines():
            assert width(line) <= columns or line.strip() in COMMAND, line


def test_a_remedy_without_steps_is_wrapped() -> None:
    """A sentence that is all there is to do is broken between words like every other one."""
    place = Target(cluster="search-eu", kind=Kind.SELF_MANAGED)
    finding = Finding(summary="It fails.", remedy="Compare the two names. " * 20)
    lines = list(remedy(Styler(RenderOptions(width=80)), finding, place))
    assert len(lines) > 1
    assert all(width(line) <= 80 for line in lines)
    assert " ".join(line.strip() for line in lines).removeprefix("fix  ") == finding.remedy.strip()


def test_a_healthy_remote_takes_three_lines() -> None:
    """Where there is nothing to do there is little to read: how far it was looked at, and how many checks passed."""
    report = reportlib.whole(reportlib.cluster(reportlib.remote(*reportlib.passed(3))))
    head, looked, counted, blank = render(report, "text").splitlines()[:4]
    assert head.endswith("✓ ok")
    assert looked.strip() == "address ✓  tcp ✓  tls ✓  node ✓  key ✓  local view ✓  remote view ✓"
    assert "3 passed" in counted
    assert not blank


def test_an_open_question_of_the_root_cause_layer_is_told() -> None:
    """What could not be told before the root cause's layer does not follow from it."""
    early = reportlib.unknown("config/unread", "the settings could not be read", layer=reportlib.Layer.CONFIGURATION)
    late = reportlib.unknown("network/tcp-refused", "no address", layer=reportlib.Layer.TCP)
    report = reportlib.whole(reportlib.cluster(reportlib.remote(early, late, reportlib.REFUSED)))
    text = render(report, "text")
    assert "because the settings could not be read" in text
    assert "because no address" in text
    report = reportlib.whole(reportlib.cluster(reportlib.remote(late, reportlib.PORT)))
    assert "because no address" not in render(report, "text")


def test_a_hint_about_a_cluster_is_named() -> None:
    """As for a remote: nothing is wrong, so that it takes a line, and ``-v`` spells it out."""
    report = reportlib.whole(reportlib.cluster(reportlib.remote(*reportlib.passed(1)), results=(reportlib.HINT,)))
    text = render(report, "text")
    assert "· info      config/one-seed" in text
    assert "two are safer" not in text
    assert "two are safer" in render(report, "text", options=RenderOptions(verbose=True))


def test_where_nothing_passed() -> None:
    """A check that failed does apply."""
    report = reportlib.whole(reportlib.cluster(reportlib.remote(reportlib.PORT)))
    assert "no check applies" not in render(report, "text")
    assert "1 failed" in render(report, "text")


def test_a_report_about_nothing_says_so() -> None:
    """A report without a remote never looks like good news."""
    text = render(reportlib.whole(reportlib.cluster()), "text")
    assert "No remote was looked at" in text
    assert "✓" not in text


@pytest.mark.parametrize("format_name", ["text", "wide"])
@pytest.mark.parametrize("ascii_only", [False, True])
def test_peers_draw_nothing(format_name: str, ascii_only: bool) -> None:  # noqa: FBT001 -- a parameter of the test.
    """Escape sequences, new lines and text direction of a peer are written out, and long texts are cut."""
    text = render(reportlib.hostile(), format_name, options=RenderOptions(ascii=ascii_only))
    assert all(char.isprintable() or char == "\n" for char in text)
    assert "\\x1b[31mevil" in text
    assert "\\u202e" in text
    assert "more characters)" in text
    assert "A" * 2100 not in text
    assert not re.search(r"^search-eu", text, flags=re.MULTILINE)


def test_colour_is_only_added() -> None:
    """Without its colour codes the coloured report is the plain one."""
    plain = render(reportlib.of_each_kind(), "text", options=RenderOptions())
    coloured = render(reportlib.of_each_kind(), "text", options=RenderOptions(colour=True))
    assert plain == re.sub(r"\x1b\[[\d;]*m", "", coloured)


def test_ascii_is_ascii() -> None:
    """A terminal that knows nothing but ASCII gets all symbols in ASCII."""
    assert render(reportlib.of_each_kind(), "text", options=RenderOptions(ascii=True)).isascii()
