"""Checks of group ``license``, in display order."""

from checks.license import both, esql, remote
from diag.check import Check

CHECKS: tuple[Check, ...] = (*remote.CHECKS, *both.CHECKS, *esql.CHECKS)
