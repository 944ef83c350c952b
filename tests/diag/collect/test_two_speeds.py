"""Places in two kinds: what does not answer keeps nobody else waiting, and never is more open than there are places."""

from __future__ import annotations

import asyncio

import pytest

from diag.collect.descriptors import connections_within, shortage
from diag.collect.two_speeds import Places
from tests.patience import PATIENCE, until_async


async def hold(places: Places, what: str, until: asyncio.Event, inside: list[str]) -> None:
    """Hold a place until something happens."""
    async with places.at(what):
        inside.append(what)
        await until.wait()
        inside.remove(what)


async def test_what_takes_long_makes_room() -> None:
    """Two usual places, two slow ones: four that never end, and the fifth waits; one that is new gets in before."""
    places, end, inside = Places(2, 2, soon=0.01), asyncio.Event(), list[str]()
    slow = [asyncio.create_task(hold(places, f"slow {n}", end, inside)) for n in range(2)]
    await until_async(places.slow.locked)
    assert len(inside) == 2
    async with asyncio.timeout(PATIENCE):
        async with places.at("quick"), places.at("another"):
            pass
        again = asyncio.create_task(hold(places, "slow 0", end, inside))
        await asyncio.sleep(0.05)
        assert inside.count("slow 0") == 1  # It begins where slow ones wait for each other.
        end.set()
        await asyncio.gather(*slow, again)
    assert not places.slow.locked()


async def test_what_is_quick_again_is_taken_for_quick() -> None:
    """An address that did not answer yesterday is not slow for ever."""
    places = Places(1, 1, soon=0.01)
    async with places.at("a"):
        await asyncio.sleep(0.1)
    assert places.is_slow("a")
    places.soon = PATIENCE
    async with places.at("a"):
        pass
    assert not places.is_slow("a")


async def test_places_come_back_whatever_happens() -> None:
    """Given up while it waits, while it moves, and at the end: all of them are free afterwards."""
    places, never = Places(2, 1, soon=0.01), asyncio.Event()
    tasks = [asyncio.create_task(hold(places, f"{n}", never, [])) for n in range(6)]
    await asyncio.sleep(0.1)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    async with asyncio.timeout(PATIENCE), places.at("a"), places.at("b"), places.at("0"):
        pass


@pytest.mark.parametrize("limit", [100, 256, 1024, 4096, 65536, None])
def test_half_of_the_descriptors_are_left_to_others(limit: int | None) -> None:
    """First looks, second ones, both of slow addresses, and calls of APIs, all at once; where that is few, it is said."""
    connections = connections_within(limit)
    assert connections >= 4
    if limit is not None and limit >= 256:
        assert 9 * connections + 40 <= limit / 2
    assert (str(limit) in shortage(connections, limit)) is (limit in {100, 256, 1024})
