"""What counts, and takes no time: calls of Python functions, their steps, blocks and bytes of memory. They are the same on every machine."""

from __future__ import annotations

import gc
import sys
import tracemalloc
import types
from collections.abc import Callable
from typing import Any


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


def steps_of(work: Callable[[], object]) -> int:
    """How many steps of the interpreter a piece of work takes: it sees a loop that calls nothing, and is slower than to count calls."""
    count = 0

    def seen(frame: types.FrameType, event: str, _argument: object) -> Callable[..., Any]:
        nonlocal count
        frame.f_trace_opcodes, frame.f_trace_lines = True, False
        count += event == "opcode"
        return seen

    before = sys.gettrace()
    sys.settrace(seen)
    try:
        work()
    finally:
        sys.settrace(before)
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


def bytes_of(work: Callable[[], object]) -> tuple[int, int]:
    """How many bytes are held by what a piece of work gives and leaves behind, and the most that were held meanwhile."""
    gc.collect()
    tracemalloc.start(1)
    try:
        kept = work()
        peak = tracemalloc.get_traced_memory()[1]
        gc.collect()
        held = tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()
    del kept
    return held, peak
