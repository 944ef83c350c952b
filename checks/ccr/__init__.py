"""Checks of group ``ccr``, in display order: cross-cluster replication from this remote."""

from checks.ccr import automatic, followers
from diag.check import Check

CHECKS: tuple[Check, ...] = (*followers.CHECKS, *automatic.CHECKS)
