"""The one task that a worker carries out: a round, from its order to its evidence. It runs on the event loop of the worker."""

from __future__ import annotations

import asyncio
import functools

from distributed import get_worker

from diag.collect import RealNetwork, gather
from diag.vantage.dask_settings import TOPIC
from diag.vantage.key_table import GivenTables, UnknownKeysError
from diag.vantage.round_order import RefusedError, answer_of, keys_wanted, read_order, refusal_of


async def look(key: str, order: bytes) -> None:
    """Make a round. What was found goes out over the connection that the worker opened itself; nobody has to reach it for that."""
    worker = get_worker()
    worker.log_event(TOPIC, {"round": key, "answer": await _answer(order)})


async def _answer(order: bytes) -> bytes:
    try:
        work = await asyncio.to_thread(read_order, order, _tables())
        evidence = await gather(work, _network())
        return await asyncio.to_thread(answer_of, evidence)
    except UnknownKeysError as error:
        return keys_wanted(str(error))
    except RefusedError as error:
        return refusal_of(str(error))
    except Exception as error:  # noqa: BLE001 -- an exception would travel with all that it holds; its kind is enough.
        return refusal_of(f"the round failed inside diag on the worker ({type(error).__name__})")


@functools.cache
def _network() -> RealNetwork:
    """One for all rounds: with one set of threads and cached contexts."""
    return RealNetwork()


@functools.cache
def _tables() -> GivenTables:
    """Whatever daemon they come from: they are named by what is in them."""
    return GivenTables()
