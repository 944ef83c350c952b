"""A worker never outlives its parent, even while something in it keeps every thread of Python from running."""

from __future__ import annotations

import contextlib
import signal
import sys

_PR_SET_PDEATHSIG = 1  # prctl(2).


def die_with_parent() -> None:
    """Ask the kernel to kill this process when the thread that started it ends. Elsewhere than on Linux the closed pipe has to do."""
    if sys.platform != "linux":
        return
    # A library may be missing, or memory that is written and executed be forbidden.
    with contextlib.suppress(ImportError, OSError, AttributeError, MemoryError):
        import ctypes  # noqa: PLC0415 -- may not be there.

        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, int(signal.SIGKILL), 0, 0, 0)
