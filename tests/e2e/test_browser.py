"""A real browser walks the pages: from what fails to its fix, to the check, to the past; while it reads, the pages change under it."""

from __future__ import annotations

import asyncio
import dataclasses
import re
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, Locator, Page, expect

from diag.daemon import Running
from tests.diag.test_overview import DOWN, FINE, fleet, with_cause
from tests.diag.test_web import FakeService, report
from tests.e2e.browser import PHONE, WIDE, chromium, lab_service, served, tab
from tests.e2e.pictures import MAX_BYTES, PICTURES, take
from tests.patience import PATIENCE


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    """A browser."""
    async with chromium() as made:
        yield made


async def first_round(running: Running) -> None:
    """Wait for the end of the first round."""
    while running.daemon.not_ready():  # noqa: ASYNC110 -- there is no event for it.
        await asyncio.sleep(0.05)


async def test_from_the_failure_to_the_fix_and_back_to_well(browser: Browser, tmp_path: Path) -> None:
    """Overview, remote, check, fix; then the certificate is renewed, "look now" sees it, and the open page follows by itself."""
    async with lab_service(tmp_path, "logs", "billing") as (running, lab), tab(browser, running.url) as one:
        await first_round(running)
        page = one.page
        await one.go("/")
        block = page.locator("article.cause", has_text="tls/expired")
        await expect(block).to_contain_text("critical")
        await expect(block).to_contain_text("Fix:")
        await block.get_by_role("link", name="lab → billing").click()
        await one.at("/remote/lab/billing")
        await expect(page.locator("li.station.breaks")).to_contain_text("TLS the way breaks here")
        await expect(page.locator("section", has_text="Root cause").first).to_contain_text("Renew it on every node")
        await expect(page.locator("[data-key=past]")).to_contain_text("seen for the first time: FAIL")
        await page.locator("article", has_text="tls/expired").get_by_role("link", name="tls/expired").click()
        await one.at("/checks/tls/expired")
        await expect(page.get_by_role("heading", name="How to fix")).to_be_visible()
        await page.get_by_role("link", name="lab → billing").click()
        lab.peers["billing"].identity = lab.pki.identity("good", "billing")
        await page.get_by_role("button", name="Look now").click()
        await expect(page.locator("main")).to_contain_text("by your request just now")
        await expect(page.locator("h1 .state")).to_have_text("✓ ok")
        await expect(page.locator("li.station.breaks")).to_have_count(0)
        await expect(page.get_by_role("status")).to_contain_text("Looked at it: lab → billing is ok")
        await one.at("/remote/lab/billing")
        await page.get_by_role("link", name="all remotes").click()
        await expect(page.locator("article.cause.ok")).to_contain_text("lab → billing")
        await page.get_by_role("link", name="lab", exact=True).click()
        await expect(page.locator("li.line", has_text="billing")).to_contain_text("✓ ok")


async def test_a_page_changes_while_somebody_reads(browser: Browser) -> None:
    """What is open stays open, what is selected or focused stays so, the place stays, nothing is loaded again; the change is announced."""
    service = FakeService()
    service.board.put(fleet("eu", (DOWN, 40, "down"), (FINE, 40, "fine")))
    async with served(service) as url, tab(browser, url) as one:
        page = one.page
        await one.go("/")
        await page.evaluate("window.isTheSame = true")
        await page.locator("article.cause", has_text="dns-nxdomain").locator("summary", has_text="Show 40").click()
        line = page.locator("li.line", has_text="down0020")
        await line.scroll_into_view_if_needed()
        await line.get_by_role("link").focus()
        before = await line.bounding_box()
        await page.evaluate(
            "getSelection().selectAllChildren([...document.querySelectorAll('li.line')]"
            ".find((one) => one.textContent.includes('down0021')).querySelector('.strip'))"
        )
        worse = with_cause(DOWN, "tls/expired", "It has expired.")
        service.board.put(fleet("eu", (DOWN, 40, "down"), (FINE, 30, "fine"), (worse, 10, "worse")))
        await page.get_by_role("link", name="Refresh").evaluate("(one) => one.click()")
        await expect(page.locator("article.cause", has_text="tls/expired")).to_be_visible()
        assert await page.evaluate("window.isTheSame")
        await expect(line).to_be_visible()
        assert await line.get_by_role("link").evaluate("(one) => document.activeElement === one")
        assert "address" in await page.evaluate("String(getSelection())")
        after = await line.bounding_box()
        assert before is not None
        assert after is not None
        assert abs(after["y"] - before["y"]) < 2, "what is read does not jump, although something came in above it"
        await expect(page.get_by_role("status")).to_contain_text("50 FAIL")


async def test_a_page_follows_by_itself_and_can_be_stopped(browser: Browser) -> None:
    """Without a hand; a button keeps it as it is, and lets it go on; when diag ends, the page says so."""
    service = FakeService()
    async with tab(browser, "") as one:
        async with served(service) as url:
            one._url = url
            page = one.page
            await page.clock.install()
            await one.go("/")
            await expect(page.locator("main")).to_contain_text("Waiting for the first round of eu")
            service.board.put(report())
            await passes(page, page.locator("main"), "eu → logs")
            await page.get_by_role("button", name="Pause").click()
            service.board.put(report(broken=True))
            await page.clock.run_for(60_000)
            await expect(page.locator("article.cause.critical")).to_have_count(0)
            await page.get_by_role("button", name="Go on").click()
            await expect(page.locator("article.cause.critical")).to_have_count(1)
        await passes(page, page.locator("#live-state"), "diag does not answer")
        await expect(page.locator("main")).not_to_have_css("opacity", "1")
        # However the browser learns that nobody is there any more.
        one.problems = [text for text in one.problems if "net::ERR_" not in text]


async def passes(page: Page, locator: Locator, text: str) -> None:
    """Let the time of the page pass until something is shown: what it fetches arrives at its own time, and sets its next timer only then."""
    end = time.monotonic() + PATIENCE
    while text not in (await locator.text_content() or ""):
        assert time.monotonic() < end, await locator.text_content()
        await page.clock.run_for(1_000)
        await asyncio.sleep(0.05)


async def test_first_results_arrive(browser: Browser) -> None:
    """One remote hangs: the others are there, and so is how far the round has come."""
    service = FakeService()
    whole = fleet("eu", (DOWN, 1, "down"), (FINE, 2, "fine"))
    local = dataclasses.replace(whole.evidence.cluster, remotes=tuple(one.evidence.remote for one in whole.remotes))
    whole = dataclasses.replace(whole, evidence=dataclasses.replace(whole.evidence, cluster=local))
    async with served(service) as url, tab(browser, url) as one:
        await one.go("/")
        service.board.put_early(dataclasses.replace(whole, remotes=whole.remotes[:2]))
        await expect(one.page.locator("progress")).to_have_attribute("value", "2")
        await expect(one.page.locator("main")).to_contain_text("eu → down0000")
        service.board.put(whole)
        await expect(one.page.locator("progress")).to_have_count(0)
        await expect(one.page.locator("main")).to_contain_text("eu → fine0001")


async def test_without_scripts(browser: Browser, tmp_path: Path) -> None:
    """Links, forms and folded parts do the same: filter, remote, "look now", refresh."""
    async with (
        lab_service(tmp_path, "logs", "geo") as (running, _),
        tab(browser, running.url, java_script_enabled=False) as one,
    ):
        await first_round(running)
        page = one.page
        await one.go("/")
        await page.locator("details.filter > summary").click()
        await page.get_by_label("Remote").fill("g*")
        await page.get_by_role("button", name="Show").click()
        await expect(page).to_have_url(re.compile(r"[?&]remote=g(\*|%2A)"))
        await expect(page.locator("main")).not_to_contain_text("lab → logs")
        await page.get_by_role("link", name="lab → geo").click()
        await page.get_by_role("button", name="Look now").click()
        await expect(page.locator("main")).to_contain_text("by your request just now")
        await page.get_by_role("link", name="the page of the last round").click()
        await page.get_by_role("link", name="Refresh").click()
        await one.at("/remote/lab/geo")
        await expect(page.get_by_role("button", name="Pause")).to_have_count(0)


async def test_by_keyboard(browser: Browser, tmp_path: Path) -> None:
    """The first stop leads past the header; what has the focus is seen; a state is chosen and a part unfolded without a mouse."""
    async with lab_service(tmp_path, "logs", "geo") as (running, _), tab(browser, running.url) as one:
        await first_round(running)
        page = one.page
        await one.go("/")
        await page.keyboard.press("Tab")
        skip = page.get_by_role("link", name="Skip to the content")
        await expect(skip).to_be_focused()
        await expect(skip).to_be_in_viewport()
        await page.keyboard.press("Enter")
        await page.keyboard.press("Tab")
        first = page.locator(".counts a").first
        await expect(first).to_be_focused()
        assert await first.evaluate("(one) => getComputedStyle(one).outlineStyle") != "none"
        await page.keyboard.press("Enter")
        await page.wait_for_url("**/?status=fail")
        await expect(page.locator("main")).not_to_contain_text("lab → logs")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("viewport", [WIDE, PHONE], ids=["wide", "phone"])
async def test_nobody_is_left_out(browser: Browser, tmp_path: Path, scheme: Any, viewport: Any) -> None:
    """axe-core finds nothing, in light and dark, wide and narrow, folded and unfolded; nothing is wider than the window."""
    async with (
        lab_service(tmp_path, "logs", "billing", "geo", "archive", "renew", interval="60s") as (running, _),
        tab(browser, running.url, viewport, color_scheme=scheme) as one,
    ):
        await first_round(running)
        for path in ("/", "/?status=ok&cluster=lab", "/remote/lab/billing", "/clusters/lab", "/checks/tls/expired"):
            await one.go(path)
            assert await one.faults() == [], path
            await one.page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
            assert await one.faults() == [], f"{path}, unfolded"


async def test_a_thousand_remotes(browser: Browser) -> None:
    """All of them are on the overview in a moment, below 200 kB; by cause, filter and page each is reached; axe finds nothing."""
    service = FakeService()
    expired = with_cause(DOWN, "tls/expired", "It has expired.")
    service.board.put(fleet("eu", (DOWN, 300, "down"), (expired, 3, "old"), (FINE, 697, "fine")))
    async with served(service) as url, tab(browser, url, PHONE) as one:
        page = one.page
        await one.go("/")
        sizes = await page.evaluate("performance.getEntriesByType('navigation').map((one) => one.decodedBodySize)")
        assert 10_000 < sizes[0] < 200_000
        await expect(page.get_by_role("navigation", name="States")).to_contain_text("1000 all")
        assert await one.faults() == []
        await page.get_by_role("navigation", name="States").get_by_role("link", name="303 FAIL").click()
        block = page.locator("article.cause", has_text="dns-nxdomain")
        await block.get_by_role("link", name="All 300").click()
        await page.get_by_role("navigation", name="Further pages").get_by_role("link", name="3").click()
        await expect(page.locator("li.line", has_text="down0299")).to_be_visible()
        await one.go("/")
        await page.locator("details.filter > summary").click()
        await page.get_by_label("Remote").fill("fine0696")
        await page.get_by_role("button", name="Show").click()
        await page.get_by_role("link", name="eu → fine0696").click()
        await expect(page.locator("h1")).to_contain_text("eu → fine0696 ✓ ok")


async def test_on_paper(browser: Browser) -> None:
    """Remotes and fixes are unfolded, what only a screen can use is left out, and black stands on white whatever the screen prefers."""
    service = FakeService()
    service.board.put(fleet("eu", (DOWN, 10, "down"), (FINE, 10, "fine")))
    async with served(service) as url, tab(browser, url, color_scheme="dark") as one:
        await one.go("/")
        last = one.page.locator("li.line", has_text="down0009")
        await expect(last).to_be_hidden()
        await one.page.emulate_media(media="print")
        assert await one.page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
        await expect(one.page.get_by_role("button", name="Pause")).to_be_hidden()
        box = await last.bounding_box()
        assert box is not None
        assert box["height"] > 0


async def test_the_pictures_of_the_readme(browser: Browser, tmp_path: Path) -> None:
    """They can be taken at any time, and are small."""
    await take(browser, tmp_path)
    for name in PICTURES:
        content = (tmp_path / name).read_bytes()
        assert content.startswith(b"\x89PNG")
        assert 10_000 < len(content) < MAX_BYTES
