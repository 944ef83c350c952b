"""The check ccr/follower-red."""

from __future__ import annotations

from typing import Final

from checks.ccr._calls import delete, follow_again
from checks.ccr._copying import RED, Seen
from checks.ccr._followers import of_remote
from checks.shared.fixes import call, on_local
from checks.tables import docs
from diag.check import NotApplicable, Unknown, Yields, check
from diag.model import (
    Finding,
    Follower,
    FollowersHealth,
    History,
    InitialRecoveries,
    Now,
    Remote,
    Replication,
    Severity,
    Thresholds,
    Unavailable,
    shorten,
)

_MINUTE: Final = 60.0


@check(
    "ccr/follower-red",
    severity=Severity.ERROR,
    severities=(Severity.INFO, Severity.WARNING),
    docs=(docs.CCR_RECREATE, docs.CCR_SETTINGS),
    tags=("replication", "history"),
    source="documentation: cluster health API; the states of a first copy were observed on 6.8.23; the limit is chosen by diag",
    explains=("ccr/follower-lag",),
)
def follower_red(  # noqa: PLR0913, PLR0917 -- each is one piece of evidence.
    replication: Replication,
    remote: Remote,
    health: FollowersHealth,
    copies: InitialRecoveries | Unavailable,
    past: History | Unavailable,
    thresholds: Thresholds,
    now: Now,
) -> Yields:
    """A follower index is red: a primary shard of it is missing.

    Why it matters: searches of it give part of the results or fail, and nothing is replicated into the missing shard. A follower that is red
    right after it was made could not be copied from its leader.

    How to fix: ``GET _cluster/allocation/explain`` says why the shard is missing. If the copy failed, fix the cause, delete the follower and
    follow the leader again. A follower whose first copy still runs is named too, as an info.

    Example: the disks of the local cluster filled up while a follower was copied.
    """
    found = of_remote(replication, remote)
    if not found:
        yield NotApplicable("no index follows one of this remote")
    seen = Seen(health, copies)
    for one in found:
        shards = seen.shards(one)
        if shards is None:
            yield Unknown(f"GET _cluster/health does not name the follower {shorten(one.index, 80)}")
        elif shards.status == RED:
            yield _red(one, _red_minutes(one.index, past, now), thresholds)
        elif seen.is_copied(one):
            yield Finding(
                summary=f"The follower {shorten(one.index, 80)} is being copied from its leader {shorten(one.leader, 80)} "
                f"(shards that start: {shards.initializing}).",
                remedy="Nothing is to be done; it follows once it is copied.",
                severity=Severity.INFO,
                facts={"follower": one.index, "observed": "being copied", "shards": shards.initializing},
            )


def _red(one: Follower, minutes: float | None, thresholds: Thresholds) -> Finding:
    name = shorten(one.index, 80)
    lasting = minutes is not None and minutes >= thresholds.follower_red_minutes_error
    since = "" if minutes is None else f", for {minutes:.0f} minutes at least"
    # A pause leaves the shards as they are; what is red and reported as paused was mostly never there.
    failed = " It is reported as paused too: most likely its first copy from the leader failed." if one.paused else ""
    again = on_local(delete(one.index), follow_again(one), when="if the first copy failed, once the cause is fixed")
    return Finding(
        summary=f"The follower {name} is red{since}; expected green or yellow.{failed}",
        remedy="The local cluster says why its shard is missing."
        + (" If the first copy failed, fix the cause, delete the follower and follow again." if one.paused else ""),
        fix=(*on_local(call("GET", "_cluster/allocation/explain"), when="to look"), *(again if one.paused else ())),
        severity=Severity.ERROR if lasting else Severity.WARNING,
        facts={
            "follower": one.index,
            "leader": one.leader,
            "observed": RED,
            "expected": "green or yellow",
            "minutes": -1 if minutes is None else round(minutes),
        },
    )


def _red_minutes(index: str, past: History | Unavailable, now: Now) -> float | None:
    """How long it has been red in every look that knew; None where the last of those did not see it red."""
    since = None
    for observation in () if isinstance(past, Unavailable) else reversed(past.looks):
        if observation.red is None:
            continue
        if index not in observation.red:
            break
        since = observation.at
    return None if since is None else (now.at - since).total_seconds() / _MINUTE
