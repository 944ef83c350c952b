"""What is asked of the file of the past."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterable, Iterator
from datetime import datetime
from typing import Final

from diag.history.batch import Batch
from diag.history.changes import State
from diag.history.event import STATUS_KINDS, Event, EventKind
from diag.history.opening import DamagedError
from diag.history.tables import EVENT_COLUMNS, STATE_COLUMNS, event_of, moment_of, plain, stamp, state_of
from diag.lazy_dataclass import dataclass

_ALL: Final = f"SELECT {EVENT_COLUMNS} FROM event WHERE "  # noqa: S608 -- nothing from outside.


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """Which events are asked for; None and no kinds mean all. ``newest``: of more than ``limit`` the newest ones, else the oldest."""

    after: int = 0
    limit: int = 1000
    cluster: str | None = None
    remote: str | None = None
    kinds: Collection[EventKind] = ()
    newest: bool = False

    def takes(self, event: Event) -> bool:
        """Whether an event is among them."""
        return (
            event.cursor > self.after
            and self.cluster in {None, event.cluster}
            and self.remote in {None, event.remote}
            and (not self.kinds or event.kind in self.kinds)
        )


def select(connection: sqlite3.Connection, query: Query) -> tuple[Event, ...]:
    """The events that are asked for, the oldest first."""
    conditions, values = ["cursor > ?"], list[int | str]([query.after])
    for column, value in (("cluster", query.cluster), ("remote", query.remote)):
        if value is not None:
            conditions.append(f"{column} = ?")
            values.append(plain(value))
    if query.kinds:
        conditions.append(f"kind IN ({', '.join('?' * len(query.kinds))})")
        values += sorted(kind.value for kind in query.kinds)
    order = "DESC" if query.newest else "ASC"
    rows = connection.execute(
        f"{_ALL}{' AND '.join(conditions)} ORDER BY cursor {order} LIMIT ?", (*values, query.limit)
    )
    found = tuple(_events(rows))
    return found[::-1] if query.newest else found


def status_line(connection: sqlite3.Connection, cluster: str, remote: str, begins: datetime) -> tuple[Event, ...]:
    """The events of the status of one remote since then, and the gaps of its cluster, the oldest first."""
    after = stamp(begins)
    own = Query(after=after, limit=-1, cluster=cluster, remote=remote, kinds=STATUS_KINDS)
    gaps = Query(after=after, limit=-1, cluster=cluster, remote="", kinds={EventKind.GAP})
    return tuple(sorted((*select(connection, own), *select(connection, gaps)), key=lambda one: one.cursor))


def forgotten(connection: sqlite3.Connection) -> datetime | None:
    """Up to when events were dropped; None where all there ever were are there."""
    (at,) = connection.execute("SELECT max(at) FROM forgotten").fetchone()
    return None if at is None else moment_of(at)


def known(connection: sqlite3.Connection) -> Batch:
    """What is known of each remote, and when each cluster was last looked at. Raises DamagedError."""
    rows = connection.execute(f"SELECT {STATE_COLUMNS} FROM state")  # noqa: S608 -- as above.
    looked = connection.execute("SELECT cluster, at FROM looked")
    try:
        states: dict[tuple[str, str], State] = {(cluster, remote): state_of(*rest) for cluster, remote, *rest in rows}
    except (ValueError, TypeError, AttributeError) as error:
        raise DamagedError(str(error)) from error
    return Batch(states=states, looked={name: moment_of(at) for name, at in looked})


def _events(rows: Iterable[tuple[int, int, str, str, str, str, str, str]]) -> Iterator[Event]:
    """The events of rows; of a kind that this release does not know there is nothing to say."""
    for row in rows:
        try:
            yield event_of(row)
        except ValueError:
            continue
