"""An event loop of its own for one piece of work."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


def run_to_end(work: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine as ``asyncio.run`` does, and give what it returns. Raises what it raises.

    The result does not go through the main task: to look up the handler of SIGINT, Python 3.11 writes out the ``repr`` of that
    task, with its result, and twice. That of a round is all of its evidence.
    """
    results: list[T] = []

    async def main() -> None:
        results.append(await work)

    asyncio.run(main())
    return results[0]
