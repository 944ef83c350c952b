"""The tables of the file, how an older file becomes one of today, and how rows are read and written."""

from __future__ import annotations

import json
import sqlite3
from datetime import UTC, datetime, timedelta
from typing import Final

from diag.history.changes import State
from diag.history.event import Event, EventKind
from diag.model import Status

APPLICATION_ID: Final = 0x64696167  # The letters "diag": SQLite keeps this number in the file.

# How a file of each version becomes one of the next; a new file begins at the first. What was released never changes: a file may have any
# number of the steps behind it.
MIGRATIONS: tuple[tuple[str, ...], ...] = (
    (
        """
        CREATE TABLE event (
            cursor INTEGER PRIMARY KEY, at INTEGER NOT NULL, cluster TEXT NOT NULL, remote TEXT NOT NULL,
            kind TEXT NOT NULL, subject TEXT NOT NULL, before TEXT NOT NULL, after TEXT NOT NULL
        )
        """,
        "CREATE INDEX event_of_remote ON event (cluster, remote, cursor)",
        """
        CREATE TABLE state (
            cluster TEXT NOT NULL, remote TEXT NOT NULL, status TEXT, since INTEGER NOT NULL,
            root_causes TEXT NOT NULL, facts TEXT NOT NULL, PRIMARY KEY (cluster, remote)
        )
        """,
        "CREATE TABLE looked (cluster TEXT PRIMARY KEY, at INTEGER NOT NULL)",
        # Up to when events were dropped by retention, in one row.
        "CREATE TABLE forgotten (at INTEGER NOT NULL)",
    ),
    # Since when each check fails.
    ("ALTER TABLE state ADD COLUMN failing TEXT NOT NULL DEFAULT '{}'",),
)

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)
EVENT_COLUMNS: Final = "cursor, at, cluster, remote, kind, subject, before, after"
STATE_COLUMNS: Final = "cluster, remote, status, since, root_causes, facts, failing"
WRITE_EVENT: Final = f"INSERT OR IGNORE INTO event ({EVENT_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"  # noqa: S608 -- nothing from outside.
WRITE_STATE: Final = f"INSERT OR REPLACE INTO state ({STATE_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?)"  # noqa: S608 -- as above.
WRITE_LOOKED: Final = "INSERT OR REPLACE INTO looked (cluster, at) VALUES (?, ?)"


def migrate(connection: sqlite3.Connection) -> None:
    """Bring a file to the version of today, each step whole or not at all. Raises sqlite3.Error."""
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    for number, step in enumerate(MIGRATIONS[version:], version + 1):
        connection.execute("BEGIN IMMEDIATE")
        try:
            for statement in step:
                connection.execute(statement)
            connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            connection.execute(f"PRAGMA user_version = {number}")
            connection.execute("COMMIT")
        except sqlite3.Error:
            connection.rollback()
            raise


def stamp(at: datetime) -> int:
    """A time as the file holds it: microseconds since 1970, UTC."""
    return (at - _EPOCH) // _MICROSECOND


def moment_of(written: int) -> datetime:
    """The time that a number of the file is."""
    return _EPOCH + written * _MICROSECOND


def plain(text: str) -> str:
    """A text as SQLite can hold it: half of a surrogate pair, which JSON can carry, is written out."""
    return text.encode("utf-8", "backslashreplace").decode()


def event_row(event: Event) -> tuple[int | str, ...]:
    """The row of an event."""
    texts = (event.cluster, event.remote, event.kind.value, event.subject, event.before, event.after)
    return (event.cursor, stamp(event.at), *map(plain, texts))


def event_of(row: tuple[int, int, str, str, str, str, str, str]) -> Event:
    """The event of a row. Raises ValueError for a kind that this release does not know."""
    cursor, at, cluster, remote, kind, subject, before, after = row
    return Event(
        cursor=cursor,
        at=moment_of(at),
        cluster=cluster,
        remote=remote,
        kind=EventKind(kind),
        subject=subject,
        before=before,
        after=after,
    )


def state_row(cluster: str, remote: str, state: State) -> tuple[int | str | None, ...]:
    """The row of a state."""
    facts = [[kind.value, source, dict(found)] for (kind, source), found in state.facts.items()]
    return (
        plain(cluster),
        plain(remote),
        state.status.value if state.status else None,
        stamp(state.since),
        json.dumps(state.root_causes),
        json.dumps(facts),
        json.dumps({check: stamp(at) for check, at in state.failing.items()}),
    )


def state_of(status: str | None, since: int, root_causes: str, facts: str, failing: str) -> State:
    """The state of a row. Raises ValueError for what no release wrote."""
    return State(
        status=Status(status) if status else None,
        since=moment_of(since),
        root_causes=tuple(json.loads(root_causes)),
        facts={(EventKind(kind), source): found for kind, source, found in json.loads(facts)},
        failing={check: moment_of(at) for check, at in json.loads(failing).items()},
    )
