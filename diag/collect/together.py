"""Several things at once; one alone needs no task of its own."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Sequence
from typing import Any, TypeVar

T = TypeVar("T")


async def together(works: Sequence[Coroutine[Any, Any, T]]) -> tuple[T, ...]:
    """Do all of it at once, as ``asyncio.gather`` does, and give the results in order.

    Most remotes have one address: looking at that one is simply awaited.
    """
    return (await works[0],) if len(works) == 1 else tuple(await asyncio.gather(*works))


async def in_turn(works: Sequence[Coroutine[Any, Any, T]]) -> tuple[T, ...]:
    """Do one after the other: for what waits for nothing, where a task each would be for nothing."""
    return tuple([await work for work in works])
