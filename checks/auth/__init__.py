"""Checks of group ``auth``, in display order."""

from checks.auth import keys
from diag.check import Check

CHECKS: tuple[Check, ...] = (*keys.CHECKS,)
