"""Bodies that are shared: held packed, unpacked in pieces, and made no more often than anybody can tell."""

from __future__ import annotations

import asyncio
import gzip
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diag.web import response_cache
from diag.web.response_cache import ResponseCache, packed_body
from tests.diag.test_web import FakeService, report
from tests.patience import PATIENCE


@given(pieces=st.lists(st.binary(max_size=300), max_size=20), length=st.integers(1, 400), times=st.integers(1, 300))
def test_what_is_packed_is_what_is_unpacked(pieces: list[bytes], length: int, times: int) -> None:
    """Piece by piece, of whatever size; and it is gzip for whoever takes that."""
    whole = b"".join(pieces) * times
    body = packed_body("t", (piece for _ in range(times) for piece in pieces))
    assert gzip.decompress(body.packed) == whole
    unpacked = list(body.slices(length))
    assert b"".join(unpacked) == whole
    assert body.size == len(whole)


def test_no_piece_is_larger_than_asked_for() -> None:
    """Also of what is packed a thousandfold."""
    body = packed_body("t", (b"x" * 10_000_000,))
    assert max(map(len, body.slices(65536))) <= 65536


async def test_who_waits_takes_what_was_made_meanwhile(monkeypatch: pytest.MonkeyPatch) -> None:
    """A board that changes all the time makes nobody wait for more than the making that runs and one more."""
    service = FakeService()
    service.board.put(report())
    cache, made, gate = ResponseCache(service), 0, threading.Event()
    plain = service.own.render

    def render() -> tuple[int, bytes]:
        nonlocal made
        made += 1
        gate.wait(PATIENCE)
        service.own.version += 1  # Something changed while it was made.
        return plain()

    monkeypatch.setattr(service.own, "render", render)
    first = asyncio.create_task(cache.metrics())
    while not made:  # noqa: ASYNC110 -- a thread says it.
        await asyncio.sleep(0.01)
    others = [asyncio.create_task(cache.metrics()) for _ in range(30)]
    await asyncio.sleep(0)
    gate.set()
    tags = {(await task).tag for task in others}
    assert (made, len(tags)) == (2, 1)
    assert (await first).tag not in tags  # It was begun before they asked, and may lack what they know of.


async def test_a_large_body_is_given_for_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    """With a thousand clusters something changes all the time; a small one is always as it is now."""
    service = FakeService()
    service.board.put(report())
    cache = ResponseCache(service)
    monkeypatch.setattr(response_cache, "DEAR_SECONDS", 3600.0)
    monkeypatch.setattr(response_cache, "MAX_DEAR_SECONDS", 3600.0)
    first = await cache.metrics()
    service.own.version += 1
    second = await cache.metrics()
    assert first.tag != second.tag
    monkeypatch.setattr(response_cache, "DEAR_BYTES", 10)
    service.own.version += 1
    assert (await cache.metrics()).tag == second.tag
    monkeypatch.setattr(response_cache, "MAX_DEAR_SECONDS", 0.0)
    assert (await cache.metrics()).tag != second.tag


async def test_what_is_kept_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever asks for one choice after the other does not fill the memory."""
    monkeypatch.setattr(response_cache, "MAX_KEPT_BYTES", 5000)
    service = FakeService()
    service.board.put(report())
    cache = ResponseCache(service)
    for number in range(50):
        await cache.json(number, lambda _: (b"x",))
    assert len(cache._bodies) <= 5
