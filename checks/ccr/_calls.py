"""Calls of cross-cluster replication that several remedies take: pause, resume, unfollow, follow. Names go into them whole."""

from __future__ import annotations

from checks.shared.fixes import call
from diag.model import Follower, Request, in_path


def pause(index: str) -> Request:
    """Pause a follower."""
    return call("POST", f"{in_path(index)}/_ccr/pause_follow")


def resume(index: str) -> Request:
    """Resume a follower."""
    return call("POST", f"{in_path(index)}/_ccr/resume_follow")


def open_index(index: str) -> Request:
    """Open an index."""
    return call("POST", f"{in_path(index)}/_open")


def delete(index: str) -> Request:
    """Delete an index."""
    return call("DELETE", in_path(index))


def follow(index: str, alias: str, leader: str) -> Request:
    """Make a follower."""
    return call("PUT", f"{in_path(index)}/_ccr/follow", {"remote_cluster": alias, "leader_index": leader})


def statistics(index: str) -> Request:
    """Show what a follower does and waits for."""
    return call("GET", f"{in_path(index)}/_ccr/stats")


def follow_again(one: Follower) -> Request:
    """Make a follower of the same leader anew."""
    return follow(one.index, one.remote, one.leader)


def stop(one: Follower) -> tuple[Request, ...]:
    """End following. Elasticsearch refuses to pause what is paused."""
    path = in_path(one.index)
    ended = (call("POST", f"{path}/_close"), call("POST", f"{path}/_ccr/unfollow"))
    return ended if one.paused else (pause(one.index), *ended)


def recreate(one: Follower) -> tuple[Request, ...]:
    """Copy the leader once more from the beginning."""
    return (*stop(one), delete(one.index), follow_again(one))


def change_settings(index: str, settings: dict[str, str | bool | None]) -> Request:
    """Change settings of an index; None removes one."""
    return call("PUT", f"{in_path(index)}/_settings", settings)
