"""What counts, and takes no time: calls of Python functions, and blocks of memory that stay. They are the same on every machine."""

from __future__ import annotations

import gc
import sys
import types
from collections.abc import Callable


def calls_of(work: Callable[[], object]) -> int:
    """How many calls of functions, Python's own among them, a piece of work takes."""
    count = 0

    def seen(_frame: types.FrameType, event: str, _argument: object) -> None:
        nonlocal count
        count += event in {"call", "c_call"}

    before = sys.getprofile()
    sys.setprofile(seen)
    try:
        work()
    finally:
        sys.setprofile(before)
    return count


def blocks_of(work: Callable[[], object]) -> int:
    """How many blocks of memory are held by what a piece of work gives, and by what it leaves behind."""
    gc.collect()
    before = sys.getallocatedblocks()
    kept = work()
    gc.collect()
    held = sys.getallocatedblocks() - before
    del kept
    return held
