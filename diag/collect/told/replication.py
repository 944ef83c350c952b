"""What a local cluster tells of cross-cluster replication: followers, their lag and their troubles, and auto-follow."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping, Sequence

from diag.collect import calls
from diag.collect.told.json import items, mapping, moment, number, stated, text, unreadable
from diag.model import AutoFollowError, Follower, Reason, Replication, Unavailable

_MAX_EXCEPTIONS = 5


def replication_of(stats: object, info: object) -> Replication | Unavailable:
    """Put two answers together: the statistics, and which followers there are.

    Where one of the two could not be had, nothing is said: half an answer would look like a healthy whole.
    """
    if isinstance(stats, Unavailable) and stats.reason is Reason.UNLICENSED and not isinstance(info, Unavailable):
        # Only the statistics want a license: what was followed before it ended is still told.
        return _unlicensed(info)
    for answer in (stats, info):
        if isinstance(answer, Unavailable):
            return answer
    reported, names = mapping(stats), mapping(info)
    if "follow_stats" not in reported:
        return unreadable(calls.CCR_STATS.name)
    if not _is_info(names):
        return unreadable(calls.CCR_INFO.name)
    running = {one.index: one for one in _running(mapping(reported["follow_stats"]))}
    automatic = mapping(reported.get("auto_follow_stats"))
    return Replication(
        followers=tuple(_followers(names, running)),
        auto_followed=tuple(text(one.get("cluster_name")) for one in items(automatic.get("auto_followed_clusters"))),
        failed_follows=number(automatic.get("number_of_failed_follow_indices")),
        failed_state_requests=number(automatic.get("number_of_failed_remote_cluster_state_requests")),
        errors=tuple(_errors(automatic)),
    )


def _unlicensed(info: object) -> Replication | Unavailable:
    names = mapping(info)
    if not _is_info(names):
        return unreadable(calls.CCR_INFO.name)
    return Replication(followers=tuple(_followers(names, {}, licensed=False)), unlicensed=True)


def _is_info(names: Mapping[str, object]) -> bool:
    """Whether the answer is one: where nothing at all is there to follow, it is an error of a certain type."""
    missing = mapping(names.get("error")).get("type") in {"index_not_found_exception", "resource_not_found_exception"}
    return isinstance(names.get("follower_indices"), list) or missing


def follows_of(info: object) -> tuple[str, ...] | Unavailable:
    """Read which remotes a cluster follows."""
    names = mapping(info)
    if not _is_info(names):
        return unreadable(calls.CCR_INFO.name)
    return tuple(sorted({text(one.get("remote_cluster")) for one in items(names.get("follower_indices", []))} - {""}))


def _followers(
    names: Mapping[str, object], running: dict[str, Follower], *, licensed: bool = True
) -> Iterator[Follower]:
    """Every follower index: those that follow have statistics, those that are paused have none."""
    for one in items(names.get("follower_indices", [])):
        index = text(one.get("follower_index"))
        known = running.pop(index, None)
        if known is not None:
            yield known
        else:
            yield Follower(
                index=index,
                remote=text(one.get("remote_cluster")),
                leader=text(one.get("leader_index")),
                paused=one.get("status") == "paused",
                has_task=False if licensed else None,
            )
    yield from running.values()


def _running(reported: Mapping[str, object]) -> Iterator[Follower]:
    for one in items(reported.get("indices", [])):
        shards = list(items(one.get("shards", [])))
        if not shards:
            continue
        lag = one.get("total_global_checkpoint_lag")
        failures = [failure for shard in shards for failure in items(shard.get("read_exceptions", []))]
        yield Follower(
            index=text(one.get("index")),
            remote=text(shards[0].get("remote_cluster")),
            leader=text(shards[0].get("leader_index")),
            lag=number(lag) if lag is not None else sum(map(_behind, shards)),
            seconds_since_read=max(number(shard.get("time_since_last_read_millis")) for shard in shards) / 1000,
            fatal=next((_stated(shard["fatal_exception"]) for shard in shards if shard.get("fatal_exception")), ""),
            exceptions=tuple(dict.fromkeys(_stated(one.get("exception")) for one in failures))[:_MAX_EXCEPTIONS],
            most_retries=max((number(one.get("retries")) for one in failures), default=0),
            failed_writes=sum(number(shard.get("failed_write_requests")) for shard in shards),
            waiting_writes=_waiting(shards),
            has_task=True,
        )


def _waiting(shards: Sequence[Mapping[str, object]]) -> int | None:
    """How many operations were read and are not written; None where that is told of no shard."""
    reported = [shard["write_buffer_operation_count"] for shard in shards if "write_buffer_operation_count" in shard]
    return sum(map(number, reported)) if reported else None


def _behind(shard: Mapping[str, object]) -> int:
    return max(0, number(shard.get("leader_global_checkpoint")) - number(shard.get("follower_global_checkpoint")))


def _stated(exception: object) -> str:
    """The error, and the innermost one that caused it where that is another one: the outer one often only says where it came up."""
    reported = mapping(exception)
    outer = inner = _one(reported)
    while cause := mapping(reported.get("caused_by")):
        inner, reported = _one(cause), cause
    return outer if inner == outer else f"{outer}, caused by {inner}"


def _one(reported: Mapping[str, object]) -> str:
    return f"{text(reported.get('type'))}: {stated(reported.get('reason'))}"


def wants_a_second_look(one: Replication) -> bool:
    """Tell whether something shows that may be over, or not have begun, a moment later: failed writes, and followers without a task."""
    return any(
        follower.failed_writes > 0 or (follower.has_task is False and not follower.paused) for follower in one.followers
    )


def seen_twice(first: Replication, second: Replication) -> Replication:
    """The second look, with what only two of them tell: whether writes go on failing, and whether a task is missing in both."""
    before = {one.index: one for one in first.followers}
    return dataclasses.replace(second, followers=tuple(_again(before.get(one.index), one) for one in second.followers))


def _again(before: Follower | None, now: Follower) -> Follower:
    if before is None or (before.has_task is not False and now.has_task is False):
        # It came, or lost its task, only now: that a task is missing takes two looks.
        return dataclasses.replace(now, has_task=now.has_task or None)
    return dataclasses.replace(now, writes_fail=now.failed_writes > before.failed_writes)


def _errors(reported: Mapping[str, object]) -> Iterator[AutoFollowError]:
    for one in items(reported.get("recent_auto_follow_errors", [])):
        pattern, _, leader = text(one.get("leader_index")).partition(":")
        error = mapping(one.get("auto_follow_exception"))
        yield AutoFollowError(pattern=pattern, leader=leader, reason=_stated(error), at=moment(one.get("timestamp")))
