"""Cross-cluster replication: followers, their lag and their troubles, and auto-follow (``GET /_ccr/stats``, ``GET /_all/_ccr/info``)."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Final

from diag.evidence.call import Call
from diag.evidence.elasticsearch.errors import INDEX_NOT_FOUND, RESOURCE_NOT_FOUND, type_of
from diag.evidence.piece import Piece, Subject
from diag.evidence.reading import items, mapping, moment, number, stated, text, unreadable
from diag.evidence.terms import Reason, Unavailable, Version
from diag.lazy_dataclass import dataclass

# The auto-follow patterns themselves (GET _ccr/auto_follow) want manage_ccr, which writes: they are not asked for.
STATS: Final = Call(path="/_ccr/stats", since=Version(6, 5, 0))
INFO: Final = Call(path="/_all/_ccr/info", since=Version(6, 7, 0), missing=(404,))
_MAX_EXCEPTIONS: Final = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Follower:
    """One follower index, its shards taken together.

    ``lag`` is how many operations it is behind, summed over the shards; ``seconds_since_read`` the longest of any shard.
    ``fatal`` and ``exceptions`` are Elasticsearch's own texts, ``type: reason``. ``has_task`` says whether it has statistics, which come
    from the task that replicates; None where they could not be had. ``failed_writes`` counts since that task began, ``waiting_writes`` are
    the operations that were read and are not written yet (None: not known). ``writes_fail``: the counter rose between two looks of this
    round; None where a second look was not needed.
    """

    index: str
    remote: str
    leader: str
    paused: bool = False
    lag: int = 0
    seconds_since_read: float = 0.0
    fatal: str = ""
    exceptions: tuple[str, ...] = ()
    most_retries: int = 0
    failed_writes: int = 0
    waiting_writes: int | None = None
    writes_fail: bool | None = None
    has_task: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AutoFollowError:
    """One of the last errors of auto-follow; ``pattern`` is the name of the pattern, ``leader`` an index or empty."""

    pattern: str
    leader: str = ""
    reason: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Replication:
    """Everything that the local cluster replicates (cross-cluster replication), of all remotes.

    ``auto_followed`` are the aliases that some auto-follow pattern names. ``unlicensed``: the statistics were refused because of a missing
    license, so that of the followers no more is known than that they are there.
    """

    followers: tuple[Follower, ...]
    auto_followed: tuple[str, ...] = ()
    failed_follows: int = 0
    failed_state_requests: int = 0
    errors: tuple[AutoFollowError, ...] = ()
    unlicensed: bool = False

    @property
    def aliases(self) -> frozenset[str]:
        """The remotes that something is replicated from, or would be."""
        return frozenset({one.remote for one in self.followers} | set(self.auto_followed)) - {""}


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowedRemotes:
    """What the remote cluster itself replicates: the aliases that it follows."""

    aliases: tuple[str, ...]


def read(stats: object, info: object) -> Replication | Unavailable:
    """Put two answers together: the statistics, and which followers there are.

    Where one of the two could not be had, the whole is unavailable: half an answer would look like a healthy whole.
    """
    if isinstance(stats, Unavailable) and stats.reason is Reason.UNLICENSED and not isinstance(info, Unavailable):
        # Only the statistics want a license: what was followed before it ended is still told.
        return _unlicensed(info)
    for answer in (stats, info):
        if isinstance(answer, Unavailable):
            return answer
    reported, names = mapping(stats), mapping(info)
    if "follow_stats" not in reported:
        return unreadable(STATS)
    if not _is_info(names):
        return unreadable(INFO)
    running = {one.index: one for one in _running(mapping(reported["follow_stats"]))}
    automatic = mapping(reported.get("auto_follow_stats"))
    return Replication(
        followers=tuple(_followers(names, running)),
        auto_followed=tuple(text(one.get("cluster_name")) for one in items(automatic.get("auto_followed_clusters"))),
        failed_follows=number(automatic.get("number_of_failed_follow_indices")),
        failed_state_requests=number(automatic.get("number_of_failed_remote_cluster_state_requests")),
        errors=tuple(_errors(automatic)),
    )


def seen_once(stats: object | None, info: object | None) -> Replication | Unavailable:
    """Read what one look at one or both of the answers shows; None for one that there is not.

    What takes two looks stays open: whether writes go on failing, and whether a task is missing for good. Without the statistics nothing
    is known of how a follower fares, and without the list those that are paused are not known.
    """
    if stats is None:
        names = {"follower_indices": []} if info is None else mapping(info)
        return (
            Replication(followers=tuple(_followers(names, {}, licensed=False))) if _is_info(names) else unreadable(INFO)
        )
    found = read(stats, {"follower_indices": []} if info is None else info)
    if isinstance(found, Unavailable):
        return found
    followers = (dataclasses.replace(one, has_task=one.has_task or None, writes_fail=None) for one in found.followers)
    return dataclasses.replace(found, followers=tuple(followers))


def _unlicensed(info: object) -> Replication | Unavailable:
    names = mapping(info)
    if not _is_info(names):
        return unreadable(INFO)
    return Replication(followers=tuple(_followers(names, {}, licensed=False)), unlicensed=True)


def _is_info(names: Mapping[str, object]) -> bool:
    """Whether the answer is one: where nothing at all is there to follow, it is an error of a certain type."""
    missing = type_of(names) in {INDEX_NOT_FOUND, RESOURCE_NOT_FOUND}
    return isinstance(names.get("follower_indices"), list) or missing


def read_followed(info: object) -> FollowedRemotes | Unavailable:
    """Read which remotes a cluster follows."""
    names = mapping(info)
    if not _is_info(names):
        return unreadable(INFO)
    found = {text(one.get("remote_cluster")) for one in items(names.get("follower_indices", []))} - {""}
    return FollowedRemotes(aliases=tuple(sorted(found)))


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
            fatal=next(
                (_exception_text(shard["fatal_exception"]) for shard in shards if shard.get("fatal_exception")), ""
            ),
            exceptions=tuple(dict.fromkeys(_exception_text(one.get("exception")) for one in failures))[
                :_MAX_EXCEPTIONS
            ],
            most_retries=max((number(one.get("retries")) for one in failures), default=0),
            failed_writes=sum(number(shard.get("failed_write_requests")) for shard in shards),
            waiting_writes=_waiting(shards),
            has_task=True,
        )


def _waiting(shards: Sequence[Mapping[str, object]]) -> int | None:
    """How many operations were read and are not written; None where no shard reports it."""
    reported = [shard["write_buffer_operation_count"] for shard in shards if "write_buffer_operation_count" in shard]
    return sum(map(number, reported)) if reported else None


def _behind(shard: Mapping[str, object]) -> int:
    return max(0, number(shard.get("leader_global_checkpoint")) - number(shard.get("follower_global_checkpoint")))


def _exception_text(exception: object) -> str:
    """The error, and the innermost one that caused it where that is another one: the outer one often only says where it came up."""
    reported = mapping(exception)
    outer = inner = _one(reported)
    while cause := mapping(reported.get("caused_by")):
        inner, reported = _one(cause), cause
    return outer if inner == outer else f"{outer}, caused by {inner}"


def _one(reported: Mapping[str, object]) -> str:
    return f"{text(reported.get('type'))}: {stated(reported.get('reason'))}"


def needs_second_request(one: Replication) -> bool:
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
        yield AutoFollowError(
            pattern=pattern, leader=leader, reason=_exception_text(error), at=moment(one.get("timestamp"))
        )


PIECE: Final = Piece(name="replication", noun=Replication, subjects=(Subject.LOCAL,), calls=(STATS, INFO))
FOLLOWED: Final = Piece(
    name="follows", noun=FollowedRemotes, subjects=(Subject.REMOTE,), calls=(INFO,), read=read_followed
)
