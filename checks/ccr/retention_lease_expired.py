"""The check ccr/retention-lease-expired."""

from __future__ import annotations

from checks.ccr._calls import recreate
from checks.ccr._followers import each
from checks.ccr._reasons import needs_a_new_copy
from checks.shared.fixes import on_local
from checks.shared.reported_errors import MAX_ERROR_LENGTH
from checks.tables import docs
from diag.check import NotApplicable, Yields, check
from diag.model import (
    ErrorKind,
    Finding,
    Remote,
    Replication,
    Severity,
    shorten,
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
    """A follower was away too long: its leader no longer has the operations that it needs.

    Why it matters: it can't catch up any more; only a copy from the beginning helps. The leader keeps operations for
    ``index.soft_deletes.retention_lease.period``, 12 hours, after the last request of the follower.

    How to fix: pause, close and unfollow it, delete it, and follow the leader again. Before long maintenance raise the period on the leaders.

    Example: the link was down for a weekend.
    """
    for one in each(replication, remote):
        if isinstance(one, NotApplicable):
            yield one
        elif ErrorKind.OPERATIONS_GONE.fits(one.fatal) and not needs_a_new_copy(one.fatal):
            name = shorten(one.index, 80)
            yield Finding(
                summary=f"The follower {name} can't go on: its leader {shorten(one.leader, 80)} no longer has the operations that it needs. "
                f"It says: {shorten(one.fatal, MAX_ERROR_LENGTH)}",
                remedy="Recreate it.",
                fix=on_local(*recreate(one)),
                facts={
                    "follower": one.index,
                    "leader": one.leader,
                    "observed": shorten(one.fatal, MAX_ERROR_LENGTH),
                    "expected": "none",
                },
            )
