"""How many frames a second the codec takes apart, and a million broken ones: python bench/wire.py [MUTATED]."""

from __future__ import annotations

import random
import sys
import tracemalloc
from time import perf_counter

from diag.wire import RemoteError, decode_frame, error_response, handshake_response, judge_key, read_handshake_response
from tests.diag.wire.test_golden import NODE
from tests.diag.wire.test_hostile import SEEDS, mutated, swallow

_ROUNDS = 20_000


def rate(name: str, raw: bytes) -> None:
    """Print how many frames of a kind are taken apart and judged in a second."""
    started = perf_counter()
    for _ in range(_ROUNDS):
        frame = decode_frame(raw)
        if frame.is_handshake:
            read_handshake_response(frame)
        else:
            judge_key([frame])
    print(f"{name:<28}{len(raw):>8} bytes{_ROUNDS / (perf_counter() - started):>12,.0f} frames/s")


def main() -> None:
    """Measure, then throw broken frames."""
    rate("handshake answer", handshake_response(7170099, transport_version=8841064))
    rate("node answer, key accepted", bytes.fromhex(NODE))
    rate(
        "error, key refused",
        error_response([RemoteError(0, 103, "", "x" * 60), RemoteError(0, 4, "", "y" * 60)], 9185002),
    )
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    chance = random.Random(1)  # noqa: S311 -- the same frames at each run.
    started = perf_counter()
    for number in range(count):
        swallow(mutated(chance, SEEDS[number % len(SEEDS)]))
    print(f"{count:,} broken frames in {perf_counter() - started:.0f} s, nothing but errors of the codec")
    tracemalloc.start()
    for number in range(count // 20):
        swallow(mutated(chance, SEEDS[number % len(SEEDS)]))
    print(f"peak memory with {count // 20:,} of them: {tracemalloc.get_traced_memory()[1] / 1024:.0f} KiB")


if __name__ == "__main__":
    main()
