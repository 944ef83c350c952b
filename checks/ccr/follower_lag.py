"""The check ccr/follower-lag."""

from __future__ import annotations

from checks.ccr._calls import statistics
from checks.ccr._followers import each
from checks.shared.fixes import on_local
from checks.tables import docs
from diag.check import NotApplicable, Unknown, Yields, check
from diag.model import (
    Finding,
    Follower,
    Remote,
    Replication,
    Severity,
    Thresholds,
    shorten,
)


@check(
    "ccr/follower-lag",
    severity=Severity.WARNING,
    severities=(Severity.ERROR,),
    docs=(docs.CCR_INSPECT, docs.API_FOLLOW_STATS),
    tags=("replication",),
    source="documentation: CCR stats API, global checkpoints; while reads fail the lag does not change (6.8.23); the limits are chosen by diag",
)
def follower_lag(replication: Replication, remote: Remote, thresholds: Thresholds) -> Yields:
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
        elif one.seconds_since_read > thresholds.read_seconds_error:
            yield _behind(one, f"has not read from its leader for {one.seconds_since_read:.0f} s", Severity.ERROR)
        elif one.lag > thresholds.lag_operations_warning:
            severity = Severity.ERROR if one.lag > thresholds.lag_operations_error else Severity.WARNING
            yield _behind(one, f"is {one.lag:,} operations behind its leader", severity)
        elif one.exceptions:
            yield Unknown(f"reads of the follower {shorten(one.index, 80)} fail, so that its lag does not change")


def _behind(one: Follower, what: str, severity: Severity) -> Finding:
    name = shorten(one.index, 80)
    return Finding(
        summary=f"The follower {name} {what}; expected to be close behind {shorten(one.leader, 80)}.",
        remedy="Its statistics show where it waits: reads (the connection) or writes (the load here).",
        fix=on_local(statistics(one.index), when="to look"),
        severity=severity,
        facts={"follower": one.index, "observed": one.lag, "seconds_since_read": round(one.seconds_since_read)},
    )
