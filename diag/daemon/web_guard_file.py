"""The web configuration as it is now: read at the start, and again whenever a file of it changes."""

from __future__ import annotations

import asyncio
import os
import ssl
from collections.abc import Iterable
from pathlib import Path
from typing import Final, Protocol

import structlog

from diag.config import ConfigError, Problem
from diag.config.web_config import WebConfig, load_web_config
from diag.daemon.web_tls import server_context
from diag.lazy_dataclass import dataclass

READ_EVERY: Final = 1.0  # Seconds between two looks at the files.


class Noted(Protocol):
    """What is called after each reading of a file that changed."""

    def __call__(self, *, ok: bool) -> None:
        """Note whether it could be used; called on any thread."""


_Signature = tuple[tuple[int, int, int] | None, ...]

log = structlog.stdlib.get_logger("diag.daemon")


@dataclass(frozen=True, slots=True, kw_only=True)
class WebGuard:
    """What guards the web side: the file, and the context of TLS made of it, None where it asks for none."""

    config: WebConfig
    context: ssl.SSLContext | None


NO_GUARD: Final = WebGuard(config=WebConfig(), context=None)


class WebGuardFile:
    """Keeps what the file says. One that can't be used is refused, and what was good before stays in use.

    The work is done on a thread: a disk may be slow, and a request must not wait for it.
    """

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self.current = NO_GUARD if path is None else _read(path)
        self._seen = self._signature()

    async def watch(self, noted: Noted) -> None:
        """See, for ever, that what is in use is what the files say."""
        while True:
            await asyncio.sleep(READ_EVERY)
            if self._path is not None:
                await asyncio.to_thread(self.look, noted)

    def look(self, noted: Noted) -> None:
        """Read the files again where one of them changed."""
        seen = self._signature()
        if self._path is None or seen == self._seen:
            return
        self._seen = seen
        try:
            fresh = self._as_started(_read(self._path), self._path)
        except ConfigError as error:
            log.error("web_config.refused", error=str(error))  # noqa: TRY400 -- no traceback: it is not ours.
            noted(ok=False)
            return
        self.current = fresh
        self._seen = self._signature()
        noted(ok=True)
        log.info("web_config.loaded")

    def _as_started(self, fresh: WebGuard, path: Path) -> WebGuard:
        """Refuse what can't change while connections are taken."""
        if (fresh.context is None) == (self.current.context is None):
            return fresh
        msg = "TLS is switched on or off at a start alone"
        raise ConfigError([Problem(file=str(path), path="tls_server_config", message=msg)])

    def _signature(self) -> _Signature:
        """What changes when a file does: its name leads to another one, or it is written anew."""
        tls = self.current.config.tls_server_config
        named = (self._path, tls.cert_file, tls.key_file, tls.client_ca_file)
        return tuple(_identity(named))


def _identity(paths: Iterable[Path | None]) -> list[tuple[int, int, int] | None]:
    found: list[tuple[int, int, int] | None] = []
    for path in paths:
        try:
            stat = None if path is None else os.stat(path)  # noqa: PTH116 -- one call, of a path that may be gone.
        except OSError:
            stat = None
        found.append(None if stat is None else (stat.st_ino, stat.st_size, stat.st_mtime_ns))
    return found


def _read(path: Path) -> WebGuard:
    config = load_web_config(path)
    tls = config.tls_server_config
    return WebGuard(config=config, context=server_context(tls, str(path)) if tls.enabled else None)
