"""Checks of group ``tls``, in display order."""

from diag.check import Check

CHECKS: tuple[Check, ...] = ()
