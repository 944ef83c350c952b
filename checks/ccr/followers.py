"""Follower indices: fatal errors, lag, trouble with reading, pauses."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from checks.remedies import shorten
from checks.tables import docs
from diag.check import NotApplicable, Yields, check
from diag.model import Finding, Follower, Remote, Replication, Severity, Thresholds

_MOST_SHOWN: Final = 5
_LEASE: Final = (
    "retention_lease",
    "ResourceNotFound",
    "resource_not_found",
    "no longer available for following",
    "missing operations",
)
_SECURITY: Final = ("security_exception", "unauthorized", "unable to authenticate")
_CONNECTION: Final = ("no_seed_node_left", "Unable to open any", "connect_transport", "no_such_remote_cluster")


def of_remote(replication: Replication, remote: Remote) -> tuple[Follower, ...]:
    """The followers whose leader is on this remote."""
    return tuple(one for one in replication.followers if one.remote == remote.alias)


def names(followers: Sequence[Follower]) -> str:
    """Name the followers, the first few of many."""
    shown = ", ".join(shorten(one.index, 80) for one in followers[:_MOST_SHOWN])
    return shown + (f" and {len(followers) - _MOST_SHOWN} more" if len(followers) > _MOST_SHOWN else "")


def _followers(replication: Replication, remote: Remote) -> Iterator[Follower | NotApplicable]:
    found = of_remote(replication, remote)
    yield from found
    if not found:
        yield NotApplicable("no index follows one of this remote")


@check(
    "ccr/fatal-exception",
    severity=Severity.CRITICAL,
    docs=(docs.CCR_INSPECT, docs.A_RESUME, docs.CCR_RECREATE),
    tags=("replication",),
    source="documentation: CCR stats API, field fatal_exception; ShardFollowNodeTask",
)
def fatal_exception(replication: Replication, remote: Remote) -> Yields:
    """A follower has stopped for good, by an error that it does not try again.

    Why it matters: the index no longer receives anything, and does not begin again by itself.

    How to fix: mend the cause, then ``POST <follower>/_ccr/pause_follow`` and ``POST <follower>/_ccr/resume_follow``. Where the leader has
    forgotten the operations that are missing, only recreating the follower helps: ccr/retention-lease-expired says so.

    Example: ``fatal_exception: security_exception`` after the API key had lost its access for replication.
    """
    for one in _followers(replication, remote):
        if isinstance(one, NotApplicable):
            yield one
        elif one.fatal and not _is_about(one.fatal, _LEASE):
            yield Finding(
                summary=f"The follower {shorten(one.index, 80)} has stopped{_class_of(one.fatal)}: {shorten(one.fatal, 300)}",
                remedy=f"Mend that, then POST {shorten(one.index, 80)}/_ccr/pause_follow and POST {shorten(one.index, 80)}/_ccr/resume_follow",
                facts={
                    "follower": one.index,
                    "leader": one.leader,
                    "observed": shorten(one.fatal, 300),
                    "expected": "none",
                },
            )


@check(
    "ccr/retention-lease-expired",
    severity=Severity.CRITICAL,
    docs=(docs.CCR_RECREATE, docs.CCR),
    tags=("replication",),
    source="documentation: cross-cluster replication, soft deletes and retention leases; CcrRetentionLeases",
)
def retention_lease_expired(replication: Replication, remote: Remote) -> Yields:
    """A follower was away too long: its leader has forgotten the operations that it needs.

    Why it matters: it can't catch up any more; only a copy from the beginning helps. The leader keeps operations for
    ``index.soft_deletes.retention_lease.period``, 12 hours, after the follower was last heard of.

    How to fix: pause, close and unfollow it, delete it, and follow the leader again. Before long maintenance raise the period on the leaders.

    Example: the link was down for a weekend.
    """
    for one in _followers(replication, remote):
        if isinstance(one, NotApplicable):
            yield one
        elif one.fatal and _is_about(one.fatal, _LEASE):
            name = shorten(one.index, 80)
            yield Finding(
                summary=f"The follower {name} can't go on: its leader {shorten(one.leader, 80)} has forgotten operations that it needs. "
                f"It says: {shorten(one.fatal, 300)}",
                remedy=f"Recreate it: POST {name}/_ccr/pause_follow, POST {name}/_close, POST {name}/_ccr/unfollow, DELETE {name}, "
                f"then PUT {name}/_ccr/follow",
                facts={
                    "follower": one.index,
                    "leader": one.leader,
                    "observed": shorten(one.fatal, 300),
                    "expected": "none",
                },
            )


def _is_about(text: str, parts: Sequence[str]) -> bool:
    return any(part in text for part in parts)


def _class_of(text: str) -> str:
    if _is_about(text, _SECURITY):
        return " for want of a privilege or a valid key"
    return " because the remote is not connected" if _is_about(text, _CONNECTION) else ""


@check(
    "ccr/follower-lag",
    severity=Severity.WARNING,
    docs=(docs.CCR_INSPECT, docs.A_FSTATS),
    tags=("replication",),
    source="documentation: CCR stats API, global checkpoints; the limits are our choice",
)
def follower_lag(replication: Replication, remote: Remote, limits: Thresholds) -> Yields:
    """A follower is far behind its leader, or has stopped reading.

    Why it matters: what is searched here is old, and after a loss of the leader cluster what is missing is gone. A follower that has not read
    for longer than its poll timeout (1 minute) does not read at all.

    How to fix: look at the connection first, then at the load of the follower's nodes and at its write buffers.

    Example: 250,000 operations behind after a bulk load on the leader.
    """
    for one in _followers(replication, remote):
        if isinstance(one, NotApplicable):
            yield one
        elif one.paused or one.fatal:
            continue
        elif one.seconds_since_read > limits.read_seconds_error:
            yield _behind(one, f"has not read from its leader for {one.seconds_since_read:.0f} s", Severity.ERROR)
        elif one.lag > limits.lag_operations_warning:
            severity = Severity.ERROR if one.lag > limits.lag_operations_error else Severity.WARNING
            yield _behind(one, f"is {one.lag:,} operations behind its leader", severity)


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
)
def read_exceptions(replication: Replication, remote: Remote) -> Yields:
    """A follower fails to read from its leader, and tries again.

    Why it matters: while it fails it falls behind; after 12 hours the leader forgets what it needs.

    How to fix: the type of the error says what to look at: the connection, the privileges of the key, the leader index.

    Example: ``connect_transport_exception`` since the firewall was changed.
    """
    for one in _followers(replication, remote):
        if isinstance(one, NotApplicable):
            yield one
        elif one.exceptions:
            yield Finding(
                summary=f"The follower {shorten(one.index, 80)} fails to read ({one.most_retries} tries so far){_class_of(one.exceptions[0])}: "
                f"{shorten(one.exceptions[0], 300)}",
                remedy="Mend what the error names; it then goes on by itself.",
                severity=Severity.ERROR if one.most_retries > 10 else Severity.WARNING,  # noqa: PLR2004 -- ten tries are minutes.
                facts={"follower": one.index, "observed": one.exceptions, "retries": one.most_retries},
            )


@check(
    "ccr/paused",
    severity=Severity.WARNING,
    docs=(docs.CCR_PAUSE, docs.A_RESUME),
    tags=("replication",),
    source="documentation: CCR info API, pause and resume",
)
def paused(replication: Replication, remote: Remote) -> Yields:
    """A follower is paused.

    Why it matters: the leader keeps the operations that a paused follower misses for 12 hours, then it has to be recreated.

    How to fix: resume it in time.

    Example: paused for maintenance, and forgotten.
    """
    stopped = [one for one in of_remote(replication, remote) if one.paused]
    if stopped:
        yield Finding(
            summary=f"Paused followers: {len(stopped)} ({names(stopped)}).",
            remedy=f"POST {shorten(stopped[0].index, 80)}/_ccr/resume_follow, within 12 hours of the pause.",
            facts={"observed": tuple(one.index for one in stopped[:20]), "count": len(stopped)},
        )
    if remote.alias not in replication.aliases:
        yield NotApplicable("nothing is replicated from this remote")


CHECKS = (fatal_exception, retention_lease_expired, follower_lag, read_exceptions, paused)
