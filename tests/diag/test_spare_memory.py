"""What is free inside the process goes back to the system."""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import platform
from collections.abc import Iterator
from pathlib import Path

import pytest

from diag import spare_memory

KIB = 1024
PIECES, PIECE = 8000, 8 * KIB  # Too small for a place of their own, and too many to be kept aside.


def resident() -> int:
    """The bytes of this process that are in memory and belong to no file."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) * KIB for line in lines if line.startswith("RssAnon"))


@contextlib.contextmanager
def gaps() -> Iterator[None]:
    """Memory as a round leaves it: much is free, and between it stands what stays."""
    pieces = [bytes(PIECE) for _ in range(PIECES)]
    kept = pieces[::16]
    del pieces
    yield
    del kept


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only this C library can give back what lies between")
def test_what_is_free_between_what_stays_is_given_back() -> None:
    """Half of it at least: the system counts whole pages."""
    with gaps():
        before = resident()
        spare_memory.give_back()
        assert before - resident() > PIECES * PIECE / 2


@pytest.mark.parametrize("error", [OSError, AttributeError, MemoryError])
def test_where_the_system_can_not_do_it_nothing_happens(
    error: type[Exception], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another C library, or a service that may not load one: the daemon runs on."""

    def refuse(_name: None) -> None:
        raise error

    monkeypatch.setattr(ctypes, "CDLL", refuse)
    spare_memory._trim.cache_clear()
    try:
        spare_memory.give_back()
    finally:
        spare_memory._trim.cache_clear()


async def test_it_is_done_again_and_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """For as long as the daemon runs."""
    times: list[None] = []
    monkeypatch.setattr(spare_memory, "EVERY_SECONDS", 0)
    monkeypatch.setattr(spare_memory, "give_back", lambda: times.append(None))
    task = asyncio.create_task(spare_memory.keep_giving_back())
    while len(times) < 3:  # noqa: ASYNC110 -- what is waited for is the call itself.
        await asyncio.sleep(0)
    task.cancel()
