"""What is typed to fix a finding, as text and as curl commands; and the end of a report."""

from __future__ import annotations

import json
import shlex
from typing import Any

import pytest

from diag.model import Finding, Fix, Layer, Outcome, Request, Result, Severity, Where
from diag.report import RenderOptions, render
from tests import reportlib

HIDDEN = 'it\'s "$(reboot)" `x` \\ \n é \u202e'


def put(key: str, value: Any, **given: Any) -> Fix:
    """A call of the cluster settings API."""
    body = {"persistent": {key: value}}
    return Fix(
        **{"where": Where.LOCAL, "requests": (Request(method="PUT", path="_cluster/settings", body=body),), **given}
    )


def found(*fix: Fix, severity: Severity = Severity.ERROR, check: str = "config/odd", remedy: str = "Set it.") -> Result:
    """A result with one finding."""
    one = Finding(summary="It is odd.", remedy=remedy, severity=severity, fix=fix)
    return Result(check=check, outcome=Outcome.FAIL, layer=Layer.CONFIGURATION, severity=severity, findings=(one,))


def rendered(name: str, *results: Result, **given: Any) -> str:
    """A report about one remote with these results."""
    return render(reportlib.whole(reportlib.cluster(reportlib.remote(*results, **given))), name)


def commands(script: str) -> list[list[str]]:
    """The words of each command of a script, as a shell reads them."""
    return [shlex.split(line) for line in script.splitlines() if line.startswith("curl ")]


def test_console_text_is_a_request_line_and_json_below_it() -> None:
    """A long body is indented, a short one is not; several calls are parted by an empty line."""
    long = {f"cluster.remote.logs.setting_{i}": HIDDEN for i in range(5)}
    requests = (
        Request(method="PUT", path="_cluster/settings", body={"persistent": long}),
        Request(method="GET", path="/"),
    )
    first, second = Fix(where=Where.LOCAL, requests=requests).console.split("\n\n")
    line, _, body = first.partition("\n")
    assert line == "PUT _cluster/settings"
    assert json.loads(body) == {"persistent": long}
    assert body.isascii()
    assert len(body.splitlines()) == 9
    assert second == "GET /"


def test_text_says_where_each_thing_is_typed() -> None:
    """The names of the clusters, the file by who runs them, and when one of several ways is right."""
    fix = (
        put("a", "b"),
        Fix(where=Where.LOCAL_NODE, commands="bin/one\nbin/two", when="if it is so"),
        Fix(where=Where.REMOTE_NODE, yml="x: y"),
        Fix(where=Where.REMOTE_NODE, yml="- 'z'", file="the trust_restrictions file"),
    )
    lines = [line.strip() for line in rendered("text", found(*fix), remote={"kind": "eck"}).splitlines()]
    start = lines.index("fix  Set it.")
    assert lines[start + 1 : start + 11] == [
        "on search-eu, in Dev Tools:",
        "PUT _cluster/settings",
        '{"persistent": {"a": "b"}}',
        "on each node of search-eu (if it is so):",
        "bin/one",
        "bin/two",
        "on each node of the remote cluster logs, in spec.nodeSets[].config:",
        "x: y",
        "on each node of the remote cluster logs, in the trust_restrictions file:",
        "- 'z'",
    ]


@pytest.mark.parametrize("text", [HIDDEN, "'; reboot #", "$HOME", "-d", "<b>"])
def test_curl_is_what_was_meant_whatever_is_in_it(text: str) -> None:
    """A shell reads the body and the path back; no text of anybody becomes a command or a line of its own."""
    path = Request(method="POST", path="x'$(y)/_open")
    script = rendered("curl", found(put(text, "b"), Fix(where=Where.REMOTE, requests=(path,))), remote={"alias": text})
    assert {"curl", "#", ""} >= {line.split(" ")[0] for line in script.splitlines()[1:]}
    bodies = [words[words.index("-d") + 1] for words in commands(script) if "-d" in words]
    if "<" not in text:
        assert [json.loads(body) for body in bodies] == [{"persistent": {text: "b"}}]
        assert commands(script)[1][-1].endswith("/x'$(y)/_open")


def test_curl_takes_logins_and_unknown_addresses_from_the_environment() -> None:
    """A variable for each cluster, because a key belongs to one; the address is that of the configuration where there is one."""
    fix = (put("a", "b"), put("c", "d", where=Where.REMOTE))
    script = rendered("curl", found(*fix), remote={"url": "https://logs.example:9200/"})
    first, second = [line for line in script.splitlines() if line.startswith("curl ")]
    assert '"Authorization: ApiKey ${ES_API_KEY_SEARCH_EU:?}"' in first
    assert first.endswith('"${ES_URL_SEARCH_EU:?}"/_cluster/settings')
    assert '"Authorization: ApiKey ${ES_API_KEY_SEARCH_EU_LOGS:?}"' in second
    assert second.endswith(" https://logs.example:9200/_cluster/settings")
    for variable in ("ES_API_KEY_SEARCH_EU:", "ES_API_KEY_SEARCH_EU_LOGS:", "ES_URL_SEARCH_EU:"):
        assert f"\n# {variable} " in script


def test_curl_leaves_to_the_reader_what_is_to_be_chosen_or_filled_in() -> None:
    """One way of several, a call with a gap, commands, lines of files, and findings without a call are comments."""
    fix = (
        put("a", "b", when="if it is so"),
        put("c", "<name>"),
        Fix(where=Where.REMOTE_NODE, commands="bin/x", yml="y: z"),
    )
    script = rendered("curl", found(*fix), found(check="network/slow", severity=Severity.WARNING))
    assert not commands(script)
    assert "# on search-eu (if it is so):" in script
    assert script.count("\n# curl -sS") == 2
    for line in (
        "#   bin/x",
        "#   y: z",
        "# cluster search-eu, alias logs: config/odd",
        "# cluster search-eu, alias logs: network/slow",
    ):
        assert line in script.splitlines()


def test_curl_leaves_out_what_goes_away_by_itself() -> None:
    """Consequences of a root cause, what is acknowledged, and what is no more than a hint."""
    script = rendered("curl", reportlib.PORT, reportlib.REFUSED, reportlib.EXPIRED, reportlib.HINT)
    assert len(commands(script)) == 1
    for check in (reportlib.REFUSED, reportlib.EXPIRED, reportlib.HINT):
        assert check.check not in script
    assert "Nothing was found" in rendered("curl", *reportlib.passed(1))


@pytest.mark.parametrize("name", ["text", "wide", "markdown"])
def test_the_end_names_each_cause_once_with_its_remotes(name: str) -> None:
    """The most common cause first; more than five names are counted."""
    names = ("one", "two", "three", "four", "five", "six", "seven")
    remotes = [reportlib.remote(found(), remote={"alias": alias}) for alias in names]
    remotes.append(reportlib.remote(found(check="config/port"), remote={"alias": "eight"}))
    text = (
        render(reportlib.whole(reportlib.cluster(*remotes)), name, options=RenderOptions())
        .replace("`", "")
        .replace(":", "")
    )
    text = " ".join(text.split())
    assert "8 failing by cause" in text
    assert "config/odd one, two, three, four, five and 2 more" in text
    assert text.index("config/odd one") < text.index("config/port eight")


def test_one_remote_needs_no_summary_by_cause() -> None:
    """Its causes stand above."""
    assert "by cause" not in rendered("text", found())


@pytest.mark.parametrize(("verbose", "shown"), [(False, False), (True, True)])
def test_a_hint_that_asks_for_nothing_is_only_spelled_out(verbose: bool, shown: bool) -> None:  # noqa: FBT001 -- the parameters.
    """Without -v a remote that is well says nothing of it."""
    hint = found(severity=Severity.INFO, remedy="Nothing is to be done.")
    report = reportlib.whole(reportlib.cluster(reportlib.remote(hint)))
    assert ("config/odd" in render(report, "text", options=RenderOptions(verbose=verbose))) is shown
