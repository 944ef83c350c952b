"""File descriptors: as many as the system allows, and how many of them connections of rounds may take."""

from __future__ import annotations

import contextlib
import resource
from typing import Final

WANTED: Final = 65536
USUAL_CONNECTIONS: Final = 256
_MIN_CONNECTIONS: Final = 4
_BASE: Final = 40  # Descriptors that a process has open anyway: files, the loop, threads that read, pipes.
SLOW: Final = 3  # Times as many may be open to addresses that do not answer soon.
# What is open at the same time for each of the usual connections: first looks, further ones of the same address, both slow, calls of APIs.
_EACH: Final = 3 + 2 * SLOW
_FEW: Final = 64


def raised_limit() -> int | None:
    """Have as many file descriptors as the system allows, and give how many that are; None: without a limit."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY:
        return None
    wanted = WANTED if hard == resource.RLIM_INFINITY else min(hard, WANTED)
    if soft < wanted:
        with contextlib.suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
            soft = wanted
    return soft


def connections_within(limit: int | None) -> int:
    """How many connections of each kind rounds may have open, so that half of the descriptors are left to everything else."""
    if limit is None:
        return USUAL_CONNECTIONS
    return max(_MIN_CONNECTIONS, min(USUAL_CONNECTIONS, (limit // 2 - _BASE) // _EACH))


def shortage(connections: int, limit: int | None) -> str:
    """Say that rounds take longer because the system allows few descriptors; empty where it does not matter."""
    if connections >= _FEW:
        return ""
    return (
        f"the system allows {limit} file descriptors (ulimit -n): rounds open {connections} connections at once in place of "
        f"{USUAL_CONNECTIONS}, and take longer where many addresses do not answer"
    )
