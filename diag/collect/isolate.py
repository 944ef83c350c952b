"""A bug of diag costs the piece of evidence in which it occurs, and nothing else."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeVar

from diag.model import Reason, Step, Unavailable

T = TypeVar("T")


async def isolate(asked: Awaitable[T], otherwise: Callable[[Unavailable], T]) -> T:
    """Return what was asked for; a bug of diag makes that part of the evidence unavailable, and the rest stays."""
    try:
        return await asked
    except Exception as error:  # noqa: BLE001 -- whatever it is, it is ours.
        return otherwise(own_failure(error, Step.API))


def own_failure(error: Exception, step: Step) -> Unavailable:
    """Say that we failed, by the type of the error alone: its text could hold anything."""
    detail = f"diag itself failed here ({type(error).__name__}); please report it"
    return Unavailable(step=step, reason=Reason.OTHER, detail=detail)
