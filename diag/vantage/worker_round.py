"""The one task that a worker carries out: a round, from its order to its evidence. It runs on the event loop of the worker."""

from __future__ import annotations

import asyncio
import functools

from distributed import get_worker

from diag.collect import Partly, RealNetwork, gather
from diag.model import ClusterEvidence
from diag.vantage.dask_settings import TOPIC
from diag.vantage.key_table import GivenTables, UnknownKeysError
from diag.vantage.round_order import RefusedError, answer_of, keys_wanted, read_order, refusal_of


async def look(key: str, order: bytes) -> None:
    """Make a round. What was found goes out over the connection that the worker opened itself; nobody has to reach it for that."""
    worker = get_worker()

    sending: set[asyncio.Task[None]] = set()

    async def send(evidence: ClusterEvidence) -> None:
        worker.log_event(TOPIC, {"round": key, "early": await asyncio.to_thread(answer_of, evidence)})

    def early(evidence: ClusterEvidence) -> None:
        sending.add(asyncio.create_task(send(evidence)))

    answer = await _answer(order, early)
    for task in sending:  # What is not sent by now is in the answer.
        task.cancel()
    worker.log_event(TOPIC, {"round": key, "answer": answer})


async def _answer(order: bytes, early: Partly) -> bytes:
    try:
        work, sends_early = await asyncio.to_thread(read_order, order, _tables())
        evidence = await gather(work, _network(), partly=early if sends_early else None)
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
