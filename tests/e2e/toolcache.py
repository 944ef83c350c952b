"""Where programs and files are kept that tests fetch or build once for all runs on a machine."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

CACHE: Final = Path(os.environ.get("DIAG_TOOLS_CACHE", Path.home() / ".cache" / "diag-tools"))


@contextmanager
def alone(what: str) -> Iterator[None]:
    """Let one process at a time fetch or build something; the others wait, and find it."""
    CACHE.mkdir(parents=True, exist_ok=True)
    with (CACHE / f".{what}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
