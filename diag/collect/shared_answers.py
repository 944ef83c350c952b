"""Answers that serve several rounds: the first round that asks makes the call, the others wait for the same answer."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Hashable
from typing import Any

from diag.evidence.call import Answer


class SharedAnswers:
    """Answers by question, each as long as it holds. Whoever gives up waiting takes the answer from nobody else."""

    def __init__(self) -> None:
        self._kept: dict[Hashable, tuple[asyncio.Task[Answer], float]] = {}

    async def get(self, question: Hashable, seconds: float, ask: Callable[[], Coroutine[Any, Any, Answer]]) -> Answer:
        """Give the answer that is there or on its way; else ask for it, and keep it for ``seconds`` from now."""
        now = asyncio.get_running_loop().time()
        self._kept = {one: kept for one, kept in self._kept.items() if not kept[0].done() or kept[1] > now}
        if question not in self._kept:
            self._kept[question] = asyncio.create_task(ask()), now + seconds
        return await asyncio.shield(self._kept[question][0])

    def close(self) -> None:
        """Stop what is still on its way: nobody waits for it any more."""
        for task, _ in self._kept.values():
            task.cancel()
