"""What is done on the side where something else takes long: a timer where it does not, and a task only where it does."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any


class Aside:
    """Begins to ``ask`` once ``seconds`` are over, unless it was cancelled by then."""

    def __init__(self, seconds: float, ask: Callable[[], Coroutine[Any, Any, None]]) -> None:
        self._ask = ask
        self._asking: asyncio.Task[None] | None = None
        self._timer = asyncio.get_running_loop().call_later(seconds, self._begin)

    def _begin(self) -> None:
        self._asking = asyncio.get_running_loop().create_task(self._ask())

    async def done(self) -> None:
        """Wait for what has begun; what has not begun yet never will."""
        self._timer.cancel()
        if self._asking is not None:
            await self._asking

    def cancel(self) -> None:
        """Stop it, wherever it is."""
        self._timer.cancel()
        if self._asking is not None:
            self._asking.cancel()
