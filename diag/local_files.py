"""The files that a configuration names, read where the round runs, again whenever they changed on disk."""

from __future__ import annotations

import functools
import os
from pathlib import Path

from diag import x509
from diag.config import SecretError, SecretRef
from diag.config.regular_files import read_regular, why
from diag.config.remotes import KeyStoreFile
from diag.model import CaFile, Reason, Step, Trust, Unavailable

_MAX_BYTES = 8_000_000


def read_trust(paths: tuple[Path, ...], *stores: KeyStoreFile | None) -> Trust | Unavailable:
    """Read files and key stores of CAs; without any, the public roots are what is trusted."""
    named = [store for store in stores if store is not None]
    if not paths and not named:
        return Trust(public_roots=True)
    files = list[CaFile]()
    for path in dict.fromkeys(paths):
        data = read_file(path)
        if isinstance(data, Unavailable):
            return data
        files.append(x509.read_ca_file(str(path), data))
    for store in named:
        data, password = read_file(store.path), revealed(store.password)
        if isinstance(data, Unavailable):
            return data
        if isinstance(password, Unavailable):
            return password
        files.append(x509.read_trust_store(str(store.path), data, password))
    return Trust(files=tuple(files))


def revealed(reference: SecretRef | None) -> str | Unavailable | None:
    """Give a passphrase or password, None where none is configured, or why it could not be had."""
    try:
        return None if reference is None else reference.resolve().reveal()
    except SecretError as error:
        return error.unavailable()


def read_file(path: Path) -> bytes | Unavailable:
    """Read a file, or take its content from the last time where it did not change."""
    try:
        seen = os.stat(path)  # noqa: PTH116 -- half the cost of Path.stat, for each file of each round.
        return _content(path, (seen.st_mtime_ns, seen.st_size, seen.st_ino, seen.st_ctime_ns))
    except FileNotFoundError as error:
        reason, problem = Reason.MISSING_FILE, why(error)
    except (OSError, ValueError) as error:
        reason, problem = Reason.NOT_USABLE, why(error)
    return Unavailable(step=Step.FILE, reason=reason, detail=f"the file {path} {problem}")


@functools.lru_cache(maxsize=256)
def _content(path: Path, version: tuple[int, ...]) -> bytes:  # noqa: ARG001 -- the key of the cache.
    return read_regular(path, _MAX_BYTES)
