"""The check runtime/clock-skew."""

from __future__ import annotations

from checks.shared.fixes import inspect
from checks.tables import docs
from diag.check import Yields, check
from diag.model import Clock, Finding, Severity, Thresholds


@check(
    "runtime/clock-skew",
    severity=Severity.ERROR,
    severities=(Severity.WARNING,),
    docs=(docs.TROUBLESHOOT_HANDSHAKE,),
    tags=("clock",),
    source="nodes statistics API, field timestamp; the limits are chosen by diag",
)
def clock_skew(clock: Clock, thresholds: Thresholds) -> Yields:
    """The clocks of this machine and of the local cluster disagree.

    Why it matters: certificates and API keys are judged by the clock of whoever looks. What diag says of dates holds for its own clock.

    How to fix: synchronise the clocks (NTP, chrony) of this machine and of the nodes.

    Example: a node that was resumed from a snapshot is ten minutes behind, and takes a new certificate for not yet valid.
    """
    apart = abs(clock.ahead)
    if apart > thresholds.clock_seconds_warning:
        side = "ahead of" if clock.ahead > 0 else "behind"
        yield Finding(
            summary=f"The clock of the local cluster is {apart:.0f} s {side} that of this machine; "
            f"expected at most {thresholds.clock_seconds_warning:g} s.",
            remedy="Synchronise the clocks here and on the nodes (NTP, chrony).",
            fix=inspect("timedatectl"),
            severity=Severity.ERROR if apart > thresholds.clock_seconds_error else Severity.WARNING,
            facts={"observed": round(clock.ahead), "expected": thresholds.clock_seconds_warning},
        )
