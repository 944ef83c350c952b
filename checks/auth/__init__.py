"""Checks of group ``auth``, in display order."""

from checks.auth import form, keys, trial
from diag.check import Check

CHECKS: tuple[Check, ...] = (*keys.CHECKS, *form.CHECKS, *trial.CHECKS)
