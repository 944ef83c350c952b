"""Parts of the local clusters: each is in exactly one, always the same, and one that comes moves no other."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diag.daemon import running_daemon
from diag.shard import Shard
from tests.diag.daemon.world import World, until, write_config


@given(st.text(min_size=1), st.integers(1, 50))
def test_every_cluster_is_in_exactly_one_part(name: str, of: int) -> None:
    """Whatever it is called."""
    assert sum(Shard(number, of).holds(name) for number in range(1, of + 1)) == 1


def test_the_parts_are_of_about_the_same_size() -> None:
    """A thousand names in five parts."""
    sizes = [sum(Shard(number, 5).holds(f"cluster-{n}") for n in range(1000)) for number in range(1, 6)]
    assert min(sizes) > 150


def test_the_parts_stay_what_they_are() -> None:
    """Another release must not move clusters to other daemons: these are the first eight bytes of SHA-256, modulo N."""
    assert [next(k for k in range(1, 6) if Shard(k, 5).holds(name)) for name in ("eu", "us", "search-eu")] == [4, 5, 5]


@pytest.mark.parametrize("text", ["", "0/5", "6/5", "2", "a/b", "1/0", "1/1001", "-1/5", "2/5/7", "\uff12/5"])
def test_anything_else_is_refused(text: str) -> None:
    """With what was expected."""
    with pytest.raises(ValueError, match="expected K/N"):
        Shard.parse(text)


async def test_a_daemon_looks_at_its_part_alone(tmp_path: Path) -> None:
    """Two daemons with two parts look at every cluster, and at none twice."""
    names = [f"c{n}" for n in range(8)]
    path = write_config(tmp_path, {name: ["logs"] for name in names})
    seen: list[str] = []
    for number in (1, 2):
        world = World()
        async with running_daemon(path, open_collector=world.open, shard=Shard(number, 2)) as running:
            await until(lambda daemon=running.daemon: daemon.not_ready() == "")  # type: ignore[misc]  # -- bound at once.
            seen += running.daemon.board.snapshot().clusters
    assert sorted(seen) == names
