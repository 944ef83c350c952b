"""Reading the small files that a configuration names, without ever waiting for one."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

_TEXTS = {
    errno.ENOENT: "does not exist",
    errno.ENOTDIR: "does not exist: a part of its path is no folder",
    errno.EACCES: "may not be read by this user",
    errno.EPERM: "may not be read by this user",
    errno.EISDIR: "is a folder",
    errno.ELOOP: "is a link that leads back to itself",
    errno.ENAMETOOLONG: "has too long a name",
}


def file_error(path: Path) -> str:
    """Say why a file cannot be read, to follow its name; empty where it can. Nothing is read."""
    try:
        os.close(open_regular(path))
    except (OSError, ValueError) as error:
        return why(error)
    return ""


def open_regular(path: Path) -> int:
    """Open a regular file for reading and give its descriptor.

    Anything else (a folder, a pipe, a device) is refused, because reading it might never end.
    Raises OSError or ValueError; ``why`` puts either into words.
    """
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY)
    mode = os.fstat(descriptor).st_mode
    if stat.S_ISREG(mode):
        return descriptor
    os.close(descriptor)
    if stat.S_ISDIR(mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
    msg = "is no regular file"
    raise ValueError(msg)


def read_regular(path: Path, limit: int) -> bytes:
    """Read a regular file of at most ``limit`` bytes. Raises OSError or ValueError."""
    with os.fdopen(open_regular(path), "rb") as file:
        data = file.read(limit + 1)
    if len(data) > limit:
        msg = f"is larger than {limit // 1024} KiB"
        raise ValueError(msg)
    return data


def why(error: OSError | ValueError) -> str:
    """Say why a file could not be read, to follow its name."""
    if isinstance(error, OSError):
        return _TEXTS.get(error.errno or 0, "") or f"cannot be read: {error.strerror or error.errno}"
    return "has a name that no file can have" if "null" in str(error) else str(error)
