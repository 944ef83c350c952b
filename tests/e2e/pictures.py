"""The pictures of the pages in the README, taken of the lab: ``make pictures``."""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path
from typing import Final

from playwright.async_api import Browser

from tests.e2e.browser import chromium, lab_service, tab

FOLDER: Final = Path(__file__).parents[2] / "docs" / "images"
PICTURES: Final = {"overview.png": "/", "remote.png": "/remote/lab/billing"}
MAX_BYTES: Final = 150_000
_ALIASES: Final = ("logs", "audit", "metrics", "billing", "geo", "partner", "partner12", "renew", "lapsed")


async def take(browser: Browser, folder: Path) -> None:
    """Take all of them into a folder."""
    with tempfile.TemporaryDirectory() as lab:
        async with (
            lab_service(Path(lab), *_ALIASES, interval="60s") as (running, _),
            tab(browser, running.url, {"width": 1100, "height": 760}, color_scheme="light") as one,
        ):
            while running.daemon.not_ready():  # noqa: ASYNC110 -- there is no event for it.
                await asyncio.sleep(0.05)
            for name, path in PICTURES.items():
                await one.go(path)
                await one.shoot(folder / name)


async def _main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    async with chromium() as browser:
        await take(browser, FOLDER)


if __name__ == "__main__":
    asyncio.run(_main())
