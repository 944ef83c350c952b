"""Follower indices: fatal errors, lag, trouble with reading."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from checks.ccr.reasons import (
    LEADER_GONE,
    LEASE,
    class_of,
    is_about,
    is_of_connection,
    needs_a_new_copy,
    recreate,
    remedy,
)
from checks.tables import docs
from diag.check import NotApplicable, Unknown, Yields, check
from diag.model import (
    Finding,
    Follower,
    Index,
    Remote,
    RemoteIndices,
    RemoteInfo,
    Replication,
    Severity,
    Thresholds,
    Unavailable,
    shorten,
)

UNLICENSED: Final = (
    "the licence of the local cluster does not include replication, so that nothing more is told: license/ccr"
)


def of_remote(replication: Replication, remote: Remote) -> tuple[Follower, ...]:
    """The followers whose leader is on this remote."""
    return tuple(one for one in replication.followers if one.remote == remote.alias)


def each(replication: Replication, remote: Remote) -> Iterator[Follower | NotApplicable]:
    """Give the followers whose leader is on this remote, or say that there is none, or that their statistics are not to be had."""
    found = of_remote(replication, remote)
    if not found:
        yield NotApplicable("no index follows one of this remote")
    elif replication.unlicensed:
        yield NotApplicable(UNLICENSED)
    else:
        yield from found


@check(
    "ccr/fatal-exception",
    severity=Severity.CRITICAL,
    docs=(docs.CCR_INSPECT, docs.A_RESUME, docs.CCR_RECREATE),
    tags=("replication",),
    source="documentation: CCR stats API, field fatal_exception; ShardFollowNodeTask; a lost privilege is not fatal (6.8.23)",
    explains=("ccr/follower-lag", "ccr/read-exceptions", "ccr/unfollow-ilm-wait"),
)
def fatal_exception(replication: Replication, remote: Remote, info: RemoteInfo | Unavailable) -> Yields:
    """A follower has stopped for good, by an error that it does not try again.

    Why it matters: the index no longer receives anything, and does not begin again by itself.

    How to fix: mend the cause, then ``POST <follower>/_ccr/pause_follow`` and ``POST <follower>/_ccr/resume_follow``. After the leader was
    restored from a snapshot that is refused: the follower has to be made anew. Where the leader has forgotten the operations that are
    missing, or does not exist any more, ccr/retention-lease-expired and ccr/leader-deleted say so.

    Example: ``fatal_exception: illegal_argument_exception``: a newer leader cluster sent a setting that is not known here.
    """
    for one in each(replication, remote):
        if isinstance(one, NotApplicable):
            yield one
        elif one.fatal and (needs_a_new_copy(one.fatal) or not is_about(one.fatal, (*LEASE, *LEADER_GONE))):
            yield _stopped(one, info)


def _stopped(one: Follower, info: RemoteInfo | Unavailable) -> Finding:
    back = is_of_connection(one.fatal) and isinstance(info, RemoteInfo) and info.connected
    why = " because the remote was not connected, which it is again" if back else class_of(one.fatal)
    return Finding(
        summary=f"The follower {shorten(one.index, 80)} has stopped{why}: {shorten(one.fatal, 300)}",
        remedy=remedy(one, info),
        facts={"follower": one.index, "leader": one.leader, "observed": shorten(one.fatal, 300), "expected": "none"},
    )


@check(
    "ccr/retention-lease-expired",
    severity=Severity.CRITICAL,
    docs=(docs.CCR_RECREATE, docs.CCR),
    tags=("replication",),
    source="documentation: cross-cluster replication, soft deletes and retention leases; CcrRetentionLeases",
    explains=("ccr/fatal-exception", "ccr/read-exceptions", "ccr/follower-lag", "ccr/unfollow-ilm-wait"),
)
def retention_lease_expired(replication: Replication, remote: Remote) -> Yields:
    """A follower was away too long: its leader has forgotten the operations that it needs.

    Why it matters: it can't catch up any more; only a copy from the beginning helps. The leader keeps operations for
    ``index.soft_deletes.retention_lease.period``, 12 hours, after the follower was last heard of.

    How to fix: pause, close and unfollow it, delete it, and follow the leader again. Before long maintenance raise the period on the leaders.

    Example: the link was down for a weekend.
    """
    for one in each(replication, remote):
        if isinstance(one, NotApplicable):
            yield one
        elif one.fatal and is_about(one.fatal, LEASE) and not needs_a_new_copy(one.fatal):
            name = shorten(one.index, 80)
            yield Finding(
                summary=f"The follower {name} can't go on: its leader {shorten(one.leader, 80)} has forgotten operations that it needs. "
                f"It says: {shorten(one.fatal, 300)}",
                remedy=f"Recreate it: {recreate(one)}",
                facts={
                    "follower": one.index,
                    "leader": one.leader,
                    "observed": shorten(one.fatal, 300),
                    "expected": "none",
                },
            )


def has_lost_its_leader(follower: Follower) -> bool:
    """Tell whether a follower has stopped because its leader does not exist."""
    return is_about(follower.fatal, LEADER_GONE)


@check(
    "ccr/follower-lag",
    severity=Severity.WARNING,
    docs=(docs.CCR_INSPECT, docs.A_FSTATS),
    tags=("replication",),
    source="documentation: CCR stats API, global checkpoints; while reads fail the lag stands still (6.8.23); the limits are our choice",
)
def follower_lag(replication: Replication, remote: Remote, limits: Thresholds) -> Yields:
    """A follower is far behind its leader, or has stopped reading.

    Why it matters: what is searched here is old, and after a loss of the leader cluster what is missing is gone. A follower that has not read
    for longer than its poll timeout (1 minute) does not read at all. While reads fail, the lag is what it was when the last one went well,
    and says nothing: ccr/read-exceptions is about that.

    How to fix: look at the connection first, then at the load of the follower's nodes and at its write buffers.

    Example: 250,000 operations behind after a bulk load on the leader.
    """
    for one in each(replication, remote):
        if isinstance(one, NotApplicable):
            yield one
        elif one.paused or one.fatal:
            continue
        elif one.seconds_since_read > limits.read_seconds_error:
            yield _behind(one, f"has not read from its leader for {one.seconds_since_read:.0f} s", Severity.ERROR)
        elif one.lag > limits.lag_operations_warning:
            severity = Severity.ERROR if one.lag > limits.lag_operations_error else Severity.WARNING
            yield _behind(one, f"is {one.lag:,} operations behind its leader", severity)
        elif one.exceptions:
            yield Unknown(f"reads of the follower {shorten(one.index, 80)} fail, so that its lag stands still")


def _behind(one: Follower, what: str, severity: Severity) -> Finding:
    name = shorten(one.index, 80)
    return Finding(
        summary=f"The follower {name} {what}; expected to be close behind {shorten(one.leader, 80)}.",
        remedy=f"GET {name}/_ccr/stats shows where it waits: reads (the connection) or writes (the load here).",
        severity=severity,
        facts={"follower": one.index, "observed": one.lag, "seconds_since_read": round(one.seconds_since_read)},
    )


@check(
    "ccr/read-exceptions",
    severity=Severity.WARNING,
    docs=(docs.CCR_INSPECT, docs.A_FSTATS),
    tags=("replication",),
    source="documentation: CCR stats API, read_exceptions",
    explains=("ccr/follower-lag",),
)
def read_exceptions(replication: Replication, remote: Remote, indices: RemoteIndices | Unavailable) -> Yields:
    """A follower fails to read from its leader, and tries again.

    Why it matters: while it fails it falls behind, and the lag that Elasticsearch shows stands still; after 12 hours the leader forgets
    what it needs. A privilege that was taken away shows here and nowhere else.

    How to fix: the type of the error says what to look at: the connection, the privileges of the key, the leader index. Where the API of the remote cluster shows
    the leader closed or blocked, that is named.

    Example: ``connect_transport_exception`` since the firewall was changed.
    """
    for one in each(replication, remote):
        if isinstance(one, NotApplicable):
            yield one
            continue
        leader = None if isinstance(indices, Unavailable) else indices.named(one.leader)
        shut = "" if leader is None or one.paused or one.fatal else _shut(leader)
        if one.exceptions or shut:
            yield _failing_reads(one, shut)


def _shut(leader: Index) -> str:
    """Say what keeps a leader from being read, by the remote cluster's own word."""
    if leader.closed:
        return "closed"
    return "blocked by index.blocks.read" if "read" in (leader.blocks or ()) else ""


def _failing_reads(one: Follower, shut: str) -> Finding:
    leader = shorten(one.leader, 80)
    why = f" because its leader {leader} is {shut} on the remote cluster" if shut else class_of(one.exceptions[0])
    said = f": {shorten(one.exceptions[0], 300)}" if one.exceptions else "."
    mend = {
        "": "Mend what the error names; it then goes on by itself.",
        "closed": f"On the remote cluster: POST {leader}/_open; the follower then goes on by itself.",
    }.get(
        shut,
        f'On the remote cluster: PUT {leader}/_settings {{"index.blocks.read": null}}; the follower then goes on by itself.',
    )
    return Finding(
        summary=f"The follower {shorten(one.index, 80)} fails to read ({one.most_retries} tries so far){why}{said}",
        remedy=mend,
        severity=Severity.ERROR if shut or one.most_retries > 10 else Severity.WARNING,  # noqa: PLR2004 -- ten tries, further and further apart, take a minute.
        facts={
            "follower": one.index,
            "leader": one.leader,
            "observed": one.exceptions,
            "retries": one.most_retries,
            "leader_is": shut or "not told",
        },
    )


CHECKS = (fatal_exception, retention_lease_expired, follower_lag, read_exceptions)
