"""Checks of group ``auth``, in display order."""

from checks.auth import form, keys, login, records, roles, trial
from diag.check import Check

CHECKS: tuple[Check, ...] = (*keys.CHECKS, *form.CHECKS, *trial.CHECKS, *records.CHECKS, *login.CHECKS, *roles.CHECKS)
