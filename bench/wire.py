"""How many frames a second the codec takes apart, and a million broken ones, which raise nothing but errors of the codec."""

from __future__ import annotations

import random
import sys
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

from measured import Figure, main, pinned, repeated, wall_of

from diag.wire import RemoteError, decode_frame, error_response, handshake_response, judge_key, read_handshake_response

sys.path.insert(0, str(Path(__file__).parents[1]))  # The frames are those of the tests.
from tests.diag.wire.test_golden import NODE
from tests.diag.wire.test_hostile import SEEDS, mutated, swallow

ROUNDS = 20_000
REFUSED = [RemoteError(0, 103, "", "x" * 60), RemoteError(0, 4, "", "y" * 60)]
FRAMES = {
    "handshake answer": handshake_response(7170099, transport_version=8841064),
    "node answer, key accepted": bytes.fromhex(NODE),
    "error, key refused": error_response(REFUSED, 9185002),
}


def take_apart(raw: bytes) -> None:
    """Take a frame apart and judge it, again and again."""
    for _ in range(ROUNDS):
        frame = decode_frame(raw)
        if frame.is_handshake:
            read_handshake_response(frame)
        else:
            judge_key([frame])


def take_broken(count: int) -> None:
    """Take broken frames apart, the same ones at each run."""
    chance = random.Random(1)  # noqa: S311 -- the same frames at each run.
    for number in range(count):
        swallow(mutated(chance, SEEDS[number % len(SEEDS)]))


def measure(*, quick: bool) -> Iterator[Figure]:
    """Whole frames, then broken ones."""
    with pinned(0):
        for name, raw in FRAMES.items():
            seconds = repeated(2 if quick else 7, lambda raw=raw: wall_of(lambda: take_apart(raw)))
            yield Figure(
                name=name.replace(", ", "-").replace(" ", "-"),
                what=f"frames taken apart, {name} ({len(raw)} bytes)",
                unit="a second",
                values=tuple(ROUNDS / one for one in seconds),
                more_is_better=True,
            )
        count = 50_000 if quick else 1_000_000
        yield Figure(
            name="broken", what=f"{count:,} broken frames", unit="s", values=(wall_of(lambda: take_broken(count)),)
        )
        tracemalloc.start()
        take_broken(50_000)
        peak = tracemalloc.get_traced_memory()[1] / 1024
        yield Figure(name="broken-peak", what="memory of 50,000 of them at the peak", unit="KiB", values=(peak,))


if __name__ == "__main__":
    main(measure, __doc__)
