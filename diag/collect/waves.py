"""Work that is done at its own pace, handed on in waves, so that the slowest does not hold up all that is ready."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import TypeVar

T = TypeVar("T")


async def done_in_waves(work: Sequence[asyncio.Future[T]], seconds: float | None) -> AsyncIterator[list[int]]:
    """Give the places of what is done, each once and in order: every ``seconds`` what got done meanwhile, in the end the rest.

    Without ``seconds`` there is one wave, with everything. It is given even where there is no work.
    """
    places = {one: place for place, one in enumerate(work)}
    while True:
        done, pending = (await asyncio.wait(places, timeout=seconds)) if places else (set[asyncio.Future[T]](), set())
        if done or not pending:
            yield sorted(places.pop(one) for one in done)
        if not places:
            return
