"""A bug of diag costs the piece of evidence in which it occurs, and nothing else. The one place of a round that catches whatever is raised."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeVar

from diag.model import Reason, Step, Unavailable

T = TypeVar("T")


async def isolate(asked: Awaitable[T], otherwise: Callable[[Unavailable], T], step: Step = Step.API) -> T:
    """Return what was asked for; a bug of diag makes that part of the evidence unavailable, and the rest stays."""
    try:
        return await asked
    except Exception as error:  # noqa: BLE001 -- whatever it is, it is a bug of diag.
        return otherwise(_own_failure(error, step))


def isolated(ask: Callable[[], T], step: Step = Step.API) -> T | Unavailable:
    """As ``isolate``, for what needs no waiting: a bug of diag is what is returned then."""
    try:
        return ask()
    except Exception as error:  # noqa: BLE001 -- whatever it is, it is a bug of diag.
        return _own_failure(error, step)


def _own_failure(error: Exception, step: Step) -> Unavailable:
    """Say that diag failed, by the type of the error alone: its text could hold anything."""
    detail = f"diag itself failed here ({type(error).__name__}); please report it"
    return Unavailable(step=step, reason=Reason.OTHER, detail=detail)
