"""Which releases may talk to each other, and how."""

from diag.check import Check

CHECKS: tuple[Check, ...] = ()
