"""The check ccr/follower-closed."""

from __future__ import annotations

from checks.ccr._calls import open_index, stop
from checks.ccr._followers import of_remote
from checks.shared.causes import FOLLOWER_STOPPED
from checks.shared.fixes import on_local
from checks.tables import docs
from diag.check import NotApplicable, Unknown, Yields, check
from diag.model import (
    Finding,
    Indices,
    OfLocal,
    Remote,
    Replication,
    Severity,
    shorten,
)


@check(
    "ccr/follower-closed",
    severity=Severity.ERROR,
    explains=("ccr/write-failures", *FOLLOWER_STOPPED),
    docs=(docs.CCR_INSPECT, docs.CCR_TERMINATE),
    tags=("replication",),
    source="documentation: open index API; ShardFollowNodeTask tries a write to a closed index again and again",
)
def follower_closed(replication: Replication, remote: Remote, indices: OfLocal[Indices]) -> Yields:
    """A follower index is closed while it should follow.

    Why it matters: nothing is written to a closed index and it can't be searched; after 12 hours the leader no longer has what it misses. A follower
    that is paused may be closed on purpose: to be unfollowed, it has to.

    How to fix: ``POST <follower>/_open``. It then goes on by itself.

    Example: closed to change an analyzer, and forgotten.
    """
    if not of_remote(replication, remote):
        yield NotApplicable("no index follows one of this remote")
    for one in of_remote(replication, remote):
        index = indices.named(one.index)
        if index is None:
            yield Unknown(f"the local cluster does not show the follower {shorten(one.index, 80)}")
        elif index.closed and not one.paused:
            yield Finding(
                summary=f"The follower {shorten(one.index, 80)} is closed, and replication is not paused: nothing can be written to it.",
                remedy="Open it, or unfollow it if it is not to follow any more.",
                fix=(
                    *on_local(open_index(one.index), when="to go on following"),
                    *on_local(*stop(one), when="if it is not to follow any more"),
                ),
                facts={"follower": one.index, "observed": "closed", "expected": "open"},
            )
