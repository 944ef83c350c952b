"""A real browser for the tests of the pages: Chromium of the system, and axe-core, which knows the rules of accessibility."""

from __future__ import annotations

import contextlib
import os
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, Final

from playwright.async_api import Browser, BrowserContext, Page, ViewportSize, async_playwright, expect

from diag.daemon import Running, running_daemon
from diag.daemon.serve import open_socket, serve, url_of
from diag.daemon.web_guard_file import WebGuardFile
from diag.lab.clusters import Lab, running_lab
from diag.lab.scenarios import SCENARIOS
from diag.web import Service, build_app
from tests.e2e.conftest import program
from tests.patience import ENDS_WITHIN, PATIENCE, unhurry

_PATIENCE_MS: Final = 1000 * PATIENCE
# A browser shares the processors with the service that it looks at, and with other tests.
expect.set_options(timeout=_PATIENCE_MS)
AXE_VERSION: Final = "4.14.1"  # Of axe-core (MPL-2.0), used by tests alone.
WIDE: Final[ViewportSize] = {"width": 1280, "height": 800}
PHONE: Final[ViewportSize] = {"width": 360, "height": 740}
_QUIET: Final = (
    "--no-sandbox",  # The tests may run as root.
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def axe_source() -> str:
    """The script of axe-core, fetched once by npm and kept."""
    cache = Path(os.environ.get("DIAG_TOOLS_CACHE", Path.home() / ".cache" / "diag-tools"))
    folder = cache / f"axe-core-{AXE_VERSION}"
    script = folder / "node_modules" / "axe-core" / "axe.min.js"
    if not script.is_file():
        folder.mkdir(parents=True, exist_ok=True)
        command = (program("npm"), "install", "--silent", "--ignore-scripts", "--no-audit", "--no-fund", "--no-save")
        subprocess.run((*command, "--prefix", str(folder), f"axe-core@{AXE_VERSION}"), check=True, timeout=ENDS_WITHIN)
    return script.read_text()


@contextlib.asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    """A browser."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=program("chromium"), args=list(_QUIET), timeout=_PATIENCE_MS
        )
        try:
            yield browser
        finally:
            await browser.close()


class Tab:
    """A page in a browser of its own: what went wrong in it is kept in ``problems``."""

    def __init__(self, page: Page, url: str) -> None:
        self.page, self._url = page, url
        self.problems: list[str] = []
        page.on("pageerror", lambda error: self.problems.append(str(error)))
        page.on("console", lambda line: self.problems.append(line.text) if line.type in {"error", "warning"} else None)

    async def go(self, path: str) -> None:
        """Go to a page of the service."""
        await self.page.goto(self._url + path)

    async def text(self) -> str:
        """What the content says, with single spaces."""
        return " ".join((await self.page.inner_text("main")).split())

    async def at(self, path: str) -> None:
        """Wait until it is at a page of the service."""
        await expect(self.page).to_have_url(self._url + path)

    async def faults(self) -> list[str]:
        """What axe-core has to say against it, and whether something is wider than the window."""
        # Evaluated, not added as an element: the policy of the page forbids what it did not bring.
        await self.page.evaluate(axe_source())
        found: list[dict[str, Any]] = (await self.page.evaluate("axe.run()"))["violations"]
        said = [f"{one['id']} ({one['impact']}): {one['nodes'][0]['html'][:200]}" for one in found]
        over = await self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        return [*said, *([f"{over} pixels wider than the window"] if over > 0 else [])]

    async def shoot(self, path: Path) -> None:
        """Take a picture of the window."""
        await self.page.screenshot(path=path)


@contextlib.asynccontextmanager
async def tab(browser: Browser, url: str, viewport: ViewportSize = WIDE, **options: Any) -> AsyncIterator[Tab]:
    """A tab of a fresh browser. Whatever the page complains of fails the test."""
    context: BrowserContext = await browser.new_context(viewport=viewport, **options)
    context.set_default_timeout(_PATIENCE_MS)
    try:
        made = Tab(await context.new_page(), url)
        yield made
        assert made.problems == []
    finally:
        await context.close()


@contextlib.asynccontextmanager
async def lab_service(folder: Path, *aliases: str, interval: str = "2s") -> AsyncIterator[tuple[Running, Lab]]:
    """The daemon, watching these remotes of the lab; all of them where none is named."""
    chosen = tuple(one for one in SCENARIOS if not aliases or one.alias in aliases)
    async with (
        running_lab(folder, chosen, interval=interval) as lab,
        _watched(lab) as running,
    ):
        yield running, lab


@contextlib.asynccontextmanager
async def _watched(lab: Lab) -> AsyncIterator[Running]:
    unhurry(lab.config)
    async with running_daemon(lab.config, listen=("127.0.0.1", 0)) as running:
        yield running


@contextlib.asynccontextmanager
async def served(service: Service) -> AsyncIterator[str]:
    """Any service at an address of its own."""
    with contextlib.closing(open_socket("127.0.0.1", 0)) as bound:
        server, serving = await serve(build_app(service), bound, 1, WebGuardFile(None))
        try:
            yield url_of(bound, tls=False)
        finally:
            server.close()
            await serving
