"""Checks of group ``license``, in display order."""

from checks.license import both, remote
from diag.check import Check

CHECKS: tuple[Check, ...] = (*remote.CHECKS, *both.CHECKS)
