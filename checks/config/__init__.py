"""Checks of group ``config``, in display order."""

from diag.check import Check

CHECKS: tuple[Check, ...] = ()
