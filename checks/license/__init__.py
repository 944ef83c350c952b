"""Checks of group ``license``, in display order."""

from checks.license import remote
from diag.check import Check

CHECKS: tuple[Check, ...] = (*remote.CHECKS,)
