"""Checks of group ``runtime``, in display order: what the clusters believe of the connection, beside what the socket showed."""

from checks.runtime import belief, clock, cost, past, pings, reset, searches, transforms
from diag.check import Check

CHECKS: tuple[Check, ...] = (
    *belief.CHECKS,
    *past.CHECKS,
    *cost.CHECKS,
    *reset.CHECKS,
    *pings.CHECKS,
    *searches.CHECKS,
    *transforms.CHECKS,
    *clock.CHECKS,
)
