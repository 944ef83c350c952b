"""Memory that is free inside this process goes back to the system, which else would think that it is needed.

What a round takes for a moment (connections in the middle of their handshake, answers of APIs) leaves gaps between what stays. The C
library hands back only what is free at the end, so that a process would stay as large as all its busiest moments were together.
"""

from __future__ import annotations

import asyncio
import contextlib
import functools
from collections.abc import Callable
from typing import Final

EVERY_SECONDS: Final = 5.0


def give_back() -> None:
    """Give back what is free. It takes less than a millisecond; where the C library can't do it (musl, macOS), nothing happens."""
    trim = _trim()
    if trim is not None:
        trim(0)


async def keep_giving_back() -> None:
    """Do so for ever, again and again."""
    while True:
        give_back()
        await asyncio.sleep(EVERY_SECONDS)


@functools.cache
def _trim() -> Callable[[int], object] | None:
    # A library may be missing, or memory that is written and executed be forbidden.
    with contextlib.suppress(ImportError, OSError, AttributeError, MemoryError):
        import ctypes  # noqa: PLC0415 -- may not be there.

        found: Callable[[int], object] = ctypes.CDLL(None).malloc_trim
        return found
    return None
