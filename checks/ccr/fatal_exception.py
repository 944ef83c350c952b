"""The check ccr/fatal-exception."""

from __future__ import annotations

from checks.ccr._followers import each
from checks.ccr._reasons import class_of, names_its_cause, needs_a_new_copy, remedy
from checks.shared.reported_errors import MAX_ERROR_LENGTH
from checks.tables import docs
from diag.check import NotApplicable, Yields, check
from diag.model import (
    ErrorKind,
    Finding,
    Follower,
    Remote,
    RemoteInfo,
    Replication,
    Severity,
    Unavailable,
    shorten,
)


@check(
    "ccr/fatal-exception",
    severity=Severity.CRITICAL,
    docs=(docs.CCR_INSPECT, docs.API_RESUME_FOLLOW, docs.CCR_RECREATE),
    tags=("replication",),
    source="documentation: CCR stats API, field fatal_exception; ShardFollowNodeTask; a lost privilege is not fatal (6.8.23)",
    explains=("ccr/follower-lag", "ccr/read-exceptions", "ccr/unfollow-ilm-wait"),
)
def fatal_exception(replication: Replication, remote: Remote, info: RemoteInfo | Unavailable) -> Yields:
    """A follower has stopped for good, by an error that it does not try again.

    Why it matters: the index no longer receives anything, and does not begin again by itself.

    How to fix: fix the cause, then ``POST <follower>/_ccr/pause_follow`` and ``POST <follower>/_ccr/resume_follow``. After the leader was
    restored from a snapshot that is refused: the follower has to be made anew. Where the leader no longer has the operations that are
    missing, or does not exist any more, ccr/retention-lease-expired and ccr/leader-deleted say so.

    Example: ``fatal_exception: illegal_argument_exception``: a newer leader cluster sent a setting that is not known here.
    """
    for one in each(replication, remote):
        if isinstance(one, NotApplicable):
            yield one
        elif one.fatal and (needs_a_new_copy(one.fatal) or not _is_of_another_check(one.fatal)):
            yield _stopped(one, info)


def _is_of_another_check(error: str) -> bool:
    return ErrorKind.OPERATIONS_GONE.fits(error) or ErrorKind.LEADER_GONE.fits(error)


def _stopped(one: Follower, info: RemoteInfo | Unavailable) -> Finding:
    found = remedy(one, info)
    return Finding(
        summary=f"The follower {shorten(one.index, 80)} has stopped{class_of(one.fatal, info)}: {shorten(one.fatal, MAX_ERROR_LENGTH)}",
        remedy=found.sentence,
        fix=found.fix,
        in_group_only=names_its_cause(one.fatal),
        facts={
            "follower": one.index,
            "leader": one.leader,
            "observed": shorten(one.fatal, MAX_ERROR_LENGTH),
            "expected": "none",
        },
    )
