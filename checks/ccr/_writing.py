"""Followers that stand still on this side: no task that replicates, writes that fail, an index that is closed."""

from __future__ import annotations

from typing import Final

STANDS_STILL: Final = ("ccr/follower-lag", "ccr/unfollow-ilm-wait")
