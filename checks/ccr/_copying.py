"""The first copy of a follower, and what else keeps one from being written: red shards, pauses."""

from __future__ import annotations

from typing import Final

from diag.model import (
    Follower,
    FollowerShards,
    FollowersHealth,
    InitialRecoveries,
    Unavailable,
)

RED: Final = "red"


class Seen:
    """What is seen of the shards of followers, and of the copies that they are made by."""

    def __init__(self, health: FollowersHealth, copies: InitialRecoveries | Unavailable) -> None:
        self._shards = {one.index: one for one in health.all}
        self._copied = None if isinstance(copies, Unavailable) else frozenset(one.index for one in copies.all)

    def shards(self, follower: Follower) -> FollowerShards | None:
        """How the shards of a follower are; None where that is not known."""
        return self._shards.get(follower.index)

    def is_copied(self, follower: Follower) -> bool | None:
        """Tell a first copy under way, during which a follower is reported as paused; None where it may be a replica that starts."""
        shards = self.shards(follower)
        if shards is None or not follower.paused or not shards.initializing or shards.status == RED:
            return False
        return None if self._copied is None else follower.index in self._copied

    def is_red(self, follower: Follower) -> bool:
        """Tell a follower that lacks a primary shard."""
        shards = self.shards(follower)
        return shards is not None and shards.status == RED
