"""Checks of group ``trust``, in display order."""

from diag.check import Check

CHECKS: tuple[Check, ...] = ()
