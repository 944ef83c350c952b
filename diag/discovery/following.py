"""The sources, looked at again and again: what they name now, and what of it changed."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Protocol

from diag.config import Config
from diag.config.sources import Discovery
from diag.discovery.find import Findings, with_found

Find = Callable[[Discovery, Config], Awaitable[Findings]]


class Changed(Protocol):
    """Hears of each look at a source; ``new`` says whether it names other clusters than before."""

    def __call__(self, findings: Findings, *, new: bool) -> None:
        """Take it in."""


class Discoverer:
    """Looks at each source at its own pace. A source that can't be read keeps what it named last: its clusters are not gone."""

    def __init__(self, find: Find, changed: Changed) -> None:
        self._find, self._changed = find, changed
        self._tasks: dict[Discovery, asyncio.Task[None]] = {}
        self._found: dict[Discovery, Findings] = {}
        self._problems: dict[Discovery, str] = {}
        self._clashes: Mapping[str, str] = {}
        self._config = Config()

    @property
    def problems(self) -> Mapping[str, str]:
        """What is wrong with which source, as of its last look."""
        return {**self._clashes, **{source.name: text for source, text in self._problems.items() if text}}

    @property
    def waiting(self) -> tuple[str, ...]:
        """The sources that were not looked at yet."""
        return tuple(source.name for source in self._tasks if source not in self._problems)

    def begin(self, config: Config) -> None:
        """Look at the sources of this configuration. Those that it had before go on as they were; others are forgotten."""
        self._config = config
        wanted = set(config.discover)
        for gone in self._tasks.keys() - wanted:
            self._tasks.pop(gone).cancel()
            for kept in (self._found, self._problems):
                kept.pop(gone, None)
        for source in config.discover:
            if source not in self._tasks:
                self._tasks[source] = asyncio.create_task(self._again(source), name=f"discover {source.name}")

    def complete(self, config: Config) -> Config:
        """The configuration with the clusters that were found; those that have a name that is taken are left out."""
        whole, self._clashes = with_found(config, (self._found[one] for one in config.discover if one in self._found))
        return whole

    async def stop(self) -> None:
        """Look no more."""
        tasks = tuple(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _again(self, source: Discovery) -> None:
        while True:
            before = self._found.get(source)
            findings = (await self._find(source, self._config)).after(before)
            new = not findings.failed and (before is None or before.clusters != findings.clusters)
            if not findings.failed:
                self._found[source] = findings
            self._problems[source] = findings.problem
            self._changed(findings, new=new)
            await asyncio.sleep(source.refresh)
