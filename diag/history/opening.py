"""Opening the file of the past: who may read it, who else has it, whether diag made it, and what becomes of a broken one."""

from __future__ import annotations

import contextlib
import fcntl
import os
import sqlite3
from datetime import datetime
from pathlib import Path
from typing import Final

from diag.history import tables

MAX_SET_ASIDE: Final = 3  # Broken files that are kept: a disk that breaks each new one is not filled with them.
_PRIVATE: Final = 0o600  # Names of clusters, addresses, settings: nobody else's business.
_BROKEN: Final = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})
_PRIMARY: Final = 0xFF  # The part of an extended error code that says what it is about.
_COMPANIONS: Final = ("", "-wal", "-shm")


class NotUsableError(Exception):
    """The file can't be used as it is, and nobody but its owner may change that; the text says why."""


class DamagedError(Exception):
    """The file opens, and what it holds makes no sense."""


def is_broken(error: Exception) -> bool:
    """Whether an error says that the file itself is damaged, or no database at all."""
    code = getattr(error, "sqlite_errorcode", None)
    return isinstance(error, DamagedError) or (code is not None and code & _PRIMARY in _BROKEN)


def connect(path: Path, wait: float, *, read_only: bool = False) -> sqlite3.Connection:
    """Open a connection that waits for ``wait`` seconds where another process is writing. It begins no transaction by itself."""
    mode = "ro" if read_only else "rw"
    return sqlite3.connect(
        f"{path.absolute().as_uri()}?mode={mode}", wait, isolation_level=None, check_same_thread=False, uri=True
    )


def take_lock(path: Path) -> int:
    """Take the file for this process alone, and give the open lock. It falls with the process, however that ends.

    SQLite would let two daemons write; each would then tell changes that the other one saw too.
    """
    lock = os.open(path.with_name(f"{path.name}.lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, _PRIVATE)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(lock)
        msg = "another process of diag is using it"
        raise NotUsableError(msg) from None
    return lock


def make_private(path: Path) -> None:
    """Make the file where there is none, and keep others from reading it. What SQLite puts next to it gets the same rights."""
    if not path.parent.is_dir():
        msg = f"the folder {path.parent} does not exist"
        raise NotUsableError(msg)
    with contextlib.suppress(FileExistsError):
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, _PRIVATE))
    if not path.is_file():
        msg = "it is no regular file"
        raise NotUsableError(msg)
    with contextlib.suppress(PermissionError):  # It belongs to somebody else, who gave us the right to write.
        path.chmod(_PRIVATE)


def check_origin(connection: sqlite3.Connection) -> None:
    """See that a file is new, or one of diag that this release can read. Raises NotUsableError."""
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    (parts,) = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    if application != tables.APPLICATION_ID and (application or version or parts):
        msg = "it is the database of another program, and left alone"
        raise NotUsableError(msg)
    if version > len(tables.MIGRATIONS):
        msg = f"a newer release of diag wrote it (form {version}, this one knows {len(tables.MIGRATIONS)}), and it is left alone"
        raise NotUsableError(msg)


def set_aside(path: Path, now: datetime) -> Path:
    """Rename a broken file with what SQLite keeps next to it, and give its new name. Of many only the latest are kept."""
    target = path.with_name(f"{path.name}.broken-{now:%Y%m%dT%H%M%S%fZ}")
    for companion in _COMPANIONS:
        with contextlib.suppress(FileNotFoundError):
            path.with_name(path.name + companion).rename(target.with_name(target.name + companion))
    names = {one.name.removesuffix("-wal").removesuffix("-shm") for one in path.parent.glob(f"{path.name}.broken-*")}
    for old in sorted(names)[:-MAX_SET_ASIDE]:
        for companion in _COMPANIONS:
            path.with_name(old + companion).unlink(missing_ok=True)
    return target
