"""The first copy of a follower, and what else keeps one from being written: red shards, pauses."""

from __future__ import annotations

import math
from datetime import datetime
from typing import Final

from checks.ccr.followers import of_remote
from checks.remedies import put_settings
from checks.tables import docs
from diag.check import NotApplicable, Unknown, Yields, check
from diag.model import (
    Copies,
    Finding,
    Follower,
    FollowerShards,
    FollowersHealth,
    Past,
    Remote,
    Replication,
    Severity,
    Thresholds,
    Unavailable,
    as_fact,
    listed,
    shorten,
)

_MINUTE: Final = 60.0
_HOUR: Final = 3600.0
_MB: Final = 1 << 20
_GB: Final = 1 << 30
_RED: Final = "red"


class _Seen:
    """What is seen of the shards of followers, and of the copies that they are made by."""

    def __init__(self, health: FollowersHealth, copies: Copies | Unavailable) -> None:
        self._shards = {one.index: one for one in health.all}
        self._copied = None if isinstance(copies, Unavailable) else frozenset(one.index for one in copies.all)

    def shards(self, follower: Follower) -> FollowerShards | None:
        """How the shards of a follower are; None where that is not told."""
        return self._shards.get(follower.index)

    def is_copied(self, follower: Follower) -> bool | None:
        """Tell a first copy under way, during which a follower is called paused; None where it may be a replica that starts."""
        shards = self.shards(follower)
        if shards is None or not follower.paused or not shards.initializing or shards.status == _RED:
            return False
        return None if self._copied is None else follower.index in self._copied

    def is_red(self, follower: Follower) -> bool:
        """Tell a follower that lacks a primary shard."""
        shards = self.shards(follower)
        return shards is not None and shards.status == _RED


@check(
    "ccr/paused",
    severity=Severity.WARNING,
    docs=(docs.CCR_PAUSE, docs.A_RESUME),
    tags=("replication",),
    source="documentation: CCR info API, pause and resume; a first copy, under way or failed, is called paused too (6.8.23)",
    explains=("ccr/follower-lag", "ccr/unfollow-ilm-wait"),
)
def paused(
    replication: Replication,
    remote: Remote,
    health: FollowersHealth | Unavailable,
    copies: Copies | Unavailable,
) -> Yields:
    """A follower is paused.

    Why it matters: the leader keeps the operations that a paused follower misses for 12 hours, then it has to be recreated. Elasticsearch
    calls a follower paused as well while its first copy runs, and when that failed; ccr/follower-red is about those. Where the login may not
    ask for the copies that run, a pause can't be told from a first copy while shards start.

    How to fix: resume it in time.

    Example: paused for maintenance, and forgotten.
    """
    found = [one for one in of_remote(replication, remote) if one.paused]
    seen = None if isinstance(health, Unavailable) else _Seen(health, copies)
    copied = {one.index: False if seen is None else seen.is_red(one) or seen.is_copied(one) for one in found}
    stopped = [one for one in found if copied[one.index] is False]
    if stopped:
        yield Finding(
            summary=f"Paused followers: {len(stopped)} ({listed([one.index for one in stopped])}).",
            remedy=f"POST {shorten(stopped[0].index, 80)}/_ccr/resume_follow, within 12 hours of the pause.",
            facts={"observed": as_fact([one.index for one in stopped]), "count": len(stopped)},
        )
    if unsure := [one.index for one in found if copied[one.index] is None]:
        yield Unknown(f"whether {listed(unsure)} is paused or copied for the first time can't be told: {copies}")
    if remote.alias not in replication.aliases:
        yield NotApplicable("nothing is replicated from this remote")


@check(
    "ccr/follower-red",
    severity=Severity.ERROR,
    docs=(docs.CCR_RECREATE, docs.CCR_SET),
    tags=("replication", "history"),
    source="documentation: cluster health API; the states of a first copy were observed on 6.8.23; the limit is our choice",
    explains=("ccr/follower-lag",),
)
def follower_red(  # noqa: PLR0913, PLR0917 -- each is one piece of evidence.
    replication: Replication,
    remote: Remote,
    health: FollowersHealth,
    copies: Copies | Unavailable,
    past: Past | Unavailable,
    limits: Thresholds,
    now: datetime,
) -> Yields:
    """A follower index is red: some primary shard of it is not there.

    Why it matters: searches of it give part of the results or fail, and nothing is replicated into the missing shard. A follower that is red
    right after it was made could not be copied from its leader.

    How to fix: ``GET _cluster/allocation/explain`` says why the shard is not there. If the copy failed, mend the cause, delete the follower and
    follow the leader again. A follower whose first copy still runs is named too, as an info.

    Example: the disks of the local cluster filled up while a follower was copied.
    """
    found = of_remote(replication, remote)
    if not found:
        yield NotApplicable("no index follows one of this remote")
    seen = _Seen(health, copies)
    for one in found:
        shards = seen.shards(one)
        if shards is None:
            yield Unknown(f"GET _cluster/health does not name the follower {shorten(one.index, 80)}")
        elif shards.status == _RED:
            yield _red(one, _red_minutes(one.index, past, now), limits)
        elif seen.is_copied(one):
            yield Finding(
                summary=f"The follower {shorten(one.index, 80)} is being copied from its leader {shorten(one.leader, 80)} "
                f"(shards that start: {shards.initializing}).",
                remedy="Nothing is to be done; it follows once it is copied.",
                severity=Severity.INFO,
                facts={"follower": one.index, "observed": "being copied", "shards": shards.initializing},
            )


def _red(one: Follower, minutes: float | None, limits: Thresholds) -> Finding:
    name = shorten(one.index, 80)
    lasting = minutes is not None and minutes >= limits.follower_red_minutes_error
    since = "" if minutes is None else f", for {minutes:.0f} minutes at least"
    # A pause leaves the shards as they are; what is red and called paused was mostly never there.
    failed = " It is called paused too: most likely its first copy from the leader failed." if one.paused else ""
    again = f"; if the copy failed, mend the cause, then DELETE {name} and PUT {name}/_ccr/follow" if one.paused else ""
    return Finding(
        summary=f"The follower {name} is red{since}; expected green or yellow.{failed}",
        remedy=f"GET _cluster/allocation/explain on the local cluster says why{again}.",
        severity=Severity.ERROR if lasting else Severity.WARNING,
        facts={
            "follower": one.index,
            "leader": one.leader,
            "observed": _RED,
            "expected": "green or yellow",
            "minutes": -1 if minutes is None else round(minutes),
        },
    )


def _red_minutes(index: str, past: Past | Unavailable, now: datetime) -> float | None:
    """How long it has been red in every look that knew; None where the last of those did not see it red."""
    since = None
    for look in () if isinstance(past, Unavailable) else reversed(past.looks):
        if look.red is None:
            continue
        if index not in look.red:
            break
        since = look.at
    return None if since is None else (now - since).total_seconds() / _MINUTE


@check(
    "ccr/recovery-bandwidth",
    severity=Severity.INFO,
    docs=(docs.CCR_SET,),
    tags=("replication", "settings"),
    source="documentation: cross-cluster replication settings; the limit is our choice",
)
def recovery_bandwidth(replication: Replication, remote: Remote, copies: Copies, limits: Thresholds) -> Yields:
    """The first copy of followers takes long at the rate that is allowed.

    Why it matters: until it is done the index is not there for searches, and the leader has to keep everything that happens meanwhile.

    How to fix: raise ``ccr.indices.recovery.max_bytes_per_sec`` on the local cluster, if the link and the disks carry more. It holds for each
    node, so that several nodes copy faster than one.

    Example: 5 TB at the usual 40 MB a second take 36 hours.
    """
    ours = {one.index for one in of_remote(replication, remote)}
    left = sum(one.left for one in copies.all if one.index in ours)
    if not left:
        yield NotApplicable("no follower of this remote is being copied now")
    elif copies.rate <= 0:
        yield NotApplicable("ccr.indices.recovery.max_bytes_per_sec sets no limit")
    elif left > copies.rate * _HOUR * limits.follower_copy_hours_info:
        hours = left / copies.rate / _HOUR
        wanted = math.ceil(left / (limits.follower_copy_hours_info * _HOUR) / _MB)
        yield Finding(
            summary=f"{_size(left)} are left to copy from this remote, which takes one node {hours:,.1f} hours at "
            f"ccr.indices.recovery.max_bytes_per_sec: {_rate(copies.rate)}; expected at most {limits.follower_copy_hours_info:g} hours.",
            remedy=f"If link and disks carry it: {put_settings({'ccr.indices.recovery.max_bytes_per_sec': f'{wanted}mb'})} "
            f"on the local cluster (now {_rate(copies.rate)} for each node).",
            facts={"observed": _rate(copies.rate), "expected": f"{wanted}mb", "left": left, "hours": round(hours, 1)},
        )


def _size(number: int) -> str:
    return f"{number / _GB:,.1f} GB" if number >= _GB else f"{number / _MB:,.1f} MB"


def _rate(number: int) -> str:
    """A number of bytes as Elasticsearch writes it in a setting."""
    for unit, size in (("gb", _GB), ("mb", _MB), ("kb", 1 << 10)):
        if number % size == 0:
            return f"{number // size}{unit}"
    return f"{number}b"


CHECKS = (paused, follower_red, recovery_bandwidth)
