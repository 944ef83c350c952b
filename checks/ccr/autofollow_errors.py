"""The check ccr/autofollow-errors."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from checks.ccr._calls import follow
from checks.ccr._followers import UNLICENSED
from checks.ccr._reasons import names_its_cause
from checks.shared.fixes import call, on_local
from checks.shared.reported_errors import MAX_ERROR_LENGTH
from checks.tables import docs
from diag.check import NotApplicable, Yields, check
from diag.model import (
    ErrorKind,
    Finding,
    Now,
    Remote,
    Replication,
    Severity,
    shorten,
)

# A leader without soft deletes, and a name that an index or an alias has here already.
_OF_AN_INDEX: Final = (ErrorKind.NO_SOFT_DELETES, ErrorKind.NAME_TAKEN)
_RECENT: Final = timedelta(minutes=30)


@check(
    "ccr/autofollow-errors",
    severity=Severity.ERROR,
    severities=(Severity.INFO,),
    docs=(docs.CCR_AUTO_FOLLOW, docs.API_CCR_STATS),
    tags=("replication",),
    source="documentation: CCR stats API, recent_auto_follow_errors; AutoFollowCoordinator",
    explains=("ccr/autofollow-silent",),
)
def autofollow_errors(replication: Replication, remote: Remote, now: Now) -> Yields:
    """Auto-follow fails: indices that should be followed are not.

    Why it matters: they are missing here, and nothing else says so.

    How to fix: fix what the error names: privileges, soft deletes of the leader, or a name that is taken here already.

    Example: ``index to follow [x] does not have soft deletes enabled``.
    """
    if replication.unlicensed:
        yield NotApplicable(UNLICENSED)
        return
    if remote.alias not in replication.auto_followed:
        yield NotApplicable("no auto-follow pattern names this remote")
        return
    others = len(set(replication.auto_followed)) - 1
    whose = (
        f" (patterns name {others} other remotes too; which one this is of, the error does not say)" if others else ""
    )
    recent = False
    for error in replication.errors:
        if error.at is None or not now.has_passed(error.at, days=_RECENT / timedelta(days=1)):
            index = f" for the index {shorten(error.leader, 80)}" if error.leader else ""
            yield Finding(
                summary=f"The auto-follow pattern {shorten(error.pattern, 80)} fails{index}: {shorten(error.reason, MAX_ERROR_LENGTH)}{whose}",
                remedy="Fix what the error names. Indices that were missed have to be followed by hand.",
                fix=on_local(
                    follow("<follower>", "<alias>" if others else remote.alias, error.leader or "<leader index>"),
                    when="once the cause is fixed",
                ),
                in_group_only=_is_of_an_index(error.reason),
                facts={
                    "pattern": error.pattern,
                    "leader": error.leader,
                    "observed": shorten(error.reason, MAX_ERROR_LENGTH),
                },
            )
            recent = True
    if not recent and (replication.failed_follows or replication.failed_state_requests):
        yield _over(replication, whose)


def _is_of_an_index(reason: str) -> bool:
    """Tell an error about the leader or about the name of the follower: the remote has been asked, and has answered."""
    return names_its_cause(reason) or any(kind.fits(reason) for kind in _OF_AN_INDEX)


def _over(replication: Replication, whose: str) -> Finding:
    """What failed earlier. An index that has no soft deletes is tried once only, so that its error is soon reported no more."""
    last = max(((error.at, error.reason) for error in replication.errors if error.at is not None), default=None)
    reported = f"; the last error was: {shorten(last[1], 200)}" if last else ""
    return Finding(
        summary="Since the master node took over, auto-follow failed to follow an index "
        f"{replication.failed_follows} times, and to read the state of a remote {replication.failed_state_requests} times; "
        f"nothing of that was in the last {_RECENT // timedelta(minutes=1)} minutes{reported}{whose}",
        remedy="Compare what the patterns name with what is followed; use.replicate in diag.yaml has diag do it. An index that was given up "
        "has to be followed by hand.",
        fix=(
            *on_local(call("GET", "_ccr/auto_follow"), call("GET", "_all/_ccr/info"), when="to look"),
            *on_local(follow("<follower>", "<alias>", "<leader index>"), when="for each index that was given up"),
        ),
        severity=Severity.INFO,
        facts={
            "failed_follow_indices": replication.failed_follows,
            "failed_remote_cluster_state_requests": replication.failed_state_requests,
        },
    )
