"""Checks of group ``ccr``, in display order: cross-cluster replication from this remote."""

from checks.ccr import automatic, copying, followers, leaders, phases, writing
from diag.check import Check

CHECKS: tuple[Check, ...] = (
    *followers.CHECKS,
    *writing.CHECKS,
    *leaders.CHECKS,
    *copying.CHECKS,
    *automatic.CHECKS,
    *phases.CHECKS,
)
