"""The check ccr/paused."""

from __future__ import annotations

from typing import Final

from checks.ccr._calls import resume
from checks.ccr._copying import Seen
from checks.ccr._followers import follows_another, of_remote
from checks.shared.fixes import on_local
from checks.tables import docs
from diag.check import NotApplicable, Unknown, Yields, check
from diag.model import (
    Finding,
    FollowersHealth,
    Indices,
    InitialRecoveries,
    OfLocal,
    OfRemote,
    Remote,
    Replication,
    Severity,
    Unavailable,
    as_fact,
    listed,
)

_MAX_CALLS: Final = 20


@check(
    "ccr/paused",
    severity=Severity.WARNING,
    docs=(docs.CCR_PAUSE, docs.API_RESUME_FOLLOW),
    tags=("replication",),
    source="documentation: CCR info API, pause and resume; a first copy, under way or failed, is called paused too (6.8.23)",
    explains=("ccr/follower-lag", "ccr/unfollow-ilm-wait"),
)
def paused(
    replication: Replication,
    remote: Remote,
    health: FollowersHealth | Unavailable,
    copies: InitialRecoveries | Unavailable,
    here: OfLocal[Indices] | Unavailable,
    there: OfRemote[Indices] | Unavailable,
) -> Yields:
    """A follower is paused.

    Why it matters: the leader keeps the operations that a paused follower misses for 12 hours, then it has to be recreated. Elasticsearch
    reports a follower as paused while its first copy runs, and when that failed; ccr/follower-red is about those. Where the login may not
    ask for the copies that run, a pause looks like a first copy while shards start.

    How to fix: resume it in time. One whose leader was made again meanwhile, or restored as a new index, can't be resumed:
    ccr/leader-deleted says so, and it is not named here.

    Example: paused for maintenance, and forgotten.
    """
    every = [one for one in of_remote(replication, remote) if one.paused]
    found = [one for one in every if not follows_another(one, here, there)]
    seen = None if isinstance(health, Unavailable) else Seen(health, copies)
    copied = {one.index: False if seen is None else seen.is_red(one) or seen.is_copied(one) for one in found}
    stopped = [one for one in found if copied[one.index] is False]
    if stopped:
        yield Finding(
            summary=f"Paused followers: {len(stopped)} ({listed([one.index for one in stopped])}).",
            remedy="Resume them within 12 hours of the pause.",
            fix=on_local(*(resume(one.index) for one in stopped[:_MAX_CALLS])),
            facts={"observed": as_fact([one.index for one in stopped]), "count": len(stopped)},
        )
    if unsure := [one.index for one in found if copied[one.index] is None]:
        yield Unknown(
            f"whether {listed(unsure)} is paused or copied for the first time is not known: {copies}",
            piece=copies if isinstance(copies, Unavailable) else None,
        )
    if len(found) < len(every) and not found:
        yield NotApplicable("what is paused can't be resumed; ccr/leader-deleted is about that")
    if remote.alias not in replication.aliases:
        yield NotApplicable("nothing is replicated from this remote")
