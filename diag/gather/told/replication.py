"""What a local cluster tells of cross-cluster replication: followers, their lag and their troubles, and auto-follow."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from diag.gather import calls
from diag.gather.told.json import items, mapping, moment, number, said, text, unreadable
from diag.model import AutoFollowError, Follower, Reason, Replication, Unavailable

_MOST_EXCEPTIONS = 5


def replication_of(stats: object, info: object) -> Replication | Unavailable:
    """Put two answers together: the statistics, and which followers there are.

    Where one of the two could not be had, nothing is said: half an answer would look like a healthy whole.
    """
    if isinstance(stats, Unavailable) and stats.reason is Reason.UNLICENSED and not isinstance(info, Unavailable):
        # Only the statistics want a licence: what was followed before it ended is still told.
        return _unlicensed(info)
    for answer in (stats, info):
        if isinstance(answer, Unavailable):
            return answer
    told, names = mapping(stats), mapping(info)
    if "follow_stats" not in told:
        return unreadable(calls.CCR_STATS.name)
    if not _is_info(names):
        return unreadable(calls.CCR_INFO.name)
    running = {one.index: one for one in _running(mapping(told["follow_stats"]))}
    automatic = mapping(told.get("auto_follow_stats"))
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
    return Replication(followers=tuple(_followers(names, {})), unlicensed=True)


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


def _followers(names: Mapping[str, object], running: dict[str, Follower]) -> Iterator[Follower]:
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
            )
    yield from running.values()


def _running(told: Mapping[str, object]) -> Iterator[Follower]:
    for one in items(told.get("indices", [])):
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
            fatal=next((_said(shard["fatal_exception"]) for shard in shards if shard.get("fatal_exception")), ""),
            exceptions=tuple(dict.fromkeys(_said(one.get("exception")) for one in failures))[:_MOST_EXCEPTIONS],
            most_retries=max((number(one.get("retries")) for one in failures), default=0),
            failed_reads=sum(number(shard.get("failed_read_requests")) for shard in shards),
            failed_writes=sum(number(shard.get("failed_write_requests")) for shard in shards),
        )


def _behind(shard: Mapping[str, object]) -> int:
    return max(0, number(shard.get("leader_global_checkpoint")) - number(shard.get("follower_global_checkpoint")))


def _said(exception: object) -> str:
    told = mapping(exception)
    return f"{text(told.get('type'))}: {said(told.get('reason'))}"


def _errors(told: Mapping[str, object]) -> Iterator[AutoFollowError]:
    for one in items(told.get("recent_auto_follow_errors", [])):
        pattern, _, leader = text(one.get("leader_index")).partition(":")
        error = mapping(one.get("auto_follow_exception"))
        yield AutoFollowError(pattern=pattern, leader=leader, reason=_said(error), at=moment(one.get("timestamp")))
