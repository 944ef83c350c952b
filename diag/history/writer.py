"""The thread that writes the past to its file, and what becomes of it when that fails: rounds never wait for it."""

from __future__ import annotations

import contextlib
import sqlite3
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, TypeVar

import structlog

from diag.history.batch import Batch, Outbox
from diag.history.database import Database, Retention
from diag.history.event import Event
from diag.history.file_facts import FileFacts
from diag.history.memory import MAX_RECENT
from diag.history.opening import is_broken, set_aside
from diag.history.queries import Query, known, select
from diag.text import shown

FIRST_DELAY, MAX_DELAY = 1.0, 60.0  # Seconds between two attempts while the file can't be used.
PRUNE_SECONDS: Final = 3600.0
_MAX_PROBLEM: Final = 300
T = TypeVar("T")
Adopt = Callable[[Batch, tuple[Event, ...]], bool]

log = structlog.stdlib.get_logger("diag.history")


class Writer:
    """Writes what comes to the outbox, opens the file again where it was lost, and sets it aside where it is broken.

    ``adopt`` takes over what the file knows, and says whether it did; ``everything`` is what a file that knows nothing is given.
    """

    def __init__(
        self, path: Path, retention: Retention, outbox: Outbox, adopt: Adopt, everything: Callable[[], Batch]
    ) -> None:
        self._path, self._retention, self._outbox = path, retention, outbox
        self._adopt, self._everything = adopt, everything
        self._wake, self._stopping, self.opened = threading.Event(), threading.Event(), threading.Event()
        self._database: Database | None = None
        self._damage: Exception | None = None
        self._delay = 0.0
        self._pruned = -PRUNE_SECONDS
        self._failures, self._size = 0, 0
        self._problem = "it is not open yet"
        self._aside: list[str] = []
        self._thread = threading.Thread(target=self._run, name="diag-history", daemon=True)

    def start(self) -> None:
        """Open the file, on the thread. ``opened`` is set once that was tried."""
        self._thread.start()

    def wake(self) -> None:
        """Say that there is something to write."""
        self._wake.set()

    def stop(self, seconds: float) -> None:
        """Write what is pending, and end; a file that takes it in no such time loses it."""
        self._stopping.set()
        self._wake.set()
        self._thread.join(seconds)

    @property
    def facts(self) -> FileFacts:
        """How the file does."""
        database = self._database
        return FileFacts(
            problem=self._problem,
            set_aside=tuple(self._aside),
            events=database.events_kept if database else 0,
            size=self._size,
            dropped=self._outbox.dropped,
            failures=self._failures,
        )

    def read(self, ask: Callable[[sqlite3.Connection], T]) -> T | None:
        """Ask something of the file, on any thread; None where it can't be read now."""
        database = self._database
        if database is None:
            return None
        try:
            return database.read(ask)
        except (sqlite3.Error, OSError) as error:
            self._failures += 1
            if is_broken(error):
                self._damage = error
                self._wake.set()
            log.warning("history.unreadable", path=str(self._path), because=_words(error))
            return None

    def _run(self) -> None:
        if not self._attempt(self._open) and self._aside:
            self._attempt(self._open)
        self.opened.set()
        while not self._stopping.is_set():
            if self._delay:
                self._stopping.wait(self._delay)
            else:
                self._wake.wait(PRUNE_SECONDS)
            self._wake.clear()
            self._attempt(self._write)
        self._attempt(self._write)  # What came after the last look.
        if self._database is not None:
            self._database.close()

    def _attempt(self, action: Callable[[], None]) -> bool:
        try:
            action()
        except Exception as error:  # noqa: BLE001 -- whatever is wrong with the file, or with this code: rounds go on, and it is said.
            self._failed(error)
            return False
        if self._problem:
            log.info("history.usable", path=str(self._path), events=self.facts.events)
        self._problem, self._delay = "", 0.0
        return True

    def _failed(self, error: Exception) -> None:
        self._failures += 1
        self._delay = min(MAX_DELAY, max(FIRST_DELAY, 2 * self._delay))
        problem = _words(error)
        if problem != self._problem:
            log.error("history.unusable", path=str(self._path), because=problem)
        self._problem = problem
        if is_broken(error):
            self._set_aside()

    def _set_aside(self) -> None:
        self._close()
        try:
            target = set_aside(self._path, datetime.now(UTC))
        except OSError as error:
            log.error("history.not_set_aside", path=str(self._path), because=_words(error))  # noqa: TRY400 -- no traceback: it is not ours.
            return
        self._aside.append(target.name)
        log.error("history.set_aside", path=str(self._path), as_=str(target))

    def _open(self) -> None:
        with contextlib.ExitStack() as opened:
            database = Database(self._path, self._retention)
            opened.callback(database.close)
            latest = database.read(lambda one: select(one, Query(limit=MAX_RECENT, newest=True)))
            kept = database.read(known)
            if not self._adopt(kept, latest):
                # This process began without it. What an empty file is given is all there is; behind that nothing is known.
                database.seed(self._everything(), is_new=kept.is_empty)
            self._size = database.size
            opened.pop_all()
        self._database = database

    def _write(self) -> None:
        damage, self._damage = self._damage, None
        if damage is not None:
            raise damage
        if self._database is not None and self._database.is_gone:
            log.error("history.file_gone", path=str(self._path))
            self._close()
        if self._database is None:
            self._open()
        if self._database is not None:
            self._write_to(self._database)

    def _write_to(self, database: Database) -> None:
        batch = self._outbox.take()
        written = False
        try:
            if not batch.is_empty:
                database.write(batch)
            written = True
        finally:
            self._outbox.done() if written else self._outbox.give_back()
        self._size = database.size
        if self._size > self._retention.size or time.monotonic() - self._pruned >= PRUNE_SECONDS:
            database.prune(datetime.now(UTC))
            self._pruned = time.monotonic()
            self._size = database.size

    def _close(self) -> None:
        if self._database is not None:
            self._database.close()
            self._database = None


def _words(error: Exception) -> str:
    return shown(str(error), _MAX_PROBLEM) or type(error).__name__
