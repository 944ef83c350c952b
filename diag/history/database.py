"""The file of the past: one SQLite database with a write-ahead log, which survives the end of the process at any moment."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import threading
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final, TypeVar

from diag.history import tables
from diag.history.batch import Batch
from diag.history.opening import DamagedError, check_origin, connect, make_private, take_lock
from diag.history.tables import stamp
from diag.lazy_dataclass import dataclass

WRITE_SECONDS: Final = (
    2.0  # How long another process may hold the file before a write is given up, and tried again later.
)
READ_SECONDS: Final = 1.0
_PRUNED_PART: Final = 10  # Of too large a file this part of the events is dropped at a time.
_LOG_LIMIT: Final = 4 * 1024 * 1024
T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Retention:
    """How much is kept: for how many days, and how many bytes."""

    days: int
    size: int


class Database:
    """One open file. Writing is for one thread; reading for any. All raise sqlite3.Error, OSError, NotUsableError or DamagedError."""

    def __init__(self, path: Path, retention: Retention) -> None:
        """Open the file, or make it; one of an earlier release is brought to the form of today."""
        self.path, self._retention = path, retention
        self._reading = threading.Lock()
        with contextlib.ExitStack() as opened:
            make_private(path)
            lock = take_lock(path)
            opened.callback(os.close, lock)
            self._writer = opened.enter_context(contextlib.closing(connect(path, WRITE_SECONDS)))
            check_origin(self._writer)
            self._prepare()
            self.events_kept: int = self._number("SELECT count(*) FROM event")
            self._reader = opened.enter_context(contextlib.closing(connect(path, READ_SECONDS)))
            self._reader.execute("PRAGMA query_only = ON")
            self._inode = path.stat().st_ino
            self._opened = opened.pop_all()

    def _prepare(self) -> None:
        self._writer.execute("PRAGMA auto_vacuum = INCREMENTAL")  # Of a new file; an old one keeps what it has.
        self._writer.execute("PRAGMA journal_mode = WAL")
        self._writer.execute(
            "PRAGMA synchronous = FULL"
        )  # One write a round: what is written stays, also when the power fails.
        self._writer.execute(f"PRAGMA journal_size_limit = {_LOG_LIMIT}")
        tables.migrate(self._writer)
        (verdict,) = self._writer.execute("PRAGMA quick_check(1)").fetchone()
        if verdict != "ok":
            raise DamagedError(verdict)

    def close(self) -> None:
        """Close it; the write-ahead log becomes part of the file."""
        with self._reading:
            self._opened.close()

    @property
    def is_gone(self) -> bool:
        """Whether somebody removed or replaced the file while it was open: what is written to it now is lost."""
        try:
            return self.path.stat().st_ino != self._inode
        except FileNotFoundError:
            return True

    def read(self, ask: Callable[[sqlite3.Connection], T]) -> T:
        """Ask something of the file, on any thread."""
        with self._reading:
            return ask(self._reader)

    def seed(self, batch: Batch, *, is_new: bool) -> None:
        """Write what a process knows that began without this file; in a new one nothing is known of the time before."""
        first = min((event.at for event in batch.events), default=None)
        with self._transaction():
            self._insert(batch)
            if is_new and first is not None:
                self._writer.execute("INSERT INTO forgotten (at) VALUES (?)", (stamp(first),))

    def write(self, batch: Batch) -> None:
        """Write all of it, or nothing."""
        with self._transaction():
            self._insert(batch)

    def _insert(self, batch: Batch) -> None:
        rows = self._writer.executemany(tables.WRITE_EVENT, map(tables.event_row, batch.events))
        self.events_kept += max(0, rows.rowcount)
        states = (tables.state_row(*place, state) for place, state in batch.states.items())
        self._writer.executemany(tables.WRITE_STATE, states)
        looked = ((tables.plain(name), stamp(at)) for name, at in batch.looked.items())
        self._writer.executemany(tables.WRITE_LOOKED, looked)

    def prune(self, now: datetime) -> None:
        """Drop what is older than is kept, and, while the file is too large, the oldest events."""
        oldest = stamp(now - timedelta(days=self._retention.days))
        with self._transaction():
            self._forget(oldest)
            self._writer.execute("DELETE FROM state WHERE status IS NULL AND since < ?", (oldest,))
        while self.size > self._retention.size and self.events_kept:
            cut = self._number(
                "SELECT cursor FROM event ORDER BY cursor LIMIT 1 OFFSET ?", self.events_kept // _PRUNED_PART
            )
            with self._transaction():
                self._forget(cut + 1)
        self._writer.execute("PRAGMA incremental_vacuum").fetchall()

    @property
    def size(self) -> int:
        """The bytes in use; what was dropped and is not yet given back does not count."""
        pages, free, size = (
            int(self._number(f"PRAGMA {name}")) for name in ("page_count", "freelist_count", "page_size")
        )
        return (pages - free) * size

    def _forget(self, before: int) -> None:
        """Drop the events with a lower cursor, and remember up to when there are none; a cursor is the time of its event."""
        last = self._number("SELECT max(at) FROM event WHERE cursor < ?", before)
        if last is None:
            return
        self.events_kept -= self._writer.execute("DELETE FROM event WHERE cursor < ?", (before,)).rowcount
        self._writer.execute("DELETE FROM forgotten WHERE at <= ?", (last,))
        self._writer.execute("INSERT INTO forgotten (at) VALUES (?)", (last,))

    def _number(self, query: str, *values: int) -> Any:  # noqa: ANN401 -- a number, or nothing where there is no row to count.
        return self._writer.execute(query, values).fetchone()[0]

    @contextlib.contextmanager
    def _transaction(self) -> Iterator[None]:
        self._writer.execute("BEGIN IMMEDIATE")
        try:
            yield
            self._writer.execute("COMMIT")
        finally:
            if self._writer.in_transaction:  # It failed; a full disk has ended it already.
                self._writer.rollback()
