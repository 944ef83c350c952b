"""Reading the file of the past without the daemon, also while it runs: nothing is written, locked or brought to another form."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from diag.history import tables
from diag.history.event import Availability
from diag.history.opening import NotUsableError, check_origin, connect
from diag.history.queries import forgotten, known, status_line
from diag.history.timeline import Window, availability_of

READ_SECONDS: Final = 5.0
_ALWAYS: Final = datetime(1970, 1, 1, tzinfo=UTC)


@contextlib.contextmanager
def opened_for_reading(path: Path) -> Iterator[sqlite3.Connection]:
    """Open a file of the past. Raises NotUsableError, in words, where that can't be done."""
    if not path.is_file():
        msg = "there is no such file" if not path.exists() else "it is no regular file"
        raise NotUsableError(msg)
    try:
        with contextlib.closing(connect(path, READ_SECONDS, read_only=True)) as connection:
            check_origin(connection)
            (version,) = connection.execute("PRAGMA user_version").fetchone()
            if version < len(tables.MIGRATIONS):
                msg = "an older release of diag wrote it; the daemon brings it to the form of today when it starts"
                raise NotUsableError(msg)
            yield connection
    except sqlite3.Error as error:
        raise NotUsableError(str(error)) from error


def availability_in(
    connection: sqlite3.Connection, cluster: str, remote: str, days: float, now: datetime
) -> Availability:
    """How long a remote was well in the last ``days`` days; time since the last look counts as not observed."""
    batch, begins = known(connection), now - timedelta(days=days)
    window = Window(
        begins=begins,
        ends=now,
        whole_since=forgotten(connection) or _ALWAYS,
        looked=batch.looked.get(cluster, _ALWAYS),
    )
    line = status_line(connection, cluster, remote, begins)
    return availability_of(line, batch.states.get((cluster, remote)), window)
