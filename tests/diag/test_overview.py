"""The overview: what is wrong first and grouped, what can be chosen, what a thousand remotes cost, what comes while a first round runs."""

from __future__ import annotations

import dataclasses
from datetime import timedelta

import httpx
import pytest

from diag.board import Board, RoundFacts, report_as_unknown
from diag.history import MemoryHistory
from diag.model import Acknowledgement, ClusterReport, Outcome, Policy, Reason, RemoteReport, Status, Step, Unavailable
from diag.web.background import Background
from diag.web.page import render_page
from diag.web.wanted import Wanted
from tests.diag.test_web import HOSTILE, NOW, FakeService, Page, client, report, service

__all__ = ["client", "service"]
BROKEN = "network/dns-nxdomain"


def renamed(remote: RemoteReport, alias: str) -> RemoteReport:
    """The same remote under another alias."""
    declared = dataclasses.replace(remote.evidence.remote, alias=alias)
    return dataclasses.replace(remote, evidence=dataclasses.replace(remote.evidence, remote=declared))


def fleet(cluster: str, *groups: tuple[RemoteReport, int, str]) -> ClusterReport:
    """A cluster with so many copies of each remote."""
    base = report(cluster=cluster)
    remotes = tuple(renamed(remote, f"{name}{n:04}") for remote, count, name in groups for n in range(count))
    return dataclasses.replace(base, remotes=remotes, status=Status.FAIL)


def with_cause(remote: RemoteReport, check: str, summary: str) -> RemoteReport:
    """The remote with another root cause."""
    old = remote.result(BROKEN)
    assert old is not None
    finding = dataclasses.replace(old.findings[0], summary=summary)
    results = tuple(one for one in remote.results if one.check != check)
    return dataclasses.replace(
        remote, root_causes=(check,), results=(*results, dataclasses.replace(old, check=check, findings=(finding,)))
    )


FINE = report().remotes[0]
DOWN = report(broken=True).remotes[0]


async def test_what_is_wrong_comes_first(service: FakeService, client: httpx.AsyncClient) -> None:
    """State in words and with a symbol, root cause, fix, age; the failing remote before the others."""
    service.board.expect(["eu", "us"])
    service.board.put(report("audit", broken=True, cluster="us"))
    page = Page((await client.get("/")).text)
    text = page.words
    assert "Elasticsearch remote clusters ✗ FAIL" in text
    assert text.index(f"✗ FAIL critical {BROKEN}") < text.index("us → audit") < text.index("eu → logs")
    assert "does not resolve" in text
    assert "Fix:" in text
    assert f"/checks/{BROKEN}" in page.links


def test_one_cause_is_one_block_and_the_newest_is_the_first() -> None:
    """What broke a moment ago stands above what is broken for days; remotes with the same cause stand together."""
    board, history = Board(), MemoryHistory()
    old = with_cause(DOWN, "tls/expired", "It has expired.")
    for days, down in ((0, 1), (1, 2)):
        found, at = fleet("eu", (old, 2, "old"), (DOWN, down, "first")), NOW + timedelta(days=days)
        history.record(found, at, timedelta(days=2))
        board.put(found, at=at)
    background = Background(history=history)
    text = Page(render_page(board.snapshot(), background, NOW + timedelta(days=1, seconds=30))).words
    assert f"{BROKEN} 2 remotes, the newest for 30 s" in text
    assert "tls/expired 2 remotes, the newest for 1 d" in text
    assert text.index(BROKEN) < text.index("tls/expired")
    assert text.index("first0001") < text.index("first0000") < text.index("old0000") < text.index("old0001")
    assert text.count("It has expired.") == 1, "a sentence that is about all of them is said once"


def test_sentences_that_differ_stand_with_their_remotes() -> None:
    """The block says what the check is about, each remote what was found of it."""
    board = Board()
    board.put(
        fleet("eu", (with_cause(DOWN, "x/y", "The first one."), 1, "a"), (with_cause(DOWN, "x/y", "Another."), 1, "b"))
    )
    text = Page(render_page(board.snapshot(), Background(problems={"x/y": "Something is wrong."}), NOW)).words
    assert text.index("Something is wrong.") < text.index("eu → a0000") < text.index("The first one.")
    assert text.index("eu → b0000") < text.index("Another.")


def test_critical_and_error_are_told_apart() -> None:
    """By a word, not by a colour alone."""
    board = Board()
    board.put(report("audit", broken=True, policy=Policy(severity={BROKEN: "error"})))
    error = render_page(board.snapshot(), Background(), NOW)
    board.put(report("audit", broken=True))
    critical = render_page(board.snapshot(), Background(), NOW)
    assert ("error" in Page(error).words, "critical" in Page(error).words) == (True, False)
    assert ("error" in Page(critical).words, "critical" in Page(critical).words) == (False, True)
    assert 'class="severity error"' in error
    assert 'class="severity critical"' in critical


def test_what_is_wrong_with_a_local_cluster_stands_above_the_remotes() -> None:
    """The API of a cluster refuses: said at the top, not below a thousand remotes."""
    board = Board()
    silent = Unavailable(step=Step.API, reason=Reason.REFUSED, detail="the API refused the login")
    board.put(report("audit", broken=True, cluster="us"))
    board.put(dataclasses.replace(report(cluster="eu"), unanswered=silent, status=Status.UNKNOWN))
    page = Page(render_page(board.snapshot(), Background(), NOW))
    assert page.text.index("Local clusters in which something is wrong") < page.text.index("Remotes")
    assert page.text.index("the API refused the login") < page.text.index("audit")
    assert "/clusters/eu" in page.links


def test_what_is_acknowledged_is_shown() -> None:
    """With its note, and apart from what is wrong."""
    board = Board()
    known = Acknowledgement(check=BROKEN, cluster="*", remote="*", until="2026-06-30", note="moving, INC-7")
    board.put(report("audit", broken=True, policy=Policy(acknowledge=(known,))))
    text = Page(render_page(board.snapshot(), Background(), NOW)).words
    assert text.index("Acknowledged") < text.index(f"eu → audit {BROKEN}: acknowledged until 2026-06-30: moving, INC-7")
    assert "FAIL critical" not in text


async def test_the_overview_can_be_narrowed(service: FakeService, client: httpx.AsyncClient) -> None:
    """By status, cluster, remote and cause, in the address; counts lead there."""
    service.board.put(report("audit", broken=True, cluster="us"))
    everything = Page((await client.get("/")).text)
    assert "us → audit" in everything.text
    assert "/?status=fail" in everything.links
    failing = Page((await client.get("/?status=fail")).text)
    assert "us → audit" in failing.text
    assert "eu → logs" not in failing.text
    assert "Filter: status fail" in failing.text
    assert "1 FAIL" in failing.words
    assert "1 ok" in failing.words
    assert ("aria-current", "true") in failing.attributes
    for query, there in (
        (f"cause={BROKEN}", True),
        ("cause=tls/expired", False),
        ("cluster=eu", False),
        ("cluster=u*", True),
        ("remote=aud*", True),
        ("remote=*udi", False),
        ("remote=audi?", False),
        ("remote=[a]udit", False),
    ):
        assert ("us → audit" in Page((await client.get(f"/?{query}")).text).text) is there, query


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("status=broken", "status 'broken': expected one of ok, warn, fail, unknown\n"),
        ("page=0", "page '0': expected a number from 1\n"),
        ("page=x", "page 'x': expected a number from 1\n"),
        ("page=9999999", "page '9999999': expected a number from 1\n"),
    ],
)
async def test_a_choice_that_can_not_be_made(client: httpx.AsyncClient, query: str, text: str) -> None:
    """Refused with what is expected."""
    refused = await client.get(f"/?{query}")
    assert (refused.status_code, refused.text) == (400, text)


def test_what_leaves_a_remote_unknown_is_a_cause_too() -> None:
    """Remotes whose essential questions stayed open are grouped and chosen by the first of them."""
    board = Board()
    open_ = dataclasses.replace(
        FINE.results[0], check="x/open", outcome=Outcome.UNKNOWN, essential=True, because="nobody answered"
    )
    unknown = dataclasses.replace(FINE, status=Status.UNKNOWN, results=(open_, *FINE.results[1:]))
    board.put(fleet("eu", (unknown, 2, "u"), (FINE, 1, "r")))
    text = Page(render_page(board.snapshot(), Background(), NOW)).words
    assert "? unknown x/open 2 remotes" in text
    assert "nobody answered" in text
    chosen = Page(render_page(board.snapshot(), Background(), NOW, Wanted(cause="x/open"))).text
    assert ("u0001" in chosen, "r0000" in chosen) == (True, False)


def test_an_old_report_is_shown_as_unknown_with_its_reason() -> None:
    """The page says since when nothing was heard."""
    board = Board()
    before = report()
    board.put(before)
    board.put(
        report_as_unknown(before, before.evidence.cluster, "no round finished within 3 intervals", NOW),
        RoundFacts(finished_at=NOW, failure="no round finished within 3 intervals"),
        at=NOW + timedelta(minutes=5),
    )
    text = Page(render_page(board.snapshot(), Background(), NOW + timedelta(minutes=5))).words
    assert "? unknown" in text
    assert "no round finished within 3 intervals" in text
    assert "5 min ago" in text
    assert "✓" not in text.replace("✓ 0 ok", "")


async def test_an_empty_board_says_that_it_waits(client: httpx.AsyncClient, service: FakeService) -> None:
    """Before the first round nothing looks healthy, and the page asks again soon."""
    service.board = Board(["eu"])
    page = Page((await client.get("/")).text)
    assert "? unknown" in page.words
    assert "Waiting for the first round of eu" in page.text
    assert "✓ ok" not in page.words.replace("✓ 0 ok", "")
    assert ("data-every", "2") in page.attributes
    service.board.put(report())
    assert ("data-every", "10") in Page((await client.get("/")).text).attributes


@pytest.mark.parametrize(
    "groups",
    [
        pytest.param([(DOWN, 1000, "r")], id="all-of-one-cause"),
        pytest.param([(FINE, 1000, "r")], id="all-well"),
        pytest.param([(DOWN, 20, "d"), (FINE, 980, "r")], id="a-few-fail"),
        pytest.param(
            [(with_cause(DOWN, f"group{n}/problem", f"Sentence {n}. " * 30), 20, f"g{n}-") for n in range(50)],
            id="fifty-causes",
        ),
        pytest.param(
            [(with_cause(DOWN, f"group{n % 100}/problem", HOSTILE * 40), 1, f"{HOSTILE * 4}{n}-") for n in range(1000)],
            id="hostile",
        ),
    ],
)
def test_a_thousand_remotes_fit_on_a_page(groups: list[tuple[RemoteReport, int, str]]) -> None:
    """Below 200 kB, whatever is wrong; each of them is reached by the links of the page."""
    board = Board()
    board.put(fleet("eu", *groups))
    html = render_page(board.snapshot(), Background(), NOW)
    assert len(html.encode()) < 200_000
    assert "1000 all" in Page(html).words


async def test_every_remote_is_reached(service: FakeService, client: httpx.AsyncClient) -> None:
    """By the links for all of a cause and for further pages, from the overview on; by none of them twice in a list."""
    service.board.put(fleet("eu", (DOWN, 400, "d"), (FINE, 350, "r"), (with_cause(DOWN, "x/y", "It is so."), 3, "x")))
    todo, seen, remotes = ["/"], set[str](), set[str]()
    while todo:
        path = todo.pop()
        if path in seen:
            continue
        seen.add(path)
        links = Page((await client.get(path)).text).links
        found = [link for link in links if link.startswith("/remote/")]
        assert len(found) == len(set(found))
        remotes |= set(found)
        todo += [link for link in links if link.startswith("/?")]
    assert len(remotes) == 753
    assert len(seen) < 40


async def test_first_results_are_shown_while_others_are_awaited(
    service: FakeService, client: httpx.AsyncClient
) -> None:
    """What is judged is there at once, with how far the round has come; nothing else counts it before the round is over."""
    service.board = Board(["eu"])
    whole = fleet("eu", (DOWN, 1, "d"), (FINE, 2, "r"))
    local = dataclasses.replace(whole.evidence.cluster, remotes=tuple(one.evidence.remote for one in whole.remotes))
    whole = dataclasses.replace(whole, evidence=dataclasses.replace(whole.evidence, cluster=local))
    service.board.put_early(dataclasses.replace(whole, remotes=whole.remotes[:1]))
    service.board.put_early(dataclasses.replace(whole, remotes=whole.remotes[1:2]))
    page = Page((await client.get("/")).text)
    assert "First round of eu: 2 of 3 remotes are judged" in page.words
    assert "eu → d0000" in page.text
    assert "eu → r0000" in page.text
    assert "eu ✓ ok" not in page.words, "a cluster that is half looked at is not ok"
    assert "Elasticsearch remote clusters ✗ FAIL" in page.words
    assert (await client.get("/remote/eu/d0000")).status_code == 200
    assert "Its first round is running" in (await client.get("/clusters/eu")).text
    assert 'remote="d0000"' not in (await client.get("/metrics")).text
    assert service.board.snapshot().awaited == ("eu",)
    service.board.put(whole)
    page = Page((await client.get("/")).text)
    assert "First round" not in page.text
    assert "eu → r0001" in page.text
    service.board.put_early(dataclasses.replace(whole, remotes=()))
    assert len(service.board.snapshot().shown["eu"].report.remotes) == 3, "a round that is over is no longer early"
