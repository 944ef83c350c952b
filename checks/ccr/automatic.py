"""Auto-follow, and what follows a remote that is no longer there."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from checks.remedies import shorten
from checks.tables import docs
from diag.check import NotApplicable, Yields, check
from diag.model import Finding, Registrations, Remote, Replication, Severity

_RECENT: Final = timedelta(minutes=30)


@check(
    "ccr/autofollow-errors",
    severity=Severity.ERROR,
    docs=(docs.CCR_AUTO, docs.A_CCR),
    tags=("replication",),
    source="documentation: CCR stats API, recent_auto_follow_errors; AutoFollowCoordinator",
)
def autofollow_errors(replication: Replication, remote: Remote, now: datetime) -> Yields:
    """Auto-follow fails: indices that should be followed are not.

    Why it matters: they are missing here, and nothing else says so.

    How to fix: the error says what: privileges, soft deletes of the leader, or a name that is taken here already.

    Example: ``index to follow [x] does not have soft deletes enabled``.
    """
    if remote.alias not in replication.auto_followed:
        yield NotApplicable("no auto-follow pattern names this remote")
        return
    others = len(set(replication.auto_followed)) - 1
    whose = (
        f" (patterns name {others} other remotes too; which one this is of, the error does not say)" if others else ""
    )
    for error in replication.errors:
        if error.at is None or now - error.at <= _RECENT:
            index = f" for the index {shorten(error.leader, 80)}" if error.leader else ""
            yield Finding(
                summary=f"The auto-follow pattern {shorten(error.pattern, 80)} fails{index}: {shorten(error.reason, 300)}{whose}",
                remedy="Mend what the error names; indices that were missed have to be followed by hand: PUT <follower>/_ccr/follow",
                facts={"pattern": error.pattern, "leader": error.leader, "observed": shorten(error.reason, 300)},
            )


@check(
    "ccr/remote-removed",
    severity=Severity.ERROR,
    docs=(docs.CCR_TERM, docs.A_PUT),
    tags=("replication",),
    source="documentation: terminate replication; elasticsearch#38718",
)
def remote_removed(replication: Replication, registrations: Registrations) -> Yields:
    """Something is replicated from an alias that is not registered any more.

    Why it matters: those followers can't read, and even unfollowing them cleanly needs the remote.

    How to fix: register the remote again under the same alias; or pause, close and unfollow what follows it.

    Example: the remote was registered again under another name, and the followers still look for the old one.
    """
    used, registered = replication.aliases, {one.alias for one in registrations.all if one.enabled}
    if not used:
        yield NotApplicable("nothing is replicated")
    for alias in sorted(used - registered):
        followers = [one.index for one in replication.followers if one.remote == alias]
        automatic = " and auto-follow patterns" if alias in replication.auto_followed else ""
        yield Finding(
            summary=f"{len(followers)} followers{automatic} name the alias {shorten(alias, 80)}, which is not registered.",
            remedy=f"Register it again with PUT _cluster/settings under the same alias {shorten(alias, 80)}; or pause, close and unfollow them.",
            facts={"observed": alias, "expected": "a registered alias", "followers": tuple(followers[:20])},
        )


CHECKS = (autofollow_errors, remote_removed)
