"""The pages of one remote, one local cluster and one check, and looking now."""

from __future__ import annotations

import dataclasses
import json
import re
from datetime import timedelta

import httpx
import pytest

from diag.board import Board, RoundFacts
from diag.history import MemoryHistory
from diag.model import Acknowledgement, Outcome, Policy, Reason, Status, Step, Unavailable
from diag.web import Probed, ProbeFailedError
from diag.web.background import Background
from diag.web.page import render_page
from diag.web.remote_page import render_remote
from tests.diag.daemon.world import healthy
from tests.diag.test_web import HOSTILE, NOW, FakeService, Page, client, report, service

__all__ = ["client", "service"]
BROKEN = "network/dns-nxdomain"


async def test_the_page_of_a_remote_says_all_that_is_known(service: FakeService, client: httpx.AsyncClient) -> None:
    """Root cause with sentence, fix and documentation; how far it was looked at; every check; the evidence."""
    service.board.put(report("audit", broken=True), RoundFacts(finished_at=NOW))
    page = Page((await client.get("/remote/eu/audit")).text)
    assert "eu → audit ✗ FAIL" in page.words
    assert page.text.index("Root cause") < page.text.index(BROKEN) < page.text.index("does not resolve")
    assert f"/checks/{BROKEN}" in page.links
    assert "/clusters/eu" in page.links
    assert [one for one in page.links if one.startswith("https://www.elastic.co")]
    assert "What would make it asked" in page.text
    remote = report("audit", broken=True).remotes[0]
    for result in remote.results:
        assert result.check in page.text
    assert '"alias": "audit"' in page.text, "the evidence"
    assert "/report?cluster=eu&remote=audit" in page.links


def test_why_a_check_has_no_answer_is_said_whole() -> None:
    """The overview cuts what is long, because this page has all of it."""
    board = Board()
    board.put(report("audit", broken=True))
    state = board.snapshot().clusters["eu"]
    (remote,) = state.report.remotes
    unknown = next(one for one in remote.results if one.outcome is Outcome.UNKNOWN)
    long = f"{'the platform did not answer ' * 30}at the very end"
    results = tuple(dataclasses.replace(one, because=long) if one is unknown else one for one in remote.results)
    page = Page(render_remote(state, dataclasses.replace(remote, results=results), MemoryHistory(), NOW))
    assert long in page.words


def test_the_past_stands_on_it(service: FakeService) -> None:
    """Since when, what changed with both values, what changed before it broke, and how much of the time it was well."""
    for hours, broken in ((0, False), (5, True), (6, True)):
        at, found = NOW + timedelta(hours=hours), report("audit", broken=broken)
        service.history.record(found, at, timedelta(hours=12))
        service.board.put(found, RoundFacts(finished_at=at), at=at)
    state = service.board.snapshot().clusters["eu"]
    page = Page(render_remote(state, state.report.remotes[0], service.history, NOW + timedelta(hours=6)))
    assert "FAIL for 1 h 0 min" in page.words
    assert "2026-01-15 17:00:00 UTC 1 h 0 min ago ok → FAIL" in page.words
    assert "seen for the first time: ok" in page.words
    assert f"root cause: none → {BROKEN}" in page.words
    before = page.words[page.words.index("In the day before it broke") : page.words.index("All changes")]
    assert "addresses of logs.example:9443: 192.0.2.10 → none" in before
    assert BROKEN not in before
    assert "well 83.33 % of the 6 h 0 min with a verdict, in the last 30 days" in page.words
    restarted = Board()
    restarted.put(state.report, at=NOW + timedelta(hours=6))
    overview = Page(render_page(restarted.snapshot(), Background(history=service.history), NOW + timedelta(hours=6)))
    assert "eu → audit for 1 h 0 min" in overview.words, "a restart of diag makes nothing new"


async def test_the_way_breaks_where_it_breaks(service: FakeService, client: httpx.AsyncClient) -> None:
    """A name that does not resolve: the picture says so at DNS, and of nothing that lies before or behind it."""
    service.board.put(report("audit", broken=True, cluster="us"))
    broken = (await client.get("/remote/us/audit")).text
    stations = re.findall(r'<li class="station ([a-z_ ]+)">(.*?)</li>', broken, re.DOTALL)
    assert len(stations) == 7
    breaking = [(kinds, Page(text).words) for kinds, text in stations if "breaks" in kinds.split()]
    assert [(kinds, text.startswith("✗DNS the way breaks here")) for kinds, text in breaking] == [("no breaks", True)]
    assert all("beyond" in kinds.split() for kinds, _ in stations[2:])
    assert "beyond" not in stations[0][0] + stations[1][0]
    well = (await client.get("/remote/eu/logs")).text
    assert "the way breaks here" not in well
    assert '<li class="station yes">' in well


async def test_the_certificates_stand_on_it(client: httpx.AsyncClient) -> None:
    """Subject, names, dates, fingerprint of each, once."""
    page = Page((await client.get("/remote/eu/logs")).text)
    assert "Certificates that it shows" in page.text
    chain = healthy().remotes[0].endpoints.probes[0].chain  # type: ignore[union-attr]  # -- it is there.
    for certificate in chain.certificates:
        assert page.text.count(f"SHA-256 {certificate.fingerprint}") == 1
        assert f"{certificate.not_after:%Y-%m-%d}" in page.text
    assert page.text.count("Root cause") == 0


def test_a_certificate_that_ends_soon_or_ended_is_seen() -> None:
    """The date, and how far away it is; what has ended looks other than what ends soon."""
    board = Board()
    board.put(report())
    state = board.snapshot().clusters["eu"]
    chain = healthy().remotes[0].endpoints.probes[0].chain  # type: ignore[union-attr]  # -- it is there.
    ends = min(certificate.not_after for certificate in chain.certificates)
    for now, words, style in (
        (ends - timedelta(days=3, hours=1), "in 3 d", "warn"),
        (ends + timedelta(days=2), "2 d ago", "fail"),
    ):
        html = render_remote(state, state.report.remotes[0], MemoryHistory(), now)
        assert f'<td class="{style}" data-label="ends">{ends:%Y-%m-%d} ({words})' in html


async def test_what_is_acknowledged_stands_on_its_page(service: FakeService, client: httpx.AsyncClient) -> None:
    """With its note and its end; it is no root cause."""
    known = Acknowledgement(check=BROKEN, cluster="*", remote="*", until="2026-06-30", note="moving, INC-7")
    service.board.put(report("audit", broken=True, policy=Policy(acknowledge=(known,))))
    page = Page((await client.get("/remote/eu/audit")).text)
    assert "Acknowledged" in page.text
    assert "acknowledged until 2026-06-30: moving, INC-7" in page.text
    assert "Root cause" not in page.text


@pytest.mark.parametrize(("cluster", "alias"), [("eu/west", "logs"), ("eu", "a/b c"), ("eu", "ünï%2Fx")])
async def test_names_with_odd_characters(
    service: FakeService, client: httpx.AsyncClient, cluster: str, alias: str
) -> None:
    """The links of the overview lead to the page of that remote, and to that of its cluster."""
    service.board.put(report(alias, cluster=cluster))
    overview = Page((await client.get("/", params={"cluster": cluster})).text)
    (link,) = [one for one in overview.links if one.startswith("/remote/")]
    assert f"{cluster} → {alias}" in Page((await client.get(link)).text).text
    (link,) = {one for one in overview.links if one.startswith("/clusters/")}
    assert f"{cluster} ✓ ok" in Page((await client.get(link)).text).words


async def test_pages_that_are_not_there(client: httpx.AsyncClient) -> None:
    """Said in plain text, with the way on."""
    answer = await client.get("/remote/eu/nowhere")
    assert (answer.status_code, answer.text) == (404, "no remote of that name was looked at; / lists those that were\n")
    answer = await client.get("/clusters/nowhere")
    assert (answer.status_code, answer.text) == (
        404,
        "no local cluster of that name was looked at; / lists those that were\n",
    )
    assert (await client.get("/checks/no/such")).status_code == 404
    assert (await client.get("/assets/no.css")).status_code == 404


async def test_look_now(service: FakeService, client: httpx.AsyncClient) -> None:
    """The button looks at the remote, and shows what was seen; a page of another site can't press it."""
    service.board.put(report("broken"))
    answer = await client.post("/remote/eu/broken")
    assert "Looked at by your request just now" in answer.text
    assert BROKEN in answer.text
    foreign = await client.post("/remote/eu/broken", headers={"sec-fetch-site": "cross-site"})
    assert foreign.status_code == 403
    service.error = ProbeFailedError("it went wrong")
    assert (await client.post("/remote/eu/broken")).status_code == 500
    assert (await client.post("/remote/eu/nowhere")).status_code == 404


async def test_a_look_that_does_not_find_the_remote(
    service: FakeService, client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was removed from the settings meanwhile: what an earlier round saw is not shown as if it had been seen now."""
    gone = dataclasses.replace(report(), remotes=(), status=Status.UNKNOWN)

    async def probe(_cluster: str, _remote: str) -> Probed:
        return Probed(report=gone, took=0.1)

    monkeypatch.setattr(service, "probe", probe)
    answer = await client.post("/remote/eu/logs")
    assert (answer.status_code, answer.text) == (
        404,
        "the look did not find this remote in the settings of its local cluster\n",
    )


async def test_a_look_does_not_say_since_when(service: FakeService, client: httpx.AsyncClient) -> None:
    """The look finds another state than the round before: that one's age is not said of it."""
    service.history.record(report("broken"), NOW, timedelta(hours=1))
    service.board.put(report("broken"))
    page = Page((await client.post("/remote/eu/broken")).text)
    assert "eu → broken ✗ FAIL" in page.words
    assert "FAIL for" not in page.words


async def test_the_page_of_a_check(service: FakeService, client: httpx.AsyncClient) -> None:
    """The manual, and where it fails now: what an alert links to."""
    page = Page((await client.get(f"/checks/{BROKEN}")).text)
    assert "Nowhere." in page.text
    service.board.put(report("audit", broken=True))
    page = Page((await client.get(f"/checks/{BROKEN}")).text)
    assert "Why it matters" in page.text
    assert "How to fix" in page.text
    assert "/remote/eu/audit" in page.links
    assert page.text.index("eu → audit") < page.text.index("does not resolve", page.text.index("eu → audit"))


async def test_the_page_of_a_cluster(service: FakeService, client: httpx.AsyncClient) -> None:
    """What is wrong with the cluster itself, when it was looked at, its remotes, those that fail first."""
    fine, broken = report("logs"), report("audit", broken=True)
    silent = Unavailable(step=Step.API, reason=Reason.REFUSED, detail="the API refused the login")
    both = dataclasses.replace(fine, remotes=(*fine.remotes, *broken.remotes), status=Status.FAIL, unanswered=silent)
    service.board.put(both, RoundFacts(finished_at=NOW, took=2.5))
    page = Page((await client.get("/clusters/eu")).text)
    assert "eu ? unknown" in page.words
    assert "the API refused the login" in page.text
    assert "took 2.5 s" in page.text
    assert page.text.index("audit") < page.text.rindex("logs")
    assert "/remote/eu/audit" in page.links
    assert "/?status=fail&cluster=eu" in page.links


async def test_every_page_has_its_frame(service: FakeService, client: httpx.AsyncClient) -> None:
    """One main landmark, one heading of the first order, a way past the header, a link that loads it again; nothing is loaded from elsewhere."""
    service.board.put(report("audit", broken=True))
    for path in ("/", "/remote/eu/audit", "/clusters/eu", f"/checks/{BROKEN}"):
        answer = await client.get(path)
        page = Page(answer.text)
        assert answer.headers["content-type"] == "text/html; charset=utf-8"
        assert [page.tags.count(tag) for tag in ("main", "h1", "header", "footer")] == [1, 1, 1, 1]
        assert "#content" in page.links
        assert ("id", "refresh") in page.attributes
        assert path in page.links
        assert not {"img", "iframe", "object", "style"} & set(page.tags)
        loaded = [v or "" for n, v in page.attributes if n == "src"] + [v for v in page.links if "/assets/" in v]
        assert all(one.startswith("/assets/") for one in loaded)
        assert page.tags.count("script") == 1
        assert "http-equiv" not in answer.text, "no page loads itself again while somebody reads"
        assert "style=" not in answer.text, "the policy forbids it"


async def test_what_pages_load_is_served(client: httpx.AsyncClient) -> None:
    """Style, script and icon, of the right kind, not sent again to who has them; the policy lets a page load nothing else."""
    answer = await client.get("/")
    assert answer.headers["content-security-policy"] == (
        "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self'; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'"
    )
    # With no-referrer, Chromium sends "Origin: null" with a form, and "look now" would be refused as that of another site.
    assert answer.headers["referrer-policy"] == "same-origin"
    page = Page(answer.text)
    assets = [value or "" for _, value in page.attributes if (value or "").startswith("/assets/")]
    assert len(assets) == 3
    for address in assets:
        first = await client.get(address)
        assert first.status_code == 200
        kinds = {"css": "text/css", "js": "text/javascript", "svg": "image/svg+xml"}
        assert first.headers["content-type"].startswith(kinds[address.partition("?")[0].rpartition(".")[2]])
        again = await client.get(address, headers={"if-none-match": first.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")
        assert not {"eval(", "innerHTML", "url(", "@import"} & {
            word for word in ("eval(", "innerHTML", "url(", "@import") if word in first.text
        }


async def test_a_page_that_did_not_change_is_not_sent_again(
    service: FakeService, client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The tag is that of the board: what changed is sent, what did not is not."""
    monkeypatch.setattr(
        "diag.web.page_routes.TICK", 1e9
    )  # Ages are written anew now and then, which is not the point here.
    for path in ("/", "/remote/eu/logs", "/clusters/eu", f"/checks/{BROKEN}"):
        tag = (await client.get(path)).headers["etag"]
        again = await client.get(path, headers={"if-none-match": tag})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
        service.board.put(report())
        assert (await client.get(path, headers={"if-none-match": tag})).status_code == 200
        service.notes = (*service.notes, "a note")
        assert (await client.get(path, headers={"if-none-match": tag})).status_code == 200


async def test_the_report_can_be_narrowed(service: FakeService, client: httpx.AsyncClient) -> None:
    """The same choice, as JSON."""
    service.board.put(report("audit", broken=True, cluster="us"))
    whole = json.loads((await client.get("/report")).text)
    assert [one["name"] for one in whole["clusters"]] == ["eu", "us"]
    failing = json.loads((await client.get("/report?status=fail")).text)
    assert [(one["name"], [r["alias"] for r in one["remotes"]]) for one in failing["clusters"]] == [("us", ["audit"])]
    named = json.loads((await client.get("/report?cluster=eu&remote=logs")).text)
    assert [(one["name"], [r["alias"] for r in one["remotes"]]) for one in named["clusters"]] == [("eu", ["logs"])]
    assert (await client.get("/report?status=x")).status_code == 400


async def test_text_of_a_peer_is_no_markup_on_any_page(service: FakeService, client: httpx.AsyncClient) -> None:
    """Names, sentences, fixes, reasons and evidence of a peer are shown as text: no tag, no escape sequence, no direction change."""
    hostile = report(HOSTILE, broken=True, cluster=HOSTILE)
    finding = dataclasses.replace(
        hostile.remotes[0].result(BROKEN).findings[0],  # type: ignore[union-attr]  # -- it is there.
        summary=HOSTILE * 50,
        remedy=HOSTILE,
        docs=("javascript:alert(1)", f"https://{HOSTILE}"),
    )
    results = tuple(
        dataclasses.replace(r, findings=(finding,))
        if r.check == BROKEN
        else dataclasses.replace(r, because=HOSTILE)
        if r.outcome in {Outcome.UNKNOWN, Outcome.SKIP}
        else r
        for r in hostile.remotes[0].results
    )
    remote = dataclasses.replace(hostile.remotes[0], results=results)
    service.board.put(dataclasses.replace(hostile, remotes=(remote,)), RoundFacts(finished_at=NOW, failure=HOSTILE))
    service.notes = (HOSTILE, "two\nlines")
    overview = Page((await client.get("/", params={"cluster": HOSTILE, "remote": HOSTILE})).text)
    (remote_link,) = [one for one in overview.links if one.startswith("/remote/")]
    (cluster_link,) = {one for one in overview.links if one.startswith("/clusters/")}
    for path in ("/", overview.links[-1], remote_link, cluster_link, f"/checks/{BROKEN}"):
        answer = await client.get(path)
        page = Page(answer.text)
        assert "<script>" in page.text, "it is shown, as text"
        assert page.tags.count("script") == 1, "the one of the page itself"
        assert "img" not in page.tags
        assert not [name for name, _ in page.attributes if name.startswith("on")]
        assert not [link for link in page.links if link.startswith("javascript:")]
        assert "\x1b" not in answer.text
        assert "\u202e" not in answer.text
        assert "49" not in page.text.replace("2026", "").replace(":49", "")
    assert len(overview.raw) < 40_000, "a long text is cut"
