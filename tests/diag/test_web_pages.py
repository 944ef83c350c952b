"""The pages of one remote and of one check, what can be chosen, and looking now."""

from __future__ import annotations

import json

import httpx
import pytest

from diag.board import RoundFacts
from diag.web import ProbeFailedError
from tests.diag.test_web import HOSTILE, NOW, FakeService, Page, client, report, service

__all__ = ["client", "service"]
BROKEN = "network/dns-nxdomain"


async def test_the_page_of_a_remote_says_all_that_is_known(service: FakeService, client: httpx.AsyncClient) -> None:
    """Root cause with sentence, fix and documentation; how far it was looked at; what changed."""
    service.board.put(report("audit", broken=True), RoundFacts(finished_at=NOW))
    page = Page((await client.get("/remote/eu/audit")).text)
    assert "eu → audit ✗ FAIL" in page.text
    assert page.text.index("Root cause") < page.text.index(BROKEN) < page.text.index("does not resolve")
    assert ("href", f"/checks/{BROKEN}") in page.attributes
    assert [
        value
        for name, value in page.attributes
        if name == "href" and (value or "").startswith("https://www.elastic.co")
    ]
    assert "What would make it asked" in page.text
    assert "new → FAIL" in page.text


async def test_the_certificates_stand_on_it(client: httpx.AsyncClient) -> None:
    """Subject, names, dates, fingerprint of each, once."""
    page = Page((await client.get("/remote/eu/logs")).text)
    assert "Certificates that it shows" in page.text
    assert "2026" in page.text
    assert page.text.count("Root cause") == 0


@pytest.mark.parametrize(("cluster", "alias"), [("eu/west", "logs"), ("eu", "a/b c"), ("eu", "ünï%2Fx")])
async def test_names_with_odd_characters(
    service: FakeService, client: httpx.AsyncClient, cluster: str, alias: str
) -> None:
    """The link of the overview leads to the page of that remote."""
    service.board.put(report(alias, cluster=cluster))
    hrefs = [
        value for name, value in Page((await client.get(f"/?cluster={cluster}")).text).attributes if name == "href"
    ]
    (link,) = [value for value in hrefs if value and value.startswith("/remote/")]
    assert f"{cluster} → {alias}" in Page((await client.get(link)).text).text


async def test_a_remote_that_is_not_there(client: httpx.AsyncClient) -> None:
    """Said in plain text, with the way on."""
    answer = await client.get("/remote/eu/nowhere")
    assert (answer.status_code, answer.text) == (404, "no remote of that name was looked at; / lists those that were\n")


async def test_look_now(service: FakeService, client: httpx.AsyncClient) -> None:
    """The button looks at the remote, and shows what was seen; a page of another site can't press it."""
    service.board.put(report("broken"))
    answer = await client.post("/remote/eu/broken")
    assert "by your request just now" in answer.text
    assert BROKEN in answer.text
    foreign = await client.post("/remote/eu/broken", headers={"sec-fetch-site": "cross-site"})
    assert foreign.status_code == 403
    service.error = ProbeFailedError("it went wrong")
    assert (await client.post("/remote/eu/broken")).status_code == 500
    assert (await client.post("/remote/eu/nowhere")).status_code == 404


async def test_the_page_of_a_check(service: FakeService, client: httpx.AsyncClient) -> None:
    """The manual, and where it fails now: what an alert links to."""
    service.board.put(report("audit", broken=True))
    answer = await client.get(f"/checks/{BROKEN}")
    page = Page(answer.text)
    assert "Why it matters" in page.text
    assert "How to fix" in page.text
    assert ("href", "/remote/eu/audit") in page.attributes
    assert (await client.get("/checks/no/such")).status_code == 404


async def test_the_overview_can_be_narrowed(service: FakeService, client: httpx.AsyncClient) -> None:
    """By status, cluster and cause, in the address; counts lead there."""
    service.board.put(report("audit", broken=True, cluster="us"))
    assert "us → audit" in Page((await client.get("/")).text).text
    failing = Page((await client.get("/?status=fail")).text)
    assert "us → audit" in failing.text
    assert "eu → logs" not in failing.text
    assert "Only status fail." in failing.text
    assert "1 FAIL" in failing.text
    assert "1 ok" in failing.text
    assert "us → audit" in Page((await client.get(f"/?cause={BROKEN}")).text).text
    assert "us → audit" not in Page((await client.get("/?cluster=eu")).text).text
    refused = await client.get("/?status=broken")
    assert (refused.status_code, refused.text) == (400, "status 'broken': expected one of ok, warn, fail, unknown\n")


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
    """As on the overview."""
    service.board.put(report(HOSTILE, broken=True, cluster="c"), RoundFacts(finished_at=NOW, failure=HOSTILE))
    hrefs = [value for name, value in Page((await client.get("/?cluster=c")).text).attributes if name == "href"]
    (link,) = [value for value in hrefs if value and value.startswith("/remote/")]
    answer = await client.get(link)
    page = Page(answer.text)
    assert "<script>" in page.text
    assert not {"script", "img"} & set(page.tags)
    assert not [name for name, _ in page.attributes if name.startswith("on")]
    assert "\x1b" not in answer.text
