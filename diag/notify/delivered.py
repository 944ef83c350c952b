"""Up to which event each webhook was notified, kept next to the file of the history so that a restart sends nothing twice."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import json
import os
from pathlib import Path
from typing import Final

import structlog

SUFFIX: Final = ".notified"

log = structlog.stdlib.get_logger("diag.notify")


class Delivered:
    """The cursor of the last event that each webhook got; without a path it is known until the process ends."""

    def __init__(self, history: Path | None) -> None:
        self._path = history.with_name(history.name + SUFFIX) if history else None
        self._cursors: dict[str, int] | None = None
        self._unwritten = False
        self._written = json.dumps({}, indent=1)
        self._one_at_a_time = asyncio.Lock()

    def of(self, url: str) -> int | None:
        """The cursor of a webhook, None where nothing was ever sent to it. The first call reads a small file."""
        return self._known().get(_key(url))

    async def note(self, url: str, cursor: int) -> None:
        """Note that a webhook has everything up to this event. A disk that is full costs at most messages that come twice."""
        self._known()[_key(url)] = cursor
        await self.keep()

    async def keep(self) -> None:
        """Write what is not written yet."""
        async with self._one_at_a_time:
            text = json.dumps(self._known(), indent=1)
            if self._path is None or text == self._written:
                return
            try:
                await asyncio.to_thread(_write, self._path, text)
                self._written, self._unwritten = text, False
            except OSError as error:
                if not self._unwritten:
                    log.warning("notify.not_kept", because=os.strerror(error.errno or 0))
                self._unwritten = True

    def _known(self) -> dict[str, int]:
        if self._cursors is None:
            self._cursors = _read(self._path) if self._path else {}
        return self._cursors


def _key(url: str) -> str:
    """A name of an address that gives nothing away: it may hold a secret."""
    return hashlib.sha256(url.encode()).hexdigest()[:16]


def _read(path: Path) -> dict[str, int]:
    with contextlib.suppress(OSError, ValueError):
        found = json.loads(path.read_text(encoding="utf-8"))
        if isinstance(found, dict):
            return {str(key): value for key, value in found.items() if isinstance(value, int)}
    return {}


def _write(path: Path, text: str) -> None:
    """Write it whole or not at all, for its owner alone."""
    new = path.with_name(path.name + ".new")
    descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)
